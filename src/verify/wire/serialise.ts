/** From typed inputs to bytes on the wire (OpenAPI 3.1, "Style Values"; RFC 6570; RFC 9110 §5.5). */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { MediaType, Operation, Parameter } from '../../spec/model.ts';
import type { SubjectRequest } from '../model.ts';
import { isJson } from '../cases/media.ts';
import type { Input, Manner } from '../cases/scenario.ts';

export type Wire = { kind: 'request'; request: SubjectRequest } | { kind: 'unsendable'; reason: string };

/** Makes the request of an operation. Inputs that HTTP cannot carry are `unsendable`, never silently changed. */
export function serialise(
  basePath: string,
  operation: Operation,
  input: Input,
  rawBody?: string,
  manner?: Manner,
): Wire {
  const headers: Record<string, string> = { accept: manner?.accept ?? acceptOf(operation) };
  const query: string[] = [];
  const cookies: string[] = [];
  let path = operation.path;
  for (const parameter of operation.parameters) {
    const value = input[placeOf(parameter)][parameter.name];
    if (value === undefined) continue;
    if (parameter.in === 'path') {
      const text = pathText(parameter, value);
      if (/^(\.|\.\.|)$/.test(decodeURIComponent(text)))
        return { kind: 'unsendable', reason: `path parameter ${parameter.name} would be ${JSON.stringify(text)}` };
      path = path.replaceAll(`{${parameter.name}}`, () => text);
    } else if (parameter.in === 'query') query.push(...queryPairs(parameter, value));
    else if (parameter.in === 'header') {
      const text = simpleText(parameter, value, String);
      if (!isFieldValue(text)) return { kind: 'unsendable', reason: `header ${parameter.name} cannot carry its value` };
      headers[parameter.name.toLowerCase()] = text;
    } else cookies.push(...queryPairs(parameter, value));
  }
  if (/[{}]/.test(path)) return { kind: 'unsendable', reason: `a path parameter of ${operation.path} has no value` };
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const request: SubjectRequest = {
    method: manner?.method ?? operation.method.toUpperCase(),
    path: (operation.basePath ?? basePath) + path + (query.length > 0 ? `?${query.join('&')}` : ''),
    headers,
  };
  const media = bodyMedia(operation);
  if (rawBody !== undefined) {
    headers['content-type'] = media?.type ?? 'application/json';
    request.body = rawBody;
  } else if (input.body !== undefined && media !== undefined) {
    const body = bodyText(media, input.body);
    if (body === undefined) return { kind: 'unsendable', reason: `no serialisation for ${media.type}` };
    headers['content-type'] = body.type;
    request.body = body.text;
  }
  if (manner?.contentType !== undefined) headers['content-type'] = manner.contentType;
  return { kind: 'request', request };
}

/** The member of an input that holds a parameter. */
export function placeOf(parameter: Parameter): 'path' | 'query' | 'headers' | 'cookies' {
  return parameter.in === 'header' ? 'headers' : parameter.in === 'cookie' ? 'cookies' : parameter.in;
}

/** The media type that bodies are sent as: JSON where it is allowed, else the first that can be written. */
export function bodyMedia(operation: Operation): MediaType | undefined {
  const content = operation.requestBody?.content ?? [];
  return (
    content.find((media) => media.type === 'application/json') ??
    content.find((media) => isJson(media.type)) ??
    content.find((media) => media.type === 'application/x-www-form-urlencoded') ??
    content[0]
  );
}

const accepts = new WeakMap<Operation, string>();

function acceptOf(operation: Operation): string {
  const known = accepts.get(operation);
  if (known !== undefined) return known;
  const types = new Set(operation.responses.flatMap((response) => response.content.map((media) => media.type)));
  const accept = types.size === 0 ? '*/*' : [...types].slice(0, 6).join(', ');
  accepts.set(operation, accept);
  return accept;
}

function isFieldValue(text: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

/** The text of a scalar, or JSON for what nests deeper than a style can say. */
export function scalarText(value: JsonValue): string {
  return typeof value === 'string' ? value : value === null ? 'null' : JSON.stringify(value);
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function encodeReserved(text: string): string {
  return encodeURI(text.toWellFormed()).replace(/[#&+]/g, encodeURIComponent);
}

function simpleText(parameter: Parameter, value: JsonValue, write: (text: string) => string): string {
  if (parameter.contentType !== undefined) return write(JSON.stringify(value));
  if (Array.isArray(value)) return value.map((item) => write(scalarText(item))).join(',');
  if (isObject(value))
    return Object.entries(value)
      .map(([key, item]) => `${write(key)}${parameter.explode ? '=' : ','}${write(scalarText(item))}`)
      .join(',');
  return write(scalarText(value));
}

function pathText(parameter: Parameter, value: JsonValue): string {
  if (parameter.style === 'label') {
    if (Array.isArray(value) && parameter.explode) return value.map((item) => `.${encode(scalarText(item))}`).join('');
    return `.${simpleText(parameter, value, encode)}`;
  }
  if (parameter.style === 'matrix') {
    if (Array.isArray(value) && parameter.explode)
      return value.map((item) => `;${parameter.name}=${encode(scalarText(item))}`).join('');
    if (isObject(value) && parameter.explode)
      return Object.entries(value)
        .map(([key, item]) => `;${encode(key)}=${encode(scalarText(item))}`)
        .join('');
    return `;${parameter.name}=${simpleText(parameter, value, encode)}`;
  }
  return simpleText(parameter, value, encode);
}

function queryPairs(parameter: Parameter, value: JsonValue): string[] {
  const write = parameter.allowReserved ? encodeReserved : encode;
  const name = encode(parameter.name);
  if (parameter.contentType !== undefined) return [`${name}=${write(JSON.stringify(value))}`];
  if (Array.isArray(value)) {
    const items = value.map((item) => write(scalarText(item)));
    if (parameter.explode) return items.map((item) => `${name}=${item}`);
    if (items.length === 0) return [];
    const between = { spaceDelimited: '%20', pipeDelimited: '%7C' }[parameter.style] ?? ',';
    return [`${name}=${items.join(between)}`];
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (parameter.style === 'deepObject')
      return entries.map(([key, item]) => `${name}%5B${encode(key)}%5D=${write(scalarText(item))}`);
    if (parameter.explode) return entries.map(([key, item]) => `${encode(key)}=${write(scalarText(item))}`);
    if (entries.length === 0) return [];
    return [`${name}=${entries.map(([key, item]) => `${write(key)},${write(scalarText(item))}`).join(',')}`];
  }
  return [`${name}=${write(scalarText(value))}`];
}

function bodyText(media: MediaType, body: JsonValue): { type: string; text: string } | undefined {
  const { type } = media;
  if (isJson(type)) return { type: type.includes('*') ? 'application/json' : type, text: JSON.stringify(body) };
  if (type === 'application/x-www-form-urlencoded' && isObject(body)) {
    const pairs = Object.entries(body).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((item) => `${encode(key)}=${encode(scalarText(item))}`),
    );
    return { type, text: pairs.join('&') };
  }
  if (type === 'multipart/form-data' && isObject(body)) {
    const boundary = '----plumbline-boundary';
    const parts = Object.entries(body).map(
      ([key, value]) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${key.replace(/["\r\n]/g, '_')}"\r\n\r\n${scalarText(value)}\r\n`,
    );
    return { type: `${type}; boundary=${boundary}`, text: `${parts.join('')}--${boundary}--\r\n` };
  }
  if (typeof body === 'string') return { type: type.includes('*') ? 'text/plain' : type, text: body };
  return undefined;
}
