/** Latency objectives of root fields: calls at the stated rate, each measured from the moment when it should be sent. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PropertyRef, PropertyResult } from '../../events/index.ts';
import { drawValue } from '../draw.ts';
import { describe, type LatencyRecorder } from '../measure/latency.ts';
import { responseOf } from './answer.ts';
import type { Sent, Step } from './call.ts';
import type { Property } from './checks/property.ts';
import type { GraphEngine } from './engine.ts';

const DEFAULT_RATE = 100;
const WARM_UP = 20;
/** With fewer samples nothing can be said of a 99th percentile at 95 %. */
const LEAST = 299;
const MOST = 1200;

export interface GraphObjectiveOptions {
  engine: GraphEngine;
  ref: PropertyRef;
  objective: { p99Ms: number; ratePerSecond: number | null };
  /** Its cases are the load; undefined where none can be made. */
  acceptance: Property | undefined;
  latency: LatencyRecorder;
  stop: () => string | undefined;
}

/** Measures an objective with the cases of the field's acceptance. */
export async function measureGraphObjective({
  engine,
  ref,
  objective,
  acceptance,
  stop,
}: GraphObjectiveOptions): Promise<PropertyResult> {
  if (acceptance === undefined)
    return { ...ref, verdict: 'error', cases: 0, reason: 'no call of the field can be made' };
  const ratePerSecond = objective.ratePerSecond ?? DEFAULT_RATE;
  const samples: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let refused = 0;
  let fault: string | undefined;
  for (let next = 0; samples.length < MOST;) {
    const ready: { call: Step; before: Sent[] }[] = [];
    const wanted = next === 0 ? LEAST + WARM_UP : LEAST;
    for (let turn = 0; turn < wanted; turn++) {
      const index = acceptance.runs + next++;
      const { value } = drawValue(acceptance.arbitrary(index), engine.seed, `${ref.id} under load`, index);
      const ran = await engine.run(value.slice(0, -1));
      const call = value.at(-1);
      if (ran.kind === 'ran' && call !== undefined) ready.push({ call, before: ran.sent });
    }
    const startedAt = performance.now();
    delay.enable();
    await Promise.all(
      ready.map(async ({ call, before }, index) => {
        const intendedAt = startedAt + (index * 1000) / ratePerSecond;
        await sleep(Math.max(0, intendedAt - performance.now()));
        if (stop() !== undefined || fault !== undefined) return;
        const sent = await engine.call(call, before, before.length);
        if ('kind' in sent) return;
        if (sent.answer.kind === 'fault') fault = sent.answer.message;
        else if (responseOf(sent.answer).errors.length > 0) refused++;
        else if (next > wanted || index >= WARM_UP) samples.push(performance.now() - intendedAt);
      }),
    );
    delay.disable();
    const undecided = stop() ?? (fault === undefined ? undefined : `a call was not answered: ${fault}`);
    if (undecided !== undefined) return { ...ref, verdict: 'error', cases: samples.length, reason: undecided };
    if (samples.length < LEAST && (refused > next / 2 || next > 4 * LEAST))
      return {
        ...ref,
        verdict: 'error',
        cases: samples.length,
        reason: `only ${samples.length} of ${next} calls succeeded, ${LEAST} are needed`,
      };
    const { p99Ms, p99UpperMs } = describe(samples);
    if (p99UpperMs !== null && p99UpperMs <= objective.p99Ms) return { ...ref, verdict: 'pass', cases: samples.length };
    if (p99Ms > 2 * objective.p99Ms) break;
  }
  const { p99Ms, p99UpperMs } = describe(samples);
  const lag = delay.percentile(99) / 1e6;
  if (p99Ms > objective.p99Ms && lag <= objective.p99Ms / 4) {
    const actual = `p99 ${p99Ms} ms over ${samples.length} calls at ${ratePerSecond}/s`;
    return {
      ...ref,
      verdict: 'fail',
      cases: samples.length,
      counterexample: {
        seed: engine.seed,
        path: '0',
        shrinks: 0,
        input: { ratePerSecond, calls: samples.length },
        actual,
        expected: `p99 of at most ${objective.p99Ms} ms`,
        reproducer: `# ${actual}\nplumb verify SPEC --seed ${engine.seed} --clause '${ref.clause}'\n`,
        exchanges: [],
        reproducible: true,
      },
    };
  }
  const reason =
    p99Ms > objective.p99Ms
      ? `this machine is too busy to tell: it lagged ${Math.round(lag)} ms itself`
      : `p99 is ${p99Ms} ms, but its upper bound ${p99UpperMs ?? '?'} ms is above ${objective.p99Ms} ms`;
  return { ...ref, verdict: 'error', cases: samples.length, reason };
}

/** The objectives of a contract. */
export function objectivesOf(engine: GraphEngine): {
  ref: PropertyRef;
  root: GraphEngine['contract']['roots'][number];
  objective: { pointer: string; p99Ms: number; ratePerSecond: number | null };
}[] {
  return engine.contract.roots.flatMap((root) => {
    const clause = engine.spec.clauses.find(({ kind, operation }) => kind === 'objective' && operation === root.id);
    const objective = clause === undefined ? undefined : engine.objective(root);
    if (objective === undefined) return [];
    return [
      {
        ref: { id: `objective ${root.id}`, clause: objective.pointer, kind: 'objective' as const, operation: root.id },
        root,
        objective,
      },
    ];
  });
}
