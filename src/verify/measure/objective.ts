/**
 * Latency objectives: calls at the stated rate, whether the earlier ones have been answered or not, each measured from
 * the moment at which it should have been sent. What the calls need is made before the load begins.
 */
import type { Latency, PropertyRef, PropertyResult } from '../../events/index.ts';
import type { Objective, Operation } from '../../spec/model.ts';
import { drawValue } from '../draw.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { generatorP99Ms } from './generator.ts';
import { describe } from './latency.ts';
import { type Called, runLoad, type Timed } from './load.ts';
import type { Property } from '../checks/property.ts';
import { sentOnly } from '../checks/property.ts';

const DEFAULT_RATE = 100;
const LEAST_RATE = 2;
const WARM_UP = 20;
/** With fewer samples nothing can be said of a 99th percentile at 95 %. */
const LEAST = 299;
const MOST = 1200;
/** A rate is held for a second at least, and for a few where that does not tell; so many calls are prepared at most. */
const LEAST_SECONDS = 1;
const MOST_PREPARED = 5000;
const MOST_TURNS = 4;
const SETUP_IN_FLIGHT = 8;
/** Draws that are tried before the load, to learn which calls succeed. */
const REHEARSED = 40;
const UNDISTURBED = 5;
/** Objectives are measured together as long as their rates stay below this sum, so that they do not disturb each other. */
const RATE_TOGETHER = 200;
/** Below this a millisecond more or less says something. */
const PRECISE_BELOW_MS = 50;
/** A process that starves us starves the service as well, on its way in and on its way out. */
const NOISE_FACTOR = 3;

export interface ObjectiveResult {
  ref: PropertyRef;
  verdict: 'pass' | 'fail' | 'error';
  reason: string;
  samples: number;
  latency: Latency;
}

/** Names the objective property of an operation. */
export function objectiveRef(operation: Pick<Operation, 'id'>, objective: Objective): PropertyRef {
  return { id: `objective ${operation.id}`, clause: objective.pointer, kind: 'objective', operation: operation.id };
}

/** Measures an objective with the cases of the operation's acceptance. */
export async function measureObjective(
  engine: Engine,
  operation: Operation,
  objective: Objective,
  acceptance: Property,
  stop: () => string | undefined,
): Promise<ObjectiveResult> {
  const samples: Timed[] = [];
  let lateMs = 0;
  let lagMs = 0;
  let next = 0;
  let refused = 0;
  const rehearsal = await rehearse(engine, acceptance, stop);
  const ratePerSecond = objective.ratePerSecond ?? gentleRate(rehearsal.medianMs);
  const result = (verdict: ObjectiveResult['verdict'], reason: string): ObjectiveResult => {
    const latency = describe(samples.map((one) => one.ms));
    return {
      ref: objectiveRef(operation, objective),
      verdict,
      reason,
      samples: samples.length,
      latency: { ...latency, samples: samples.length, ratePerSecond, objectiveMs: objective.p99Ms, verdict },
    };
  };
  const precise = objective.p99Ms < PRECISE_BELOW_MS;
  const ownMs = await generatorP99Ms(ratePerSecond, precise, stop);
  if (stop() === undefined && ownMs !== undefined && ownMs > objective.p99Ms / 2)
    return result(
      'error',
      `this machine cannot make calls at ${ratePerSecond}/s: against a server that does nothing p99 is ${ownMs} ms already`,
    );
  const least = Math.min(MOST_PREPARED, Math.max(LEAST, Math.ceil(ratePerSecond * LEAST_SECONDS)));
  const most = Math.max(MOST, least * MOST_TURNS);
  for (;;) {
    const isFirst = next === 0;
    const wanted = isFirst ? least + WARM_UP : least;
    // The same input again is refused where something in it must be unique; then new ones are drawn.
    const again = refused > next / 2 ? [] : rehearsal.good;
    const ready = await prepare(engine, acceptance, again, next, wanted, stop);
    next += wanted;
    const load = await runLoad({
      calls: ready.map((call) => async () => calledOf(await call.send())),
      ratePerSecond,
      precise,
      stop,
    });
    const halted = stop();
    if (halted !== undefined) return result('error', halted);
    lateMs = Math.max(lateMs, load.lateMs);
    lagMs = Math.max(lagMs, load.lagMs);
    const timed = isFirst ? load.timed.slice(WARM_UP) : load.timed;
    for (const one of timed)
      if (one.called.kind === 'refused') refused++;
      else samples.push(one);
    if (samples.length < least) {
      if (refused > next / 2 || next > MOST_TURNS * least)
        return result('error', `only ${samples.length} of ${next} calls succeeded, ${least} are needed`);
      continue;
    }
    const decision = decisionOf(samples, { lateMs, lagMs }, objective.p99Ms, samples.length >= most);
    if (decision.kind !== 'more') return result(decision.kind, decision.kind === 'pass' ? '' : decision.reason);
  }
}

type Decision = { kind: 'pass' } | { kind: 'fail' | 'error'; reason: string } | { kind: 'more' };

/** What at least 299 samples say of an objective; `last` where there will be no more. */
export function decisionOf(
  samples: readonly Pick<Timed, 'ms' | 'sentMs' | 'called'>[],
  { lateMs, lagMs }: { lateMs: number; lagMs: number },
  objectiveMs: number,
  last: boolean,
): Decision {
  const { p99Ms, p99UpperMs } = describe(samples.map((one) => one.ms));
  if (p99UpperMs !== null && p99UpperMs <= objectiveMs) return { kind: 'pass' };
  // What we were late ourselves is not held against the service.
  const blamed = describe(samples.map((one) => one.sentMs)).p99Ms;
  const noiseMs = Math.max(lateMs, lagMs);
  const over = blamed > objectiveMs + NOISE_FACTOR * noiseMs;
  if (over && (last || blamed > 2 * objectiveMs)) return { kind: 'fail', reason: lossesOf(samples) };
  if (!last) return { kind: 'more' };
  if (p99Ms > objectiveMs)
    return {
      kind: 'error',
      reason: `this machine is too busy to tell: p99 is ${p99Ms} ms, and it lagged ${Math.ceil(noiseMs)} ms itself`,
    };
  const upper = `its upper bound ${p99UpperMs ?? '?'} ms is above ${objectiveMs} ms`;
  return { kind: 'error', reason: `p99 is ${p99Ms} ms, but ${upper} (${samples.length} calls)` };
}

/** The calls that were not answered at all, which count with the time that they were given. */
function lossesOf(samples: readonly Pick<Timed, 'called'>[]): string {
  const lost = samples.flatMap(({ called }) => (called.kind === 'lost' ? [called.reason] : []));
  return lost.length === 0 ? '' : `${lost.length} of ${samples.length} calls were not answered: ${lost[0]}`;
}

function calledOf(sent: Sent | undefined): Called | undefined {
  if (sent === undefined) return undefined;
  if (sent.answer.kind === 'fault') return { kind: 'lost', reason: sent.answer.message };
  return sent.answer.status >= 400 ? { kind: 'refused' } : { kind: 'answered' };
}

/** Half of what one call after the other would reach: no service is blamed for a load that its spec does not state. */
function gentleRate(medianMs: number): number {
  return Math.round(Math.min(DEFAULT_RATE, Math.max(LEAST_RATE, 500 / Math.max(1, medianMs))));
}

/** Splits objectives, in order, into groups that are measured at the same time. */
export function together<T extends { objective: Objective }>(objectives: readonly T[]): T[][] {
  const groups: T[][] = [];
  let sum = Number.POSITIVE_INFINITY;
  for (const one of objectives) {
    const rate = one.objective.ratePerSecond ?? DEFAULT_RATE;
    const group = sum + rate <= RATE_TOGETHER ? groups.at(-1) : undefined;
    sum = group === undefined ? rate : sum + rate;
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

/** The draws, of a few, whose calls succeed: a load of refused calls would say nothing of the latency of success. */
async function rehearse(
  engine: Engine,
  acceptance: Property,
  stop: () => string | undefined,
): Promise<{ good: number[]; medianMs: number }> {
  const calls = await prepare(engine, acceptance, [], 0, REHEARSED, stop);
  const good: number[] = [];
  const times: number[] = [];
  const make = async (call: PreparedCall): Promise<void> => {
    const sent = stop() === undefined ? await call.send() : undefined;
    if (sent?.answer.kind !== 'answer' || sent.answer.status >= 400) return;
    good.push(call.index);
    times.push(sent.answer.ms);
  };
  // The first ones tell how long a call takes that has the service for itself.
  for (const call of calls.slice(0, UNDISTURBED)) await make(call);
  const medianMs = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  await Promise.all(calls.slice(UNDISTURBED).map(make));
  return { good: good.toSorted((a, b) => a - b), medianMs };
}

interface PreparedCall {
  /** Of the draw. */
  index: number;
  send: () => Promise<Sent | undefined>;
}

/** Runs the producers of some draws, `again` in turn or else new ones, and answers with their calls, not yet made. */
async function prepare(
  engine: Engine,
  acceptance: Property,
  again: readonly number[],
  from: number,
  count: number,
  stop: () => string | undefined,
): Promise<PreparedCall[]> {
  const calls: PreparedCall[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count && stop() === undefined) {
      const turn = next++;
      const index = again[turn % again.length] ?? acceptance.runs + REHEARSED + turn;
      const { value } = drawValue(acceptance.arbitrary(index), engine.seed, `${acceptance.ref.id} under load`, index);
      const at = value.findIndex((step) => step.role === 'call');
      const call = value[at];
      // A history would change what the call costs from case to case; only the producers run.
      const before = value.slice(0, at).map((step) => (step.role === 'setup' ? step : undefined));
      const ran = await engine.runner.run(before.filter((step) => step !== undefined));
      if (ran.kind !== 'ran' || call === undefined) continue;
      const send = async (): Promise<Sent | undefined> => {
        const result = await engine.runner.send(call, sentOnly(ran.sent));
        return result.kind === 'sent' ? result.sent : undefined;
      };
      calls.push({ index, send });
    }
  };
  await Promise.all(Array.from({ length: SETUP_IN_FLIGHT }, work));
  return calls;
}

/** A missed objective has no input to blame; its counterexample is the measurement. */
export function decidedObjective(result: ObjectiveResult, p99Ms: number, seed: number): PropertyResult {
  const { ref, verdict, reason, samples, latency } = result;
  if (verdict === 'error') return { ...ref, verdict, cases: samples, reason };
  if (verdict === 'pass') return { ...ref, verdict, cases: samples };
  const lost = reason === '' ? '' : `; ${reason}`;
  const actual = `p99 ${latency.p99Ms} ms over ${samples} calls at ${latency.ratePerSecond}/s${lost}`;
  const counterexample = {
    seed,
    path: '0',
    shrinks: 0,
    input: { ratePerSecond: latency.ratePerSecond, calls: samples },
    actual,
    expected: `p99 of at most ${p99Ms} ms`,
    reproducer: `# ${ref.operation ?? ''}: ${actual}\nplumb verify SPEC --seed ${seed} --clause '${ref.clause}'\n`,
    exchanges: [],
    reproducible: true,
  };
  return { ...ref, verdict, cases: samples, counterexample };
}
