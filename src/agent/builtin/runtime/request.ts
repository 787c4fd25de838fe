/** Text of the emitted `request.js`: parameters and bodies from text to typed values. */
export const REQUEST_JS = String.raw`'use strict';
// Reads parameters and bodies: from text to the types that the contract gives them.
const { check, isObject } = require('./schema.js');
const { flatten } = require('./values.js');

/** Where a list ends and the next item begins, by style. */
const SEPARATORS = { pipeDelimited: '|', spaceDelimited: ' ' };

/** The typed parameters of a request; one that does not parse stays text, for the check to refuse. */
function readParameters(operation, values, queryText, headers) {
  const request = { path: {}, query: {}, headers: {}, cookies: {}, sent: {} };
  for (const [name, value] of Object.entries(headers)) request.headers[name] = String(value);
  operation.pathNames.forEach((name, index) => {
    request.path[name] = decode(values[index]);
  });
  const query = readQuery(queryText);
  const cookies = readCookies(headers.cookie ?? '');
  for (const [name, values] of query) request.sent[name] = values[0];
  for (const parameter of operation.parameters) {
    const { name } = parameter;
    if (parameter.in === 'path') {
      request.path[name] = readValue(parameter, [request.path[name]]);
    } else if (parameter.in === 'query') {
      const value = readQueryValue(parameter, query);
      if (value !== undefined) request.query[name] = value;
    } else if (parameter.in === 'cookie' && cookies[name] !== undefined) {
      request.cookies[name] = readValue(parameter, [cookies[name]]);
    }
  }
  return request;
}

function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', '%2B'));
  } catch {
    return text;
  }
}

function readQuery(text) {
  const query = new Map();
  for (const part of text === '' ? [] : text.split('&')) {
    const cut = part.indexOf('=');
    const name = decode((cut < 0 ? part : part.slice(0, cut)).replaceAll('+', '%20'));
    const value = decode((cut < 0 ? '' : part.slice(cut + 1)).replaceAll('+', '%20'));
    query.set(name, [...(query.get(name) ?? []), value]);
  }
  return query;
}

function readCookies(text) {
  const cookies = {};
  for (const part of text.split(';')) {
    const cut = part.indexOf('=');
    if (cut > 0) cookies[part.slice(0, cut).trim()] = decode(part.slice(cut + 1).trim());
  }
  return cookies;
}

function readQueryValue(parameter, query) {
  const { name, schema, style, explode } = parameter;
  const flat = flatten(schema);
  if (flat.type === 'object' || flat.properties !== undefined) {
    const members = {};
    for (const [key, values] of query) {
      const deep = key.startsWith(name + '[') && key.endsWith(']') ? key.slice(name.length + 1, -1) : undefined;
      const member = style === 'deepObject' ? deep : explode && Object.hasOwn(flat.properties ?? {}, key) ? key : undefined;
      if (member !== undefined) members[member] = readText(flat.properties?.[member] ?? {}, values[0]);
    }
    if (Object.keys(members).length > 0) return members;
  }
  const values = query.get(name) ?? query.get(name + '[]');
  return values === undefined ? undefined : readValue(parameter, values);
}

/** One parameter's value from its texts. */
function readValue({ schema, style, explode, isJson }, texts) {
  if (texts[0] === undefined) return undefined;
  if (isJson) return readJson(texts[0]);
  const flat = flatten(schema);
  const types = [flat.type].flat();
  if (types.includes('array')) {
    const separator = SEPARATORS[style] ?? (style === 'label' && explode ? '.' : ',');
    const plain = style === 'label' ? texts[0].replace(/^\./, '') : texts[0];
    const items = style === 'form' && explode ? texts : texts.length > 1 ? texts : plain === '' ? [] : plain.split(separator);
    return items.map((item) => readText(flat.items ?? {}, item));
  }
  if (types.includes('object') || flat.properties !== undefined) return readMembers(flat, texts[0], explode);
  return readText(schema, texts[0]);
}

function readMembers(schema, text, explode) {
  const parts = text === '' ? [] : text.split(',');
  const members = {};
  if (explode) {
    for (const part of parts) {
      const [key, value = ''] = part.split('=');
      members[key] = readText(schema.properties?.[key] ?? {}, value);
    }
  } else {
    for (let at = 0; at + 1 < parts.length; at += 2) members[parts[at]] = readText(schema.properties?.[parts[at]] ?? {}, parts[at + 1]);
  }
  return members;
}

/** A scalar from its text: the first reading that the schema takes, else the text. */
function readText(schema, text) {
  const readings = [];
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  if (text === 'null' || text === '') readings.push(null);
  const types = [flatten(schema).type].flat();
  if (types.includes('string') || (types[0] === undefined && check(schema, text, 'request') === null)) return text;
  for (const reading of readings) if (check(schema, reading, 'request') === null) return reading;
  const [first] = readings;
  return typeof first === 'number' && types.some((type) => type === 'integer' || type === 'number') ? first : text;
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The body, and what is wrong with its form: malformed JSON, a media type that the contract does not have. */
function readBody(operation, contentType, raw) {
  if (raw.length === 0) return { body: undefined };
  const type = (contentType ?? '').split(';')[0].trim().toLowerCase();
  const known = operation.body === null ? undefined : mediaTypeOf(operation.body.content, type);
  const found = { mediaType: known ?? type, wrongType: operation.body !== null && known === undefined };
  if (/[/+]json$/.test(type) || (type === '' && operation.body !== null)) {
    try {
      return { ...found, body: JSON.parse(raw.toString('utf8')) };
    } catch {
      return { ...found, body: undefined, malformed: true };
    }
  }
  if (type === 'application/x-www-form-urlencoded') {
    const flat = flatten(operation.body?.content[known] ?? {});
    const body = {};
    for (const [name, values] of readQuery(raw.toString('utf8'))) {
      const member = flatten(flat.properties?.[name] ?? {});
      const isList = [member.type].flat().includes('array');
      body[name] = isList ? values.map((value) => readText(member.items ?? {}, value)) : readText(flat.properties?.[name] ?? {}, values[0]);
    }
    return { ...found, body };
  }
  return { ...found, body: raw.toString(/^text\//.test(type) ? 'utf8' : 'latin1'), isRaw: true };
}

/** The contract's media type that a content type falls under; ranges and wildcards are known. */
function mediaTypeOf(content, type) {
  return Object.keys(content).find((known) => {
    if (known === type || known === '*/*') return true;
    return known.endsWith('/*') && type.startsWith(known.slice(0, -1));
  });
}

/** What is wrong with the named parts of a request, as one line; null where nothing is. */
function refusalOf(operation, request, parts) {
  for (const part of parts) {
    const problem = part === 'body' ? checkBody(operation, request) : checkParameters(operation, request, part);
    if (problem !== null) return problem;
  }
  return null;
}

function checkParameters(operation, request, part) {
  const values = { path: request.path, query: request.query, header: request.headers, cookie: request.cookies }[part];
  for (const parameter of operation.parameters) {
    if (parameter.in !== part) continue;
    const name = part === 'header' ? parameter.name.toLowerCase() : parameter.name;
    const sent = values[name];
    if (sent === undefined) {
      if (parameter.required) return { message: part + ' parameter ' + parameter.name + ' is missing' };
      continue;
    }
    const value = part === 'header' ? readValue(parameter, [sent]) : sent;
    const problem = check(parameter.schema, value, 'request', parameter.name);
    if (problem !== null) return { message: problem };
  }
  return null;
}

function checkBody(operation, request) {
  if (operation.body === null) return null;
  if (request.malformed) return { message: 'the body is not JSON' };
  if (request.wrongType) return { message: 'the content type is not supported', isMediaType: true };
  if (request.body === undefined) return operation.body.required ? { message: 'the body is missing' } : null;
  const schema = operation.body.content[request.mediaType ?? Object.keys(operation.body.content)[0]];
  if (schema === undefined || request.isRaw) return null;
  const problem = check(schema, request.body, 'request');
  return problem === null ? null : { message: problem };
}

/** The members of a body that the client may set. */
function writable(operation, request) {
  if (!isObject(request.body)) return {};
  const schema = flatten(operation.body?.content[request.mediaType ?? Object.keys(operation.body.content)[0]] ?? {});
  const fields = {};
  for (const [name, value] of Object.entries(request.body)) {
    if (flatten(schema.properties?.[name] ?? {}).readOnly !== true) fields[name] = value;
  }
  return fields;
}

module.exports = { readBody, readParameters, refusalOf, writable };
`;
