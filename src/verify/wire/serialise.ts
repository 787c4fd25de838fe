/** From typed inputs to bytes on the wire (OpenAPI 3.2 §4.12, RFC 9110 §5.5, RFC 6265 §4.1). */
import type { JsonValue } from '../../events/index.ts';
import type { MediaType, Operation, Parameter } from '../../spec/model.ts';
import type { SubjectRequest } from '../model.ts';
import { isJson } from '../cases/media.ts';
import type { Input, Manner } from '../cases/scenario.ts';
import { bodyOf } from './body.ts';
import type { Document } from './hints.ts';
import { encoded, pairsOf, pathText, simpleText } from './styles.ts';

export type Wire = { kind: 'request'; request: SubjectRequest } | { kind: 'unsendable'; reason: string };

/** What the wire form of an input depends on beside its operation. */
export interface WireContext extends Document {
  /** Path part of the spec's servers. */
  basePath: string;
}

/** Services take at least so much (RFC 9110 §4.1 has 8,000), and may refuse more for its length alone. */
const MAX_TARGET = 7500;
const MAX_FIELD = 4000;

/** Makes the request of an operation. Inputs that HTTP cannot carry are `unsendable`, never silently changed. */
export function serialise(
  context: WireContext,
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
    const value =
      manner?.emptied === parameter.name && parameter.in === 'query' ? '' : input[placeOf(parameter)][parameter.name];
    if (value === undefined) continue;
    const { name } = parameter;
    const refused = (why: string): Wire => ({ kind: 'unsendable', reason: `${parameter.in} parameter ${name} ${why}` });
    if (parameter.in === 'path') {
      const text = pathOf(context, parameter, value);
      if (text === undefined) return refused('cannot carry its value');
      if (/^(\.|\.\.|)$/.test(decodeURIComponent(text))) return refused(`would be ${JSON.stringify(text)}`);
      path = path.replaceAll(`{${name}}`, () => text);
    } else if (parameter.in === 'query') {
      const pairs = queryOf(context, parameter, value);
      if (pairs === undefined) return refused('cannot carry its value');
      query.push(...pairs);
    } else if (parameter.in === 'header') {
      const text =
        parameter.media === undefined ? simpleText(parameter, value) : contentText(context, parameter.media, value);
      if (text === undefined || !isFieldValue(text)) return refused('cannot carry its value');
      headers[name.toLowerCase()] = text;
    } else {
      const pairs = cookiesOf(context, parameter, value);
      if (pairs === undefined) return refused('cannot carry its value');
      cookies.push(...pairs);
    }
  }
  if (/[{}]/.test(path)) return { kind: 'unsendable', reason: `a path parameter of ${operation.path} has no value` };
  // What a template says literally may need an escape on the wire (RFC 3986 §3.3).
  path = path.toWellFormed().replaceAll(/[^!-~]|["#<>\\^`|]/gu, encodeURIComponent);
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const whole = (operation.basePath ?? context.basePath) + path;
  const request: SubjectRequest = {
    method: manner?.method ?? operation.method.toUpperCase(),
    path:
      (manner?.astray === undefined ? whole : astray(whole, manner.astray)) +
      (query.length > 0 ? `${whole.includes('?') ? '&' : '?'}${query.join('&')}` : ''),
    headers,
  };
  const media = mediaOf(operation, input);
  if (rawBody !== undefined) {
    headers['content-type'] = media?.name ?? 'application/json';
    request.body = manner?.bytes === true ? Buffer.from(rawBody, 'latin1') : rawBody;
  } else if (input.body !== undefined && media !== undefined) {
    const body = bodyOf(context, media, input.body);
    if (body === undefined) return { kind: 'unsendable', reason: `a body of ${media.name} cannot hold its value` };
    headers['content-type'] = body.type;
    request.body = body.content;
  }
  if (manner?.contentType !== undefined) headers['content-type'] = manner.contentType;
  if (request.path.length > MAX_TARGET)
    return { kind: 'unsendable', reason: `its path and query are too long for HTTP` };
  return { kind: 'request', request };
}

function astray(path: string, { index, segment }: { index: number; segment: string }): string {
  const [plain = '', ...rest] = path.split('?');
  const segments = plain.split('/').slice(1);
  if (index < 0) segments.unshift(segment);
  else segments[index] = segment;
  return [`/${segments.join('/')}`, ...rest].join('?');
}

/** The member of an input that holds a parameter. */
export function placeOf(parameter: Parameter): 'path' | 'query' | 'headers' | 'cookies' {
  return parameter.in === 'header' ? 'headers' : parameter.in === 'cookie' ? 'cookies' : parameter.in;
}

/** The media type that bodies are sent as where an input says nothing: JSON where it is allowed, else a form, else the first. */
export function bodyMedia(operation: Operation): MediaType | undefined {
  const content = operation.requestBody?.content ?? [];
  return (
    content.find((media) => media.type === 'application/json') ??
    content.find((media) => isJson(media.type)) ??
    content.find((media) => media.type === 'application/x-www-form-urlencoded') ??
    content[0]
  );
}

/** The media type that the body of an input is sent as. */
export function mediaOf(operation: Operation, { media: name }: Pick<Input, 'media'>): MediaType | undefined {
  return name === undefined
    ? bodyMedia(operation)
    : operation.requestBody?.content.find((media) => media.name === name);
}

const accepts = new WeakMap<Operation, string>();

function acceptOf(operation: Operation): string {
  const known = accepts.get(operation);
  if (known !== undefined) return known;
  const types = new Set(operation.responses.flatMap((response) => response.content.map((media) => media.name)));
  const accept = types.size === 0 ? '*/*' : [...types].slice(0, 6).join(', ');
  accepts.set(operation, accept);
  return accept;
}

function isFieldValue(text: string): boolean {
  return text.length <= MAX_FIELD && /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

/** The text of a parameter that uses `content`. */
function contentText(context: WireContext, media: MediaType, value: JsonValue): string | undefined {
  const content = bodyOf(context, media, value)?.content;
  return typeof content === 'string' ? content : undefined;
}

function pathOf(context: WireContext, parameter: Parameter, value: JsonValue): string | undefined {
  if (parameter.media === undefined) return pathText(parameter.name, parameter, value);
  const text = contentText(context, parameter.media, value);
  return text === undefined ? undefined : encoded(text);
}

function queryOf(context: WireContext, parameter: Parameter, value: JsonValue): string[] | undefined {
  if (parameter.media === undefined) return pairsOf(parameter.name, parameter, value);
  const text = contentText(context, parameter.media, value);
  if (text === undefined) return undefined;
  if (parameter.style !== 'querystring') return [`${encoded(parameter.name)}=${encoded(text)}`];
  const isForm = parameter.media.type === 'application/x-www-form-urlencoded';
  return text === '' ? [] : [isForm ? text : encoded(text)];
}

/** Cookies: one pair each. Only the style `cookie` knows several of one parameter, and it encodes nothing. */
function cookiesOf(context: WireContext, parameter: Parameter, value: JsonValue): string[] | undefined {
  const raw = parameter.style === 'cookie';
  const text = parameter.media === undefined ? undefined : contentText(context, parameter.media, value);
  if (parameter.media !== undefined) return text === undefined ? undefined : [`${parameter.name}=${encoded(text)}`];
  const pairs = pairsOf(parameter.name, { ...parameter, style: raw ? 'form' : parameter.style }, value, raw);
  if (pairs === undefined || (!raw && pairs.length > 1)) return undefined;
  return pairs.every((pair) => pair.length <= MAX_FIELD && /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(pair))
    ? pairs
    : undefined;
}
