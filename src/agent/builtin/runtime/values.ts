/** Text of the emitted `values.js`: makes values that satisfy a schema out of what is known. */
export const VALUES_JS = String.raw`'use strict';
// Makes values that satisfy the schemas of contract.js: taken from what is known where it fits, else made up.
const { randomUUID } = require('node:crypto');
const { schemas, texts } = require('./contract.js');
const { check, isObject, lengthOf } = require('./schema.js');

let made = 0; //? counted

/** The schema that a reference leads to. */
const flatten = (schema) => (schema.$ref === undefined ? schema : flatten(schemas[schema.$ref])); //? !merged

//? merged {
const flattened = new WeakMap();

/** A schema with its references and allOf parts merged into one; branches of oneOf and anyOf stay. */
function flatten(schema) {
  if (schema === true || schema === undefined) return {};
  if (schema === false) return { enum: [] };
  if (schema.$ref === undefined && schema.allOf === undefined) return schema;
  let flat = flattened.get(schema);
  if (flat === undefined) {
    const { $ref, allOf = [], ...own } = schema;
    flattened.set(schema, own); // A schema that includes itself adds nothing.
    flat = own;
    if ($ref !== undefined) flat = merge(flatten(schemas[$ref]), flat);
    for (const part of allOf) flat = merge(flat, flatten(part));
    flattened.set(schema, flat);
  }
  return flat;
}

/** Both schemas at once, as far as making values needs it. */
function merge(a, b) {
  const both = { ...a, ...b };
  if (a.properties && b.properties) {
    both.properties = { ...a.properties };
    for (const [key, member] of Object.entries(b.properties)) {
      both.properties[key] = Object.hasOwn(a.properties, key) ? { allOf: [a.properties[key], member] } : member;
    }
  }
  if (a.required && b.required) both.required = [...new Set([...a.required, ...b.required])];
  if (a.enum && b.enum) both.enum = a.enum.filter((item) => b.enum.includes(item));
  if (Array.isArray(a.type) && b.type !== undefined) both.type = a.type.filter((type) => [b.type].flat().includes(type));
  else if (a.type !== undefined && Array.isArray(b.type)) both.type = a.type;
  for (const key of ['minimum', 'exclusiveMinimum', 'minLength', 'minItems']) {
    if (a[key] !== undefined && b[key] !== undefined) both[key] = Math.max(a[key], b[key]);
  }
  for (const key of ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']) {
    if (a[key] !== undefined && b[key] !== undefined) both[key] = Math.min(a[key], b[key]);
  }
  for (const key of ['oneOf', 'anyOf']) {
    if (a[key] && b[key]) both[key] = a[key].flatMap((x) => b[key].map((y) => ({ allOf: [x, y] })));
  }
  return both;
}
//? }

/**
 * A value for the schema. Known is what it should be (undefined: nothing is known); name is what the value is called.
 * Members that are neither known nor required are left out.
 */
//? plain-values {
function fit(schema, known, name) {
  const flat = flatten(schema);
  if (flat.properties !== undefined) return fitObject(flat, known, name);
  if (flat.type === 'array') return fitList(flat, known); //? made:array
  if (known !== undefined && check(flat, known, 'response') === null) return known; //? !trusted
  if (known !== undefined) return known; //? trusted
  return make(flat, name);
}

function fitObject({ properties, required = [] }, known) {
  const value = {};
  for (const [key, member] of Object.entries(properties)) {
    if (known[key] !== undefined || required.includes(key)) value[key] = fit(member, known[key], key);
  }
  return value;
}

function fitList({ items }, known = []) {
  return known.map((item) => fit(items, item));
}
//? }
//? !plain-values {
function fit(schema, known, name = '', find = () => undefined, depth = 0) {
  const flat = flatten(schema);
  if (flat.const !== undefined) return flat.const; //? const
  if (isScalar(known) && isShape(flat)) return fit(schema, undefined, name, find, depth);
  //? oneOf|anyOf {
  const branches = flat.oneOf ?? flat.anyOf;
  if (branches !== undefined && branches.length > 0) return fitBranch(flat, branches, known, name, find, depth);
  //? }
  if (known === null && allows(flat, 'null')) return null;
  if (isObject(known) ? allows(flat, 'object') : known === undefined && isShape(flat)) {
    return fitObject(flat, isObject(known) ? known : {}, find, depth);
  }
  if (Array.isArray(known) ? allows(flat, 'array') : known === undefined && [flat.type].flat()[0] === 'array') {
    return fitList(flat, known ?? [], name, depth);
  }
  for (const candidate of candidates(flat, known)) if (check(flat, candidate, 'response') === null) return candidate;
  return make(flat, name, depth);
}

/** The value as it is known, and as the number or text that it could also be. */
function candidates(schema, known) {
  if (known === undefined || known === null) return [];
  const found = [known];
  if (typeof known === 'string' && known !== '' && !Number.isNaN(Number(known))) found.push(Number(known));
  if (typeof known === 'number' || typeof known === 'boolean') found.push(String(known));
  if (typeof known === 'number' && allows(schema, 'integer')) found.push(Math.round(known));
  return found;
}

function allows(schema, type) {
  if (schema.type !== undefined) return [schema.type].flat().includes(type);
  if (schema.enum !== undefined) return type === 'null' && schema.enum.includes(null);
  return type !== 'null' || typeOf(schema) === 'string';
}

function isScalar(value) {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** True where a schema without a stated value is an object. */
function isShape(schema) {
  const type = [schema.type].flat()[0];
  return type === 'object' || (type === undefined && (schema.properties !== undefined || schema.required !== undefined));
}

//? oneOf|anyOf {
/** The branch that what is known fits best. */
function fitBranch(flat, branches, known, name, find, depth) {
  const { oneOf, anyOf, ...rest } = flat;
  if (known !== undefined && check(flat, known, 'response') === null) {
    for (const branch of branches) {
      if (check(branch, known, 'response') !== null) continue;
      const value = fit(merge(rest, flatten(branch)), known, name, find, depth);
      if (check(flat, value, 'response') === null) return value;
    }
    return known;
  }
  let first;
  for (const branch of likeliest(branches, known)) {
    const value = depth > 12 ? undefined : fit(merge(rest, flatten(branch)), known, name, find, depth + 1);
    if (value !== undefined && check(flat, value, 'response') === null) return value;
    first ??= value;
  }
  return first;
}

/** The branches, those first that have more of the known members and contradict none of them. */
function likeliest(branches, known) {
  if (!isObject(known)) return branches;
  const fits = (branch) => {
    const { properties = {} } = flatten(branch);
    const named = Object.keys(known).filter((key) => Object.hasOwn(properties, key));
    const wrong = named.filter((key) => check(properties[key], known[key], 'response') !== null);
    return named.length - wrong.length * 1000;
  };
  return branches.map((branch) => [fits(branch), branch]).sort((a, b) => b[0] - a[0]).map(([, branch]) => branch);
}
//? }

function fitObject(schema, known, find, depth) {
  if (depth > 10 && Object.keys(known).length === 0) return {}; // It would have to contain itself for ever.
  const value = {};
  const properties = schema.properties ?? {};
  const required = new Set(schema.required ?? []);
  for (const [key, member] of Object.entries(properties)) {
    const flat = flatten(member);
    if (flat.writeOnly === true) continue; //? writeOnly
    const source = Object.hasOwn(known, key) ? known[key] : find(key);
    const wanted = required.has(key) || (depth < 3 && (flat.readOnly === true || flat.default !== undefined));
    if (source === undefined && !wanted) continue;
    if (depth > 8 && !required.has(key)) continue;
    const made = fit(member, source, key, find.deep ? find : undefined, depth + 1);
    if (source !== undefined && !required.has(key) && check(member, source, 'response') !== null && !isObject(source)) continue;
    if (made !== undefined) value[key] = made;
  }
  const extra = schema.additionalProperties;
  if (extra !== false && (extra !== undefined || schema.properties === undefined)) {
    for (const [key, item] of Object.entries(known)) {
      if (Object.hasOwn(properties, key)) continue;
      if (extra === undefined || extra === true || check(extra, item, 'response') === null) value[key] = item;
    }
  }
  for (const key of required) if (!Object.hasOwn(properties, key)) value[key] ??= known[key] ?? find(key) ?? fit(extra ?? {}, undefined, key, undefined, depth + 1);
  for (let n = 1; Object.keys(value).length < (schema.minProperties ?? 0) && n < 100; n++) {
    value['field' + n] = fit(extra === true ? {} : (extra ?? {}), undefined, 'field', undefined, depth + 1);
  }
  return value;
}

function fitList(schema, known, name, depth) {
  const first = schema.prefixItems ?? [];
  const itemAt = (index) => (index < first.length ? first[index] : (schema.items ?? {}));
  const value = known.slice(0, schema.maxItems ?? known.length).map((item, index) => fit(itemAt(index), item, name, undefined, depth + 1));
  const least = Math.max(schema.minItems ?? 0, schema.contains === undefined ? 0 : (schema.minContains ?? 1));
  while (value.length < least && value.length < 1000) {
    value.push(fit(schema.contains ?? itemAt(value.length), undefined, name, undefined, depth + 1));
  }
  return value;
}
//? }

//? !plain-values {
/** A value of a plain schema that nothing is known of; each call gives another one where the schema allows it. */
function make(schema, name, depth) {
  if (schema.default !== undefined && check(schema, schema.default, 'response') === null) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const types = [schema.type ?? typeOf(schema)].flat();
  const type = types.find((one) => one !== 'null') ?? 'null';
  switch (type) {
    case 'string':
      return makeText(schema, name);
    case 'integer':
    case 'number':
      return makeNumber({ ...schema, type }, name);
    case 'boolean':
      return false;
    case 'array':
      return fitList(schema, [], name, depth);
    case 'object':
      return fitObject(schema, {}, () => undefined, depth);
    default:
      return null;
  }
}

function typeOf(schema) {
  if (schema.properties !== undefined) return 'object';
  if (schema.items !== undefined) return 'array';
  if (schema.minimum !== undefined || schema.multipleOf !== undefined) return 'number';
  return 'string';
}
//? }

//? plain-numbers {
function makeNumber({ minimum = 0 }) { //? made:minimum
  return minimum; //? made:minimum
} //? made:minimum
const makeNumber = () => 0; //? !made:minimum
//? }
//? !plain-numbers {
function makeNumber(schema, name) {
  made += 1;
  const step = schema.multipleOf ?? (schema.type === 'integer' ? 1 : 0);
  let least = schema.minimum ?? -Infinity;
  if (schema.exclusiveMinimum !== undefined) least = Math.max(least, schema.exclusiveMinimum + (step || 1e-6));
  let most = schema.maximum ?? Infinity;
  if (schema.exclusiveMaximum !== undefined) most = Math.min(most, schema.exclusiveMaximum - (step || 1e-6));
  const start = Math.min(Math.max(least, /(^|_)id$|Id$|^number$/.test(name) ? made : 0), most);
  if (step === 0) return start;
  const up = Math.ceil(start / step) * step;
  return up <= most ? up : Math.floor(start / step) * step;
}
//? }

//? made:date|made:date-time|made:time {
const now = () => new Date().toISOString();
//? }

const makeText = ({ format }) => textOfFormat[format](); //? plain-texts

const textOfFormat = {
  uuid: () => randomUUID(), //? made:uuid
  date: () => now().slice(0, 10), //? made:date
  'date-time': now, //? made:date-time
  time: () => now().slice(11), //? made:time
  //? !plain-texts {
  duration: () => 'P1D',
  email: () => 'user' + made + '@example.com',
  hostname: () => 'host' + made + '.example.com',
  ipv4: () => '127.0.0.1',
  ipv6: () => '::1',
  uri: () => 'https://example.com/' + made,
  url: () => 'https://example.com/' + made,
  'uri-reference': () => '/' + made,
  'uri-template': () => '/{id}',
  'json-pointer': () => '/' + made,
  regex: () => '^$',
  byte: () => 'AAAA',
  //? }
};

//? !plain-texts {
function makeText(schema, name = '') {
  made += 1;
  const least = schema.minLength ?? 0;
  const most = schema.maxLength ?? Infinity;
  const isId = /(^|_)id$|Id$|key$|code$/i.test(name);
  const tries = [
    () => (schema.pattern === undefined ? undefined : textOfPattern(schema.pattern, least)), //? pattern
    () => textOfFormat[schema.format]?.(),
    () => (isId ? randomUUID() : name),
    () => (isId ? String(made).padStart(Math.max(least, 1), '0') : name.slice(0, most)),
    () => (name + '-' + made).padEnd(least, 'x').slice(0, most),
    () => String(made).padStart(least, '0').slice(-most),
  ];
  for (const attempt of tries) {
    const text = attempt();
    if (text !== undefined && (text !== '' || least === 0) && check(schema, text, 'response') === null) return text;
  }
  return lengthOf(name) >= least ? name : name.padEnd(least, 'x');
}

//? pattern {
/** Counts through the texts that a pattern allows; contract.js lists what may stand at each place. */
function textOfPattern(pattern, least) {
  const places = texts[pattern];
  if (places === undefined) return undefined;
  let rest = made;
  let text = '';
  const spread = places.map(([, count, most], index) => {
    const others = places.reduce((sum, place, at) => sum + (at === index ? 0 : place[1]), 0);
    return Math.min(most, Math.max(count, least - others));
  });
  for (let at = places.length - 1; at >= 0; at--) {
    const letters = [...places[at][0]];
    for (let n = 0; n < spread[at]; n++) {
      text = letters[rest % letters.length] + text;
      rest = Math.floor(rest / letters.length);
    }
  }
  return text;
}
//? }
//? }

//? plain-values {
/** A value that nothing is known of. */
const make = (schema, name) => {
  if (schema.default !== undefined) return schema.default; //? default
  if (schema.enum !== undefined) return schema.enum[0]; //? made:enum
  return making[schema.type](schema, name);
};

const making = {
  string: makeText, //? made:string
  integer: makeNumber, //? made:integer
  number: makeNumber, //? made:number
  boolean: () => false, //? made:boolean
};
//? }

module.exports = { fit, flatten };
`;
