/** Parameters of a method: valid ones, drawn strong, and shrunk as one. */
import { Arbitrary, type Random, Stream, Value } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { describeRefusal } from '../cases/inputs.ts';
import { equalJson } from '../equal-json.ts';
import type { Schemas } from '../schema-port.ts';
import { related } from './relate.ts';

export interface Params {
  /** Why no valid parameters can be made. */
  refusal: string | undefined;
  /** Examples of the contract first, then each boundary value of each parameter, the others drawn. */
  notable: { params: JsonObject; drawn: boolean }[];
  /** Those that the rules let succeed, wherever a few draws find them; `open`: without regard to the rules. */
  arbitrary(wish: 'wished' | 'open'): Arbitrary<JsonObject>;
  /** Valid ones in which some parameters are given. */
  around(given: JsonObject): Arbitrary<JsonObject>;
  /** Valid ones but for one parameter, which is drawn from another arbitrary or, where there is none, left out. */
  broken(name: string, arbitrary: Arbitrary<JsonValue> | undefined): Arbitrary<JsonObject>;
  /** True where every parameter is there that must be, and satisfies its schema. */
  valid(params: JsonObject): boolean;
}

interface Source {
  method: Method;
  draws: Map<string, Arbitrary<JsonValue>>;
  accepts(params: JsonObject): boolean;
  /** Parameters that keep the value they have. */
  kept: JsonObject;
  /** Where it is given, values are preferred for which it is true. */
  wished?: (params: JsonObject) => boolean;
  /** Parameters that are not in the way of `accepts`. */
  broken?: string;
}

const RELATED_SHARE = 0.6;
const WISHES = 12;

/** Makes the parameters of one method; `wished` is what the rules say of them. */
export function paramsOf(method: Method, schemas: Schemas, wished: (params: JsonObject) => boolean): Params {
  const draws = new Map<string, Arbitrary<JsonValue>>();
  const boundaries: { name: string; value: JsonValue }[] = [];
  let refusal: string | undefined;
  for (const { name, schema } of method.parameters) {
    const generator = schemas.generator(schema, 'request');
    if (generator.kind !== 'generator') {
      refusal ??= describeRefusal(generator);
      continue;
    }
    draws.set(name, generator.arbitrary);
    for (const value of generator.boundaries) boundaries.push({ name, value });
  }
  const valid = (params: JsonObject): boolean =>
    method.parameters.every(({ name, schema, required }) => {
      const value = params[name];
      return value === undefined ? !required : schemas.validate(schema, value, 'request').length === 0;
    }) && isPassable(method, params);
  const source: Source = { method, draws, accepts: valid, kept: {} };
  return {
    refusal,
    notable: [
      ...method.examples.filter(({ params }) => valid(params)).map(({ params }) => ({ params, drawn: false })),
      ...boundaries.map(({ name, value }) => ({ params: { [name]: value }, drawn: true })),
    ],
    arbitrary: (wish) => new ParamsArbitrary(wish === 'open' ? source : { ...source, wished }),
    around: (given) => new ParamsArbitrary({ ...source, kept: given, wished }),
    broken: (name, arbitrary) => {
      const others = new Map(draws);
      if (arbitrary === undefined) others.delete(name);
      else others.set(name, arbitrary);
      const rest = (params: JsonObject): boolean =>
        method.parameters.every((one) => {
          const value = params[one.name];
          if (one.name === name) return (value === undefined) === (arbitrary === undefined);
          return value === undefined ? !one.required : schemas.validate(one.schema, value, 'request').length === 0;
        }) &&
        (arbitrary === undefined || isPassable(method, params));
      return new ParamsArbitrary({ ...source, draws: others, accepts: rest, broken: name });
    },
    valid,
  };
}

/** By position nothing can be left out but at the end. */
function isPassable({ structure, parameters }: Method, params: JsonObject): boolean {
  if (structure === 'by-name') return true;
  const firstMissing = parameters.findIndex(({ name }) => !Object.hasOwn(params, name));
  return firstMissing < 0 || parameters.slice(firstMissing).every(({ name }) => !Object.hasOwn(params, name));
}

class ParamsArbitrary extends Arbitrary<JsonObject> {
  readonly #source: Source;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override generate(random: Random, bias: number | undefined): Value<JsonObject> {
    let value = this.#draw(random, bias);
    const { wished } = this.#source;
    for (let turn = 0; turn < WISHES && wished?.(value) === false; turn++) {
      const next = this.#draw(random, bias);
      if (turn < WISHES - 1 || wished(next)) value = next;
    }
    return new Value(value, undefined);
  }

  #draw(random: Random, bias: number | undefined): JsonObject {
    const { method, draws, kept, accepts, broken } = this.#source;
    let params: JsonObject = {};
    let open = true;
    for (const { name, required } of method.parameters) {
      const arbitrary = draws.get(name);
      if (Object.hasOwn(kept, name)) params[name] = kept[name] ?? null;
      else if (arbitrary !== undefined && (required || name === broken || (open && random.nextInt(0, 3) > 0)))
        params[name] = arbitrary.generate(random, bias).value;
      // By position what follows an absent parameter is absent too.
      else if (method.structure !== 'by-name' && !Object.keys(kept).length) open = false;
    }
    if (method.structure !== 'by-name') params = fillGaps(params, this.#source, random, bias);
    for (let turn = 0; turn < 3 && random.nextDouble() < RELATED_SHARE; turn++) {
      const next = { ...related(params, random), ...kept };
      if (broken !== undefined && !equalJson(next[broken] ?? null, params[broken] ?? null)) continue;
      if (accepts(next)) params = next;
    }
    return params;
  }

  override canShrinkWithoutContext(value: unknown): value is JsonObject {
    return isObject(value);
  }

  override shrink(value: JsonObject): Stream<Value<JsonObject>> {
    return new Stream(smaller(value, this.#source));
  }
}

/** Draws what stands before a parameter that is kept or broken, so that it can be passed by position. */
function fillGaps(params: JsonObject, source: Source, random: Random, bias: number | undefined): JsonObject {
  const names = source.method.parameters.map(({ name }) => name);
  const last = names.findLastIndex((name) => Object.hasOwn(params, name));
  const filled: JsonObject = {};
  for (const name of names.slice(0, last + 1)) {
    const value =
      params[name] ?? (Object.hasOwn(params, name) ? null : source.draws.get(name)?.generate(random, bias).value);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** Without an optional parameter; with one made simpler; with all that are equal made simpler together. */
function* smaller(params: JsonObject, source: Source): IterableIterator<Value<JsonObject>> {
  const { method, draws, accepts, kept } = source;
  const fits = (candidate: JsonObject): boolean => accepts(candidate);
  for (const { name, required } of method.parameters.toReversed()) {
    if (required || !Object.hasOwn(params, name) || Object.hasOwn(kept, name)) continue;
    const { [name]: _, ...rest } = params;
    if (fits(rest)) yield new Value(rest, undefined);
  }
  for (const { name } of method.parameters) {
    const value = params[name];
    const arbitrary = draws.get(name);
    if (value === undefined || arbitrary === undefined || Object.hasOwn(kept, name)) continue;
    if (!arbitrary.canShrinkWithoutContext(value)) continue;
    const twins = Object.keys(params).filter((other) => other !== name && equalJson(params[other] ?? null, value));
    for (const simpler of arbitrary.shrink(value, undefined)) {
      if (twins.length > 0) {
        const together = { ...params, ...Object.fromEntries([name, ...twins].map((one) => [one, simpler.value_])) };
        if (fits(together)) yield new Value(together, undefined);
      }
      const candidate = { ...params, [name]: simpler.value_ };
      if (fits(candidate)) yield new Value(candidate, undefined);
    }
  }
}
