/** Text of the emitted `schema.js`: reads JSON Schema (2020-12, normalised by {@link ../contract-data.ts}) as data. */
export const SCHEMA_JS = String.raw`'use strict';
// Checks values against the schemas of contract.js. A reference is the name of a schema.
const { schemas } = require('./contract.js');
const { formats } = require('./formats.js');

const patterns = new Map();

/** The schema that a chain of references ends at; keywords beside a reference are kept. */
function resolve(schema) {
  let found = schema;
  while (found.$ref !== undefined && Object.keys(found).length === 1) found = schemas[found.$ref];
  return found;
}

/** Why a value does not satisfy a schema, as one line; null where it does. The way is 'request' or 'response'. */
function check(schema, value, way, at = '') {
  if (schema === true) return null;
  if (schema === false) return (at || 'the value') + ' is not allowed';
  if (schema.$ref !== undefined) {
    const problem = check(schemas[schema.$ref], value, way, at);
    if (problem !== null) return problem;
  }
  return (
    checkType(schema, value, at) ??
    (typeof value === 'string' ? checkText(schema, value, at) : null) ??
    (typeof value === 'number' ? checkNumber(schema, value, at) : null) ??
    (Array.isArray(value) ? checkList(schema, value, way, at) : null) ??
    (isObject(value) ? checkObject(schema, value, way, at) : null) ??
    checkChoices(schema, value, way, at)
  );
}

function checkType(schema, value, at) {
  const name = at || 'the value';
  if (schema.type !== undefined) {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (!types.some((type) => isType(type, value))) return name + ' must be ' + types.join(' or ');
  }
  if (schema.const !== undefined && !equal(schema.const, value)) return name + ' must be ' + JSON.stringify(schema.const);
  if (schema.enum !== undefined && !schema.enum.some((item) => equal(item, value))) {
    return name + ' must be one of ' + JSON.stringify(schema.enum);
  }
  return null;
}

function isType(type, value) {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'number' && value % 1 === 0;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function checkText(schema, value, at) {
  const name = at || 'the value';
  if (schema.minLength !== undefined && lengthOf(value) < schema.minLength) return name + ' is too short';
  if (schema.maxLength !== undefined && lengthOf(value) > schema.maxLength) return name + ' is too long';
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) return name + ' must match ' + schema.pattern;
  const format = schema.format === undefined ? undefined : formats[schema.format];
  if (format !== undefined && !format(value)) return name + ' must be a ' + schema.format;
  return null;
}

/** Length in code points. */
function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function patternOf(source) {
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    try {
      pattern = new RegExp(source, 'u');
    } catch {
      pattern = new RegExp(source);
    }
    patterns.set(source, pattern);
  }
  return pattern;
}

function checkNumber(schema, value, at) {
  const name = at || 'the value';
  if (schema.minimum !== undefined && value < schema.minimum) return name + ' must be at least ' + schema.minimum;
  if (schema.maximum !== undefined && value > schema.maximum) return name + ' must be at most ' + schema.maximum;
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) {
    return name + ' must be more than ' + schema.exclusiveMinimum;
  }
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) {
    return name + ' must be less than ' + schema.exclusiveMaximum;
  }
  if (schema.multipleOf !== undefined && !isMultiple(value, schema.multipleOf)) {
    return name + ' must be a multiple of ' + schema.multipleOf;
  }
  if (schema.format === 'int32' && (value < -2147483648 || value > 2147483647)) return name + ' must fit 32 bits';
  return null;
}

function isMultiple(value, step) {
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
  const quotient = value / step; // Binary fractions miss decimal ones by a few last bits.
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.max(1, Math.abs(quotient));
}

function checkList(schema, value, way, at) {
  const name = at || 'the list';
  if (schema.minItems !== undefined && value.length < schema.minItems) return name + ' has too few items';
  if (schema.maxItems !== undefined && value.length > schema.maxItems) return name + ' has too many items';
  if (schema.uniqueItems === true) {
    for (let i = 1; i < value.length; i++) {
      for (let j = 0; j < i; j++) if (equal(value[i], value[j])) return name + ' has an item twice';
    }
  }
  const first = schema.prefixItems ?? [];
  for (const [index, item] of value.entries()) {
    const each = index < first.length ? first[index] : schema.items;
    const problem = each === undefined ? null : check(each, item, way, at + '/' + index);
    if (problem !== null) return problem;
  }
  if (schema.contains !== undefined) {
    const found = value.filter((item) => check(schema.contains, item, way) === null).length;
    if (found < (schema.minContains ?? 1)) return name + ' lacks an item';
    if (schema.maxContains !== undefined && found > schema.maxContains) return name + ' has too many such items';
  }
  return null;
}

function checkObject(schema, value, way, at) {
  const name = at || 'the object';
  const properties = schema.properties ?? {};
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key) && !leftOut(properties[key], way)) return (at ? at + '/' : '') + key + ' is missing';
  }
  const keys = Object.keys(value);
  if (schema.minProperties !== undefined && keys.length < schema.minProperties) return name + ' has too few members';
  if (schema.maxProperties !== undefined && keys.length > schema.maxProperties) return name + ' has too many members';
  for (const key of keys) {
    const path = at ? at + '/' + key : key;
    let known = false;
    if (Object.hasOwn(properties, key)) {
      known = true;
      const problem = check(properties[key], value[key], way, path);
      if (problem !== null) return problem;
    }
    for (const [pattern, member] of Object.entries(schema.patternProperties ?? {})) {
      if (!patternOf(pattern).test(key)) continue;
      known = true;
      const problem = check(member, value[key], way, path);
      if (problem !== null) return problem;
    }
    if (!known && schema.additionalProperties !== undefined) {
      const problem = check(schema.additionalProperties, value[key], way, path);
      if (problem !== null) return problem;
    }
    if (schema.propertyNames !== undefined && check(schema.propertyNames, key, way) !== null) {
      return path + ' is not a name that is allowed';
    }
    for (const needed of schema.dependentRequired?.[key] ?? []) {
      if (!Object.hasOwn(value, needed)) return path + ' needs ' + needed;
    }
    if (schema.dependentSchemas?.[key] !== undefined) {
      const problem = check(schema.dependentSchemas[key], value, way, at);
      if (problem !== null) return problem;
    }
  }
  if (schema.unevaluatedProperties !== undefined) {
    const seen = new Set(evaluated(schema, value, way));
    for (const key of keys) {
      const problem = seen.has(key) ? null : check(schema.unevaluatedProperties, value[key], way, at + '/' + key);
      if (problem !== null) return problem;
    }
  }
  return null;
}

/** A required member that travels only the other way. */
function leftOut(schema, way) {
  if (schema === undefined || schema === true || schema === false) return false;
  const found = resolve(schema);
  return way === 'request' ? found.readOnly === true : found.writeOnly === true;
}

/** The members that some part of a schema speaks of. */
function evaluated(schema, value, way) {
  if (schema === true || schema === false) return [];
  const found = [];
  if (schema.$ref !== undefined) found.push(...evaluated(schemas[schema.$ref], value, way));
  for (const key of Object.keys(value)) {
    const named = Object.hasOwn(schema.properties ?? {}, key);
    const matched = Object.keys(schema.patternProperties ?? {}).some((pattern) => patternOf(pattern).test(key));
    if (named || matched || schema.additionalProperties !== undefined) found.push(key);
  }
  for (const part of schema.allOf ?? []) found.push(...evaluated(part, value, way));
  for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    if (check(part, value, way) === null) found.push(...evaluated(part, value, way));
  }
  if (schema.if !== undefined) {
    const holds = check(schema.if, value, way) === null;
    if (holds) found.push(...evaluated(schema.if, value, way));
    const branch = holds ? schema.then : schema.else;
    if (branch !== undefined) found.push(...evaluated(branch, value, way));
  }
  return found;
}

function checkChoices(schema, value, way, at) {
  const name = at || 'the value';
  for (const part of schema.allOf ?? []) {
    const problem = check(part, value, way, at);
    if (problem !== null) return problem;
  }
  if (schema.anyOf !== undefined && !schema.anyOf.some((part) => check(part, value, way) === null)) {
    return name + ' fits none of the alternatives';
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter((part) => check(part, value, way) === null).length !== 1) {
    return name + ' must fit exactly one of the alternatives';
  }
  if (schema.not !== undefined && check(schema.not, value, way) === null) return name + ' is not allowed';
  if (schema.if !== undefined) {
    const branch = check(schema.if, value, way) === null ? schema.then : schema.else;
    if (branch !== undefined) return check(branch, value, way, at);
  }
  return null;
}

/** Equality of JSON values. */
function equal(a, b) {
  if (a === b) return true;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  let count = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !equal(a[key], b[key])) return false;
    count += 1;
  }
  return count === Object.keys(b).length;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = { check, equal, isObject, lengthOf, resolve };
`;
