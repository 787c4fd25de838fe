/** Arguments with a value of somebody's choice in them: one that a rule names, or a text that is special to something. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { RootField } from '../../spec/graphql/contract.ts';
import type { GraphEngine } from './engine.ts';

/** Texts that are special to something that a resolver may build of them: patterns, queries, markup, paths, formats. */
export const AWKWARD = [
  '(',
  "'",
  '*',
  '"',
  '[a',
  '%',
  '\\',
  '{}',
  '$1',
  '<b>',
  '../',
  '%s',
  ';',
  '0',
  'null',
  'ı',
  '👩‍👩‍👧',
];

/** Arguments in which a given value stands in some place that can hold it. */
export function withLiteral(
  engine: GraphEngine,
  root: RootField,
  args: JsonObject,
  literal: JsonValue,
  turn: number,
): JsonObject {
  if (literal === null) return args;
  const places: string[][] = [];
  const walk = (value: JsonValue, path: string[]): void => {
    if (isObject(value)) for (const [name, item] of Object.entries(value)) walk(item, [...path, name]);
    else if (typeof value === typeof literal) places.push(path);
  };
  walk(args, []);
  for (let index = 0; index < places.length; index++) {
    const place = places[(index + turn) % places.length] ?? [];
    const changed = replaced(args, place, literal);
    if (isObject(changed) && engine.accepts(root, changed)) return changed;
  }
  return args;
}

function replaced(node: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [token, ...rest] = path;
  if (token === undefined) return value;
  return isObject(node) ? { ...node, [token]: replaced(node[token] ?? null, rest, value) } : node;
}
