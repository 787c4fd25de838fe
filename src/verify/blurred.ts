import { isObject, type JsonValue } from '../events/index.ts';

/** A value with a star in the place of everything that differs from another. */
export function blurred(value: JsonValue, other: JsonValue): JsonValue {
  if (Array.isArray(value) && Array.isArray(other) && value.length === other.length)
    return value.map((item, index) => blurred(item, other[index] ?? null));
  if (isObject(value) && isObject(other))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, blurred(item, other[name] ?? null)]));
  return JSON.stringify(value) === JSON.stringify(other) ? value : '*';
}
