/** One run: derive the properties, decide each, let the passive checks ride along, and write the report. */
import type { PropertyRef, VerifyReport } from '../../events/index.ts';
import { neverAccepted, rarelyAccepted } from '../checks/acceptance.ts';
import { counterexampleOf, type Finding } from './counterexample.ts';
import { type CoverageRecorder, createCoverageRecorder } from '../measure/coverage.ts';
import { decide, type Decided, type Tried } from './decide.ts';
import { createDriftRecorder, type DriftRecorder, observedOf } from '../drift/drift.ts';
import { createEngine, type Engine } from './engine.ts';
import { createRunner } from '../wire/execute.ts';
import { activeFinding, passiveFinding } from '../checks/findings.ts';
import { isSilence, type Keeper, keepSubject } from './keeper.ts';
import { createLatencyRecorder, type LatencyRecorder } from '../measure/latency.ts';
import { literalsOf } from '../cases/literals.ts';
import type { HttpSource, StartSubject, VerifyOptions } from '../model.ts';
import { decidedObjective, measureObjective, together } from '../measure/objective.ts';
import type { Passive } from '../checks/passive.ts';
import { propertiesOf } from '../checks/properties.ts';
import type { Property } from '../checks/property.ts';
import { createReport, type Report } from './report.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { CreateSchemas } from '../schema-port.ts';
import { gapsOf, select, type Selection } from './select.ts';

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
  after(refs: PropertyRef[]): Promise<void>;
  /** From here on nothing is followed, so that times can be measured. */
  halt(): Promise<void>;
}

const DEFAULT_RUNS = 100;
const TIMEOUT_MS = 5000;
const SHRINK_MS = 3000;
const PROGRESS_EVERY = 25;
/** Times that an operation may fail to answer before it is asked no more. */
const MAX_SILENCES = 2;

/** Runs a verification with the given parts. */
export async function runVerification(
  options: VerifyOptions & { subject: HttpSource },
  parts: RunParts,
): Promise<VerifyReport> {
  const { spec, signal } = options;
  const { seed, now } = parts;
  const startedAt = now();
  const schemas = parts.createSchemas(spec.document, { dialect: spec.dialect, literals: literalsOf(spec) });
  let keeper: Keeper | undefined;
  const runner = createRunner({
    send: (request, abort) =>
      keeper?.send(request, abort) ?? Promise.resolve({ kind: 'fault', message: 'no subject', ms: 0 }),
    basePath: spec.basePath,
    timeoutMs: Math.min(TIMEOUT_MS, Math.max(500, (options.timeMs ?? Infinity) / 4)),
    ...(signal === undefined ? {} : { signal }),
  });
  const engine = createEngine({ spec, schemas, runner, seed, runs: options.runs ?? DEFAULT_RUNS, today: parts.today });
  const derived = propertiesOf(engine);
  const selection = select(spec, derived, options.clauses, options.skipObjectives === true);
  const { refs, undecidable } = selection;
  const coverage = createCoverageRecorder(spec, schemas);
  const latency = createLatencyRecorder(now);
  const { active } = derived;
  const report = createReport({ engine, refs, active, onEvent: options.onEvent, coverage, latency, now, startedAt });
  options.onEvent?.({ type: 'started', seed, properties: refs });
  for (const gap of gapsOf(selection, options.clauses)) report.incomplete(gap);
  const secured = spec.operations.filter((one) => one.security.some((way) => Object.keys(way).length > 0));
  if (secured.length > 0)
    report.warn([`security is not checked: ${secured.length} operations require credentials, and none were sent`]);
  for (const one of undecidable) report.conclude({ ...one.ref, verdict: 'error', cases: 0, reason: one.reason });

  const title = options.subject.kind === 'url' ? options.subject.url : options.subject.start;
  if (refs.length === 0) {
    report.warn([
      options.clauses === undefined ? 'the spec has no properties' : 'no property lies under these clauses',
    ]);
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
    const late = options.timeMs !== undefined && now() - startedAt > options.timeMs;
    return late ? 'not reached in the time given' : undefined;
  };
  const onProgress = (property: string, cases: number, total: number): void =>
    options.onEvent?.({ type: 'progress', property, cases, total, casesPerSecond: report.casesPerSecond() });
  const drift = options.drift === true ? createDriftRecorder(spec, started.subject.baseUrl) : undefined;
  try {
    const { trace } = parts;
    const run = { engine, keeper: started, selection, report, coverage, latency, drift, stop, onProgress, trace };
    await decideAll(run);
  } finally {
    await started.stop();
  }
  return { ...report.written(started.subject.title), ...(drift === undefined ? {} : { drift: drift.items() }) };
}

interface Run {
  engine: Engine;
  keeper: Keeper;
  selection: Selection;
  report: Report;
  coverage: CoverageRecorder;
  latency: LatencyRecorder;
  drift: DriftRecorder | undefined;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  onProgress: (property: string, cases: number, total: number) => void;
  trace: Trace | undefined;
}

interface Found {
  tried: Tried;
  finding: Finding;
}

async function decideAll(run: Run): Promise<void> {
  const { selection, report, coverage, stop } = run;
  const silences = new Map<string, number>();
  const doubts = new Map<string, string>();
  const seen = new Map<Passive, number>();
  const riders = new Map<string, Passive[]>();
  for (const one of selection.passive)
    for (const operation of one.operations) riders.set(operation, [...(riders.get(operation) ?? []), one]);

  for (const property of selection.active) {
    if (stop() !== undefined) break;
    const mute = property.needs.find((id) => (silences.get(id) ?? 0) >= MAX_SILENCES);
    if (mute !== undefined) {
      const reason = `${mute} did not answer in time before`;
      if (selection.wanted(property.ref)) report.conclude({ ...property.ref, verdict: 'error', cases: 0, reason });
      continue;
    }
    const found = new Map<Passive, Found>();
    const seenHere = new Set<Passive>();
    const watch = (tried: Tried): void => {
      report.count(1);
      observe(run, property, tried, silences);
      const touched = new Set(tried.judgement.sent.flatMap((sent) => riders.get(sent.operation.id) ?? []));
      for (const one of touched) {
        const { seen: looked, finding, doubt } = passiveFinding(one, tried.judgement);
        seen.set(one, (seen.get(one) ?? 0) + looked);
        if (looked > 0) seenHere.add(one);
        if (doubt !== undefined) doubts.set(one.ref.id, doubt);
        if (finding !== undefined && report.resultOf(one.ref.id) === undefined && !found.has(one))
          found.set(one, { tried, finding });
      }
    };
    const decided = await decide({
      engine: run.engine,
      keeper: run.keeper,
      property,
      stop,
      watch,
      progress(cases) {
        if (cases % PROGRESS_EVERY === 0 || cases === property.runs)
          run.onProgress(property.ref.id, cases, property.runs);
      },
    });
    for (const [one, { tried, finding }] of found) {
      const again = async (scenario: Scenario): Promise<Finding | undefined> =>
        passiveFinding(one, await property.judge(scenario)).finding;
      const counterexample = await explain(run, property, one.ref.id, { tried, finding }, again);
      report.conclude({ ...one.ref, verdict: 'fail', cases: seen.get(one) ?? 0, counterexample });
    }
    if (selection.wanted(property.ref)) await concludeActive(run, property, decided);
    // A check that rides along is about one operation's answers, which other operations' cases only use.
    const own = selection.passive.filter(
      ({ ref }) => (ref.operation ?? property.ref.operation) === property.ref.operation,
    );
    await run.trace?.after([property.ref, ...own.filter((one) => seenHere.has(one)).map((one) => one.ref)]);
  }
  await run.trace?.halt();
  await concludeObjectives(run);

  const halted = stop();
  for (const one of selection.passive) {
    const cases = seen.get(one) ?? 0;
    if (cases > 0 && one.ref.kind === 'invariant') coverage.applied(one.ref.id);
    const unseen = cases === 0 ? 'it was never seen: no answer contained it' : undefined;
    const reason = doubts.get(one.ref.id) ?? halted ?? unseen;
    if (reason === undefined) report.conclude({ ...one.ref, verdict: 'pass', cases });
    else report.conclude({ ...one.ref, verdict: 'error', cases, reason });
  }
  report.giveUp(halted ?? 'not reached');
}

/** Takes a case into coverage and latency, and counts the operations that did not answer. */
function observe(run: Run, { ref }: Property, { judgement }: Tried, silences: Map<string, number>): void {
  for (const sent of judgement.sent) {
    run.coverage.see(sent);
    if (run.drift !== undefined && sent.answer.kind === 'answer') run.drift.see(observedOf(sent.request, sent.answer));
    if (sent.answer.kind === 'answer') run.latency.record(sent.operation.id, sent.answer.ms);
    else if (isSilence(sent.answer)) silences.set(sent.operation.id, (silences.get(sent.operation.id) ?? 0) + 1);
  }
  if (judgement.kind === 'discarded') return;
  if (ref.kind === 'rejection') run.coverage.violated(ref.id);
}

function explain(
  run: Run,
  property: Property,
  title: string,
  { tried, finding }: Found,
  again: (scenario: Scenario) => Promise<Finding | undefined>,
): ReturnType<typeof counterexampleOf> {
  return counterexampleOf({
    engine: run.engine,
    property,
    title,
    tried,
    finding,
    baseUrl: run.keeper.subject.baseUrl,
    renew: () => run.keeper.renew(),
    timeMs: SHRINK_MS,
    fails: async (scenario) => (run.stop() === undefined ? again(scenario) : undefined),
  });
}

async function concludeActive(run: Run, property: Property, decided: Decided): Promise<void> {
  const { report } = run;
  const { failed, cases } = decided;
  const finding = failed === undefined ? undefined : activeFinding(failed.judgement);
  if (failed !== undefined && finding !== undefined) {
    const again = async (scenario: Scenario): Promise<Finding | undefined> =>
      activeFinding(await property.judge(scenario));
    const counterexample = await explain(run, property, property.ref.id, { tried: failed, finding }, again);
    if (property.ref.kind === 'invariant') run.coverage.applied(property.ref.id);
    report.conclude({ ...property.ref, verdict: 'fail', cases, counterexample });
    return;
  }
  const reason = openReason(run, property, decided);
  if (reason === undefined) report.conclude({ ...property.ref, verdict: 'pass', cases });
  else report.conclude({ ...property.ref, verdict: 'error', cases, reason });
}

/** Why a property without a failure is not decided; undefined where it passes. */
function openReason(run: Run, property: Property, decided: Decided): string | undefined {
  if (decided.undecided?.judgement.kind === 'undecided') return decided.undecided.judgement.reason;
  if (decided.stopped !== undefined) return decided.stopped;
  if (decided.cases === 0) return `no case could be made: ${decided.discarded[0]?.reason ?? 'none was drawn'}`;
  const last = property.conclude?.() ?? {};
  const warnings = last.warnings ?? [];
  run.report.warn([...warnings, ...rarelyAccepted(property, run.coverage.answers)]);
  if (property.ref.kind === 'invariant' && warnings.length === 0) run.coverage.applied(property.ref.id);
  return last.reason ?? neverAccepted(run.engine, property, run.coverage.answers);
}

async function concludeObjectives(run: Run): Promise<void> {
  const { engine, selection, report, stop } = run;
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
        report.count(result.samples);
        report.conclude(decidedObjective(result, objective.p99Ms, engine.seed));
      }),
    );
  }
}
