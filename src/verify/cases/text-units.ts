/**
 * How long a text is: JSON Schema counts characters (2020-12 Validation §6.3.1), the strings of many languages count
 * units of UTF-16, two for a character outside the basic plane. Who counts those is told, not blamed.
 */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Input } from './scenario.ts';

const OUTSIDE = /[\u{10000}-\u{10ffff}]/u;
const EACH_OUTSIDE = /[\u{10000}-\u{10ffff}]/gu;

/** An input in which each character that counts two units is two characters; undefined where there is none. */
export function inUnits(input: Input): Input | undefined {
  const { body, ...places } = input;
  if (!OUTSIDE.test(JSON.stringify([places, body ?? null]))) return undefined;
  const { path, query, headers, cookies } = places;
  return {
    ...places,
    path: members(path),
    query: members(query),
    headers: members(headers),
    cookies: members(cookies),
    ...(body === undefined ? {} : { body: widened(body) }),
  };
}

function widened(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replace(EACH_OUTSIDE, 'aa');
  if (Array.isArray(value)) return value.map(widened);
  return isObject(value) ? members(value) : value;
}

function members(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, widened(value)]));
}
