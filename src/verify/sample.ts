/** What `plumb sample` prints, as pure functions: values of a schema, or values that break it, by a seed. */
import { isObject } from '../events/json.ts';
import type { JsonValue } from '../events/json.ts';
import { parseJson } from '../spec/text/parse-json.ts';
import { DEFAULT_LIMITS } from '../spec/text/syntax.ts';
import { roundedIn } from './rounded.ts';
import type { Direction, Unbreakable } from './schema-port.ts';
import { dialectFor, dialectNamed } from './schema/dialect.ts';
import { openSchemas } from './schema/open.ts';
import type { Drawable, OpenSchemas } from './schema/open.ts';
import type { BreakingSource } from './schema/negative/negatives.ts';
import { drawAt } from './schema/source.ts';

export interface SampleOptions {
  /** How many values; negatives come one of each kind first. */
  count: number;
  /** 32-bit. */
  seed: number;
  negative: boolean;
}

/** Why there are no values. */
export interface SampleRefusal {
  keyword: string;
  pointer: string;
  reason: string;
}

export interface BrokenValue {
  value: JsonValue;
  /** Clause that it violates. */
  violates: string;
}

/** The values are drawn as they are taken. */
export type Sample =
  | { kind: 'values'; values: Iterable<JsonValue> }
  | { kind: 'broken'; values: Iterable<BrokenValue> }
  | { kind: 'refused'; refused: SampleRefusal };

/** Values of the schema at a pointer. */
export function sample(schemas: OpenSchemas, pointer: string, direction: Direction, options: SampleOptions): Sample {
  const { count, seed, negative } = options;
  const drawable = schemas.drawable(pointer, direction);
  if (drawable.kind === 'refused' || (drawable.kind === 'unsatisfiable' && !negative)) {
    return { kind: 'refused', refused: reasonOf(drawable) };
  }
  if (negative) {
    // Of a large schema only as many are confirmed as values are asked for.
    const { negatives, unbreakable } = schemas.broken(pointer, direction, count);
    if (negatives.length === 0) return { kind: 'refused', refused: whyWhole(pointer, unbreakable) };
    return { kind: 'broken', values: broken(negatives, options) };
  }
  return { kind: 'values', values: drawable.kind === 'drawable' ? valid(drawable, count, seed) : [] };
}

/** How often a value that came before is drawn anew, until it is clear that there are few. */
const REDRAWS = 8;
const REMEMBERED = 64;

/** Values that differ as long as they easily can. */
function* valid({ source, counts }: Drawable, count: number, seed: number): Generator<JsonValue> {
  const seen = new Set<string>();
  let redraws = 0;
  for (let index = 0; index < count; index++) {
    let value = drawAt(source, counts, seed, index);
    if (index < REMEMBERED && redraws < REDRAWS) {
      if (seen.has(JSON.stringify(value))) {
        value = drawAt(source, counts, seed, -2 - redraws++);
      }
      seen.add(JSON.stringify(value));
    }
    yield value;
  }
}

function* broken(negatives: readonly BreakingSource[], { count, seed }: SampleOptions): Generator<BrokenValue> {
  for (let index = 0; index < count; index++) {
    const negative = negatives[index % negatives.length];
    if (!negative) return;
    const value = drawAt(negative.source, negative.counts, seed, Math.floor(index / negatives.length));
    yield { value, violates: negative.clause };
  }
}

function whyWhole(pointer: string, [first]: readonly Unbreakable[]): SampleRefusal {
  return {
    keyword: 'negative',
    pointer: first?.clause ?? pointer,
    reason: `no value breaks this schema at a single keyword: ${first?.reason ?? 'it allows every value'}`,
  };
}

/** Answers one line of `plumb sample --batch`: `{id, schema, draft?}` to `{id, values}` or `{id, refused}`. */
export function answerBatchLine(
  line: string,
  options: SampleOptions,
  documents: Record<string, JsonValue> = {},
): JsonValue {
  const request = parse(line);
  if (!isObject(request)) return unanswerable('the line is not a JSON object');
  const id = request['id'] ?? null;
  const schema = request['schema'];
  if (schema === undefined) return refusedLine(id, 'batch', '#/schema', 'the line has no schema');
  const draft = request['draft'];
  const dialect = draft === undefined ? dialectFor(schema) : dialectNamed(String(draft));
  if (!dialect) return refusedLine(id, 'draft', '#/draft', `unknown draft ${JSON.stringify(draft)}`);
  const rounded = roundedLine(line);
  if (rounded !== undefined) return { id, refused: { ...rounded, pointer: rounded.pointer.replace('#/schema', '#') } };
  const result = sample(openSchemas(schema, { dialect, documents }), '#', 'any', options);
  if (result.kind === 'refused') return { id, refused: { ...result.refused } };
  if (result.kind === 'values') return { id, values: [...result.values] };
  return { id, values: Array.from(result.values, ({ value, violates }) => ({ value, violates })) };
}

/** What of a line's schema was rounded when it was read; only long digits are read twice. */
function roundedLine(line: string): SampleRefusal | undefined {
  if (!/\d{16}/.test(line)) return undefined;
  const { value, inexact } = parseJson(line, DEFAULT_LIMITS);
  return isObject(value) ? roundedIn({ schema: value['schema'] ?? null }, inexact) : undefined;
}

/** The answer to a line that is no request. */
export function unanswerable(reason: string): JsonValue {
  return refusedLine(null, 'batch', '#', reason);
}

function parse(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refusedLine(id: JsonValue, keyword: string, pointer: string, reason: string): JsonValue {
  return { id, refused: { keyword, pointer, reason } };
}

function reasonOf(found: { kind: string; keyword?: string; pointer: string; reason: string }): SampleRefusal {
  return { keyword: found.keyword ?? 'unsatisfiable', pointer: found.pointer, reason: found.reason };
}
