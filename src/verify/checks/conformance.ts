/** Whether an answer is one that the contract documents. Applied to every exchange of a run, set-ups included. */
import type { MediaType, Operation, ResponseSpec, Spec } from '../../spec/model.ts';
import type { Schemas } from '../schema-port.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { type Item, readBody, type Reader } from '../wire/read-body.ts';
import { headerMismatch } from './headers.ts';

export interface Mismatch {
  actual: string;
  expected: string;
  /** Why nothing can be said of the answer, where that is so: then it is no mismatch. */
  unchecked?: string;
  /** Where in the answer: pointer into the body, where it is about one. */
  instancePath?: string;
  /** A JavaScript expression over `status`, `headers` (lower-case text), `text` and `body` that tells it from a good answer. */
  check?: string;
}

/** The documented response for a status: exact, then `4XX`, then `default`. */
export function documented(operation: Operation, status: number): ResponseSpec | undefined {
  const exact = String(status);
  const range = `${exact[0]}XX`;
  return (
    operation.responses.find((response) => response.status === exact) ??
    operation.responses.find((response) => response.status === range) ??
    operation.responses.find((response) => response.status === 'default')
  );
}

/** True where the operation says with which status it refuses malformed input. */
export function documentsRefusal(operation: Operation): boolean {
  return operation.responses.some((response) =>
    ['400', '422', '4XX', 'default', '406', '411', '413', '414', '415', '431'].includes(response.status),
  );
}

/** The first way in which an answer departs from the contract; undefined where it conforms. */
export function mismatch(spec: Spec, schemas: Schemas, sent: Sent): Mismatch | undefined {
  const { operation, answer } = sent;
  if (answer.kind === 'fault') return { actual: answer.message, expected: 'a complete HTTP answer' };
  const response = documented(operation, answer.status);
  const statuses = operation.responses.map((one) => one.status).join(', ');
  const server = answer.status >= 500;
  if (response === undefined || (server && response.status === 'default')) {
    if (sent.manner?.tolerates?.includes(answer.status) === true) return undefined;
    const refusal = answer.status >= 400 && !server;
    if (response === undefined && refusal && !sent.valid && !documentsRefusal(operation)) return undefined;
    return {
      actual: describeAnswer(answer),
      expected: server ? `no server error; documented are ${statuses}` : `a documented status: ${statuses}`,
    };
  }
  const reader = { document: spec, schemas };
  return headerMismatch(reader, response.headers, answer) ?? bodyMismatch(reader, sent, response);
}

function bodyMismatch(reader: Reader, sent: Sent, response: ResponseSpec): Mismatch | undefined {
  const { answer, operation } = sent;
  if (answer.kind === 'fault') return undefined;
  const { status, headers } = answer;
  if (status === 204 || status === 205 || status === 304) {
    const length = headers['content-length'];
    if (status === 304 || length === undefined || Number(length) === 0) return undefined;
    const check = `headers.includes("\\ncontent-length: ${length}")`;
    return { actual: `${status} with content-length: ${length}`, expected: `no body with status ${status}`, check };
  }
  if (answer.problem !== undefined) {
    const named = `headers.includes(${JSON.stringify(`\ncontent-type: ${(headers['content-type'] ?? '').toLowerCase()}`)})`;
    const check = answer.text.includes('\ufffd') ? 'text.includes("\\ufffd")' : named;
    const actual = `${describeAnswer(answer)} (${answer.problem})`;
    return { actual, expected: 'a body in the encoding that it claims', check };
  }
  if (operation.method === 'head' || response.content.length === 0) return undefined;
  const type = mainType(headers['content-type']);
  const types = response.content.map((media) => media.type).join(', ');
  const media = mediaFor(response.content, type);
  if (media === undefined) {
    const actual = type === '' ? `${status} without a content type` : `content type ${type}`;
    const check = `status === ${status} && ${type === '' ? '!' : ''}headers.includes("\\ncontent-type: ${type}")`;
    return { actual, expected: `content type ${types} for status ${status}`, check };
  }
  const read = readBody(reader, media, type, answer);
  const isJsonAnswer = answer.json !== undefined;
  if (read.kind === 'malformed')
    return { actual: describeAnswer(answer), expected: read.expected, ...sameText(answer.text) };
  if (read.kind === 'items') return itemsMismatch(reader, media, read.items);
  if (read.kind === 'opaque' || media.schema === undefined) return undefined;
  const error = reader.schemas.validate(media.schema, read.value, 'response')[0];
  if (error === undefined) return undefined;
  const where = error.instancePath === '' ? 'the body' : error.instancePath;
  return {
    ...(error.unchecked === true ? { unchecked: `${where} ${error.message} (${error.clause})` } : {}),
    actual: describeAnswer(answer),
    expected: `${where} ${error.message} (${error.clause})`,
    ...(isJsonAnswer ? { instancePath: error.instancePath } : sameText(answer.text)),
  };
}

function itemsMismatch({ schemas }: Reader, media: MediaType, items: Item[]): Mismatch | undefined {
  const { schema, itemSchema: item } = media;
  for (const [index, { value, text }] of items.entries()) {
    const error = item === undefined ? undefined : schemas.validate(item, value, 'response')[0];
    if (error === undefined) continue;
    return {
      actual: `item ${index}: ${text.slice(0, 300)}`,
      expected: `${error.instancePath === '' ? 'each item' : error.instancePath} ${error.message} (${error.clause})`,
      check: `text.includes(${JSON.stringify(text.trim().split('\n').at(-1) ?? '')})`,
    };
  }
  if (schema === undefined || item !== undefined) return undefined;
  const whole = items.map(({ value }) => value);
  const error = schemas.validate(schema, whole, 'response')[0];
  if (error === undefined) return undefined;
  const expected = `${error.instancePath === '' ? 'the sequence' : error.instancePath} ${error.message} (${error.clause})`;
  return { actual: JSON.stringify(whole).slice(0, 300), expected };
}

/** What tells a text from another one, where it is short enough to be told at all. */
function sameText(text: string): { check?: string } {
  return text.length > 2000 || text === '' ? {} : { check: `text.trim() === ${JSON.stringify(text.trim())}` };
}

/** `application/json` of `Application/JSON; charset=utf-8`; empty where there is none. */
export function mainType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The documented media type for a type: exact, then `text/*`, then any. */
export function mediaFor(content: readonly MediaType[], type: string): MediaType | undefined {
  const main = type.split('/')[0] ?? '';
  return (
    content.find((media) => media.type === type) ??
    content.find((media) => media.type === `${main}/*`) ??
    content.find((media) => media.type === '*/*')
  );
}
