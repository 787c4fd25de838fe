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

/** Pointer of the schema of a property, wherever among the facets it stands. */
export function propertySchema(spec: Document, pointer: string, name: string): string | undefined {
  for (const facet of facets(spec, pointer)) {
    const properties = facet.schema['properties'];
    if (isObject(properties) && Object.hasOwn(properties, name)) return at(facet.pointer, 'properties', name);
  }
  return undefined;
}

/** Names of the properties, in written order. */
export function propertyNames(spec: Document, pointer: string): string[] {
  const names = new Set<string>();
  for (const facet of facets(spec, pointer))
    if (isObject(facet.schema['properties']))
      for (const name of Object.keys(facet.schema['properties'])) names.add(name);
  return [...names];
}

/** The primitive types that a schema states; empty where it states none. */
export function typesOf(spec: Document, pointer: string): string[] {
  const types = new Set<string>();
  for (const { schema } of facets(spec, pointer)) {
    const type = schema['type'];
    if (typeof type === 'string') types.add(type);
    if (Array.isArray(type)) for (const one of type) if (typeof one === 'string') types.add(one);
  }
  return [...types];
}

/** Pointer of the schema of an array's items. */
export function itemSchema(spec: Document, pointer: string): string | undefined {
  for (const facet of facets(spec, pointer)) if (isObject(facet.schema['items'])) return at(facet.pointer, 'items');
  return undefined;
}
