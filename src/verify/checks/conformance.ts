/** Whether an answer is one that the contract documents. Applied to every exchange of a run, set-ups included. */
import type { JsonValue } from '../../events/index.ts';
import type { MediaType, Operation, ResponseHeader, ResponseSpec, Spec } from '../../spec/model.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { isJson } from '../cases/media.ts';
import type { Schemas } from '../schema-port.ts';
import { typesOf } from '../cases/schema-walk.ts';
import { scalarReadings } from '../wire/wire-validity.ts';

export interface Mismatch {
  actual: string;
  expected: string;
  /** Where in the answer: pointer into the body, where it is about one. */
  instancePath?: string;
  /** A JavaScript expression over `status`, `headers` (lower-case text) and `body` that tells it from a good answer. */
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
  return headerMismatch(spec, schemas, response.headers, answer.headers) ?? bodyMismatch(schemas, sent, response);
}

function headerMismatch(
  spec: Spec,
  schemas: Schemas,
  headers: ResponseHeader[],
  actual: Record<string, string>,
): Mismatch | undefined {
  for (const header of headers) {
    const text = actual[header.name];
    if (text === undefined) {
      if (!header.required) continue;
      const check = `!headers.includes("\\n${header.name}:")`;
      return { actual: `no header ${header.name}`, expected: `the required header ${header.name}`, check };
    }
    const schema = header.schema;
    if (schema === undefined || header.contentType !== undefined) continue;
    const types = typesOf(spec, schema);
    const values: JsonValue[] = types.includes('array') ? [text.split(/\s*,\s*/)] : scalarReadings(text);
    if (values.some((value) => schemas.validate(schema, value, 'response').length === 0)) continue;
    if (types.includes('array') || types.includes('object')) continue;
    const check = `headers.includes(${JSON.stringify(`\n${header.name}: ${text.toLowerCase()}`)})`;
    return { actual: `header ${header.name}: ${text}`, expected: `a value that satisfies ${schema}`, check };
  }
  return undefined;
}

function bodyMismatch(schemas: Schemas, sent: Sent, response: ResponseSpec): Mismatch | undefined {
  const { answer, operation } = sent;
  if (answer.kind === 'fault' || response.content.length === 0) return undefined;
  if (operation.method === 'head' || answer.status === 204 || answer.status === 304) return undefined;
  const type = mainType(answer.headers['content-type']);
  const types = response.content.map((media) => media.type).join(', ');
  const media = mediaFor(response.content, type);
  if (media === undefined) {
    const actual = type === '' ? `${answer.status} without a content type` : `content type ${type}`;
    const check = `status === ${answer.status} && ${type === '' ? '!' : ''}headers.includes("\\ncontent-type: ${type}")`;
    return { actual, expected: `content type ${types} for status ${answer.status}`, check };
  }
  if (isJson(type) && answer.json === undefined)
    return { actual: describeAnswer(answer), expected: `a body that is JSON, as its content type ${type} says` };
  if (media.schema === undefined) return undefined;
  const value = answer.json ?? (type.startsWith('text/') ? answer.text : undefined);
  if (value === undefined) return undefined;
  const error = schemas.validate(media.schema, value, 'response')[0];
  if (error === undefined) return undefined;
  const where = error.instancePath === '' ? 'the body' : error.instancePath;
  return {
    actual: `${describeAnswer(answer)}`,
    expected: `${where} ${error.message} (${error.clause})`,
    instancePath: error.instancePath,
  };
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
