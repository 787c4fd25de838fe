/** Which parts of a schema records exercise: the properties that occur, and the branches that hold. */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { Schemas } from '../schema-port.ts';
import { compilePattern } from '../schema/pattern/pattern.ts';

export interface Part {
  pointer: string;
  kind: 'property' | 'branch';
}

export interface Exercise {
  /** All parts that can be reached from the root, in written order. */
  parts: Part[];
  /** Takes a valid record into account. */
  see(record: JsonValue): void;
  /** True where some record exercised a part. */
  seen(pointer: string): boolean;
}

const MAX_DEPTH = 60;
const MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SINGLES = ['items', 'additionalItems', 'additionalProperties', 'contains', 'if', 'then', 'else'];
const PART: Record<string, Part['kind']> = {
  properties: 'property',
  patternProperties: 'property',
  anyOf: 'branch',
  oneOf: 'branch',
  then: 'branch',
  else: 'branch',
  dependentSchemas: 'branch',
};

/** Prepares to watch which parts of a schema are exercised. */
export function exerciseOf(spec: Pick<Spec, 'document' | 'follow'>, schemas: Schemas): Exercise {
  const parts = partsOf(spec);
  const open = new Set(parts.map(({ pointer }) => pointer));
  // Below a schema in which nothing is left open nothing is looked for; a schema that refers to itself is one question.
  const closed = new Set<string>();
  const schemaAt = (pointer: string): JsonObject | undefined => {
    const value = valueAt(spec.document, pointer);
    return isObject(value) ? value : undefined;
  };
  const holds = (pointer: string, value: JsonValue): boolean => schemas.validate(pointer, value, 'any').length === 0;

  const visit = (pointer: string, value: JsonValue, depth: number): void => {
    open.delete(pointer);
    const schema = schemaAt(pointer);
    if (schema === undefined || depth > MAX_DEPTH || open.size === 0 || closed.has(pointer)) return;
    const target = typeof schema['$ref'] === 'string' ? spec.follow(pointer) : undefined;
    if (target !== undefined && target !== pointer) visit(target, value, depth + 1);
    for (const [index] of list(schema, 'allOf')) visit(at(pointer, 'allOf', index), value, depth + 1);
    for (const keyword of ['anyOf', 'oneOf'])
      for (const [index] of list(schema, keyword)) {
        const branch = at(pointer, keyword, index);
        if (holds(branch, value)) visit(branch, value, depth + 1);
      }
    if (schema['if'] !== undefined) {
      const branch = at(pointer, holds(at(pointer, 'if'), value) ? 'then' : 'else');
      if (valueAt(spec.document, branch) !== undefined) visit(branch, value, depth + 1);
    }
    if (Array.isArray(value)) items(pointer, schema, value, depth);
    else if (isObject(value)) members(pointer, schema, value, depth);
  };
  const items = (pointer: string, schema: JsonObject, value: JsonValue[], depth: number): void => {
    // Up to draft 2019-09 a list of `items` is what `prefixItems` is now.
    const keyword = Array.isArray(schema['items']) ? 'items' : 'prefixItems';
    const prefix = list(schema, keyword).length;
    const rest = at(pointer, keyword === 'items' ? 'additionalItems' : 'items');
    for (const [index, item] of value.entries())
      visit(index < prefix ? at(pointer, keyword, index) : rest, item, depth + 1);
  };
  const members = (pointer: string, schema: JsonObject, value: JsonObject, depth: number): void => {
    const properties = schema['properties'];
    const patterns = isObject(schema['patternProperties']) ? Object.keys(schema['patternProperties']) : [];
    for (const [name, member] of Object.entries(value)) {
      let known = false;
      if (isObject(properties) && Object.hasOwn(properties, name)) {
        known = true;
        visit(at(pointer, 'properties', name), member, depth + 1);
      }
      for (const pattern of patterns) {
        if (!matches(pattern, name)) continue;
        known = true;
        visit(at(pointer, 'patternProperties', pattern), member, depth + 1);
      }
      if (!known && isObject(schema['additionalProperties']))
        visit(at(pointer, 'additionalProperties'), member, depth + 1);
      const dependent = schema['dependentSchemas'];
      if (isObject(dependent) && Object.hasOwn(dependent, name))
        visit(at(pointer, 'dependentSchemas', name), value, depth + 1);
    }
  };
  return {
    parts,
    see(record) {
      if (open.size === 0) return;
      const before = open.size;
      visit('#', record, 0);
      if (open.size !== before) close(spec, open, closed);
    },
    seen: (pointer) => !open.has(pointer),
  };
}

function list(schema: JsonObject, keyword: string): [number, JsonValue][] {
  const value = schema[keyword];
  return Array.isArray(value) ? [...value.entries()] : [];
}

/** A pattern that no engine takes, or that takes too long, was told by the validator. */
function matches(pattern: string, name: string): boolean {
  try {
    return compilePattern(pattern, '#').test(name);
  } catch {
    return false;
  }
}

/** All parts below the root, through `$ref`s, each once. */
function partsOf(spec: Pick<Spec, 'document' | 'follow'>): Part[] {
  const parts: Part[] = [];
  const seen = new Set<string>();
  const enter = (pointer: string): void => {
    if (seen.has(pointer)) return;
    seen.add(pointer);
    for (const child of childrenOf(spec, pointer)) {
      if (child.kind !== undefined && !seen.has(child.pointer))
        parts.push({ pointer: child.pointer, kind: child.kind });
      enter(child.pointer);
    }
  };
  enter('#');
  return parts;
}

function childrenOf(
  spec: Pick<Spec, 'document' | 'follow'>,
  pointer: string,
): { pointer: string; kind: Part['kind'] | undefined }[] {
  const schema = valueAt(spec.document, pointer);
  if (!isObject(schema)) return [];
  const found: { pointer: string; kind: Part['kind'] | undefined }[] = [];
  const target = typeof schema['$ref'] === 'string' ? spec.follow(pointer) : undefined;
  if (target !== undefined && target !== pointer) found.push({ pointer: target, kind: undefined });
  for (const [keyword, value] of Object.entries(schema)) {
    const kind = PART[keyword];
    if (MAPS.includes(keyword) && isObject(value))
      for (const [name, inner] of Object.entries(value))
        if (inner !== false) found.push({ pointer: at(pointer, keyword, name), kind });
    if ((LISTS.includes(keyword) || keyword === 'items') && Array.isArray(value))
      for (const index of value.keys()) found.push({ pointer: at(pointer, keyword, index), kind });
    else if (SINGLES.includes(keyword) && isObject(value)) found.push({ pointer: at(pointer, keyword), kind });
  }
  return found;
}

/** Notes the schemas below which no part is open any more. */
function close(spec: Pick<Spec, 'document' | 'follow'>, open: Set<string>, closed: Set<string>): void {
  const parents = new Map<string, string[]>();
  const all = new Set<string>(['#']);
  for (const pointer of all)
    for (const child of childrenOf(spec, pointer)) {
      all.add(child.pointer);
      parents.set(child.pointer, [...(parents.get(child.pointer) ?? []), pointer]);
    }
  const needed = new Set<string>();
  const mark = (pointer: string): void => {
    for (const parent of parents.get(pointer) ?? [])
      if (!needed.has(parent)) {
        needed.add(parent);
        mark(parent);
      }
  };
  for (const pointer of open) mark(pointer);
  for (const pointer of all) if (!needed.has(pointer)) closed.add(pointer);
}
