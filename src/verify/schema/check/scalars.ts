/** Assertions on any value, on numbers and on strings (2020-12 validation §6.1 to §6.3, §7). */
import { at, isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import { isMultiple } from '../decimal.ts';
import { contentOf, heldBy } from '../content.ts';
import { isNullable } from '../dialect.ts';
import { codePoints, equal, keyOf } from '../equal.ts';
import { formatTest, narrowTest } from '../format/check-format.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { Refused } from '../refused.ts';
import { typeBits, typeOf, noType } from '../types.ts';
import type { Check, MakeCheck } from './check.ts';
import { fail } from './check.ts';

const type: MakeCheck = (value, node) => {
  let bits = typeBits(value);
  if (bits === undefined) throw new Refused('type', at(node.pointer, 'type'), noType(value));
  if (isObject(node.schema) && isNullable(node.resource.features, node.schema)) bits |= 1;
  const names = Array.isArray(value) ? value.join(' or ') : String(value);
  return (data, path, _scope, run) => (typeOf(data) & bits) !== 0 || fail(run, node, 'type', path, `must be ${names}`);
};

const enumeration: MakeCheck = (value, node) => {
  if (!Array.isArray(value)) throw new Refused('enum', at(node.pointer, 'enum'), 'not a list');
  const plain = new Set(value.filter((member) => typeof member !== 'object'));
  const deep = value.filter((member) => typeof member === 'object');
  const keys = deep.length > 16 ? new Set(deep.map(keyOf)) : undefined;
  const listed = (data: JsonValue): boolean => keys?.has(keyOf(data)) ?? deep.some((member) => equal(member, data));
  return (data, path, _scope, run) =>
    (typeof data === 'object' ? listed(data) : plain.has(data)) ||
    fail(run, node, 'enum', path, 'must be one of the listed values');
};

const constant: MakeCheck = (value, node) => (data, path, _scope, run) =>
  equal(value, data) || fail(run, node, 'const', path, `must be ${JSON.stringify(value)}`);

function bound(name: string, holds: (data: number, limit: number) => boolean, words: string): MakeCheck {
  return (value, node) => {
    if (typeof value !== 'number') throw new Refused(name, at(node.pointer, name), 'not a number');
    const strict = isObject(node.schema) && node.schema[`exclusive${name[0]?.toUpperCase()}${name.slice(1)}`] === true;
    return (data, path, _scope, run) =>
      typeof data !== 'number' ||
      (holds(data, value) && !(strict && data === value)) ||
      fail(run, node, name, path, `must be ${words} ${value}`);
  };
}

function exclusive(name: string, holds: (data: number, limit: number) => boolean, words: string): MakeCheck {
  return (value, node) => {
    if (typeof value === 'boolean') return undefined;
    if (typeof value !== 'number') throw new Refused(name, at(node.pointer, name), 'not a number');
    return (data, path, _scope, run) =>
      typeof data !== 'number' || holds(data, value) || fail(run, node, name, path, `must be ${words} ${value}`);
  };
}

const multipleOf: MakeCheck = (value, node) => {
  if (typeof value !== 'number' || value <= 0) {
    throw new Refused('multipleOf', at(node.pointer, 'multipleOf'), 'not a number above 0');
  }
  return (data, path, _scope, run) =>
    typeof data !== 'number' ||
    isMultiple(data, value) ||
    fail(run, node, 'multipleOf', path, `must be a multiple of ${value}`);
};

function length(name: string, holds: (length: number, limit: number) => boolean, words: string): MakeCheck {
  return (value, node) => {
    if (typeof value !== 'number') throw new Refused(name, at(node.pointer, name), 'not a number');
    return (data, path, _scope, run) =>
      typeof data !== 'string' ||
      holds(codePoints(data), value) ||
      fail(run, node, name, path, `must have ${words} ${value} characters`);
  };
}

const pattern: MakeCheck = (value, node) => {
  if (typeof value !== 'string') throw new Refused('pattern', at(node.pointer, 'pattern'), 'not a string');
  const compiled = compilePattern(value, at(node.pointer, 'pattern'));
  return (data, path, _scope, run) =>
    typeof data !== 'string' || compiled.test(data) || fail(run, node, 'pattern', path, `must match ${value}`);
};

const format: MakeCheck = (value, node) => {
  if (typeof value !== 'string') return undefined;
  const test = value === 'int32' || value === 'int64' ? undefined : formatTest(value);
  if (value === 'int32' || value === 'int64')
    return integerFormat(value, (run, path) => fail(run, node, 'format', path, `must be an ${value}`));
  if (!test) return undefined;
  const narrow = narrowTest(value);
  return (data, path, _scope, run) =>
    typeof data !== 'string' ||
    (test(data) && (!run.narrow || !narrow || narrow(data))) ||
    fail(run, node, 'format', path, `must be a ${value}`);
};

function integerFormat(name: 'int32' | 'int64', report: (run: Parameters<Check>[3], path: string) => false): Check {
  const limit = name === 'int32' ? 2 ** 31 : 2 ** 63;
  return (data, path, _scope, run) =>
    typeof data !== 'number' ||
    (Number.isInteger(data) && data >= -limit && (name === 'int32' ? data < limit : data <= limit)) ||
    report(run, path);
}

/** Only a narrower reading asserts it. */
function content(word: 'contentEncoding' | 'contentMediaType'): MakeCheck {
  return (_value, node, registry) => {
    const { schema } = node;
    if (!isObject(schema) || (word === 'contentEncoding' && Object.hasOwn(schema, 'contentMediaType')))
      return undefined;
    const found = contentOf(node);
    if (found === undefined) return undefined;
    const inner = found.hasSchema ? registry.child(node, 'contentSchema') : undefined;
    return (data, path, scope, run) => {
      if (!run.narrow || typeof data !== 'string') return true;
      const held = heldBy(found, data);
      return (
        held !== undefined &&
        (inner === undefined || held.json === undefined || run.apply(inner, held.json, path, scope, null))
      );
    };
  };
}

export const scalarChecks: Record<string, MakeCheck> = {
  contentEncoding: content('contentEncoding'),
  contentMediaType: content('contentMediaType'),
  type,
  enum: enumeration,
  const: constant,
  minimum: bound('minimum', (data, limit) => data >= limit, 'at least'),
  maximum: bound('maximum', (data, limit) => data <= limit, 'at most'),
  exclusiveMinimum: exclusive('exclusiveMinimum', (data, limit) => data > limit, 'above'),
  exclusiveMaximum: exclusive('exclusiveMaximum', (data, limit) => data < limit, 'below'),
  multipleOf,
  minLength: length('minLength', (size, limit) => size >= limit, 'at least'),
  maxLength: length('maxLength', (size, limit) => size <= limit, 'at most'),
  pattern,
  format,
};
