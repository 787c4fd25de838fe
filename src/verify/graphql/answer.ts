/**
 * Whether an answer is a well-formed GraphQL response over its transport (GraphQL October 2021 §7.1; GraphQL over HTTP,
 * draft of 2025, §6), whatever was asked, and whether its errors and its data agree (§6.4.4).
 */
import { isNonNullType, isObjectType } from 'graphql';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from '../../spec/graphql/contract.ts';
import type { GraphAnswer, Sent } from './call.ts';
import { pathText, short } from './shape.ts';

export interface GraphError {
  message: string;
  path?: (string | number)[];
  /** `extensions.code`. */
  code?: string;
}

/** What an answer says, as far as it is readable. */
export interface Response {
  /** Undefined where the key is absent. */
  data: JsonValue | undefined;
  errors: GraphError[];
}

/** A fault of the form, and a JavaScript test over `status`, `type` and `body` that shows it. */
export interface Malformed {
  actual: string;
  expected: string;
  test: string;
}

export const RESPONSE_JSON = 'application/graphql-response+json';

const read = new WeakMap<GraphAnswer, Response>();

/** Reads a well-formed answer, once; lenient, as {@link malformed} judges the form. */
export function responseOf(answer: GraphAnswer): Response {
  let response = read.get(answer);
  if (response === undefined) read.set(answer, (response = readOf(answer)));
  return response;
}

function readOf(answer: GraphAnswer): Response {
  const body = answer.kind === 'answer' && isObject(answer.json) ? answer.json : {};
  const errors = Array.isArray(body['errors']) ? body['errors'] : [];
  return {
    data: Object.hasOwn(body, 'data') ? body['data'] : undefined,
    errors: errors.map((error): GraphError => {
      const node = isObject(error) ? error : {};
      const { message, path, extensions } = node;
      const code = isObject(extensions) ? extensions['code'] : undefined;
      return {
        message: typeof message === 'string' ? message : '',
        ...(isPath(path) ? { path } : {}),
        ...(typeof code === 'string' ? { code } : {}),
      };
    }),
  };
}

function isPath(value: JsonValue | undefined): value is (string | number)[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number');
}

/** The content type of an answer, without parameters. */
export function typeOf(answer: GraphAnswer): string {
  return answer.kind === 'answer'
    ? ((answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '')
    : '';
}

/** The first way in which an answer is no GraphQL response; undefined where it is one. */
export function malformed(answer: GraphAnswer): Malformed | undefined {
  if (answer.kind === 'fault') return { actual: answer.message, expected: 'a complete answer', test: 'status === 0' };
  const { status, json } = answer;
  if (status !== undefined) {
    const type = typeOf(answer);
    if (type !== RESPONSE_JSON && type !== 'application/json')
      return {
        actual: type === '' ? `status ${status} without a content type` : `status ${status} with content type ${type}`,
        expected: `content type ${RESPONSE_JSON} or application/json`,
        test: `type !== ${JSON.stringify(RESPONSE_JSON)} && type !== 'application/json'`,
      };
  }
  if (!isObject(json))
    return {
      actual: `the body is ${answer.text === '' ? 'empty' : short(answer.text.slice(0, 200))}`,
      expected: 'a JSON object with data or errors',
      test: "typeof body !== 'object' || body === null || Array.isArray(body)",
    };
  return bodyProblem(json) ?? (status === undefined ? undefined : statusProblem(json, status, typeOf(answer)));
}

const KEYS = ['data', 'errors', 'extensions'];

function bodyProblem(body: JsonObject): Malformed | undefined {
  const extra = Object.keys(body).find((key) => !KEYS.includes(key));
  if (extra !== undefined)
    return {
      actual: `the response has the entry ${JSON.stringify(extra)}`,
      expected: `no entries but ${KEYS.join(', ')}`,
      test: `Object.hasOwn(body, ${JSON.stringify(extra)})`,
    };
  const { data, errors, extensions } = body;
  if (data === undefined && errors === undefined)
    return {
      actual: 'neither data nor errors',
      expected: 'data, errors or both',
      test: 'body.data === undefined && body.errors === undefined',
    };
  if (data !== undefined && data !== null && !isObject(data))
    return {
      actual: `data is ${short(data)}`,
      expected: 'an object or null',
      test: "typeof body.data !== 'object' || Array.isArray(body.data)",
    };
  if (extensions !== undefined && !isObject(extensions))
    return {
      actual: `extensions is ${short(extensions)}`,
      expected: 'an object',
      test: "typeof body.extensions !== 'object'",
    };
  if (errors === undefined) {
    if (data !== null) return undefined;
    return {
      actual: 'data is null and there are no errors',
      expected: 'the errors that made it null',
      test: 'body.data === null && body.errors === undefined',
    };
  }
  if (!Array.isArray(errors) || errors.length === 0)
    return {
      actual: `errors is ${short(errors)}`,
      expected: 'a list that is not empty, or no such entry',
      test: 'body.errors !== undefined && (!Array.isArray(body.errors) || body.errors.length === 0)',
    };
  for (const [index, error] of errors.entries()) {
    const place = `body.errors[${index}]`;
    if (!isObject(error) || typeof error['message'] !== 'string')
      return {
        actual: `errors[${index}] is ${short(error)}`,
        expected: 'an object with a text `message`',
        test: `typeof ${place}?.message !== 'string'`,
      };
    const { path, locations } = error;
    if (path !== undefined && !isPath(path))
      return {
        actual: `errors[${index}].path is ${short(path)}`,
        expected: 'a list of names and positions',
        test: `${place}.path !== undefined && !Array.isArray(${place}.path)`,
      };
    if (locations !== undefined && !(Array.isArray(locations) && locations.every(isLocation)))
      return {
        actual: `errors[${index}].locations is ${short(locations)}`,
        expected: 'a list of lines and columns, both from 1',
        test: `JSON.stringify(${place}.locations) === ${JSON.stringify(JSON.stringify(locations))}`,
      };
  }
  return undefined;
}

function isLocation(value: JsonValue): boolean {
  return isObject(value) && [value['line'], value['column']].every((one) => typeof one === 'number' && one >= 1);
}

/** With `application/json` a refusal may have status 200 (§6.4.1); data always has 2xx, and nothing has 5xx but a crash. */
function statusProblem(body: JsonObject, status: number, type: string): Malformed | undefined {
  const { data } = body;
  const says = (expected: string, test: string): Malformed => ({
    actual: `status ${status} with ${type} and ${data === undefined ? 'no data' : 'data'}`,
    expected,
    test,
  });
  if (data !== undefined && data !== null && (status < 200 || status > 299))
    return says('a 2xx status where there is data', 'body.data && (status < 200 || status > 299)');
  if (data === undefined && type === RESPONSE_JSON && status < 400)
    return says(
      `a 4xx status where a request is refused with ${RESPONSE_JSON}`,
      `body.data === undefined && type === ${JSON.stringify(RESPONSE_JSON)} && status < 400`,
    );
  if (status >= 500) return says('no server error', 'status >= 500');
  return undefined;
}

/** The first way in which errors and data disagree; undefined where each null and each error is accounted for. */
export function disagreement(contract: GraphContract, sent: Sent): Malformed | undefined {
  const { data, errors } = responseOf(sent.answer);
  if (data === undefined) return undefined;
  const root = contract.schema.getType(
    sent.step.root.kind === 'query'
      ? (contract.schema.getQueryType()?.name ?? '')
      : (contract.schema.getMutationType()?.name ?? ''),
  );
  if (!isObjectType(root)) return undefined;
  for (const error of errors) {
    const { path } = error;
    if (path === undefined || path.length === 0) continue;
    let value: JsonValue | undefined = data;
    let depth = 0;
    for (; depth < path.length && value !== null && value !== undefined; depth++) {
      const token: string | number = path[depth] ?? '';
      value = Array.isArray(value) ? value[Number(token)] : isObject(value) ? value[token] : undefined;
    }
    if (value === null) continue;
    const where = pathText(path);
    return {
      actual: `an error at ${where}, where the data is ${value === undefined ? 'missing' : short(value)}`,
      expected: 'null at the place of an error, or above it',
      test: `(body.errors ?? []).some((error) => Array.isArray(error.path) && at(body.data, error.path) !== null)`,
    };
  }
  return data === null ? overPropagated(contract, sent, root.name, errors) : undefined;
}

/** All of the data is null although a null further down would have been allowed. */
function overPropagated(
  { schema }: GraphContract,
  { step }: Sent,
  root: string,
  errors: readonly GraphError[],
): Malformed | undefined {
  const type = schema.getType(root);
  if (!isObjectType(type) || errors.length === 0 || errors.some(({ path }) => path === undefined)) return undefined;
  const field = type.getFields()[step.root.name];
  if (field === undefined || isNonNullType(field.type)) return undefined;
  return {
    actual: 'data is null',
    expected: `data.${step.root.name} is null, as its type ${String(field.type)} allows`,
    test: 'body.data === null',
  };
}
