/** From what the cases of methods showed to verdicts: failures explained, rules that kept, objectives under load. */
import type { PropertyRef, PropertyResult } from '../../events/index.ts';
import type { Method, Objective } from '../../spec/model.ts';
import type { createLatencyRecorder } from '../measure/latency.ts';
import { decidedObjective } from '../measure/objective.ts';
import type { CallSource } from '../model.ts';
import type { Report } from '../run/report.ts';
import type { Trace } from '../run/run.ts';
import { callCounterexample } from './counterexample.ts';
import type { CallCoverage } from './coverage.ts';
import type { DecidedCalls, TriedCalls } from './decide.ts';
import type { CallEngine } from './engine.ts';
import type { CallKeeper } from './keeper.ts';
import { measureMethod } from './objective.ts';
import { type CallFinding, type CallProperty, type CallRider, findingOf } from './property.ts';
import type { CallScenario, Made } from './scenario.ts';

const SHRINK_MS = 3000;

/** An objective of a method, and the property whose cases are its load. */
export interface MethodObjective {
  ref: PropertyRef;
  method: Method;
  objective: Objective;
  acceptance: CallProperty | undefined;
}

/** What the parts of one run share. */
export interface CallRun {
  engine: CallEngine;
  keeper: CallKeeper;
  source: CallSource;
  active: CallProperty[];
  riders: CallRider[];
  objectives: MethodObjective[];
  wanted: (ref: PropertyRef) => boolean;
  report: Report;
  coverage: CallCoverage;
  latency: ReturnType<typeof createLatencyRecorder>;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  onProgress: (property: string, cases: number, total: number) => void;
  trace: Trace | undefined;
}

/** Takes a call into coverage and latency, and counts the methods that did not answer. */
export function observe(run: CallRun, made: Made, negativeZeros: Set<string>): void {
  const { method, outcome } = made;
  run.coverage.see(made);
  if (outcome.notes?.negativeZero === true) negativeZeros.add(method.name);
  if (outcome.kind !== 'fault') {
    if (made.valid) run.latency.record(method.name, outcome.ms);
  } else if (outcome.reason === 'silent') run.engine.silent(method.name);
}

/** Makes a failing case small, and shows it again on a subject of its own. */
export function explain(
  run: CallRun,
  property: CallProperty,
  title: string,
  tried: TriedCalls,
  finding: CallFinding,
  again: (scenario: CallScenario) => Promise<CallFinding | undefined>,
): ReturnType<typeof callCounterexample> {
  return callCounterexample({
    engine: run.engine,
    keeper: run.keeper,
    property,
    title,
    tried,
    finding,
    source: run.source,
    fails: async (scenario) => (run.stop() === undefined ? again(scenario) : undefined),
    timeMs: SHRINK_MS,
  });
}

/** Writes what the cases of a property showed; rules that kept are told at the end, as later calls may break them. */
export async function conclude(
  run: CallRun,
  property: CallProperty,
  decided: DecidedCalls,
  passed: PropertyResult[],
): Promise<void> {
  const { report, coverage } = run;
  const { ref } = property;
  const { failed, cases } = decided;
  const finding = failed === undefined ? undefined : findingOf(failed.judgement);
  if (failed !== undefined && finding !== undefined) {
    const again = async (scenario: CallScenario): Promise<CallFinding | undefined> =>
      findingOf(await property.judge(scenario));
    const counterexample = await explain(run, property, ref.id, failed, finding, again);
    if (ref.kind === 'invariant') coverage.applied(ref.id);
    report.conclude({ ...ref, verdict: 'fail', cases, counterexample });
    return;
  }
  const reason = openReason(run, property, decided);
  if (reason !== undefined) report.conclude({ ...ref, verdict: 'error', cases, reason });
  else if (ref.kind === 'invariant') passed.push({ ...ref, verdict: 'pass', cases });
  else report.conclude({ ...ref, verdict: 'pass', cases });
}

/** Why a property without a failure is not decided; undefined where it passes. */
function openReason(run: CallRun, property: CallProperty, decided: DecidedCalls): string | undefined {
  const { judgement } = decided.undecided ?? {};
  if (judgement?.kind === 'undecided') return judgement.reason;
  if (decided.stopped !== undefined) return decided.stopped;
  if (decided.cases === 0) return `no case could be made: ${decided.discarded ?? 'none was drawn'}`;
  const { reason, warnings = [] } = property.conclude?.() ?? {};
  run.report.warn(warnings);
  if (property.ref.kind === 'invariant' && warnings.length === 0 && reason === undefined)
    run.coverage.applied(property.ref.id);
  return reason;
}

/** Measures each objective under its load. */
export async function concludeObjectives(run: CallRun): Promise<void> {
  const { engine, report, stop } = run;
  for (const { ref, method, objective, acceptance } of run.objectives) {
    if (stop() !== undefined) return;
    const mute = engine.muteReason(acceptance?.needs ?? [method.name]);
    if (mute !== undefined || acceptance === undefined || report.resultOf(acceptance.ref.id)?.verdict === 'error') {
      const reason = mute ?? 'no call of the method returns a result';
      report.conclude({ ...ref, verdict: 'error', cases: 0, reason });
      continue;
    }
    await run.keeper.renew();
    const result = await measureMethod(engine, method, objective, acceptance, stop);
    report.measured(method.name, result.latency);
    report.count(result.samples);
    report.conclude(decidedObjective(result, objective.p99Ms, engine.seed));
  }
}
