import type { Event, LiveDelta, ProviderFault } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';

/** Text that still grows. */
export interface LiveBlock {
  kind: 'text' | 'thinking' | 'toolInput' | 'commandOutput';
  /** Call id of a tool's input or output; empty for the model's own text. */
  call: string;
  /** The tool's name for `toolInput`. */
  tool: string;
  /** Sanitised; only the newest part of a long block. */
  text: string;
}

/** What streams by, beside the state: bounded, never recorded, replaced by the fact that ends it. */
export interface LiveTail {
  blocks: readonly LiveBlock[];
  /** Output tokens of the call under way, as far as the provider said. */
  outputTokens: number;
  /** Over the last seconds; 0 while nothing streams. */
  tokensPerSecond: number;
  progress: { property: string; cases: number; total: number; casesPerSecond: number } | null;
  retry: { fault: ProviderFault; attempt: number; atMs: number; message: string } | null;
  status: string;
}

/** Nothing streams. */
export const quietTail: LiveTail = {
  blocks: [],
  outputTokens: 0,
  tokensPerSecond: 0,
  progress: null,
  retry: null,
  status: '',
};

export interface LiveTailCollector {
  /** Takes one delta in. Never throws; O(1) for each delta. */
  add(delta: LiveDelta, atMs: number): void;
  /** Drops what the fact replaces. */
  settle(event: Event): void;
  /** An immutable picture of now; the same object while nothing changed. */
  snapshot(atMs: number): LiveTail;
}

interface Block {
  kind: LiveBlock['kind'];
  call: string;
  tool: string;
  parts: string[];
  length: number;
  shown: LiveBlock | null;
}

/** Characters that one block keeps; older ones are dropped at a line's end. */
const KEEP = 8_000;
/** At most this many blocks are kept; older ones go first. */
const MAX_BLOCKS = 16;
const RATE_WINDOW_MS = 2_000;

/** Collects deltas between two facts. */
export function createLiveTail(): LiveTailCollector {
  let blocks: Block[] = [];
  let outputTokens = 0;
  let characters = 0;
  let rate: { atMs: number; tokens: number }[] = [];
  let progress: LiveTail['progress'] = null;
  let retry: LiveTail['retry'] = null;
  let status = '';
  let cached: LiveTail | null = quietTail;

  const append = (kind: Block['kind'], call: string, tool: string, text: string): void => {
    const last = blocks.at(-1);
    const streamed = kind === 'text' || kind === 'thinking';
    let block = streamed
      ? last?.kind === kind
        ? last
        : undefined
      : blocks.find((known) => known.kind === kind && known.call === call);
    if (block === undefined) {
      block = { kind, call, tool, parts: [], length: 0, shown: null };
      blocks = [...blocks.slice(1 - MAX_BLOCKS), block];
    }
    block.parts.push(text);
    block.length += text.length;
    block.shown = null;
    if (block.length > 2 * KEEP) {
      const kept = newest(block.parts.join(''));
      block.parts = [kept];
      block.length = kept.length;
    }
  };

  /** Four characters are about one token; the provider's own count, where it came, is never undercut. */
  const tokensNow = (): number => Math.max(outputTokens, Math.round(characters / 4));

  return {
    add(delta, atMs) {
      cached = null;
      switch (delta.type) {
        case 'text':
        case 'thinking':
          append(delta.type, '', '', delta.text);
          characters += delta.text.length;
          retry = null;
          break;
        case 'toolInput':
          append('toolInput', delta.call, delta.tool, delta.partial);
          characters += delta.partial.length;
          retry = null;
          break;
        case 'commandOutput':
          append('commandOutput', delta.call, '', delta.text);
          break;
        case 'outputTokens':
          outputTokens = delta.total;
          break;
        case 'retry':
          retry = { fault: delta.fault, attempt: delta.attempt, atMs: delta.atMs, message: sanitize(delta.message) };
          break;
        case 'verifyProgress':
          progress = {
            property: delta.property,
            cases: delta.cases,
            total: delta.total,
            casesPerSecond: delta.casesPerSecond,
          };
          break;
        case 'status':
          status = sanitize(delta.text);
          break;
        default:
          delta satisfies never;
      }
      if (
        delta.type === 'text' ||
        delta.type === 'thinking' ||
        delta.type === 'toolInput' ||
        delta.type === 'outputTokens'
      ) {
        const newestRate = rate.at(-1);
        if (newestRate !== undefined && atMs - newestRate.atMs < 100) newestRate.tokens = tokensNow();
        else rate.push({ atMs, tokens: tokensNow() });
      }
    },
    settle(event) {
      cached = null;
      switch (event.type) {
        case 'assistantReplied':
        case 'providerFailed':
        case 'turnInterrupted':
        case 'sessionEnded':
        case 'requestSent':
          blocks = blocks.filter(({ kind }) => kind === 'commandOutput' && event.type === 'assistantReplied');
          outputTokens = 0;
          characters = 0;
          rate = [];
          status = '';
          retry = event.type === 'providerFailed' ? retry : null;
          progress = event.type === 'turnInterrupted' || event.type === 'sessionEnded' ? null : progress;
          break;
        case 'toolFinished':
        case 'toolRefused':
          blocks = blocks.filter(({ call }) => call !== event.call);
          break;
        case 'toolRequested':
          blocks = blocks.filter(({ kind, call }) => kind !== 'toolInput' || call !== event.call);
          break;
        case 'agentNoted':
        case 'roundStarted':
        case 'changeProposed':
        case 'verificationStarted':
          blocks = blocks.filter(({ kind }) => kind === 'commandOutput');
          status = '';
          break;
        case 'verificationFinished':
          progress = null;
          status = '';
          break;
        default:
          break;
      }
    },
    snapshot(atMs) {
      rate = rate.filter((sample) => atMs - sample.atMs <= RATE_WINDOW_MS);
      if (cached !== null) return cached;
      const first = rate[0];
      const last = rate.at(-1);
      const spanMs = first === undefined || last === undefined ? 0 : last.atMs - first.atMs;
      cached = {
        blocks: blocks.map(shown),
        outputTokens: tokensNow(),
        tokensPerSecond: spanMs < 200 || !first || !last ? 0 : ((last.tokens - first.tokens) * 1000) / spanMs,
        progress,
        retry,
        status,
      };
      return cached;
    },
  };
}

function shown(block: Block): LiveBlock {
  if (block.shown === null) {
    const text = newest(block.parts.join(''));
    block.parts = [text];
    block.length = text.length;
    block.shown = {
      kind: block.kind,
      call: block.call,
      tool: sanitize(block.tool),
      text: sanitize(text, { multiline: true }),
    };
  }
  return block.shown;
}

/** The newest part of a text, from a line's beginning where there is one, so that its wrapping does not jump. */
function newest(text: string): string {
  if (text.length <= 2 * KEEP) return text;
  const from = text.length - KEEP;
  const line = text.indexOf('\n', from);
  return text.slice(line < 0 || line > from + KEEP / 2 ? from : line + 1);
}
