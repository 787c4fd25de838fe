/**
 * Invalid parameters are refused: `rejection`, one property per keyword. A program is held to it, as JSON-RPC has an
 * error for it; a module only where the contract says that the method refuses.
 */
import { at } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { namedPointer } from '../../spec/text/places.ts';
import { randomFor } from '../draw.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { Params } from './inputs.ts';
import type { CallProperty } from './property.ts';
import { describeOutcome } from './scenario.ts';
import { notRefusedAt } from './shown.ts';

/** JSON-RPC 2.0 §5.1. */
const INVALID_PARAMS = -32602;

interface Violation {
  title: string;
  clause: string;
  params: ReturnType<Params['broken']>;
  name: string;
}

/** The rejection properties of a method. */
export function rejectionsOf(engine: CallEngine, method: Method): CallProperty[] {
  const refuses = engine.wired || method.errors.some(({ code }) => code === INVALID_PARAMS);
  if (!refuses) return [];
  const names = new Map<string, number>();
  return [...violationsOf(engine, method)].map((violation) => {
    const twin = (names.get(violation.title) ?? 0) + 1;
    names.set(violation.title, twin);
    return rejectionOf(engine, method, violation, twin);
  });
}

function rejectionOf(engine: CallEngine, method: Method, violation: Violation, twin: number): CallProperty {
  const { title, clause, params, name } = violation;
  const id = `rejection ${method.name} ${title}${twin > 1 ? ` (${twin})` : ''}`;
  const scenarios = callScenarios(engine, method, { params, valid: false, unbound: [name], history: false });
  const listed = method.errors.map(({ code }) => code).filter((code) => code !== INVALID_PARAMS);
  const expected = `error ${[INVALID_PARAMS, ...listed].join(' or ')}, because of ${title} (${clause})`;
  return {
    ref: { id, clause, kind: 'rejection', operation: method.name },
    runs: Math.max(5, Math.ceil(engine.runs / 10)),
    serial: engine.planFor(method).setup.length > 0,
    needs: [method.name],
    arbitrary: () => scenarios,
    async judge(scenario) {
      const ran = await engine.run(scenario);
      const { made } = ran;
      const focus = made.findIndex(({ role }) => role === 'call');
      const call = made[focus];
      if (call === undefined)
        return { kind: 'discarded', made, reason: ran.kind === 'unusable' ? ran.reason : 'no call' };
      if (engine.paramsFor(method).valid(call.params))
        return { kind: 'discarded', made, reason: 'what was passed is valid after all' };
      const { outcome } = call;
      const refused = outcome.kind === 'error' && (outcome.code === INVALID_PARAMS || engine.declares(method, outcome));
      if (refused) return { kind: 'passed', made };
      const test = notRefusedAt(focus, method, [INVALID_PARAMS]);
      return { kind: 'failed', made, focus, actual: describeOutcome(outcome), expected, test };
    },
  };
}

function* violationsOf(engine: CallEngine, method: Method): Generator<Violation> {
  const params = engine.paramsFor(method);
  for (const [index, { name, schema, required, pointer }] of method.parameters.entries()) {
    const isLast = index === method.parameters.length - 1;
    // By position only what stands last can be left out.
    if (required && (method.structure === 'by-name' || isLast))
      yield {
        title: `${name} required`,
        clause: at(pointer, 'required'),
        params: params.broken(name, undefined),
        name,
      };
    for (const negative of engine.schemas.negatives(schema, 'request')) {
      const breaks = (draw: number): boolean => {
        const { value } = negative.arbitrary.generate(randomFor(0, negative.clause, draw), undefined);
        return engine.schemas.validate(schema, value, 'request').length > 0;
      };
      if (![0, 1, 2].every(breaks)) continue;
      yield {
        title: `${name}${negative.instancePath} ${negative.keyword}`,
        clause: namedPointer(engine.spec.document, negative.clause),
        params: params.broken(name, negative.arbitrary),
        name,
      };
    }
  }
}
