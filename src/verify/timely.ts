import { isObject, type JsonValue } from '../events/index.ts';

/** True for what looks like the present moment; such a value is the same in two answers only by chance. */
export function isTimely(value: JsonValue): boolean {
  if (typeof value === 'string' && !/^\d{4}-\d\d-\d\dT/.test(value)) return false;
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
  return [ms, ms * 1000].some((time) => Math.abs(time - Date.now()) < 86_400_000);
}

/** The value without what looks like the present moment, for comparing what was said at two moments. */
export function withoutMoments(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutMoments);
  if (!isObject(value)) return isTimely(value) ? null : value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutMoments(member)]));
}
