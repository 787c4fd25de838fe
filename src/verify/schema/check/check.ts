/**
 * A validator of our own: the guard behind every drawn value, and what judges answers. It needs no compilation, knows
 * every dialect, names the clause that an error violates, and is bounded in steps, depth and matching time.
 */
import type { JsonValue } from '../../../events/json.ts';
import type { Direction, ValidationError } from '../../schema-port.ts';
import type { Node, Scope } from '../node.ts';
import type { Registry } from '../registry.ts';

/** What the in-place applicators have looked at, for `unevaluated*`. */
export interface Marks {
  properties: Set<string>;
  items: Set<number>;
}

export interface Run {
  registry: Registry;
  direction: Direction;
  /** Null while only the verdict counts: then checking stops at the first failure. */
  errors: ValidationError[] | null;
  /** True while only values pass that narrower readings of a schema allow too. */
  narrow: boolean;
  checks: number;
  depth: number;
  /** Applies a whole schema. */
  apply(node: Node, value: JsonValue, path: string, scope: Scope, marks: Marks | null): boolean;
}

/** One keyword, or a family that belongs together, on one value. */
export type Check = (value: JsonValue, path: string, scope: Scope, run: Run, marks: Marks | null) => boolean;

/** Makes the check of a keyword's value; undefined where it demands nothing. */
export type MakeCheck = (value: JsonValue, node: Node, registry: Registry) => Check | undefined;

/** Notes an error where errors are collected; always false. */
export function fail(run: Run, node: Node, keyword: string, path: string, message: string): false {
  run.errors?.push({ instancePath: path, clause: `${node.pointer}/${keyword}`, keyword, message });
  return false;
}

/** Applies a schema for its verdict alone. */
export function quietly(
  run: Run,
  node: Node,
  value: JsonValue,
  path: string,
  scope: Scope,
  marks: Marks | null,
): boolean {
  const { errors } = run;
  run.errors = null;
  const result = run.apply(node, value, path, scope, marks);
  run.errors = errors;
  return result;
}

/** Applies a schema that must fail, or that only decides: the narrower reading of it would let more pass. */
export function exactly<T>(run: Run, step: () => T): T {
  const { narrow } = run;
  run.narrow = false;
  const result = step();
  run.narrow = narrow;
  return result;
}

/** Adds what one branch has looked at to what the schema has. */
export function addMarks(into: Marks, from: Marks): void {
  for (const name of from.properties) into.properties.add(name);
  for (const index of from.items) into.items.add(index);
}

export function newMarks(): Marks {
  return { properties: new Set(), items: new Set() };
}
