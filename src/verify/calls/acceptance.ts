/** Valid parameters are accepted. */
import fc from 'fast-check';
import type { PropertyRef } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { callScenarios } from './cases.ts';
import { type CallEngine, declaredError } from './engine.ts';
import type { CallProperty } from './property.ts';
import { describeOutcome, type Made } from './scenario.ts';
import { refusedAt, RESERVED } from './shown.ts';

/** Notable values that are tried at most. */
const MAX_NOTABLE = 80;

/** The reference of the property, also where it cannot be checked. */
export function refOf(method: Method): PropertyRef {
  return { id: `acceptance ${method.name}`, clause: method.pointer, kind: 'acceptance', operation: method.name };
}

/** A result, or an error that the contract declares. */
export function acceptanceOf(engine: CallEngine, method: Method): CallProperty {
  const params = engine.paramsFor(method);
  const stride = Math.max(1, Math.ceil(params.notable.length / MAX_NOTABLE));
  const first = params.notable.filter(({ drawn }, index) => !drawn || index % stride === 0);
  const random = callScenarios(engine, method, { params: params.arbitrary('open'), valid: true, history: true });
  const fixed = first.map((one) =>
    callScenarios(engine, method, {
      params: one.drawn ? params.around(one.params) : fc.constant(one.params),
      valid: true,
      unbound: Object.keys(one.params),
      history: false,
    }),
  );
  const free = callScenarios(engine, method, {
    params: params.arbitrary('open'),
    valid: true,
    unbound: method.parameters.map(({ name }) => name),
    history: false,
  });
  let results = 0;
  return {
    ref: refOf(method),
    runs: Math.max(engine.runs, first.length),
    serial: !method.pure && engine.planFor(method).setup.length > 0,
    needs: needsOf(engine, method),
    // Now and then also with values that no other call has made.
    arbitrary: (index) => fixed[index] ?? (index % 8 === 7 ? free : random),
    async judge(scenario) {
      const ran = await engine.run(scenario);
      const focus = ran.made.findIndex(({ role }) => role === 'call');
      const call = ran.made[focus];
      if (call === undefined)
        return { kind: 'discarded', made: ran.made, reason: ran.kind === 'unusable' ? ran.reason : 'no call' };
      if (call.outcome.kind === 'result') results++;
      const refusal = refusalOf(engine, call);
      if (refusal === undefined) return { kind: 'passed', made: ran.made };
      return { kind: 'failed', made: ran.made, focus, ...refusal, test: refusedAt(focus) };
    },
    conclude: () =>
      results > 0 ? {} : { reason: `no call with valid parameters returned a result, so nothing of it was seen` },
  };
}

/** Methods that must answer for calls of one to be possible. */
export function needsOf(engine: CallEngine, method: Method): string[] {
  return [...engine.planFor(method).setup.map((step) => step.method.name), method.name];
}

/** Why a valid call was not accepted; undefined where it was. */
export function refusalOf(
  engine: CallEngine,
  { method, outcome, params }: Made,
): { actual: string; expected: string } | undefined {
  const expected = 'valid parameters are accepted';
  const actual = describeOutcome(outcome);
  if (outcome.kind === 'result') return undefined;
  if (outcome.kind === 'fault') return outcome.reason === 'malformed' ? undefined : { actual, expected };
  const code = declaredError(method, outcome)?.code ?? outcome.code;
  if (code === undefined || !RESERVED.includes(code)) return undefined;
  if (code === -32602 && engine.rules.excuses(method, params)) return undefined;
  return { actual, expected };
}
