/** What `plumb sample` prints, as pure functions: values of a schema, or values that break it, by a seed. */
import fc from 'fast-check';
import { isObject } from '../events/index.ts';
import type { JsonValue } from '../events/index.ts';
import type { Dialect } from '../spec/model.ts';
import { dialectFor } from './arbitrary.ts';
import type { Direction, Schemas } from './schema-port.ts';
import { createSchemas } from './schema/index.ts';

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

export type Sample =
  | { kind: 'values'; values: JsonValue[] }
  | { kind: 'broken'; values: BrokenValue[] }
  | { kind: 'refused'; refused: SampleRefusal };

/** Values of the schema at a pointer. */
export function sample(schemas: Schemas, pointer: string, direction: Direction, options: SampleOptions): Sample {
  const { count, seed, negative } = options;
  const generator = schemas.generator(pointer, direction);
  if (negative) {
    if (generator.kind === 'refused') return { kind: 'refused', refused: reasonOf(generator) };
    return { kind: 'broken', values: broken(schemas, pointer, direction, options) };
  }
  if (generator.kind !== 'generator') return { kind: 'refused', refused: reasonOf(generator) };
  return { kind: 'values', values: fc.sample(generator.arbitrary, { numRuns: count, seed }) };
}

function broken(
  schemas: Schemas,
  pointer: string,
  direction: Direction,
  { count, seed }: SampleOptions,
): BrokenValue[] {
  const negatives = schemas.negatives(pointer, direction);
  if (negatives.length === 0) return [];
  const each = Math.ceil(count / negatives.length);
  const columns = negatives.map(({ arbitrary, clause }) =>
    fc.sample(arbitrary, { numRuns: each, seed }).map((value) => ({ value, violates: clause })),
  );
  const rows = Array.from({ length: each }, (_, row) => columns.flatMap((column) => column[row] ?? []));
  return rows.flat().slice(0, count);
}

const DRAFTS: Record<string, Dialect> = {
  '4': 'draft-04',
  '6': 'draft-06',
  '7': 'draft-07',
  '2019-09': '2019-09',
  '2020-12': '2020-12',
};

/** The dialect of a name such as `7`, `draft7`, `draft-07`, `draft2020-12`, `openapi-3.0`; undefined for others. */
export function dialectNamed(name: string): Dialect | undefined {
  if (name === 'openapi-3.0' || name === 'openapi-3.1') return name;
  const short = name
    .toLowerCase()
    .replace(/^draft[-_ ]?/, '')
    .replace(/^0(?=\d$)/, '');
  return Object.hasOwn(DRAFTS, short) ? DRAFTS[short] : undefined;
}

/** Answers one line of `plumb sample --batch`: `{id, schema, draft?}` to `{id, values}` or `{id, refused}`. */
export function answerBatchLine(
  line: string,
  options: SampleOptions,
  documents: Record<string, JsonValue> = {},
): JsonValue {
  const request = parse(line);
  if (!isObject(request)) return refusedLine(null, 'batch', '#', 'the line is not a JSON object');
  const id = request['id'] ?? null;
  const schema = request['schema'];
  if (schema === undefined) return refusedLine(id, 'batch', '#/schema', 'the line has no schema');
  const draft = request['draft'];
  const dialect = draft === undefined ? dialectFor(schema) : dialectNamed(String(draft));
  if (!dialect) return refusedLine(id, 'draft', '#/draft', `unknown draft ${JSON.stringify(draft)}`);
  const result = sample(createSchemas(schema, { dialect, documents }), '#', 'any', options);
  if (result.kind === 'refused') return { id, refused: { ...result.refused } };
  if (result.kind === 'values') return { id, values: result.values };
  return { id, values: result.values.map(({ value, violates }) => ({ value, violates })) };
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
