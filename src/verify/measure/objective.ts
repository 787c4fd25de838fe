/**
 * Latency objectives: calls at the stated rate, whether the earlier ones have been answered or not, each measured from
 * the moment at which it should have been sent.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Latency, PropertyRef, PropertyResult } from '../../events/index.ts';
import type { Objective, Operation } from '../../spec/model.ts';
import { drawValue } from '../draw.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { describe } from './latency.ts';
import type { Property } from '../checks/property.ts';
import { sentOnly } from '../checks/property.ts';

const DEFAULT_RATE = 100;
const WARM_UP = 20;
/** With fewer samples nothing can be said of a 99th percentile at 95 %. */
const LEAST = 299;
const MOST = 1200;
const SETUP_IN_FLIGHT = 8;
/** Draws that are tried before the load, to learn which calls succeed. */
const REHEARSED = 40;
/** Objectives are measured together as long as their rates stay below this sum, so that they do not disturb each other. */
const RATE_TOGETHER = 200;

interface ObjectiveResult {
  ref: PropertyRef;
  verdict: 'pass' | 'fail' | 'error';
  reason: string;
  samples: number;
  latency: Latency;
}

/** Names the objective property of an operation. */
export function objectiveRef(operation: Operation, objective: Objective): PropertyRef {
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
  const ratePerSecond = objective.ratePerSecond ?? DEFAULT_RATE;
  const samples: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let next = 0;
  let refused = 0;
  let fault: string | undefined;
  const result = (verdict: ObjectiveResult['verdict'], reason: string): ObjectiveResult => ({
    ref: objectiveRef(operation, objective),
    verdict,
    reason,
    samples: samples.length,
    latency: { ...describe(samples), samples: samples.length, ratePerSecond, objectiveMs: objective.p99Ms, verdict },
  });

  const good = await rehearse(engine, acceptance);
  for (;;) {
    const wanted = samples.length === 0 ? LEAST + WARM_UP : LEAST;
    // The same input again is refused where something in it must be unique; then new ones are drawn.
    const again = refused > next / 2 ? [] : good;
    const ready = await prepare(engine, acceptance, again, next, wanted);
    next += wanted;
    const startedAt = performance.now();
    delay.enable();
    const calls = ready.map(async (call, index) => {
      const intendedAt = startedAt + (index * 1000) / ratePerSecond;
      await until(intendedAt);
      if (stop() !== undefined || fault !== undefined) return;
      const sent = await call.send();
      if (sent === undefined) return;
      if (sent.answer.kind === 'fault') fault = sent.answer.message;
      else if (sent.answer.status >= 400) refused++;
      else if (samples.length > 0 || next > wanted || index >= WARM_UP) samples.push(performance.now() - intendedAt);
    });
    await Promise.all(calls);
    delay.disable();
    const halted = stop();
    if (halted !== undefined) return result('error', halted);
    if (fault !== undefined) return result('error', `a call was not answered: ${fault}`);
    const { p99Ms, p99UpperMs } = describe(samples);
    if (samples.length < LEAST && (refused > next / 2 || next > 4 * LEAST))
      return result('error', `only ${samples.length} of ${next} calls succeeded, ${LEAST} are needed`);
    if (p99UpperMs !== null && p99UpperMs <= objective.p99Ms) return result('pass', '');
    if (samples.length >= MOST || p99Ms > 2 * objective.p99Ms) {
      const lag = delay.percentile(99) / 1e6;
      if (p99Ms > objective.p99Ms && lag > objective.p99Ms / 4)
        return result('error', `this machine is too busy to tell: it lagged ${Math.round(lag)} ms itself`);
      if (p99Ms > objective.p99Ms) return result('fail', '');
      return result(
        'error',
        `p99 is ${p99Ms} ms, but its upper bound ${p99UpperMs ?? '?'} ms is above ${objective.p99Ms} ms`,
      );
    }
  }
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
async function rehearse(engine: Engine, acceptance: Property): Promise<number[]> {
  const calls = await prepare(engine, acceptance, [], 0, REHEARSED);
  const good: number[] = [];
  await Promise.all(
    calls.map(async (call) => {
      const sent = await call.send();
      if (sent?.answer.kind === 'answer' && sent.answer.status < 400) good.push(call.index);
    }),
  );
  return good.toSorted((a, b) => a - b);
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
): Promise<PreparedCall[]> {
  const calls: PreparedCall[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
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

async function until(time: number): Promise<void> {
  const wait = time - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}

/** A missed objective has no input to blame; its counterexample is the measurement. */
export function decidedObjective(result: ObjectiveResult, p99Ms: number, seed: number): PropertyResult {
  const { ref, verdict, reason, samples, latency } = result;
  if (verdict === 'error') return { ...ref, verdict, cases: samples, reason };
  if (verdict === 'pass') return { ...ref, verdict, cases: samples };
  const actual = `p99 ${latency.p99Ms} ms over ${samples} calls at ${latency.ratePerSecond}/s`;
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
