/**
 * Invalid parameters are refused: `rejection`, one property per keyword. A program is held to it, as JSON-RPC has an
 * error for it; a module only where the contract says that the method refuses.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { namedPointer } from '../../spec/text/places.ts';
import { drawValue, randomFor } from '../draw.ts';
import type { Early } from '../early.ts';
import type { Breakable } from '../schema-port.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { Params } from './inputs.ts';
import type { CallProperty } from './property.ts';
import { type CallScenario, describeOutcome } from './scenario.ts';
import { notRefusedAt } from './shown.ts';

/** JSON-RPC 2.0 §5.1. */
const INVALID_PARAMS = -32602;

type Drawn = ReturnType<Params['broken']>;

interface Violation {
  title: string;
  clause: string;
  /** Parameters that violate it, or why there are none. */
  params(): Drawn | { moot: string };
  /** True where only its turn shows whether there are any. */
  isOpen: boolean;
  name: string;
}

/** The rejection properties of a method; `cut` is told of places of which not all keywords are broken. */
export function rejectionsOf(
  engine: CallEngine,
  method: Method,
  early: Early,
  cut: (place: string) => void,
): CallProperty[] {
  const refuses = engine.wired || method.errors.some(({ code }) => code === INVALID_PARAMS);
  if (!refuses) return [];
  const names = new Map<string, number>();
  return [...violationsOf(engine, method, early, cut)].map((violation) => {
    const twin = (names.get(violation.title) ?? 0) + 1;
    names.set(violation.title, twin);
    return rejectionOf(engine, method, violation, twin);
  });
}

function rejectionOf(engine: CallEngine, method: Method, violation: Violation, twin: number): CallProperty {
  const { title, clause, isOpen, name } = violation;
  const id = `rejection ${method.name} ${title}${twin > 1 ? ` (${twin})` : ''}`;
  let scenarios: Arbitrary<CallScenario> | undefined;
  const drawn = (): Arbitrary<CallScenario> => {
    const params = violation.params();
    if ('moot' in params) throw new Error(`${id} has no case, and was begun: ${params.moot}`);
    return callScenarios(engine, method, { params, valid: false, unbound: [name], history: false });
  };
  const moot = (): string | undefined => {
    const params = violation.params();
    return 'moot' in params ? params.moot : undefined;
  };
  const listed = method.errors.map(({ code }) => code).filter((code) => code !== INVALID_PARAMS);
  const expected = `error ${[INVALID_PARAMS, ...listed].join(' or ')}, because of ${title} (${clause})`;
  return {
    ref: { id, clause, kind: 'rejection', operation: method.name },
    runs: Math.max(5, Math.ceil(engine.runs / 10)),
    serial: engine.planFor(method).setup.length > 0,
    needs: [method.name],
    ...(isOpen ? { moot } : {}),
    arbitrary(index) {
      scenarios ??= drawn();
      // Next to the bound a wrong comparison shows.
      return index === 0 ? nearest(scenarios, engine.seed, id) : scenarios;
    },
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

/** Steps towards the simplest violation. */
const MOST_SIMPLER = 100;

/** The simplest call that still violates. */
function nearest(scenarios: Arbitrary<CallScenario>, seed: number, id: string): Arbitrary<CallScenario> {
  let { value, context } = drawValue(scenarios, seed, id, 0);
  for (let step = 0; step < MOST_SIMPLER; step++) {
    const simpler = scenarios.shrink(value, context).getNthOrLast(0);
    if (simpler === null) break;
    ({ value, context } = simpler);
  }
  return fc.constant(value);
}

function* violationsOf(
  engine: CallEngine,
  method: Method,
  early: Early,
  cut: (place: string) => void,
): Generator<Violation> {
  const params = engine.paramsFor(method);
  for (const [index, { name, schema, required, pointer }] of method.parameters.entries()) {
    const isLast = index === method.parameters.length - 1;
    // By position only what stands last can be left out.
    if (required && (method.structure === 'by-name' || isLast))
      yield {
        title: `${name} required`,
        clause: at(pointer, 'required'),
        params: () => params.broken(name, undefined),
        isOpen: false,
        name,
      };
    const { named, more } = engine.schemas.breakables(schema, 'request');
    if (more) cut(`${method.name} ${name} (${named.length} of more)`);
    for (const breakable of named) {
      const violation: Violation = {
        title: `${name}${breakable.instancePath} ${breakable.keyword}`,
        clause: namedPointer(engine.spec.document, breakable.clause),
        params: () => brokenIn(engine, params, name, schema, breakable),
        isOpen: !early.takes(breakable.width),
        name,
      };
      if (violation.isOpen || !('moot' in violation.params())) yield violation;
    }
  }
}

function brokenIn(
  engine: CallEngine,
  params: Params,
  name: string,
  schema: string,
  breakable: Breakable,
): Drawn | { moot: string } {
  const negative = breakable.confirm();
  if (!('arbitrary' in negative)) return { moot: negative.reason };
  const breaks = (draw: number): boolean => {
    const { value } = negative.arbitrary.generate(randomFor(0, negative.clause, draw), undefined);
    return engine.schemas.validate(schema, value, 'request').length > 0;
  };
  if (![0, 1, 2].every(breaks)) return { moot: 'what breaks it is valid all the same' };
  return params.broken(name, negative.arbitrary);
}
