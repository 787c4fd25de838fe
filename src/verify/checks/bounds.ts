/**
 * A number at its bound is as good as one next to it. Where a contract documents several refusals, only the comparison
 * tells that one is for the bound: the very same call with the number one further inside is accepted.
 */
import { isObject, type JsonObject } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { IDEMPOTENCY_KEY } from '../cases/names.ts';
import { facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Input, Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { inTurn } from './in-turn.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

const MOST_BOUNDS = 8;

interface Bound {
  name: string;
  at: number;
  inside: number;
}

/** The property of an operation whose body has bounded integers, where a 422 may be for other things; at most one. */
export function boundsOf(engine: Engine, operation: Operation): Property[] {
  if (!['post', 'put', 'patch'].includes(operation.method)) return [];
  if (operation.parameters.some(({ name }) => IDEMPOTENCY_KEY.test(name))) return [];
  const both = ['400', '422'].every((status) => operation.responses.some((one) => one.status === status));
  const bounds = both ? boundsIn(engine, operation) : [];
  const { arbitrary } = engine.inputsFor(operation);
  return inTurn(engine, operation, {
    title: 'bounds',
    kind: 'conformance',
    clause: operation.requestBody?.pointer ?? operation.pointer,
    cases: bounds.map((bound) => ({
      call: arbitrary.map((input) => ({ input: set(input, bound, 'at'), valid: true })),
    })),
    judge: (scenario) => judge(engine, bounds, scenario),
  });
}

async function judge(engine: Engine, bounds: Bound[], scenario: Scenario): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  const step = scenario.at(-1);
  const bound = bounds.find(({ name, at }) => isObject(step?.input.body) && step.input.body[name] === at);
  if (ran.kind !== 'ran' || step === undefined || bound === undefined || !refused(sent.at(-1)))
    return { kind: 'passed', sent };
  for (const which of ['inside', 'at'] as const) {
    const result = await engine.runner.send({ ...step, role: 'check', input: set(step.input, bound, which) }, sent);
    if (result.kind === 'sent') sent.push(result.sent);
  }
  const [inside, again] = sent.slice(-2);
  if (!accepted(inside) || !refused(again) || again === undefined) return { kind: 'passed', sent };
  return {
    kind: 'failed',
    sent,
    focus: sent.length - 1,
    statusOnly: true,
    actual: describeAnswer(again.answer),
    expected: 'acceptance, as of the same input with the number one further inside its bounds',
  };
}

/** Numbers with the bounds of another one, such as a beginning and an end, or shares of a whole, may hang on it. */
function boundsIn({ spec, schemas }: Engine, operation: Operation): Bound[] {
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (body === undefined) return [];
  const numbers = propertyNames(spec, body).flatMap((name) => {
    const own = propertySchema(spec, body, name);
    if (own === undefined || typesOf(spec, own).join() !== 'integer') return [];
    const stated = [...facets(spec, own)].map(({ schema }) => schema);
    const of = (keyword: string): number | undefined =>
      stated.map((one) => one[keyword]).find((value) => typeof value === 'number');
    return [{ name, own, least: of('minimum'), most: of('maximum') }];
  });
  return numbers
    .filter(({ name, least, most }) =>
      numbers.every((other) => other.name === name || other.least !== least || other.most !== most),
    )
    .flatMap(({ name, own, least, most }) => [
      ...(most === undefined ? [] : [{ name, own, at: most, inside: most - 1 }]),
      ...(least === undefined ? [] : [{ name, own, at: least, inside: least + 1 }]),
    ])
    .filter(({ own, at, inside }) => [at, inside].every((one) => schemas.validate(own, one, 'request').length === 0))
    .slice(0, MOST_BOUNDS);
}

function set(input: Input, { name, ...values }: Bound, which: 'at' | 'inside'): Input {
  const body: JsonObject = isObject(input.body) ? input.body : {};
  return { ...input, body: { ...body, [name]: values[which] } };
}

function accepted(sent: Sent | undefined): boolean {
  return sent?.answer.kind === 'answer' && sent.answer.status < 300;
}

function refused(sent: Sent | undefined): boolean {
  return sent?.answer.kind === 'answer' && sent.answer.status === 422;
}
