/**
 * Latency objectives of methods. A program is called at the stated rate, each call measured from the moment at which it
 * should have been sent; a module's function is timed where it runs, so that what stands between does not count.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Method, Objective } from '../../spec/model.ts';
import { drawValue } from '../draw.ts';
import { describe } from '../measure/latency.ts';
import { objectiveRef, type ObjectiveResult } from '../measure/objective.ts';
import type { CallEngine } from './engine.ts';
import type { CallProperty } from './property.ts';
import type { Made } from './scenario.ts';

const DEFAULT_RATE = 100;
const WARM_UP = 50;
/** With fewer samples nothing can be said of a 99th percentile at 95 %. */
const LEAST = 299;
const MOST = 1200;
/** Calls of a module, which take no time to wait for. */
const MODULE_SAMPLES = 2000;

/** Measures an objective with the cases of the method's acceptance. */
export async function measureMethod(
  engine: CallEngine,
  method: Method,
  objective: Objective,
  acceptance: CallProperty,
  stop: () => string | undefined,
): Promise<ObjectiveResult> {
  const ratePerSecond = objective.ratePerSecond ?? DEFAULT_RATE;
  const samples: number[] = [];
  const startedAt = performance.now();
  let achieved = ratePerSecond;
  const result = (verdict: ObjectiveResult['verdict'], reason: string): ObjectiveResult => ({
    ref: objectiveRef({ id: method.name }, objective),
    verdict,
    reason,
    samples: samples.length,
    latency: {
      ...describe(samples),
      samples: samples.length,
      ratePerSecond: achieved,
      objectiveMs: objective.p99Ms,
      verdict,
    },
  });
  const wanted = engine.wired ? MOST : MODULE_SAMPLES;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const calls: Promise<void>[] = [];
  let fault: string | undefined;
  for (let index = 0; index < wanted + WARM_UP; index++) {
    const halted = stop();
    if (halted !== undefined) return result('error', halted);
    const { value } = drawValue(
      acceptance.arbitrary(acceptance.runs + index),
      engine.seed,
      `${method.name} load`,
      index,
    );
    const at = value.findIndex(({ role }) => role === 'call');
    const call = value[at];
    if (call === undefined) continue;
    const before = await engine.run(value.slice(0, at).filter(({ role }) => role === 'setup'));
    const params = before.kind === 'ran' ? engine.bound(call, before.made) : undefined;
    if (params === undefined) continue;
    const intendedAt = engine.wired ? startedAt + (index * 1000) / ratePerSecond : 0;
    if (intendedAt > performance.now()) await sleep(intendedAt - performance.now());
    const take = ({ outcome }: Made): void => {
      if (outcome.kind === 'fault') fault = outcome.message;
      else if (outcome.kind === 'result' && index >= WARM_UP)
        samples.push(engine.wired ? performance.now() - intendedAt : outcome.ms);
    };
    calls.push(engine.call({ ...call, params }).then(take));
    if (!engine.wired) await calls.at(-1);
    if (fault !== undefined) return result('error', `a call was not answered: ${fault}`);
    const { p99UpperMs } = samples.length % 100 === 0 ? describe(samples) : { p99UpperMs: null };
    if (samples.length >= LEAST && p99UpperMs !== null && p99UpperMs <= objective.p99Ms) break;
  }
  await Promise.all(calls);
  delay.disable();
  achieved = Math.round((calls.length * 1000) / Math.max(1, performance.now() - startedAt));
  if (samples.length < LEAST)
    return result('error', `only ${samples.length} calls returned a result, ${LEAST} are needed`);
  const { p99Ms, p99UpperMs } = describe(samples);
  if (p99UpperMs !== null && p99UpperMs <= objective.p99Ms) return result('pass', '');
  const lagMs = delay.percentile(99) / 1e6;
  if (p99Ms > objective.p99Ms && engine.wired && lagMs > objective.p99Ms / 4)
    return result('error', `this machine is too busy to tell: it lagged ${Math.round(lagMs)} ms itself`);
  if (p99Ms > objective.p99Ms) return result('fail', '');
  const bound = p99UpperMs ?? '?';
  return result('error', `p99 is ${p99Ms} ms, but its upper bound ${bound} ms is above ${objective.p99Ms} ms`);
}
