import type { Counterexample, Event, EventOf, Verdict } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';
import { formatCount, formatDuration, formatUsd, formatWhole, shortDigest } from './format.ts';
import { promptTokens } from './budget-slice.ts';
import { GLYPH } from './marks.ts';

export interface EventLineOptions {
  /** How an instant is written; default `12:03:11` in the machine's time zone. */
  clock?: (atMs: number) => string;
}

const MAX_TEXT = 400;

/**
 * One line of text for an event: `[12:03:11] ✗ no-overdraft failed after 412 cases: POST /x {"minutes":1}`. Sanitised,
 * without a line end. Null where a reader of a log would not want a line.
 */
export function eventLine(event: Event, options: EventLineOptions = {}): string | null {
  const text = describe(event);
  if (text === null) return null;
  const clock = options.clock ?? localClock;
  return `[${clock(event.at)}] ${clip(sanitize(text.replaceAll(/\s+/g, ' ').trim()))}`;
}

/** The method, path and body of the call that failed, or the input where nothing was sent. */
export function counterexampleCall(counterexample: Counterexample): string {
  const call = counterexample.exchanges.find(({ role }) => role === 'call') ?? counterexample.exchanges.at(-1);
  if (call === undefined) return JSON.stringify(counterexample.input) ?? '';
  const body = call.body === undefined ? '' : ` ${JSON.stringify(call.body)}`;
  return `${call.method} ${call.path}${body}`;
}

function describe(event: Event): string | null {
  switch (event.type) {
    case 'sessionStarted': {
      const agent = event.agent.kind === 'builtin' ? 'the built-in agent' : (event.agent.model ?? event.agent.kind);
      const sandbox =
        event.sandbox.kind === 'srt' ? 'sandboxed' : `no sandbox: ${event.sandbox.reason ?? 'not available'}`;
      return `session ${event.session} on ${event.spec} with ${agent}, ${sandbox}`;
    }
    case 'sessionResumed':
      return `resumed after event ${event.fromSeq}: ${event.reason}`;
    case 'specLoaded': {
      const errors = event.findings.filter(({ severity }) => severity === 'error').length;
      const found =
        event.findings.length === 0
          ? 'no findings'
          : `${count(event.findings.length, 'finding')}, ${errors === 0 ? 'no errors' : count(errors, 'error')}`;
      return `spec ${event.name} @ ${shortDigest(event.semanticDigest)}: ${event.clauses.length} clauses, ${found}`;
    }
    case 'promptSubmitted':
      return `› ${event.text}`;
    case 'roundStarted':
      return `round ${event.round}`;
    case 'noticeRaised':
      return `${event.level === 'info' ? 'note' : event.level}: ${event.text}`;
    case 'requestSent':
      return event.attempt > 1 ? `asking ${event.model}, attempt ${event.attempt}` : `asking ${event.model}`;
    case 'budgetReserved':
      return null;
    case 'budgetSettled': {
      const price = event.usdMicros === null ? 'unpriced' : formatUsd(event.usdMicros);
      const tokens = `${formatCount(promptTokens(event.usage))} in, ${formatCount(event.usage.outputTokens)} out`;
      return event.usage.outputTokens === 0 && promptTokens(event.usage) === 0
        ? null
        : `${tokens}, ${price}${event.estimated ? ' (estimated)' : ''}`;
    }
    case 'budgetRefused':
      return `! stopped by the ${event.cap} cap: ${event.message}`;
    case 'assistantReplied': {
      const text = event.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
      return text.trim() === '' ? null : `agent: ${text}`;
    }
    case 'providerFailed': {
      const next = event.retryInMs === null ? 'giving up' : `again in ${formatDuration(event.retryInMs)}`;
      return `! ${event.fault}${event.status === null ? '' : ` (${event.status})`}: ${event.message}; ${next}`;
    }
    case 'toolRequested':
      return `▸ ${event.title === '' ? event.tool : event.title}`;
    case 'toolApproved':
      return 'approved';
    case 'toolRefused':
      return `refused: ${event.reason}`;
    case 'toolFinished':
      return `${event.ok ? '✓' : '✗'} ${event.summary} (${formatDuration(event.durationMs)})`;
    case 'agentNoted':
      return event.text;
    case 'changeProposed': {
      const plus = event.files.reduce((sum, { additions }) => sum + additions, 0);
      const minus = event.files.reduce((sum, { deletions }) => sum + deletions, 0);
      return `change: ${files(event.files.map(({ path }) => path))} +${plus} −${minus}`;
    }
    case 'hunkAccepted':
      return `accepted hunk ${event.hunk}`;
    case 'hunkRejected':
      return `rejected hunk ${event.hunk}`;
    case 'hunkReopened':
      return `reopened hunk ${event.hunk}`;
    case 'changeApplied': {
      const where =
        event.mode === 'merge' ? 'merged into the working tree' : `committed on ${event.branch ?? 'no branch'}`;
      const conflicts = event.conflicts.length === 0 ? '' : `; left alone for conflicts: ${event.conflicts.join(', ')}`;
      return `${where}: ${files(event.files)}${conflicts}`;
    }
    case 'verificationStarted':
      return `verifying ${event.properties.length} properties, seed ${event.seed}`;
    case 'propertyDecided':
      return event.verdict === 'error'
        ? `! ${event.property.id} could not be decided: ${event.reason ?? 'no reason'}`
        : null;
    case 'counterexampleFound':
      return `✗ ${event.property.id} failed: ${counterexampleCall(event.counterexample)}: ${event.counterexample.actual}; expected ${event.counterexample.expected}`;
    case 'verificationFinished':
      return `${GLYPH[event.verdict]} verification ${word(event.verdict)}: ${formatWhole(event.cases)} cases in ${formatDuration(event.durationMs)}, ${formatWhole(event.casesPerSecond)}/s`;
    case 'specVersionRecorded':
      return `recorded ${event.spec} @ ${shortDigest(event.semanticDigest)} with code ${shortDigest(event.codeTree)}: ${word(event.verdict)}`;
    case 'rolledBack':
      return `rolled ${event.spec} back from ${shortDigest(event.from)} to ${shortDigest(event.to)} on ${event.branch}`;
    case 'turnInterrupted':
      return `interrupted: ${event.reason}`;
    case 'sessionEnded':
      return `${GLYPH[event.verdict]} ${isCut(event) ? 'not verified whole' : word(event.verdict)} after ${event.rounds} ${event.rounds === 1 ? 'round' : 'rounds'} and ${formatDuration(event.durationMs)}: ${event.message}`;
    default:
      event satisfies never;
      return null;
  }
}

/** True for a session that was stopped before there was a verdict on its code. */
function isCut({ verdict, reason }: EventOf<'sessionEnded'>): boolean {
  return verdict === 'error' && reason === 'interrupted';
}

function word(verdict: Verdict): string {
  return { pass: 'passes', fail: 'fails', error: 'could not decide' }[verdict];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function files(paths: string[]): string {
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more`;
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}

function localClock(atMs: number): string {
  const date = new Date(atMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
