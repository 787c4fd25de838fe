/** What a method that calls itself pure promises. */
import { at, type JsonValue } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { equalJson } from '../equal-json.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { CallProperty } from './property.ts';
import { type CallScenario, describeOutcome, type Made } from './scenario.ts';

/** `x-pure`: the same arguments give the same result, whatever was called in between, and are left as they were. */
export function purityOf(engine: CallEngine, method: Method): CallProperty[] {
  if (!method.pure) return [];
  const params = engine.paramsFor(method);
  const scenarios = callScenarios(engine, method, {
    params: params.arbitrary('open'),
    valid: true,
    history: false,
  }).map((scenario): CallScenario => {
    const call = scenario.at(-1);
    if (call === undefined) return scenario;
    const same = { ...call, meet: 0 };
    return [...scenario.slice(0, -1), same, { ...same, role: 'again' }];
  });
  return [
    {
      ref: {
        id: `pure ${method.name}`,
        clause: at(method.pointer, 'x-pure'),
        kind: 'stateful',
        operation: method.name,
      },
      runs: Math.ceil(engine.runs / 2),
      // Over a wire other calls would come in between.
      serial: engine.wired,
      needs: [method.name],
      arbitrary: () => scenarios,
      async judge(scenario) {
        const { made } = await engine.run(scenario);
        const [first, second] = [made.at(-2), made.at(-1)];
        if (first === undefined || second === undefined || second.role !== 'again')
          return { kind: 'discarded', made, reason: 'no call' };
        const focus = made.length - 1;
        const changed = [first, second].some(({ outcome }) => outcome.notes?.changedArguments === true);
        if (changed)
          return {
            kind: 'failed',
            made,
            focus,
            actual: 'it changed them',
            expected: 'its arguments stay as they were',
            test: `answers[${focus - 1}].changed || answers[${focus}].changed`,
          };
        if (equalJson(essence(first), essence(second))) return { kind: 'passed', made };
        const actual = `first ${describeOutcome(first.outcome)}, then ${describeOutcome(second.outcome)}`;
        const test = `!like(answers[${focus}], answers[${focus - 1}])`;
        return { kind: 'failed', made, focus, actual, expected: 'the same arguments give the same result', test };
      },
    },
  ];
}

function essence({ outcome }: Made): JsonValue {
  if (outcome.kind === 'result') return { result: outcome.value };
  return outcome.kind === 'error'
    ? { error: outcome.code ?? outcome.name ?? outcome.message }
    : { fault: outcome.reason };
}
