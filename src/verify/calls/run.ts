/** One run on methods: derive the properties, decide each, let the riders look at every call, and write the report. */
import type { JsonValue, PropertyRef, PropertyResult, VerifyReport } from '../../events/index.ts';
import { askedBy } from '../asked.ts';
import { literalsOf } from '../cases/literals.ts';
import { createLatencyRecorder } from '../measure/latency.ts';
import { objectiveRef } from '../measure/objective.ts';
import type { CallSource, VerifyOptions } from '../model.ts';
import { cutText } from '../run/cut-text.ts';
import { emptyShard, portionOf } from '../run/portion.ts';
import { createReport } from '../run/report.ts';
import type { CreateSchemas } from '../schema-port.ts';
import { callProperties, type DerivedCalls } from './properties.ts';
import { type CallRun, conclude, concludeObjectives, explain, type MethodObjective, observe } from './conclude.ts';
import { createCallCoverage } from './coverage.ts';
import { decideCalls, type TriedCalls } from './decide.ts';
import { type CallEngine, createCallEngine } from './engine.ts';
import { type CallKeeper, keepCalls } from './keeper.ts';
import type { StartedCalls } from './model.ts';
import { type CallFinding, type CallRider, riderFinding } from './property.ts';
import type { CallScenario } from './scenario.ts';
import type { Trace } from '../run/run.ts';
import { DEFAULT_RUNS } from '../default-runs.ts';

export interface CallParts {
  createSchemas: CreateSchemas;
  /** `pure` tells of which methods the arguments are watched. */
  startCalls: (source: CallSource, pure: (method: string) => boolean) => Promise<StartedCalls>;
  seed: number;
  /** Monotonic, in ms. */
  now: () => number;
  /** `2026-11-23`; chooses among dated constants. */
  today: string;
  /** Values found in the code under test, mixed into the draws. */
  literals?: JsonValue[];
  /** Told which properties the calls were for that were made since it was last told. */
  trace?: Trace;
}

/** What the load of an objective is worth beside ordinary cases. */
const OBJECTIVE_COST = 5000;
const TIMEOUT_MS = { module: 1000, program: 5000 };
const PROGRESS_EVERY = 100;
/** A program is started anew when it was asked more than this; a module, which is quick, before every property. */
const RENEW_AFTER = 300;

/** Runs a verification of methods with the given parts. */
export async function runCalls(
  options: VerifyOptions & { subject: CallSource },
  parts: CallParts,
): Promise<VerifyReport> {
  const { spec, signal, subject: source } = options;
  const { seed, now } = parts;
  const startedAt = now();
  const literals = [...literalsOf(spec), ...(parts.literals ?? [])];
  const schemas = parts.createSchemas(spec.document, { dialect: spec.dialect, literals });
  let keeper: CallKeeper | undefined;
  const engine = createCallEngine({
    spec,
    schemas,
    keeper() {
      if (keeper === undefined) throw new Error('nothing is called before the subject is started');
      return keeper;
    },
    seed,
    runs: options.runs ?? DEFAULT_RUNS.ofCalls,
    today: parts.today,
    timeoutMs: Math.min(TIMEOUT_MS[source.kind], Math.max(200, (options.timeMs ?? Infinity) / 4)),
    wired: source.kind === 'program',
  });
  const derived = callProperties(engine);
  const asked = askedBy(spec, options.clauses);
  const measured = options.skipObjectives === true ? [] : objectivesOf(derived, engine);
  const isOwn = ({ shared }: CallRider): boolean => shared !== true;
  // Riders look at all that is called, so that what they find is told wherever it is seen.
  const riders = derived.riders.filter(({ ref }) => asked(ref));
  const every = [...derived.active, ...riders.filter(isOwn), ...measured, ...derived.undecidable]
    .map(({ ref }) => ref)
    .filter(asked);
  const known = new Set(every.map(({ id }) => id));
  const mine = portionOf({
    pieces: [
      ...derived.active.map(({ ref, runs, needs }) => ({ id: ref.id, cost: runs * Math.max(1, needs.length) })),
      ...measured.map(({ ref }) => ({ id: ref.id, cost: OBJECTIVE_COST })),
      ...derived.undecidable.map(({ ref }) => ({ id: ref.id, cost: 0 })),
    ].filter(({ id }) => known.has(id)),
    riding: riders
      .filter(isOwn)
      .map(({ ref, methods }) => ({ ref, carriers: methods.map((name) => `acceptance ${name}`) })),
    shard: options.shard,
  });
  const wanted = (ref: PropertyRef): boolean => asked(ref) && mine(ref);
  const objectives = measured.filter(({ ref }) => wanted(ref));
  const undecidable = derived.undecidable.filter(({ ref }) => wanted(ref));
  const carried = new Set(riders.filter(({ ref }) => wanted(ref)).flatMap(({ methods }) => methods));
  const active = derived.active.filter(
    ({ ref }) => wanted(ref) || (ref.kind === 'acceptance' && carried.has(ref.operation ?? '')),
  );
  const refs = every.filter(wanted);
  const coverage = createCallCoverage(spec);
  const latency = createLatencyRecorder(now);
  const { onEvent, shard } = options;
  const part = shard === undefined ? {} : { shard: { ...shard, properties: every.length } };
  const report = createReport({ engine, refs, active, onEvent, coverage, latency, now, startedAt, ...part });
  // What its turn may show to be nothing is told of when it is decided.
  const open = new Set(active.filter(({ moot }) => moot !== undefined).map(({ ref }) => ref.id));
  options.onEvent?.({ type: 'started', seed, properties: refs.filter(({ id }) => !open.has(id)) });
  report.warn(cutText(derived.cut));
  for (const clause of options.clauses ?? [])
    if (!every.some(askedBy(spec, [clause]))) report.incomplete(`no property lies under the clause ${clause}`);
  for (const one of undecidable) report.conclude({ ...one.ref, verdict: 'error', cases: 0, reason: one.reason });
  const title = source.kind === 'module' ? source.file : source.command;
  if (refs.length === 0) {
    const none = options.clauses === undefined ? 'the spec has no properties' : 'no property lies under these clauses';
    report.warn([shard === undefined || every.length === 0 ? none : emptyShard(shard, every.length)]);
    return report.written(title);
  }
  const pure = new Set(spec.methods.filter((method) => method.pure).map(({ name }) => name));
  const started = await parts.startCalls(source, (method) => pure.has(method));
  if (started.kind === 'fault') {
    const output = started.output.trim().split('\n').slice(-5).join(' | ');
    report.giveUp(`${started.message}${output === '' ? '' : `: ${output}`}`);
    return report.written(title);
  }
  const kept = (keeper = keepCalls(started.subject));
  const { subject } = kept;
  const stop = (): string | undefined => {
    if (signal?.aborted === true) return 'interrupted';
    const { exited } = subject.output();
    if (exited !== null) return `the subject cannot be used any more: ${exited}`;
    if (kept.mute !== undefined) return kept.mute;
    const late = options.timeMs !== undefined && now() - startedAt > options.timeMs;
    return late ? 'not reached in the time given' : undefined;
  };
  const onProgress = (property: string, cases: number, total: number): void =>
    options.onEvent?.({ type: 'progress', property, cases, total, casesPerSecond: report.casesPerSecond() });
  try {
    await decideAll({
      engine,
      keeper,
      source,
      active,
      riders,
      objectives,
      wanted,
      report,
      coverage,
      latency,
      stop,
      onProgress,
      trace: parts.trace,
    });
  } finally {
    await subject.stop();
  }
  return report.written(title);
}

async function decideAll(run: CallRun): Promise<void> {
  const { report, coverage, stop, riders, keeper } = run;
  const { muteReason } = run.engine;
  const doubts = new Map<string, string>();
  const seen = new Map<CallRider, number>();
  const negativeZeros = new Set<string>();
  // The calls of later properties may still break a rule that kept so far.
  const passed: PropertyResult[] = [];
  for (const property of run.active) {
    if (stop() !== undefined) break;
    const reason = muteReason(property.needs);
    if (reason !== undefined) {
      if (run.wanted(property.ref)) report.conclude({ ...property.ref, verdict: 'error', cases: 0, reason });
      continue;
    }
    if (report.resultOf(property.ref.id) !== undefined) continue;
    if (property.moot?.() !== undefined) {
      report.drop(property.ref.id);
      continue;
    }
    if (!run.engine.wired || (keeper.past?.length ?? Infinity) > RENEW_AFTER) {
      await keeper.renew();
      await run.trace?.renewed();
    }
    const found = new Map<CallRider, { tried: TriedCalls; finding: CallFinding }>();
    const watch = (tried: TriedCalls): void => {
      report.count(1);
      const { made } = tried.judgement;
      if (property.ref.kind === 'rejection' && made.some(({ valid }) => !valid)) coverage.violated(property.ref.id);
      for (const one of made) observe(run, one, negativeZeros);
      for (const rider of riders) {
        const looked = riderFinding(rider, made);
        seen.set(rider, (seen.get(rider) ?? 0) + looked.seen);
        if (looked.doubt !== undefined) doubts.set(rider.ref.id, looked.doubt);
        if (looked.finding !== undefined && report.resultOf(rider.ref.id) === undefined && !found.has(rider))
          found.set(rider, { tried, finding: looked.finding });
      }
    };
    const decided = await decideCalls({
      engine: run.engine,
      keeper,
      property,
      stop: () => stop() ?? muteReason(property.needs),
      watch,
      progress(cases) {
        if (cases % PROGRESS_EVERY === 0 || cases === property.runs)
          run.onProgress(property.ref.id, cases, property.runs);
      },
    });
    for (const [rider, { tried, finding }] of found) {
      const again = async (scenario: CallScenario): Promise<CallFinding | undefined> =>
        riderFinding(rider, (await property.judge(scenario)).made).finding;
      const counterexample = await explain(run, property, rider.ref.id, tried, finding, again);
      if (rider.ref.kind === 'invariant') coverage.applied(rider.ref.id);
      report.conclude({ ...rider.ref, verdict: 'fail', cases: seen.get(rider) ?? 0, counterexample });
    }
    // Whoever was silent once with valid parameters is not asked by other properties.
    const { failed } = decided;
    const last = failed?.judgement.made.at(-1);
    if (last?.outcome.kind === 'fault' && last.outcome.reason === 'silent') run.engine.silent(last.method.name);
    if (last?.outcome.notes?.absent === true) run.engine.lacks(last.method.name);
    if (run.wanted(property.ref) && report.resultOf(property.ref.id) === undefined)
      await conclude(run, property, decided, passed);
    // What rides along is about one method's results, which other methods' cases only use.
    const own = riders.filter(({ methods }) => methods.includes(property.ref.operation ?? ''));
    await run.trace?.after([property.ref, ...own.map(({ ref }) => ref)]);
  }
  await run.trace?.halt();
  for (const name of negativeZeros)
    report.warn([`${name} returned -0; JSON keeps it, but most readers see 0, so it was compared as 0`]);
  for (const result of passed) report.conclude(result);
  await concludeObjectives(run);
  const halted = stop();
  for (const rider of riders) {
    if (rider.shared === true || !run.wanted(rider.ref)) continue;
    const cases = seen.get(rider) ?? 0;
    if (cases > 0 && rider.ref.kind === 'invariant') coverage.applied(rider.ref.id);
    const unseen = cases === 0 ? 'it was never seen: no result contained it' : undefined;
    const mute = cases === 0 ? muteReason(rider.methods) : undefined;
    const reason = doubts.get(rider.ref.id) ?? halted ?? mute ?? unseen;
    if (reason === undefined) report.conclude({ ...rider.ref, verdict: 'pass', cases });
    else report.conclude({ ...rider.ref, verdict: 'error', cases, reason });
  }
  report.giveUp(halted ?? 'not reached');
}

function objectivesOf(derived: DerivedCalls, engine: CallEngine): MethodObjective[] {
  return engine.spec.methods.flatMap((method) => {
    const { objective } = method;
    if (objective === undefined) return [];
    const acceptance = derived.active.find(({ ref }) => ref.id === `acceptance ${method.name}`);
    return [{ ref: objectiveRef({ id: method.name }, objective), method, objective, acceptance }];
  });
}
