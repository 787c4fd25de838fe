/**
 * Whether data has exactly the shape that was selected: the keys, nulls only where the type allows them, lists, enum
 * values, scalars (GraphQL October 2021 §3.5, §6.4). Errors may stand for a null, and must (§6.4.4).
 */
import {
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from '../../spec/graphql/contract.ts';
import type { Schemas } from '../schema-port.ts';
import { type FieldSelection, isIncluded, responseKey, type Selection } from './call.ts';
import type { InputSchemas } from './input-schemas.ts';

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

export interface Shapes {
  /** The first departure of the data of a call; `seen` is told of each object in it. */
  departure(root: Rooted, data: JsonObject, seen?: (instance: Instance) => void): Departure | undefined;
  /** True where keys stand in another order than they were selected in; only meaningful without a departure. */
  isReordered(root: Rooted, data: JsonObject): boolean;
}

/** What was asked of a root type. */
export interface Rooted {
  type: string;
  select: Selection[];
}

/** Makes the check of one contract. */
export function shapesOf(contract: GraphContract, schemas: Schemas, inputs: InputSchemas): Shapes {
  const { schema } = contract;

  const isPart = (runtime: string, on: string): boolean => {
    if (runtime === on) return true;
    const type = schema.getType(on);
    const object = schema.getType(runtime);
    return isAbstractType(type) && isObjectType(object) && schema.isSubType(type, object);
  };

  /** CollectFields (§6.3.2): selected fields by response key, in order. */
  const collect = (
    select: readonly Selection[],
    runtime: string,
    into = new Map<string, FieldSelection[]>(),
  ): Map<string, FieldSelection[]> => {
    for (const one of select) {
      if (one.kind === 'fragment') {
        if (isPart(runtime, one.on)) collect(one.select, runtime, into);
        continue;
      }
      if (!isIncluded(one)) continue;
      const key = responseKey(one);
      const same = into.get(key);
      if (same === undefined) into.set(key, [one]);
      else same.push(one);
    }
    return into;
  };

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

  type Look = { seen: ((instance: Instance) => void) | undefined };

  const complete = (
    type: GraphQLOutputType,
    selections: FieldSelection[],
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
      return complete(type.ofType, selections, value, path, clause, look);
    }
    if (value === null) return undefined;
    if (isListType(type)) {
      if (!Array.isArray(value)) return departs(`must be a list, its type is ${String(type)}`, '!Array.isArray(value)');
      for (const [index, item] of value.entries()) {
        const found = complete(type.ofType, selections, item, [...path, index], clause, look);
        if (found !== undefined) return found;
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
    const select = selections.flatMap((one) => one.select ?? []);
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
    return object(told, select, value, path, look);
  };

  const object = (
    runtime: string,
    select: readonly Selection[],
    value: JsonObject,
    path: (string | number)[],
    look: Look,
  ): Departure | undefined => {
    const type = schema.getType(runtime);
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    const fields = collect(select, runtime);
    for (const key of Object.keys(value))
      if (!fields.has(key))
        return {
          path: [...path, key],
          actual: `${pathText([...path, key])} is ${short(value[key] ?? null)}`,
          expected: `nothing but what was selected: ${[...fields.keys()].join(', ')}`,
          clause: at('#', runtime),
          test: 'value !== undefined',
        };
    const instance: Instance = { type: runtime, fields: {}, calls: [] };
    for (const [key, selections] of fields) {
      const [first] = selections;
      if (first === undefined) continue;
      const place = [...path, key];
      const clause = at('#', runtime, first.name);
      const member = Object.hasOwn(value, key) ? value[key] : undefined;
      if (member === undefined)
        return {
          path: place,
          actual: `${pathText(place)} is missing`,
          expected: 'every field that was selected',
          clause,
          test: 'value === undefined',
        };
      if (first.name === '__typename') {
        if (member !== runtime)
          return {
            path: place,
            actual: `${pathText(place)} is ${short(member)}`,
            expected: `the name of its type, ${runtime}`,
            clause: at('#', runtime),
            test: `value !== ${JSON.stringify(runtime)}`,
          };
        continue;
      }
      const field = type.getFields()[first.name];
      if (field === undefined) continue;
      const found = complete(field.type, selections, member, place, clause, look);
      if (found !== undefined) return found;
      if (!Object.hasOwn(instance.fields, first.name)) instance.fields[first.name] = plain(member, selections);
      instance.calls.push({ clause, args: first.args, value: plain(member, selections) });
    }
    look.seen?.(instance);
    return undefined;
  };

  /** A value with the names of fields in place of aliases. */
  const plain = (value: JsonValue, selections: readonly FieldSelection[]): JsonValue => {
    const select = selections.flatMap((one) => one.select ?? []);
    if (Array.isArray(value)) return value.map((item) => plain(item, selections));
    if (!isObject(value) || select.length === 0) return value;
    const flat: FieldSelection[] = [];
    const flatten = (all: readonly Selection[]): void => {
      for (const one of all) {
        if (one.kind === 'fragment') flatten(one.select);
        else flat.push(one);
      }
    };
    flatten(select);
    const members: JsonObject = {};
    for (const one of flat) {
      const member = value[responseKey(one)];
      if (member !== undefined && !Object.hasOwn(members, one.name)) members[one.name] = plain(member, [one]);
    }
    return members;
  };

  const reordered = (select: readonly Selection[], type: string, value: JsonValue): boolean => {
    if (Array.isArray(value)) return value.some((item) => reordered(select, type, item));
    if (!isObject(value)) return false;
    const told = value['__typename'];
    const runtime = isAbstractType(schema.getType(type)) && typeof told === 'string' ? told : type;
    const fields = collect(select, runtime);
    const keys = [...fields.keys()];
    if (Object.keys(value).some((key, index) => key !== keys[index])) return true;
    const owner = schema.getType(runtime);
    return [...fields].some(([key, selections]) => {
      const field = isObjectType(owner) ? owner.getFields()[selections[0]?.name ?? ''] : undefined;
      const inner = selections.flatMap((one) => one.select ?? []);
      return (
        field !== undefined && inner.length > 0 && reordered(inner, getNamedType(field.type).name, value[key] ?? null)
      );
    });
  };

  return {
    departure: ({ type, select }, data, seen) => object(type, select, data, [], { seen }),
    isReordered: ({ type, select }, data) => reordered(select, type, data),
  };
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
