/** Values that meet what was seen before: the balance to the cent, one more, the name that is taken. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Made } from './scenario.ts';

const MAX_VALUES = 200;

/** Parameters of which one of the open ones takes a value that came up before, or one beside it, where that is valid. */
export function met(
  params: JsonObject,
  open: string[],
  choice: number,
  made: Made[],
  valid: (params: JsonObject) => boolean,
): JsonObject {
  const values: JsonValue[] = [];
  // The latest first: it is the most likely to be about the same thing.
  for (const { outcome, params: given } of made.toReversed()) {
    if (outcome.kind === 'result') leaves(outcome.value, values);
    leaves(given, values);
  }
  const offset = choice % 4;
  for (const [at, name] of open.entries()) {
    const turned = open[(at + Math.trunc(choice / 4)) % open.length] ?? name;
    const alike = values.filter((value) => typeof value === typeof params[turned] && value !== null);
    if (alike.length === 0) continue;
    const value = alike[Math.trunc(choice / 16) % Math.min(alike.length, 12)] ?? null;
    const near = typeof value === 'number' ? value + ([0, 0, 1, -1][offset] ?? 0) : value;
    const changed = { ...params, [turned]: near };
    if (valid(changed)) return changed;
  }
  return params;
}

function leaves(value: JsonValue, into: JsonValue[]): void {
  if (into.length >= MAX_VALUES) return;
  if (Array.isArray(value)) for (const item of value) leaves(item, into);
  else if (isObject(value)) for (const item of Object.values(value)) leaves(item, into);
  else into.push(value);
}
