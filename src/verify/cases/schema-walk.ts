/** Reads what a schema says about its properties, through `$ref` and the combinators, without dereferencing anything. */
import { at, isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';

type Document = Pick<Spec, 'document' | 'follow'>;

const COMBINATORS = ['allOf', 'oneOf', 'anyOf'];

/** The schema object at a pointer, `$ref`s followed; undefined for boolean and dangling ones. */
export function schemaAt(spec: Document, pointer: string): { pointer: string; schema: JsonObject } | undefined {
  const final = spec.follow(pointer);
  if (final === undefined) return undefined;
  const schema = valueAt(spec.document, final);
  return isObject(schema) ? { pointer: final, schema } : undefined;
}

/** Every schema object that applies to the same value: the schema itself and the members of its combinators. */
export function* facets(
  spec: Document,
  pointer: string,
  seen = new Set<string>(),
): Generator<{ pointer: string; schema: JsonObject }> {
  const found = schemaAt(spec, pointer);
  if (found === undefined || seen.has(found.pointer) || seen.size > 200) return;
  seen.add(found.pointer);
  yield found;
  for (const keyword of COMBINATORS) {
    const members = found.schema[keyword];
    if (!Array.isArray(members)) continue;
    for (let index = 0; index < members.length; index++) yield* facets(spec, at(found.pointer, keyword, index), seen);
  }
}

/** What the facets of a schema say together. */
interface Summary {
  /** Name to the pointer of its schema, in written order. */
  properties: Map<string, string>;
  names: string[];
  types: string[];
  items: string | undefined;
}

/** Large contracts ask for the same places again and again. */
const summaries = new WeakMap<JsonObject, Map<string, Summary>>();

function summaryOf(spec: Document, pointer: string): Summary {
  let ofDocument = summaries.get(spec.document);
  if (ofDocument === undefined) summaries.set(spec.document, (ofDocument = new Map()));
  const known = ofDocument.get(pointer);
  if (known !== undefined) return known;
  // All that refer to one schema share what it says.
  const final = spec.follow(pointer) ?? pointer;
  const made = ofDocument.get(final) ?? summarised(spec, final);
  ofDocument.set(final, made);
  ofDocument.set(pointer, made);
  return made;
}

function summarised(spec: Document, pointer: string): Summary {
  const named = new Map<string, string>();
  const types = new Set<string>();
  let itemsAt: string | undefined;
  for (const { pointer: place, schema } of facets(spec, pointer)) {
    const { properties, type, items } = schema;
    if (isObject(properties))
      for (const name of Object.keys(properties)) if (!named.has(name)) named.set(name, at(place, 'properties', name));
    for (const one of Array.isArray(type) ? type : [type]) if (typeof one === 'string') types.add(one);
    if (isObject(items)) itemsAt ??= at(place, 'items');
  }
  return { properties: named, names: [...named.keys()], types: [...types], items: itemsAt };
}

/** Pointer of the schema of a property, wherever among the facets it stands. */
export function propertySchema(spec: Document, pointer: string, name: string): string | undefined {
  return summaryOf(spec, pointer).properties.get(name);
}

/** Names of the properties, in written order. */
export function propertyNames(spec: Document, pointer: string): string[] {
  return [...summaryOf(spec, pointer).names];
}

/** Names of the properties that every value may have, whichever branch of a union it takes. */
export function commonNames(spec: Document, pointer: string, seen = new Set<string>()): string[] {
  const found = schemaAt(spec, pointer);
  if (found === undefined || seen.has(found.pointer)) return [];
  seen.add(found.pointer);
  const { properties, allOf } = found.schema;
  const own = isObject(properties) ? Object.keys(properties) : [];
  const parts = Array.isArray(allOf) ? allOf.map((_, index) => at(found.pointer, 'allOf', index)) : [];
  return [...own, ...parts.flatMap((part) => commonNames(spec, part, seen))];
}

/** The primitive types that a schema states; empty where it states none. */
export function typesOf(spec: Document, pointer: string): string[] {
  return [...summaryOf(spec, pointer).types];
}

/** Pointer of the schema of an array's items. */
export function itemSchema(spec: Document, pointer: string): string | undefined {
  return summaryOf(spec, pointer).items;
}
