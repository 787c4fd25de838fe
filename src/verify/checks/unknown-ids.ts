/** Ids that nobody has made are answered with 404, where the contract documents it. */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { excused } from './acceptance.ts';
import { scenarios } from '../cases/cases.ts';
import type { Engine } from '../run/engine.ts';
import type { Property } from './property.ts';
import { typesOf } from '../cases/schema-walk.ts';
import { unknownThings } from './unknown-things.ts';

/** At most one property per operation; its cases take its path parameters in turn. */
export function unknownIdsOf(engine: Engine, operation: Operation): Property[] {
  const response = operation.responses.find((one) => one.status === '404');
  const plan = engine.planFor(operation);
  const creates = operation.method === 'put' && operation.responses.some((one) => one.status === '201');
  if (response === undefined || creates) return [];
  const targets = plan.bindings.flatMap((binding) => {
    if (!binding.into.startsWith('/path/') || binding.from.place === 'input') return [];
    const parameter = operation.parameters.find((one) => one.in === 'path' && at('/path', one.name) === binding.into);
    const ids = parameter === undefined ? undefined : unknownId(engine, parameter.schema);
    return parameter === undefined || ids === undefined ? [] : [{ into: binding.into, name: parameter.name, ids }];
  });
  if (targets.length === 0) return [];
  const inputs = engine.inputsFor(operation);
  const cases = targets.map((target) =>
    scenarios({
      plan,
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
      call: fc.tuple(inputs.arbitrary, target.ids).map(([input, id]) => ({
        input: { ...input, path: { ...input.path, [target.name]: id } },
        valid: true,
        bindings: plan.bindings.filter((binding) => binding.into !== target.into),
      })),
    }),
  );
  return [
    unknownThings({
      engine,
      operation,
      title: 'unknown id',
      status: '404',
      cases,
      async look(call) {
        const status = call.answer.kind === 'answer' ? call.answer.status : 0;
        if ([404, 410, 401, 403].includes(status)) return 'passed';
        if ((status === 400 || status === 422) && (await excused(engine, call, status)))
          return { discarded: 'refused for another reason first' };
        return { expected: 'status 404 for an unknown id' };
      },
    }),
  ];
}

/** Ids that satisfy the schema and that no service would have given out by now; undefined where none can be made. */
export function unknownId(engine: Engine, schema: string | undefined): Arbitrary<JsonValue> | undefined {
  const fits = (value: JsonValue): boolean =>
    schema === undefined || engine.schemas.validate(schema, value, 'request').length === 0;
  const types = schema === undefined ? ['string'] : typesOf(engine.spec, schema);
  const numeric = types.includes('integer') || types.includes('number');
  if (numeric && !types.includes('string')) {
    const numbers = fc.integer({ min: 1_900_000_000, max: 2_000_000_000 });
    return fits(1_900_000_000) && fits(2_000_000_000) ? numbers : undefined;
  }
  const uuid = fc.uuid({ version: 4 });
  if (fits('3f0c2f9e-9d3b-4c59-8f1a-0a5b6c7d8e9f')) return uuid;
  const hex = (length: number): Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
  for (const length of [24, 32, 16, 12, 8])
    if (fits('f'.repeat(length)) && fits('0'.repeat(length))) return hex(length);
  if (schema === undefined) return undefined;
  const generator = engine.schemas.generator(schema, 'request');
  return generator.kind === 'generator' ? unguessed(generator.arbitrary) : undefined;
}

const SAMPLED = 60;
/** So many of the sampled ones at least must do: the others are drawn in vain. */
const FEWEST = 15;

/** Those of which so much varies that nobody has made them by chance or by counting; undefined where there are too few. */
function unguessed(ids: Arbitrary<JsonValue>): Arbitrary<JsonValue> | undefined {
  const sampled = fc.sample(ids, { numRuns: SAMPLED, seed: 1 }).map(String);
  const lead = sampled.reduce((shared, id) => {
    let length = 0;
    while (length < shared.length && shared[length] === id[length]) length++;
    return shared.slice(0, length);
  });
  const isLong = (id: JsonValue): boolean => {
    const rest = String(id).slice(lead.length);
    const letters = rest.replaceAll(/[^A-Za-z]/g, '').length;
    return rest.length >= (letters * 2 >= rest.length ? 6 : 9);
  };
  return sampled.filter(isLong).length < FEWEST ? undefined : ids.filter(isLong);
}
