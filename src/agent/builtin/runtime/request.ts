/** Text of the emitted `request.js`: parameters and bodies from text to typed values. */
export const REQUEST_JS = String.raw`'use strict';
// Reads parameters and bodies: from text to the types that the contract gives them.
const { check, isObject } = require('./schema.js');
const { flatten } = require('./values.js');

/** What was sent, as the types of the contract; what does not parse stays text, for the check to refuse. */
function readRequest(operation, values, query, headers, raw) {
  const request = {
    path: Object.fromEntries(operation.pathNames.map((name, index) => [name, decode(values[index])])), //? decoded
    path: Object.fromEntries(operation.pathNames.map((name, index) => [name, values[index]])), //? !decoded
    query: Object.fromEntries(query),
    headers: { ...headers }, //? typed-headers
    headers, //? !typed-headers
    cookies: readCookies(headers.cookie ?? ''), //? cookies
    ...readBody(operation, headers['content-type'], raw), //? bodies
  };
  //? typed {
  for (const { name, in: place, reads, schema, style, explode } of operation.parameters) { //? structured
  for (const { name, in: place, reads, schema } of operation.parameters) { //? !structured&mixed
  for (const { name, in: place, reads } of operation.parameters) { //? !structured&!mixed
    const parts = request[place];
    if (reads === 'json' && name in parts) parts[name] = readJson(parts[name]); //? json
    if (reads === 'mixed' && name in parts) parts[name] = readMixed(schema, parts[name]); //? mixed
    //? structured {
    if (reads === 'parts') {
      const value = place === 'query' ? readQueryValue({ name, schema, style, explode }, query) : readValue({ schema, style, explode }, [parts[name]]);
      if (value !== undefined) parts[name] = value;
    }
    //? }
  }
  //? }
  // Sent without a value, it is as good as not sent. //? empties
  for (const { name, empty } of operation.parameters) if (empty && query.get(name) === '') delete request.query[name]; //? empties
  return request;
}

//? decoded {
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
//? }

//? cookies {
function readCookies(text) {
  const cookies = {};
  for (const part of text.split(';')) {
    const cut = part.indexOf('=');
    if (cut > 0) cookies[part.slice(0, cut).trim()] = decode(part.slice(cut + 1).trim());
  }
  return cookies;
}
//? }

//? json|mixed|structured {
/** A value from its text; what is no JSON stays text. */
function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
//? }

//? mixed|structured|forms {
/** A scalar from its text: the first reading that the schema takes, else the text. */
function readMixed(schema, text) {
  const { type } = flatten(schema);
  if ([type].flat().includes('string')) return text;
  if (type === undefined && check(schema, text, 'request') === null) return text;
  return text === '' ? null : readJson(text);
}
//? }

//? structured {
/** Where a list ends and the next item begins, by style. */
const SEPARATORS = { pipeDelimited: '|', spaceDelimited: ' ' };

function readQueryValue(parameter, query) {
  const { name, schema, style, explode } = parameter;
  const flat = flatten(schema);
  if (flat.type === 'object' || flat.properties !== undefined) {
    const members = {};
    for (const [key, value] of query) {
      const deep = key.startsWith(name + '[') && key.endsWith(']') ? key.slice(name.length + 1, -1) : undefined;
      const member = style === 'deepObject' ? deep : explode && Object.hasOwn(flat.properties ?? {}, key) ? key : undefined;
      if (member !== undefined) members[member] = readMixed(flat.properties?.[member] ?? {}, value);
    }
    if (Object.keys(members).length > 0) return members;
  }
  const values = query.has(name) ? query.getAll(name) : query.getAll(name + '[]');
  return values.length === 0 ? undefined : readValue(parameter, values);
}

/** One parameter's value from its texts. */
function readValue({ schema, style, explode }, texts) {
  if (texts[0] === undefined) return undefined;
  const flat = flatten(schema);
  const types = [flat.type].flat();
  if (types.includes('array')) {
    const separator = SEPARATORS[style] ?? (style === 'label' && explode ? '.' : ',');
    const plain = style === 'label' ? texts[0].replace(/^\./, '') : texts[0];
    const items = style === 'form' && explode ? texts : texts.length > 1 ? texts : plain === '' ? [] : plain.split(separator);
    return items.map((item) => readMixed(flat.items ?? {}, item));
  }
  return readMembers(flat, texts[0], explode);
}

function readMembers(schema, text, explode) {
  const parts = text === '' ? [] : text.split(',');
  const members = {};
  if (explode) {
    for (const part of parts) {
      const [key, value = ''] = part.split('=');
      members[key] = readMixed(schema.properties?.[key] ?? {}, value);
    }
  } else {
    for (let at = 0; at + 1 < parts.length; at += 2) members[parts[at]] = readMixed(schema.properties?.[parts[at]] ?? {}, parts[at + 1]);
  }
  return members;
}
//? }

//? bodies {
/** The body, and what is wrong with its form. */
function readBody({ body: expected }, type = '', raw) { //? bodiless
  if (expected === undefined) return { body: null }; //? bodiless
function readBody({ body: expected }, type = '', raw) { //? !bodiless
  if (raw.length === 0) return expected.required ? { body: null, problem: { message: 'the body is missing' } } : { body: null }; //? missing-bodies&media-status
  if (raw.length === 0) return expected.required ? { body: null, problem: 'the body is missing' } : { body: null }; //? missing-bodies&!media-status
  const media = type.split(';')[0].trim().toLowerCase();
  const schema = expected.content[mediaTypeOf(expected.content, media)]; //? media-ranges
  const schema = expected.content[media]; //? !media-ranges
  if (schema === undefined) return { body: null, problem: { message: 'the content type is not supported', isMediaType: true } }; //? media-status
  if (schema === undefined) return { body: null, problem: 'the content type is not supported' }; //? !media-status
  //? other-bodies {
  if (media === 'application/x-www-form-urlencoded') return { body: readForm(flatten(schema), raw), schema };
  if (!/[/+]json$/.test(media)) return { body: raw.toString(/^text\//.test(media) ? 'utf8' : 'latin1'), schema: true };
  //? }
  try {
    return { body: JSON.parse(raw), schema };
  } catch {
    return { body: null, problem: { message: 'the body is not JSON' } }; //? media-status
    return { body: null, problem: 'the body is not JSON' }; //? !media-status
  }
}

//? media-ranges {
/** The contract's media type that a content type falls under; ranges and wildcards are known. */
function mediaTypeOf(content, type) {
  return Object.keys(content).find((known) => {
    if (known === type || known === '*/*') return true;
    return known.endsWith('/*') && type.startsWith(known.slice(0, -1));
  });
}
//? }

//? other-bodies {
function readForm({ properties = {} }, raw) {
  const form = new URLSearchParams(raw.toString());
  const body = {};
  for (const name of form.keys()) {
    const member = flatten(properties[name] ?? {});
    const isList = [member.type].flat().includes('array');
    body[name] = isList ? form.getAll(name).map((value) => readMixed(member.items ?? {}, value)) : readMixed(member, form.get(name));
  }
  return body;
}
//? }
//? }

//? checks|partial-checks {
/** What is wrong with a request, as one line; null where nothing is. */
function refusalOf(operation, request, checks) { //? partial-checks
function refusalOf(operation, request) { //? !partial-checks
  //? parameters {
  for (const parameter of operation.parameters) {
    const problem = checks.includes(parameter.in) ? checkParameter(parameter, request) : null; //? partial-checks
    const problem = checkParameter(parameter, request); //? !partial-checks
    if (problem !== null) return { message: problem }; //? media-status
    if (problem !== null) return problem; //? !media-status
  }
  //? }
  //? bodies {
  if (!checks.includes('body')) return null; //? partial-checks
  if (request.problem !== undefined) return request.problem;
  if (request.schema === undefined) return null; //? bodiless|missing-bodies
  const problem = check(request.schema, request.body, 'request'); //? media-status
  return problem === null ? null : { message: problem }; //? media-status
  return check(request.schema, request.body, 'request'); //? !media-status
  //? }
  return null; //? !bodies
}

//? parameters {
function checkParameter({ name, in: place, required, schema }, request) {
  const value = request[place][name];
  if (value === undefined) return required ? place + ' ' + name + ' is missing' : null;
  return check(schema, value, 'request', name);
}
//? }
//? }

//? readOnly {
/** The members of a body that the client may set. */
function writable(operation, { body, schema }) {
  if (!isObject(body)) return {};
  const { properties = {} } = flatten(schema ?? {});
  return Object.fromEntries(Object.entries(body).filter(([name]) => flatten(properties[name] ?? {}).readOnly !== true));
}
//? }

module.exports = { readRequest, refusalOf, writable };
`;
