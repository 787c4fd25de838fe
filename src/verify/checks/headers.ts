/** Documented headers of an answer: those that are required are there, and values are as their schemas say. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { ResponseHeader } from '../../spec/model.ts';
import { typesOf } from '../cases/schema-walk.ts';
import type { SubjectAnswer } from '../model.ts';
import { isJsonType } from '../wire/media-kind.ts';
import type { Reader } from '../wire/read-body.ts';
import { scalarReadings } from '../wire/readings.ts';
import type { Mismatch } from './conformance.ts';

/** The first header that departs from the contract. */
export function headerMismatch(
  reader: Reader,
  headers: ResponseHeader[],
  answer: Extract<SubjectAnswer, { kind: 'answer' }>,
): Mismatch | undefined {
  for (const header of headers) {
    const { name } = header;
    const text = answer.headers[name];
    if (text === undefined) {
      if (!header.required) continue;
      const check = `!headers.includes("\\n${name}:")`;
      return { actual: `no header ${name}`, expected: `the required header ${name}`, check };
    }
    // Each cookie is one value, and only some of them may be the documented one.
    const values = name === 'set-cookie' ? (answer.cookies ?? [text]) : [text];
    if (values.some((value) => fits(reader, header, value))) continue;
    const check = values
      .map((value) => `headers.includes(${JSON.stringify(`\n${name}: ${value.toLowerCase()}`)})`)
      .join(' && ');
    return { actual: `header ${name}: ${text}`, expected: `a value that satisfies ${header.schema ?? ''}`, check };
  }
  return undefined;
}

function fits({ document, schemas }: Reader, header: ResponseHeader, text: string): boolean {
  const { schema, contentType, explode } = header;
  if (schema === undefined) return true;
  const valid = (value: JsonValue): boolean => schemas.validate(schema, value, 'response').length === 0;
  if (contentType !== undefined) {
    if (!isJsonType(contentType)) return true;
    try {
      return valid(JSON.parse(text) as JsonValue);
    } catch {
      return false;
    }
  }
  if (scalarReadings(text).some(valid)) return true;
  const types = typesOf(document, schema);
  if (!types.includes('array') && !types.includes('object')) return false;
  // A quoted part may hold commas of its own; how it is read is up to its header.
  if (text.includes('"')) return true;
  const parts = text === '' ? [] : text.split(/\s*,\s*/);
  return valuesOf(parts, explode === true, types).some(valid);
}

/** Readings of the parts of style `simple`: all as texts, and each as the first scalar that it can be. */
function valuesOf(parts: string[], explode: boolean, types: string[]): JsonValue[] {
  const typed = (text: string): JsonValue => scalarReadings(text).find((one) => typeof one !== 'string') ?? text;
  const values: JsonValue[] = [];
  if (types.includes('array')) values.push(parts, parts.map(typed));
  if (types.includes('object')) {
    const pairs = explode
      ? parts.map((part): [string, string] => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)])
      : parts.flatMap((part, index): [string, string][] => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []));
    const object: JsonObject = Object.fromEntries(pairs);
    values.push(object, Object.fromEntries(pairs.map(([key, text]) => [key, typed(text)])));
  }
  return values.filter((value) => Array.isArray(value) || isObject(value));
}
