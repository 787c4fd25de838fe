import type { Event, FileChange, ProviderFault, Verdict } from '../events/index.ts';
import { type Chunked, emptyChunked, itemAt, lastIndexWhere, push, replaceAt } from './chunked.ts';

/** A tool call: what was asked, and what came of it. */
export interface ToolItem {
  kind: 'tool';
  call: string;
  tool: string;
  title: string;
  status: 'requested' | 'approved' | 'refused' | 'done' | 'failed';
  /** One line: the tool's summary, or why it was refused. */
  summary: string;
  output: string;
  /** Null until it finished. */
  durationMs: number | null;
}

/** One thing in the stream, oldest first. */
export type Item =
  | { kind: 'round'; round: number }
  | { kind: 'prompt'; text: string; by: string }
  | { kind: 'text'; text: string }
  | { kind: 'thinking'; text: string }
  | ToolItem
  | { kind: 'note'; text: string }
  | { kind: 'notice'; level: 'info' | 'warning' | 'error'; text: string }
  | { kind: 'fault'; fault: ProviderFault; message: string; attempt: number; retryInMs: number | null }
  | { kind: 'change'; change: string; files: Pick<FileChange, 'path' | 'kind' | 'additions' | 'deletions'>[] }
  | { kind: 'applied'; mode: 'branch' | 'merge'; branch: string | null; files: string[]; conflicts: string[] }
  | {
      kind: 'verification';
      verification: string;
      verdict: Verdict | null;
      total: number;
      held: number;
      /** Property ids that fail or could not be decided. */
      broken: { id: string; verdict: Verdict }[];
      cases: number;
      durationMs: number | null;
    }
  | { kind: 'rolledBack'; from: string; to: string; branch: string }
  | { kind: 'interrupted'; reason: string }
  | { kind: 'ended'; verdict: Verdict; reason: string; message: string };

export type Transcript = Chunked<Item>;

export const initialTranscript: Transcript = emptyChunked<Item>();

/** Folds what the stream shows. A result whose beginning is unknown is ignored. */
export function reduceTranscript(transcript: Transcript, event: Event): Transcript {
  switch (event.type) {
    case 'roundStarted':
      return push(transcript, { kind: 'round', round: event.round });
    case 'promptSubmitted':
      return push(transcript, { kind: 'prompt', text: event.text, by: event.by.name });
    case 'assistantReplied':
      return event.blocks.reduce<Transcript>(
        (list, block) =>
          block.type === 'toolUse' || block.text === '' ? list : push(list, { kind: block.type, text: block.text }),
        transcript,
      );
    case 'agentNoted':
      return push(transcript, { kind: 'note', text: event.text });
    case 'noticeRaised':
      return push(transcript, { kind: 'notice', level: event.level, text: event.text });
    case 'budgetRefused':
      return push(transcript, { kind: 'notice', level: 'warning', text: event.message });
    case 'providerFailed':
      return push(transcript, {
        kind: 'fault',
        fault: event.fault,
        message: event.message,
        attempt: event.attempt,
        retryInMs: event.retryInMs,
      });
    case 'toolRequested':
      return push(transcript, {
        kind: 'tool',
        call: event.call,
        tool: event.tool,
        title: event.title,
        status: 'requested',
        summary: '',
        output: '',
        durationMs: null,
      });
    case 'toolApproved':
      return changeTool(transcript, event.call, (item) => ({ ...item, status: 'approved' }));
    case 'toolRefused':
      return changeTool(transcript, event.call, (item) => ({ ...item, status: 'refused', summary: event.reason }));
    case 'toolFinished':
      return changeTool(transcript, event.call, (item) => ({
        ...item,
        status: event.ok ? 'done' : 'failed',
        summary: event.summary,
        output: event.output,
        durationMs: event.durationMs,
      }));
    case 'changeProposed':
      return push(transcript, {
        kind: 'change',
        change: event.change,
        files: event.files.map(({ path, kind, additions, deletions }) => ({ path, kind, additions, deletions })),
      });
    case 'changeApplied':
      return push(transcript, {
        kind: 'applied',
        mode: event.mode,
        branch: event.branch,
        files: event.files,
        conflicts: event.conflicts,
      });
    case 'verificationStarted':
      return push(transcript, {
        kind: 'verification',
        verification: event.verification,
        verdict: null,
        total: event.properties.length,
        held: 0,
        broken: [],
        cases: 0,
        durationMs: null,
      });
    case 'propertyDecided':
      return changeVerification(transcript, event.verification, (item) =>
        event.verdict === 'pass'
          ? { ...item, held: item.held + 1 }
          : { ...item, broken: [...item.broken, { id: event.property.id, verdict: event.verdict }] },
      );
    case 'verificationFinished':
      return changeVerification(transcript, event.verification, (item) => ({
        ...item,
        verdict: event.verdict,
        cases: event.cases,
        durationMs: event.durationMs,
      }));
    case 'rolledBack':
      return push(transcript, { kind: 'rolledBack', from: event.from, to: event.to, branch: event.branch });
    case 'turnInterrupted':
      return push(transcript, { kind: 'interrupted', reason: event.reason });
    case 'sessionResumed':
      return push(transcript, {
        kind: 'notice',
        level: 'info',
        text: `resumed after event ${event.fromSeq}: ${event.reason}`,
      });
    case 'sessionEnded':
      return push(transcript, { kind: 'ended', verdict: event.verdict, reason: event.reason, message: event.message });
    default:
      return transcript;
  }
}

function changeTool(transcript: Transcript, call: string, change: (item: ToolItem) => ToolItem): Transcript {
  const index = lastIndexWhere(transcript, (item) => item.kind === 'tool' && item.call === call);
  const item = itemAt(transcript, index);
  return item?.kind === 'tool' ? replaceAt(transcript, index, change(item)) : transcript;
}

type VerificationItem = Extract<Item, { kind: 'verification' }>;

function changeVerification(
  transcript: Transcript,
  verification: string,
  change: (item: VerificationItem) => VerificationItem,
): Transcript {
  const index = lastIndexWhere(
    transcript,
    (item) => item.kind === 'verification' && item.verification === verification,
  );
  const item = itemAt(transcript, index);
  return item?.kind === 'verification' ? replaceAt(transcript, index, change(item)) : transcript;
}
