/**
 * The loop of a session: a turn of the agent, then the verdict of the engine, until the spec is met or there is a reason
 * to stop. It is the same for every agent and for headless and interactive use. The agent never decides that it is done.
 */
import type { Caps, EventOf, Recorder, Verdict, VerifyReport } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import type { Tree, Workspace } from '../workspace/workspace.ts';
import type { Coder, CoderOutcome, CoderTurn } from './coder.ts';
import { roundOutcome, stalled } from './progress.ts';
import type { RoundOutcome } from './progress.ts';
import type { Resumption } from './resume.ts';
import { shortId } from './short-id.ts';

/** Rounds of one prompt where the caps name no other number. */
const DEFAULT_MAX_ROUNDS = 12;

export interface LoopOptions {
  spec: Spec;
  /** What the engineer said; null for "implement the spec". */
  prompt: string | null;
  /** See {@link CoderTurn}. */
  codeFolder: string;
  writable: string[];
  /** Command line that starts the subject. */
  start: string;
  caps: Caps;
  coder: Coder;
  workspace: Workspace;
  /** The tree that changes are told against; default: what the checkout was made from. */
  base?: Tree;
  /** Verifies the code of a tree and records it (see `recordVerification`). Never throws for what the code does. */
  verify: (tree: Tree, round: number, options?: { clauses?: string[] }) => Promise<VerifyReport>;
  approve: CoderTurn['approve'];
  recorder: Recorder;
  signal: AbortSignal;
  /** Where an earlier run of this session stood. */
  resume?: Resumption;
  /** Epoch milliseconds. */
  now?: () => number;
}

type EndReason = EventOf<'sessionEnded'>['reason'];

export interface LoopResult {
  reason: EndReason;
  verdict: Verdict;
  /** One line for a person. */
  message: string;
  /** The last verdict, null where the code was never verified. */
  report: VerifyReport | null;
  /** Rounds of the session so far, earlier runs included. */
  rounds: number;
  /** Clauses whose properties did not pass. */
  unsatisfied: string[];
  tree: Tree;
  /** Commit on the session's branch, null where nothing was committed. */
  commit: string | null;
}

/**
 * Runs rounds until the verdict passes, a cap or the rounds end, nothing gets better, the agent is stuck, the provider
 * fails or the signal is aborted; every step is recorded and the last event is `sessionEnded`. Throws only when the log
 * cannot be written; any other fault ends the session with reason `error`.
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const loop = startLoop(options);
  for (const call of options.resume?.openCalls ?? []) {
    const ended = { ok: false, summary: 'interrupted', output: '', durationMs: 0 };
    options.recorder.append({ type: 'toolFinished', call, ...ended });
  }
  try {
    return await runRounds(loop);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return end(loop, { reason: 'error', message: `the session broke off: ${message}` }, null);
  }
}

/** What changes while the loop runs. */
interface Loop {
  options: LoopOptions;
  now: () => number;
  startedAt: number;
  base: Tree;
  round: number;
  /** The number of the first round that counts against the rounds' limit. */
  firstRound: number;
  history: RoundOutcome[];
  report: VerifyReport | null;
  /** The tree that `report` is about. */
  verified: string | null;
  /** The tree that was last proposed. */
  proposed: string | null;
  tree: Tree;
}

function startLoop(options: LoopOptions): Loop {
  const now = options.now ?? Date.now;
  const tree = options.workspace.snapshot();
  const { resume, spec } = options;
  // A verdict on another version of the spec says nothing about this one.
  const current = resume?.report?.spec.semanticDigest === spec.semanticDigest;
  return {
    options,
    now,
    startedAt: now(),
    base: options.base ?? options.workspace.base,
    round: resume?.rounds ?? 0,
    firstRound: (resume?.rounds ?? 0) - (resume?.roundsOfPrompt ?? 0) + 1,
    history: current ? [...(resume?.history ?? [])] : [],
    report: current ? (resume?.report ?? null) : null,
    verified: current ? (resume?.verifiedTree ?? null) : null,
    proposed: resume?.proposedTree ?? null,
    tree,
  };
}

async function runRounds(loop: Loop): Promise<LoopResult> {
  const { options } = loop;
  const { recorder, signal, caps } = options;
  const maxRounds = caps.maxRounds ?? DEFAULT_MAX_ROUNDS;
  for (;;) {
    if (signal.aborted) return interrupted(loop);
    if (loop.round - loop.firstRound + 1 >= maxRounds) {
      const message = `${maxRounds} rounds ended without a passing verdict`;
      return end(loop, { reason: 'roundsEnded', message }, commit(loop));
    }
    loop.round += 1;
    recorder.append({ type: 'roundStarted', round: loop.round });
    const outcome = await options.coder.turn(turnOf(loop));
    if (signal.aborted || (outcome.kind === 'stopped' && outcome.reason === 'interrupted')) return interrupted(loop);
    const before = { report: loop.report, verified: loop.verified };
    await judge(loop, outcome);
    if (loop.report?.verdict === 'pass') return passed(loop);
    if (signal.aborted) {
      // A verification that was stopped says nothing about the code.
      Object.assign(loop, before);
      return interrupted(loop);
    }
    const reason = reasonToStop(loop, outcome);
    if (reason !== null) return end(loop, reason, commit(loop));
  }
}

function turnOf(loop: Loop): CoderTurn {
  const { options } = loop;
  const { spec, prompt, codeFolder, writable, start, caps, workspace, approve, recorder, signal } = options;
  return {
    round: loop.round,
    spec,
    prompt,
    codeFolder,
    writable,
    start,
    caps,
    workspace,
    lastReport: loop.report,
    verify: (only) => options.verify(workspace.snapshot(), loop.round, only),
    approve,
    recorder,
    signal,
  };
}

/**
 * Takes the code as it stands, shows what changed and has it verified, unless that very tree already has a verdict, or
 * the turn was stopped before there was anything to verify.
 */
async function judge(loop: Loop, outcome: CoderOutcome): Promise<void> {
  const { workspace, recorder, verify } = loop.options;
  loop.tree = workspace.snapshot();
  if (loop.tree.hash !== loop.proposed && (loop.tree.hash !== loop.base.hash || loop.proposed !== null)) {
    loop.proposed = loop.tree.hash;
    recorder.append({
      type: 'changeProposed',
      change: shortId('change'),
      round: loop.round,
      baseTree: loop.base.hash,
      tree: loop.tree.hash,
      files: workspace.diff(loop.base, loop.tree),
    });
  }
  if (outcome.kind === 'stopped' && loop.report === null && loop.tree.hash === loop.base.hash) return;
  if (loop.report === null || loop.tree.hash !== loop.verified) {
    loop.report = await verify(loop.tree, loop.round);
    loop.verified = loop.tree.hash;
  }
  loop.history.push(roundOutcome(loop.tree.hash, loop.report));
}

interface Ending {
  reason: EndReason;
  message: string;
  /** Clauses that the agent itself gives up on. */
  unsatisfied?: string[];
}

function reasonToStop(loop: Loop, outcome: CoderOutcome): Ending | null {
  switch (outcome.kind) {
    case 'stuck':
      return { reason: 'stuck', message: outcome.message, unsatisfied: outcome.unsatisfied };
    case 'stopped':
      return { reason: outcome.reason, message: outcome.message };
    case 'worked': {
      const message = stalled(loop.history);
      return message === null ? null : { reason: 'noProgress', message };
    }
  }
}

function passed(loop: Loop): LoopResult {
  const { spec, recorder } = loop.options;
  const committed = commit(loop);
  recorder.append({
    type: 'specVersionRecorded',
    spec: spec.name,
    semanticDigest: spec.semanticDigest,
    documentDigest: spec.documentDigest,
    codeTree: loop.tree.hash,
    verdict: 'pass',
  });
  const count = loop.report?.properties.length ?? 0;
  return end(loop, { reason: 'passed', message: `all ${count} properties pass` }, committed);
}

function interrupted(loop: Loop): LoopResult {
  const { recorder, signal, workspace } = loop.options;
  loop.tree = workspace.snapshot();
  const reason = signal.reason instanceof Error ? signal.reason.message : String(signal.reason ?? 'stopped');
  recorder.append({ type: 'turnInterrupted', reason });
  return end(loop, { reason: 'interrupted', message: 'stopped; the session can be resumed' }, null);
}

/** Puts the work on the session's branch, passing or not, so that it is never only in the checkout. */
function commit(loop: Loop): string | null {
  const { workspace, recorder, spec } = loop.options;
  if (loop.tree.hash === loop.base.hash) return null;
  const verdict = loop.report?.verdict ?? 'error';
  const digest = spec.semanticDigest.slice(0, 12);
  const made = workspace.commit(loop.tree, `plumb: ${spec.name} @ ${digest}, verdict ${verdict}`);
  if (made === null) return null;
  recorder.append({
    type: 'changeApplied',
    tree: loop.tree.hash,
    mode: 'branch',
    branch: workspace.branch,
    commit: made,
    files: workspace.diff(loop.base, loop.tree).map((file) => file.path),
    conflicts: [],
  });
  return made;
}

function end(loop: Loop, ending: Ending, committed: string | null): LoopResult {
  const { recorder, workspace } = loop.options;
  const fits = loop.report !== null && loop.verified === loop.tree.hash;
  const verdict = ending.reason === 'error' || !fits ? 'error' : (loop.report?.verdict ?? 'error');
  const failing = (loop.report?.properties ?? []).filter((property) => property.verdict !== 'pass');
  const unsatisfied = [...new Set([...failing.map((property) => property.clause), ...(ending.unsatisfied ?? [])])];
  const { reason, message } = ending;
  recorder.append({
    type: 'sessionEnded',
    verdict,
    reason,
    message,
    rounds: loop.round,
    unsatisfied,
    codeTree: loop.tree.hash,
    branch: workspace.branch,
    durationMs: loop.now() - loop.startedAt,
  });
  const { report, round: rounds, tree } = loop;
  return { reason, verdict, message, report, rounds, unsatisfied, tree, commit: committed };
}
