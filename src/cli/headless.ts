/** A session without a screen: progress as lines or as JSON Lines, a summary, and the exit code of the verdict. */
import type { LoopResult } from '../agent/session-loop.ts';
import type { Event, Usage } from '../events/index.ts';
import { sanitize, toSafeJson } from '../events/sanitize.ts';
import { eventLine } from '../session/event-line.ts';
import { formatDuration, formatUsd } from '../session/format.ts';
import { EXIT, type Io } from './io.ts';
import { invocation } from './next-steps.ts';
import type { LiveSession } from './open-session.ts';
import type { SessionRequest } from './session-request.ts';

/** Runs the session's turn to its end. SIGINT stops the turn in good order; the session can be resumed. */
export async function runHeadless(live: LiveSession, request: SessionRequest, io: Io): Promise<number> {
  const { runtime } = live;
  const startedAt = Date.now();
  const lines = progressLines(invocation(io));
  const print = (event: Event): void => {
    if (request.json) return io.stdout(`${toSafeJson(event)}\n`);
    for (const line of lines(event)) io.stdout(`${line}\n`);
  };
  const unsubscribe = runtime.onEvent(print);
  for (const event of live.log.read(runtime.session)) {
    if (event.seq > runtime.openedAtSeq) print(event);
  }
  const onAbort = (): void => void runtime.stop('interrupted by a signal');
  io.signal.addEventListener('abort', onAbort, { once: true });
  let notApplied: string | null = null;
  try {
    const result = await runtime.startTurn(live.prompt);
    if (request.apply && result.verdict === 'pass') {
      const merged = runtime.merge(result.tree);
      if (merged.kind === 'refused') notApplied = merged.message;
    }
    finish(live, request, result, Date.now() - startedAt, io);
    if (notApplied === null) return exitCodeOf(result);
    io.stderr(`plumb: ${sanitize(notApplied)}\n`);
    return EXIT.refused;
  } finally {
    io.signal.removeEventListener('abort', onAbort);
    unsubscribe();
  }
}

/** Counterexamples of one verification that a reader of progress wants to see; the record holds all of them. */
const SHOWN_COUNTEREXAMPLES = 8;

/** The lines of events in order; of many counterexamples the first stand for the rest, which are counted. */
function progressLines(plumb: string): (event: Event) => string[] {
  let found = 0;
  return (event) => {
    const line = eventLine(event);
    if (event.type === 'verificationStarted') found = 0;
    if (event.type === 'counterexampleFound') {
      found += 1;
      if (found > SHOWN_COUNTEREXAMPLES) return [];
    }
    const more = found - SHOWN_COUNTEREXAMPLES;
    const counted =
      event.type === 'verificationFinished' && more > 0
        ? [
            `           … and ${more} more ${more === 1 ? 'counterexample' : 'counterexamples'}: ${plumb} replay ${event.session}`,
          ]
        : [];
    return line === null ? counted : [...counted, line];
  };
}

/** The exit code of a finished turn. */
export function exitCodeOf(result: Pick<LoopResult, 'reason' | 'verdict'>): number {
  switch (result.reason) {
    case 'passed':
      return EXIT.pass;
    case 'interrupted':
      return EXIT.interrupted;
    case 'cap':
      return EXIT.refused;
    case 'provider':
    case 'error':
      return EXIT.undecided;
    case 'roundsEnded':
    case 'noProgress':
    case 'stuck':
      return result.verdict === 'fail' ? EXIT.fail : EXIT.undecided;
  }
}

function finish(live: LiveSession, request: SessionRequest, result: LoopResult, durationMs: number, io: Io): void {
  const events = live.log.read(live.runtime.session);
  const { usage, usdMicros } = spent(events);
  if (request.json) {
    const last = {
      type: 'runFinished',
      verdict: result.verdict,
      session: live.runtime.session,
      specVersion: live.spec.semanticDigest,
      codeTree: result.tree.hash,
      rounds: result.rounds,
      branch: committedBranch(events),
      unsatisfied: result.unsatisfied,
      usage,
      usdMicros,
      durationMs,
    };
    io.stdout(`${toSafeJson(last)}\n`);
    return;
  }
  const cost = usdMicros === null ? 'unpriced' : formatUsd(usdMicros);
  const lines = [
    '',
    `${result.verdict === 'pass' ? '✓ pass' : result.verdict === 'fail' ? '✗ fail' : '! could not decide'}  ${live.spec.name} @ ${live.spec.semanticDigest.slice(0, 12)}  ${result.rounds} ${result.rounds === 1 ? 'round' : 'rounds'}, ${formatDuration(durationMs)}, ${cost}`,
    ...(result.verdict === 'pass' ? [] : [result.message]),
    ...result.unsatisfied.slice(0, 20).map((clause) => `  not satisfied: ${clause}`),
    ...(result.unsatisfied.length > 20 ? [`  … and ${result.unsatisfied.length - 20} more`] : []),
  ];
  io.stdout(`${lines.map((line) => sanitize(line)).join('\n')}\n`);
}

/** Tokens by kind and micro-dollars of a session; null where some reply had no price. */
export function spent(events: readonly Event[]): { usage: RunUsage; usdMicros: number | null } {
  const usage: RunUsage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  let usdMicros: number | null = 0;
  for (const event of events) {
    if (event.type !== 'budgetSettled') continue;
    add(usage, event.usage);
    usdMicros = usdMicros === null || event.usdMicros === null ? null : usdMicros + event.usdMicros;
  }
  return { usage, usdMicros };
}

/** The branch that holds the session's work; null where nothing was committed. */
export function committedBranch(events: readonly Event[]): string | null {
  let branch: string | null = null;
  for (const event of events) if (event.type === 'changeApplied' && event.mode === 'branch') branch = event.branch;
  return branch;
}

interface RunUsage {
  inputTokens: number;
  cacheWriteTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
}

function add(total: RunUsage, usage: Usage): void {
  total.inputTokens += usage.inputTokens;
  total.cacheWriteTokens += usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  total.cacheReadTokens += usage.cacheReadTokens;
  total.outputTokens += usage.outputTokens;
}
