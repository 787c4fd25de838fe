/** Text of the emitted `schema.js`: reads JSON Schema (2020-12, normalised by {@link ../contract-data.ts}) as data. */
export const SCHEMA_JS = String.raw`'use strict';
// Checks values against the schemas of contract.js. A reference is the name of a schema.
const { isDeepStrictEqual } = require('node:util');
const { schemas } = require('./contract.js');
const { formats } = require('./formats.js');

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equality of JSON values. */
const equal = (a, b) => a === b || isDeepStrictEqual(a, b);

/** Length in code points. */
const lengthOf = (text) => [...text].length;

const isType = {
  null: (value) => value === null, //? type:null
  array: Array.isArray, //? type:array
  object: isObject, //? type:object
  integer: Number.isInteger, //? type:integer
  number: Number.isFinite, //? type:number
  boolean: (value) => typeof value === 'boolean', //? type:boolean
  string: (value) => typeof value === 'string', //? type:string
};

const ofText = {
  minLength: (least, text) => lengthOf(text) >= least, //? minLength
  maxLength: (most, text) => lengthOf(text) <= most, //? maxLength
  pattern: (pattern, text) => patternOf(pattern).test(text), //? pattern
  format: (format, text) => formats[format](text), //? format
};

const ofNumber = {
  minimum: (least, number) => number >= least, //? minimum
  maximum: (most, number) => number <= most, //? maximum
  exclusiveMinimum: (below, number) => number > below, //? exclusiveMinimum
  exclusiveMaximum: (above, number) => number < above, //? exclusiveMaximum
  multipleOf: (step, number) => isMultiple(number, step), //? multipleOf
  format: (_, number) => number >= -2147483648 && number <= 2147483647, //? int32
};

const ofList = {
  minItems: (least, list) => list.length >= least, //? minItems
  maxItems: (most, list) => list.length <= most, //? maxItems
  uniqueItems: (isAsked, list) => !isAsked || list.every((item, at) => list.findIndex((other) => equal(other, item)) === at), //? uniqueItems
  //? contains {
  contains: (schema, list, way, at, { minContains = 1, maxContains = Infinity }) => {
    const found = list.filter((item) => check(schema, item, way) === null).length;
    return found >= minContains && found <= maxContains;
  },
  //? }
  prefixItems: (first, list, way, at) => problemIn(first.slice(0, list.length), (each, index) => check(each, list[index], way, at + '/' + index)), //? prefixItems
  items: (each, list, way, at, { prefixItems = [] }) => problemIn(list.slice(prefixItems.length), (item, index) => check(each, item, way, at + '/' + index)), //? items&prefixItems
  items: (each, list, way, at) => problemIn(list, (item, index) => check(each, item, way, at + '/' + index)), //? items&!prefixItems
};

const ofObject = {
  //? required {
  required: (names, object, way, at, schema) => {
    const missing = names.find((name) => !Object.hasOwn(object, name) && !leftOut(schema.properties?.[name], way)); //? one-way
    const missing = names.find((name) => !Object.hasOwn(object, name)); //? !one-way
    return missing === undefined ? null : at + '/' + missing + ' is missing';
  },
  //? }
  minProperties: (least, object) => Object.keys(object).length >= least, //? minProperties
  maxProperties: (most, object) => Object.keys(object).length <= most, //? maxProperties
  properties: (members, object, way, at) => problemIn(namesIn(members, object), (name) => check(members[name], object[name], way, at + '/' + name)), //? properties
  //? patternProperties {
  patternProperties: (members, object, way, at) =>
    problemIn(Object.keys(object), (name) => problemIn(matching(members, name), (pattern) => check(members[pattern], object[name], way, at + '/' + name))),
  //? }
  additionalProperties: (rest, object, way, at, { properties = {} }) => problemIn(Object.keys(object).filter((name) => !Object.hasOwn(properties, name)), (name) => check(rest, object[name], way, at + '/' + name)), //? additionalProperties&!patternProperties
  //? additionalProperties&patternProperties {
  additionalProperties: (rest, object, way, at, { properties = {}, patternProperties = {} }) => {
    const others = Object.keys(object).filter((name) => !Object.hasOwn(properties, name) && matching(patternProperties, name).length === 0);
    return problemIn(others, (name) => check(rest, object[name], way, at + '/' + name));
  },
  //? }
  propertyNames: (schema, object, way) => Object.keys(object).every((name) => check(schema, name, way) === null), //? propertyNames
  dependentRequired: (needed, object) => namesIn(needed, object).every((name) => needed[name].every((other) => Object.hasOwn(object, other))), //? dependentRequired
  dependentSchemas: (needed, object, way, at) => problemIn(namesIn(needed, object), (name) => check(needed[name], object, way, at)), //? dependentSchemas
  //? unevaluatedProperties {
  unevaluatedProperties: (rest, object, way, at, schema) => {
    const seen = evaluated(schema, object, way);
    return problemIn(Object.keys(object).filter((name) => !seen.includes(name)), (name) => check(rest, object[name], way, at + '/' + name));
  },
  //? }
};

/** Asks values of one type only. */
function only(isOf, tests) {
  const guarded = (test) => (operand, value, ...more) => !isOf(value) || test(operand, value, ...more);
  return Object.fromEntries(Object.entries(tests).map(([keyword, test]) => [keyword, guarded(test)]));
}

/** What each keyword asks of a value: true, false, or what is wrong further in, null for nothing. */
const keywords = {
  $ref: (name, value, way, at) => check(schemas[name], value, way, at),
  type: (names, value) => [names].flat().some((name) => isType[name](value)), //? types
  type: (name, value) => isType[name](value), //? !types
  const: (wanted, value) => equal(wanted, value), //? const
  enum: (items, value) => items.some((item) => equal(item, value)), //? enum&enum-deep
  enum: (items, value) => items.includes(value), //? enum&!enum-deep
  //? loose {
  ...only((value) => typeof value === 'string', ofText), //? text
  ...only((value) => typeof value === 'number', ofNumber), //? numeric
  ...only(Array.isArray, ofList), //? list
  ...only(isObject, ofObject), //? object
  format: (format, value) => (typeof value !== 'string' || (formats[format]?.(value) ?? true)) && (format !== 'int32' || typeof value !== 'number' || ofNumber.format(format, value)), //? int32&format
  //? }
  //? !loose {
  ...ofText, //? text
  ...ofNumber, //? numeric
  ...ofList, //? list
  ...ofObject, //? object
  //? }
  allOf: (parts, value, way, at) => problemIn(parts, (part) => check(part, value, way, at)), //? allOf
  anyOf: (parts, value, way) => parts.some((part) => check(part, value, way) === null), //? anyOf
  oneOf: (parts, value, way) => parts.filter((part) => check(part, value, way) === null).length === 1, //? oneOf
  not: (schema, value, way) => check(schema, value, way) !== null, //? not
  //? if {
  if: (schema, value, way, at, { then: holding = true, else: otherwise = true }) =>
    check(check(schema, value, way) === null ? holding : otherwise, value, way, at),
  //? }
};

/** Why a value does not satisfy a schema, as one line; null where it does. */
function check(schema, value, way, at = 'the value') {
  if (schema === false) return at + ' is not allowed'; //? false
  for (const [keyword, operand] of Object.entries(schema)) {
    const found = keywords[keyword]?.(operand, value, way, at, schema) ?? true; //? annotations
    const found = keywords[keyword](operand, value, way, at, schema) ?? true; //? !annotations
    if (found !== true) return found || at + ' breaks ' + keyword + ': ' + JSON.stringify(operand);
  }
  return null;
}

/** What is wrong with the first item that something is wrong with. */
function problemIn(items, problemOf) {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== null) return problem;
  }
  return null;
}

/** The names of a table that an object has, too. */
const namesIn = (table, object) => Object.keys(table).filter((name) => Object.hasOwn(object, name));

/** The patterns of a table that a name matches. */
const matching = (table, name) => Object.keys(table).filter((pattern) => patternOf(pattern).test(name));

const patterns = new Map();

function patternOf(source) {
  if (!patterns.has(source)) {
    patterns.set(source, new RegExp(source, 'u')); //? !plain-patterns
    //? plain-patterns {
    try {
      patterns.set(source, new RegExp(source, 'u'));
    } catch {
      patterns.set(source, new RegExp(source));
    }
    //? }
  }
  return patterns.get(source);
}

function isMultiple(value, step) {
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
  const quotient = value / step; // Binary fractions miss decimal ones by a few last bits.
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.max(1, Math.abs(quotient));
}

/** A required member that travels only the other way. */
function leftOut(schema, way) {
  if (schema?.$ref !== undefined && Object.keys(schema).length === 1) return leftOut(schemas[schema.$ref], way);
  return (way === 'request' ? schema?.readOnly : schema?.writeOnly) === true;
}

/** The members that some part of a schema speaks of. */
function evaluated(schema, value, way) {
  if (schema === true || schema === false) return [];
  const found = [];
  if (schema.$ref !== undefined) found.push(...evaluated(schemas[schema.$ref], value, way));
  for (const key of Object.keys(value)) {
    const named = Object.hasOwn(schema.properties ?? {}, key);
    const matched = matching(schema.patternProperties ?? {}, key).length > 0;
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

module.exports = { check, equal, isObject, lengthOf };
`;
