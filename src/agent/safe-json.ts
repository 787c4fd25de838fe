import { sanitize } from '../events/sanitize.ts';
import { isObject } from '../events/index.ts';
import type { JsonValue } from '../events/index.ts';

/** The same value with every string and key made safe to show; what is nested deeper than 100 levels becomes `…`. */
export function safeJson(value: JsonValue, depth = 0): JsonValue {
  if (typeof value === 'string') return sanitize(value, { multiline: true });
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 100) return '…';
  if (Array.isArray(value)) return value.map((item) => safeJson(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [sanitize(key), safeJson(item, depth + 1)]));
}
