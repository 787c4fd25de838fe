/** Looks into schemas of the document without dereferencing it: members, items, where they stand. */
import { at, isObject, valueAt, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';

/** What a schema says about the form of a value. */
export interface Shape {
  types: string[];
  /** Member to pointer of its schema. */
  members: Map<string, string>;
  required: Set<string>;
  /** Pointer of the schema of the items. */
  items: string | null;
}

/** The pointer that a schema's reference chain ends at; the pointer itself where there is none or it dangles. */
export function target(spec: Spec, pointer: string): string {
  return spec.follow(pointer) ?? pointer;
}

/** The schema object at a pointer, references followed; empty for `true` and for nothing. */
export function schemaAt(spec: Spec, pointer: string): JsonObject {
  const schema = valueAt(spec.document, target(spec, pointer));
  return isObject(schema) ? schema : {};
}

/** Members and items of a schema, with those of its `allOf`, `oneOf` and `anyOf` parts. */
export function shapeOf(spec: Spec, pointer: string): Shape {
  const shape: Shape = { types: [], members: new Map(), required: new Set(), items: null };
  collect(spec, pointer, shape, new Set(), true);
  return shape;
}

function collect(spec: Spec, pointer: string, shape: Shape, seen: Set<string>, isCertain: boolean): void {
  const place = target(spec, pointer);
  if (seen.has(place)) return;
  seen.add(place);
  const schema = schemaAt(spec, place);
  for (const type of [schema['type']].flat()) if (typeof type === 'string') shape.types.push(type);
  const members = schema['properties'];
  if (isObject(members)) {
    if (shape.types.length === 0) shape.types.push('object');
    for (const name of Object.keys(members))
      if (!shape.members.has(name)) shape.members.set(name, at(place, 'properties', name));
  }
  const required = schema['required'];
  if (isCertain && Array.isArray(required)) for (const name of required) shape.required.add(String(name));
  if (isObject(schema['items'])) shape.items ??= at(place, 'items');
  for (const keyword of ['allOf', 'oneOf', 'anyOf']) {
    const parts: JsonValue | undefined = schema[keyword];
    if (!Array.isArray(parts)) continue;
    parts.forEach((_, index) =>
      collect(spec, at(place, keyword, index), shape, seen, isCertain && keyword === 'allOf'),
    );
  }
}

/** True where a value of the schema is an array. */
export function isList(shape: Shape): boolean {
  return shape.types.includes('array') || (shape.items !== null && shape.types.length === 0);
}

/** A name without case, dashes and underscores, so that `pet_id` and `petId` meet. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Names of the members that a value of the schema may have. */
export function membersOf(spec: Spec, pointer: string): Set<string> {
  return new Set(shapeOf(spec, pointer).members.keys());
}
