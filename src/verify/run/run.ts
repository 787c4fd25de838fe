/** One run: derive the properties, decide each, let the passive checks ride along, and write the report. */
import type { PropertyRef, VerifyReport } from '../../events/index.ts';
import { type CoverageRecorder, createCoverageRecorder } from '../measure/coverage.ts';
import { createConclusions } from './conclude.ts';
import { cutText } from './cut-text.ts';
import { decideAll } from './decide-all.ts';
import { createDriftRecorder, type DriftRecorder } from '../drift/drift.ts';
import { createRunner } from '../wire/execute.ts';
import { createKeyring, type Keyring } from '../wire/keyring.ts';
import { type Keeper, keepSubject } from './keeper.ts';
import { createLatencyRecorder, type LatencyRecorder } from '../measure/latency.ts';
import type { HttpSource, StartSubject, VerifyEvent, VerifyOptions } from '../model.ts';
import { decidedObjective, measureObjective, together } from '../measure/objective.ts';
import type { Property } from '../checks/property.ts';
import { createReport, type Report } from './report.ts';
import type { CreateSchemas } from '../schema-port.ts';
import type { Derived } from '../checks/properties.ts';
import { createBeside } from './beside.ts';
import { costsOf } from './cost.ts';
import { createLane } from './lane.ts';
import { type Late, type Prepared, prepare } from './prepare.ts';
import { startRemoteLane } from './worker/remote-lane.ts';
import type { WorkerTask } from './worker/messages.ts';
import { workersFor, workerTask } from './worker/workers.ts';
import { gapsOf, type Selection } from './select.ts';
import { emptyShard } from './portion.ts';
import { createProgress, type Progress } from './progress.ts';
import { createShares } from './shares.ts';
import { turnsOf } from './turns.ts';
import { lastOf } from '../checks/properties.ts';

export interface RunParts {
  createSchemas: CreateSchemas;
  startSubject: StartSubject;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
  /** Told which properties the calls were for that were made since it was last told. */
  trace?: Trace;
}

/** Follows what the subject executes; properties then run one at a time. */
export interface Trace {
  /** The subject was made anew: what has run since it was last told belongs to no property. */
  renewed(): Promise<void>;
  after(refs: PropertyRef[]): Promise<void>;
  /** From here on nothing is followed, so that times can be measured. */
  halt(): Promise<void>;
}

const TIMEOUT_MS = 5000;

type HttpOptions = VerifyOptions & { subject: HttpSource };

/** Runs a verification with the given parts. What it tells and answers holds no credential. */
export async function runVerification(options: HttpOptions, parts: RunParts): Promise<VerifyReport> {
  const keyring = createKeyring(options.spec, options.credentials ?? {}, parts.seed);
  const onEvent = (event: VerifyEvent): void => options.onEvent?.(keyring.redacted(event));
  return keyring.redacted(await runWith(keyring, { ...options, onEvent }, parts));
}

async function runWith(keyring: Keyring, options: HttpOptions, parts: RunParts): Promise<VerifyReport> {
  const { spec, signal } = options;
  const { seed, now } = parts;
  const startedAt = now();
  const deadline = startedAt + (options.timeMs ?? Infinity);
  const timeoutMs = Math.min(TIMEOUT_MS, Math.max(500, (options.timeMs ?? Infinity) / 4));
  let keeper: Keeper | undefined;
  const runner = createRunner({
    send(request, abort) {
      request.timeoutMs = Math.min(request.timeoutMs ?? timeoutMs, Math.max(1, deadline - now()));
      return keeper?.send(request, abort) ?? Promise.resolve({ kind: 'fault', message: 'no subject', ms: 0 });
    },
    wire: spec,
    timeoutMs,
    keyring,
    ...(signal === undefined ? {} : { signal }),
  });
  const { today } = parts;
  const late = latenessOf(spec.operations.length > FEW ? (options.timeMs ?? Infinity) : Infinity, now);
  const prepared = prepare({ options, createSchemas: parts.createSchemas, runner, keyring, seed, today, late });
  const { engine, derived, selection } = prepared;
  const derivedAt = now();
  const { refs, undecidable } = selection;
  const coverage = createCoverageRecorder(spec, engine.schemas);
  const latency = createLatencyRecorder(now);
  const { active } = derived;
  const report = createReport({
    engine,
    refs,
    active,
    onEvent: options.onEvent,
    coverage,
    latency,
    now,
    startedAt,
    ...(options.shard === undefined ? {} : { shard: { ...options.shard, properties: selection.every.length } }),
  });
  // What its turn may show to be nothing is told of when it is decided.
  const open = new Set(active.filter((one) => one.moot !== undefined).map((one) => one.ref.id));
  options.onEvent?.({ type: 'started', seed, properties: refs.filter((ref) => !open.has(ref.id)) });
  report.warn(cutText(derived.cut));
  for (const left of leftOut(derived, spec.operations.length)) report.incomplete(left);
  for (const gap of gapsOf(selection, spec, options.clauses)) report.incomplete(gap);
  for (const one of undecidable) report.conclude({ ...one.ref, verdict: 'error', cases: 0, reason: one.reason });

  const title = options.subject.kind === 'url' ? options.subject.url : options.subject.start;
  if (refs.length === 0) {
    report.warn([whyEmpty(options, selection)]);
    return report.written(title);
  }
  const started = await keepSubject(parts.startSubject, options.subject, signal);
  if ('kind' in started) {
    const output = started.output.trim().split('\n').slice(-5).join(' | ');
    report.giveUp(`${started.message}${output === '' ? '' : `: ${output}`}`);
    return report.written(title);
  }
  keeper = started;
  const stop = (): string | undefined => {
    if (signal?.aborted === true) return 'interrupted';
    if (started.dead !== undefined) return started.dead;
    return now() > deadline ? 'the time given is over' : undefined;
  };
  const cost = costsOf(engine);
  const progress = createProgress(selection.active, cost, now, deadline);
  const ran = (property: Property, cases: number, requests: number): void => {
    report.count(requests);
    if (!progress.ran(property, cases)) return;
    const { ref, runs: total } = property;
    const leftMs = progress.leftMs();
    const casesPerSecond = report.casesPerSecond();
    const left = leftMs === undefined ? {} : { leftMs };
    options.onEvent?.({ type: 'progress', property: ref.id, cases, total, casesPerSecond, ...left });
  };
  const drift = options.drift === true ? createDriftRecorder(spec, started.subject.baseUrl) : undefined;
  const { trace } = parts;
  try {
    const lanes =
      workersFor(options, prepared, parts.trace !== undefined, {
        tookMs: derivedAt - startedAt,
        leftMs: deadline - now(),
      }) - 1;
    const task = { ...workerTask(options, seed, parts.today), timeoutMs, leftMs: deadline - now() };
    await decideActive({
      prepared,
      keeper: started,
      workers: Array.from({ length: lanes }, () => task),
      report,
      coverage,
      latency,
      drift,
      trace,
      deadline,
      now,
      stop,
      cost,
      ran,
      progress,
    });
    report.giveUp(`not reached: ${stop() ?? 'the run ended before'}`);
  } finally {
    await started.stop();
  }
  return { ...report.written(started.subject.title), ...(drift === undefined ? {} : { drift: drift.items() }) };
}

/** What there was no time to derive, in words. */
function leftOut({ unseen, unbroken }: Derived, operations: number): string[] {
  const of = (count: number, what: string): string[] =>
    count === 0 ? [] : [`the time given was over before ${what} ${count} of ${operations} operations; give more of it`];
  return [...of(unseen, 'any property was derived of'), ...of(unbroken, 'the keywords were broken of')];
}

/**
 * Of a limited time, what looking at operations may take, and then what breaking their keywords may; ms at least. So few
 * operations are always looked at.
 */
const FEW = 100;
const DERIVING = { share: 0.2, leastMs: 1000 };

function latenessOf(timeMs: number, now: () => number): Late {
  const longestMs = Math.max(DERIVING.leastMs, timeMs * DERIVING.share);
  // Each counts from when it is first asked.
  const isLate = (): (() => boolean) => {
    let sinceMs: number | undefined;
    return () => now() - (sinceMs ??= now()) > longestMs;
  };
  return { forOperations: isLate(), forKeywords: isLate() };
}

/** Why a run has nothing to decide, which is never a pass. */
function whyEmpty({ clauses, shard }: VerifyOptions, { every }: Selection): string {
  if (shard !== undefined && every.length > 0) return emptyShard(shard, every.length);
  return clauses === undefined ? 'the spec has no properties' : 'no property lies under these clauses';
}

interface Run {
  prepared: Prepared;
  keeper: Keeper;
  /** What each further worker begins with, but for the place of the subject. */
  workers: Omit<WorkerTask, 'baseUrl'>[];
  report: Report;
  coverage: CoverageRecorder;
  latency: LatencyRecorder;
  drift: DriftRecorder | undefined;
  trace: Trace | undefined;
  /** When the time given is over, on the clock of `now`; Infinity without a limit. */
  deadline: number;
  now: () => number;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  /** Requests that the cases of a property are expected to send. */
  cost: (property: Property) => number;
  /** Told that the property has come to `cases`, with `requests` more. */
  ran: (property: Property, cases: number, requests: number) => void;
  progress: Progress;
}

async function decideActive(run: Run): Promise<void> {
  const { keeper, report, coverage, latency, drift, trace, stop, now, ran } = run;
  const { engine, selection, riders } = run.prepared;
  const lane = createLane({
    engine,
    generation: () => keeper.generation,
    riders,
    coverage,
    latency,
    drift,
    stop,
    ran,
  });
  const baseUrl = (): string => keeper.subject.baseUrl;
  const others = run.workers.map((task) =>
    startRemoteLane({ task: { ...task, baseUrl: baseUrl() }, engine, coverage, latency, baseUrl, stop, ran }),
  );
  const all = [lane, ...others];
  const alone = async (work: () => Promise<void>): Promise<void> => {
    await Promise.all(all.map((one) => one.slots.hold()));
    await work().finally(() => all.forEach((one) => one.slots.resume()));
  };
  const leftMs = (): number => run.deadline - now();
  const conclusions = createConclusions({ engine, keeper, selection, report, coverage, stop, leftMs, alone });
  const rank = lastOf(engine);
  report.begin();
  try {
    await decideAll({
      properties: turnsOf(selection.active, {
        leftMs: leftMs(),
        isLast: (one) => rank(one) > 0,
      }),
      lane,
      others,
      conclusions,
      beside: trace === undefined ? createBeside(engine) : () => false,
      alone,
      shares: createShares(run.cost, run.deadline, now),
      stop,
      async settled(property, { ridden }) {
        const { ref } = property;
        run.progress.ended(property);
        if (trace === undefined) return;
        // A check that rides along is about one operation's answers, which other operations' cases only use.
        const own = selection.passive.filter((one) => (one.ref.operation ?? ref.operation) === ref.operation);
        await trace.after([ref, ...own.flatMap((one) => ((ridden.get(one.ref.id)?.seen ?? 0) > 0 ? [one.ref] : []))]);
      },
    });
  } finally {
    await Promise.all(others.map((one) => one.close()));
    report.end();
  }
  await trace?.halt();
  await concludeObjectives(run);
  conclusions.finish(stop());
}

async function concludeObjectives(run: Run): Promise<void> {
  const { report, stop } = run;
  const { engine, selection } = run.prepared;
  for (const group of together(selection.objectives)) {
    if (stop() !== undefined) return;
    await Promise.all(
      group.map(async ({ operation, objective, acceptance, ref }) => {
        if (acceptance === undefined || report.resultOf(acceptance.ref.id)?.verdict === 'error') {
          report.conclude({ ...ref, verdict: 'error', cases: 0, reason: 'no call of the operation succeeds' });
          return;
        }
        const result = await measureObjective(engine, operation, objective, acceptance, stop);
        report.measured(operation.id, result.latency);
        report.loaded(result.samples);
        report.conclude(decidedObjective(result, objective.p99Ms, engine.seed));
      }),
    );
  }
}
