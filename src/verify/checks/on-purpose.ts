/** Changes of things that show on purpose what a random one shows by chance: much against little, the other choices, nulls. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { extremeOf, type Inputs } from '../cases/inputs.ts';
import { bodySchemaOf } from '../cases/media.ts';
import { facets, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Input } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';

/** What a thing is made with before, and what it is then called with. */
export interface OnPurpose {
  setup: (operation: Operation) => Inputs;
  call: Arbitrary<Input>;
}

/** The calls that come before random ones; each is made when it is asked for. */
export function onPurpose(engine: Engine, operation: Operation): (() => OnPurpose)[] {
  const inputs = engine.inputsFor(operation);
  const extreme =
    (end: 'least' | 'most') =>
    (one: Operation): Inputs => {
      const its = engine.inputsFor(one);
      return { ...its, arbitrary: freshOf(engine, one, its, end) };
    };
  const turned =
    (end: 'first' | 'last') =>
    (one: Operation): Inputs => {
      const its = engine.inputsFor(one);
      return { ...its, arbitrary: chosenOf(engine, one, its, end) };
    };
  // A change that says little of what has everything shows what it keeps, and the other way round what it drops.
  return [
    () => ({ setup: extreme('most'), call: freshOf(engine, operation, inputs, 'least') }),
    () => ({ setup: extreme('least'), call: freshOf(engine, operation, inputs, 'most') }),
    // What is true becomes false, and the other way round.
    () => ({ setup: turned('first'), call: chosenOf(engine, operation, inputs, 'last') }),
    () => ({ setup: turned('last'), call: chosenOf(engine, operation, inputs, 'first') }),
    ...(operation.method === 'patch'
      ? [
          ...[0, 1].map((half) => () => ({ setup: extreme('most'), call: halfOf(engine, operation, inputs, half) })),
          () => ({ setup: extreme('most'), call: nullsOf(engine, operation, inputs) }),
        ]
      : []),
  ];
}

/** A change of nothing shows nothing. */
export function saysSomething({ body }: Input): boolean {
  return !isObject(body) || Object.keys(body).length > 0;
}

/** A text that is not blank. */
const PLAIN = 'plain';

/** Inputs that say as little, or as much, as any, in texts of their own: what must be unique is no second time the same. */
function freshOf(engine: Engine, operation: Operation, inputs: Inputs, end: 'least' | 'most'): Arbitrary<Input> {
  return fc.tuple(extremeOf(inputs, end), inputs.arbitrary).map(([input, drawn]) => {
    const [body, other] = [input.body, drawn.body];
    if (!isObject(body) || !isObject(other)) return input;
    const texts = Object.entries(body).flatMap(([name, value]): [string, JsonValue][] => {
      if (typeof value !== 'string') return [];
      const own = [other[name], value, PLAIN].find((one) => typeof one === 'string' && /[A-Za-z0-9]/.test(one));
      const isGood = own !== undefined && engine.accepts(operation, { ...input, body: { ...body, [name]: own } });
      return isGood ? [[name, own]] : [];
    });
    const made = { ...input, body: { ...body, ...Object.fromEntries(texts) } };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies say as much as any, with the first or the last of all that there is to choose from. */
function chosenOf(engine: Engine, operation: Operation, inputs: Inputs, end: 'first' | 'last'): Arbitrary<Input> {
  const schema = bodySchemaOf(operation.requestBody?.content ?? []);
  const { spec } = engine;
  const choices = (name: string): JsonValue[] => {
    const own = schema === undefined ? undefined : propertySchema(spec, schema, name);
    if (own === undefined) return [];
    if (typesOf(spec, own).join() === 'boolean') return [true, false];
    return [...facets(spec, own)].flatMap(({ schema: { enum: values } }) => (Array.isArray(values) ? values : []));
  };
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    if (!isObject(input.body)) return input;
    const chosen = Object.keys(input.body).flatMap((name): [string, JsonValue][] => {
      const value = choices(name).at(end === 'first' ? 0 : -1);
      return value === undefined ? [] : [[name, value]];
    });
    const made = { ...input, body: { ...input.body, ...Object.fromEntries(chosen) } };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies have every other member of all that there are. */
function halfOf(engine: Engine, operation: Operation, inputs: Inputs, half: number): Arbitrary<Input> {
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    if (!isObject(input.body)) return input;
    const members = Object.entries(input.body).filter((_, index) => index % 2 === half);
    const made = { ...input, body: Object.fromEntries(members) };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies have null for whatever may be null, and nothing else. */
function nullsOf(engine: Engine, operation: Operation, inputs: Inputs): Arbitrary<Input> {
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    const names = isObject(input.body) ? Object.keys(input.body) : [];
    const empty = names.filter((name) => engine.accepts(operation, { ...input, body: { [name]: null } }));
    if (empty.length === 0) return input;
    return { ...input, body: Object.fromEntries(empty.map((name): [string, JsonValue] => [name, null])) };
  });
}
