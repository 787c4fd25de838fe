/**
 * Whether data has exactly the shape that was selected: the keys, nulls only where the type allows them, lists, enum
 * values, scalars (GraphQL October 2021 §3.5, §6.4). Errors may stand for a null, and must (§6.4.4).
 */
import {
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from '../../spec/graphql/contract.ts';
import type { Schemas } from '../schema-port.ts';
import { responseKey, type Selection } from './call.ts';
import type { InputSchemas } from './input-schemas.ts';
import { type Entry, type Level, levelsOf } from './levels.ts';

/** A departure from the shape: where in `data`, and a JavaScript test over the value there. */
export interface Departure {
  path: (string | number)[];
  actual: string;
  expected: string;
  /** Clause of the field. */
  clause: string;
  /** Expression over `value` that is true where it shows. */
  test: string;
}

/** An object of the answer with what was selected of it, by field name. */
export interface Instance {
  type: string;
  /** Values by the name of the field, the first where one is selected twice. */
  fields: JsonObject;
  /** Clause, arguments and value of each selected field. */
  calls: { clause: string; args: JsonObject; value: JsonValue }[];
}

/** Data held against what was selected. */
export interface Inspection {
  departure: Departure | undefined;
  /** True where keys stand in another order than they were selected in; only meaningful without a departure. */
  reordered: boolean;
  /** Objects of the answer that were asked for, outermost last. */
  instances: Instance[];
}

export interface Shapes {
  /** Looks at the data of a call once; of the objects in it those are kept whose types are `wanted`. */
  inspect(root: Rooted, data: JsonObject, wanted: (type: string) => boolean): Inspection;
}

/** What was asked of a root type. */
export interface Rooted {
  type: string;
  select: Selection[];
}

/** Makes the check of one contract. */
export function shapesOf(contract: GraphContract, schemas: Schemas, inputs: InputSchemas): Shapes {
  const { schema } = contract;

  const { isPart, levelOf } = levelsOf(schema);

  const leaf = (type: string, value: JsonValue, clause: string): { expected: string; test: string } | undefined => {
    const wrong = (expected: string, test: string): { expected: string; test: string } => ({ expected, test });
    switch (type) {
      case 'Int':
        if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value + 0.5) <= 2_147_483_648) break;
        return wrong('a 32-bit integer', '!(Number.isInteger(value) && Math.abs(value + 0.5) <= 2147483648)');
      case 'Float':
        if (typeof value === 'number') break;
        return wrong('a number', "typeof value !== 'number'");
      case 'String':
        if (typeof value === 'string') break;
        return wrong('a text', "typeof value !== 'string'");
      case 'ID':
        if (typeof value === 'string') break;
        return wrong('an ID, which is a text in an answer', "typeof value !== 'string'");
      case 'Boolean':
        if (typeof value === 'boolean') break;
        return wrong('true or false', "typeof value !== 'boolean'");
      default: {
        const named = schema.getType(type);
        if (isEnumType(named)) {
          const values = named.getValues().map(({ name }) => name);
          if (typeof value === 'string' && values.includes(value)) break;
          return wrong(`a value of ${type}: ${values.join(', ')}`, `!${JSON.stringify(values)}.includes(value)`);
        }
        const pointer = inputs.scalarAt(type);
        const error = pointer === undefined ? undefined : schemas.validate(pointer, value, 'response')[0];
        if (error !== undefined) return wrong(`a ${type}: ${error.message}`, same(value));
      }
    }
    const pointer = inputs.outputAt(clause);
    const error = pointer === undefined ? undefined : schemas.validate(pointer, value, 'response')[0];
    return error === undefined ? undefined : wrong(error.message, same(value));
  };

  type Look = { wanted: (type: string) => boolean; instances: Instance[]; reordered: boolean };

  const complete = (
    type: GraphQLOutputType,
    level: Level,
    value: JsonValue,
    path: (string | number)[],
    clause: string,
    look: Look,
  ): Departure | undefined => {
    const departs = (expected: string, test: string): Departure => ({
      path,
      actual: `${pathText(path)} is ${short(value)}`,
      expected: `${pathText(path)} ${expected}`,
      clause,
      test,
    });
    if (isNonNullType(type)) {
      if (value === null) return departs(`must not be null, its type is ${String(type)}`, 'value === null');
      return complete(type.ofType, level, value, path, clause, look);
    }
    if (value === null) return undefined;
    if (isListType(type)) {
      if (!Array.isArray(value)) return departs(`must be a list, its type is ${String(type)}`, '!Array.isArray(value)');
      for (const [index, item] of value.entries()) {
        path.push(index);
        const found = complete(type.ofType, level, item, path, clause, look);
        if (found !== undefined) return found;
        path.pop();
      }
      return undefined;
    }
    const named = getNamedType(type);
    if (!isObjectType(named) && !isAbstractType(named)) {
      const wrong = leaf(named.name, value, clause);
      return wrong === undefined ? undefined : departs(`must be ${wrong.expected}`, wrong.test);
    }
    if (!isObject(value))
      return departs(`must be an object of type ${named.name}`, "typeof value !== 'object' || Array.isArray(value)");
    const told = isAbstractType(named) ? value['__typename'] : named.name;
    if (typeof told !== 'string' || !isPart(told, named.name) || !isObjectType(schema.getType(told))) {
      const possible = isAbstractType(named) ? schema.getPossibleTypes(named).map(({ name }) => name) : [named.name];
      return {
        path: [...path, '__typename'],
        actual: `${pathText([...path, '__typename'])} is ${short(told ?? null)}`,
        expected: `the name of a type that ${named.name} may be: ${possible.join(', ')}`,
        clause,
        test: `!${JSON.stringify(possible)}.includes(value)`,
      };
    }
    return object(told, level, value, path, look);
  };

  const object = (
    runtime: string,
    level: Level,
    value: JsonObject,
    path: (string | number)[],
    look: Look,
  ): Departure | undefined => {
    const fields = level.of(runtime);
    if (fields === undefined) return undefined;
    let position = 0;
    for (const key in value) {
      const known = fields.get(key);
      if (known === undefined)
        return {
          path: [...path, key],
          actual: `${pathText([...path, key])} is ${short(value[key] ?? null)}`,
          expected: `nothing but what was selected: ${[...fields.keys()].join(', ')}`,
          clause: at('#', runtime),
          test: 'value !== undefined',
        };
      if (known.position !== position++) look.reordered = true;
    }
    for (const [key, entry] of fields) {
      const { name, clause } = entry;
      const member = Object.hasOwn(value, key) ? value[key] : undefined;
      if (member === undefined)
        return {
          path: [...path, key],
          actual: `${pathText([...path, key])} is missing`,
          expected: 'every field that was selected',
          clause,
          test: 'value === undefined',
        };
      if (name === '__typename') {
        if (member === runtime) continue;
        return {
          path: [...path, key],
          actual: `${pathText([...path, key])} is ${short(member)}`,
          expected: `the name of its type, ${runtime}`,
          clause: at('#', runtime),
          test: `value !== ${JSON.stringify(runtime)}`,
        };
      }
      if (entry.type === undefined) continue;
      path.push(key);
      const found = complete(entry.type, entry.level, member, path, clause, look);
      if (found !== undefined) return found;
      path.pop();
    }
    if (look.wanted(runtime)) look.instances.push(instanceOf(runtime, fields, value));
    return undefined;
  };

  return {
    inspect({ type, select }, data, wanted) {
      const look: Look = { wanted, instances: [], reordered: false };
      const found = object(type, levelOf(select), data, [], look);
      // The way is walked with one list, so a departure keeps a copy of its own.
      const departure = found === undefined ? undefined : { ...found, path: [...found.path] };
      return { departure, reordered: departure === undefined && look.reordered, instances: look.instances };
    },
  };
}

function instanceOf(runtime: string, fields: ReadonlyMap<string, Entry>, value: JsonObject): Instance {
  const instance: Instance = { type: runtime, fields: {}, calls: [] };
  for (const [key, { name, clause, args, select }] of fields) {
    const member = value[key];
    if (member === undefined || name === '__typename') continue;
    const renamed = plain(member, select);
    if (!Object.hasOwn(instance.fields, name)) instance.fields[name] = renamed;
    instance.calls.push({ clause, args, value: renamed });
  }
  return instance;
}

/** A value with the names of fields in place of aliases. */
function plain(value: JsonValue, select: readonly Selection[]): JsonValue {
  if (select.length === 0) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, select));
  if (!isObject(value)) return value;
  const members: JsonObject = {};
  const name = (all: readonly Selection[]): void => {
    for (const one of all) {
      if (one.kind === 'fragment') {
        name(one.select);
        continue;
      }
      const member = value[responseKey(one)];
      if (member !== undefined && !Object.hasOwn(members, one.name))
        members[one.name] = plain(member, one.select ?? []);
    }
  };
  name(select);
  return members;
}

/** `data.book.reviews[0]`. */
export function pathText(path: readonly (string | number)[]): string {
  return `data${path.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('')}`;
}

function same(value: JsonValue): string {
  return `JSON.stringify(value) === ${JSON.stringify(JSON.stringify(value))}`;
}

/** A value in at most 200 characters. */
export function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
