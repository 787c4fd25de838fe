/** The examples of a spec: those that schemas hold, and those that belong together because they have one name. */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Document } from '../wire/hints.ts';
import { placeOf } from '../wire/serialise.ts';
import { facets, propertyNames, propertySchema } from './schema-walk.ts';

const MAX_DEPTH = 4;

/** Values that a schema gives as examples or default; for an object without one, that made of its properties' examples. */
export function schemaExamples(document: Document, schema: string, depth = 0): JsonValue[] {
  const values: JsonValue[] = [];
  for (const { schema: facet } of facets(document, schema)) {
    if (facet['example'] !== undefined) values.push(facet['example']);
    if (Array.isArray(facet['examples'])) values.push(...facet['examples']);
    if (facet['default'] !== undefined) values.push(facet['default']);
  }
  if (values.length > 0 || depth >= MAX_DEPTH) return values;
  const made: JsonObject = {};
  for (const name of propertyNames(document, schema)) {
    const property = propertySchema(document, schema, name);
    const [value] = property === undefined ? [] : schemaExamples(document, property, depth + 1);
    if (value !== undefined) made[name] = value;
  }
  return Object.keys(made).length === 0 ? [] : [made];
}

/** The named examples of an operation: by name, the values of the places (as `inputs.ts` calls them) that have one. */
export function namedExamples(document: Document, operation: Operation): Map<string, Map<string, JsonValue>> {
  const named = new Map<string, Map<string, JsonValue>>();
  const add = (owner: string, key: string): void => {
    const examples = valueAt(document.document, at(owner, 'examples'));
    if (!isObject(examples)) return;
    for (const name of Object.keys(examples)) {
      const pointer = document.follow(at(owner, 'examples', name));
      const example = pointer === undefined ? undefined : valueAt(document.document, pointer);
      const value = isObject(example) ? (example['value'] ?? example['dataValue']) : undefined;
      if (value === undefined) continue;
      const own = named.get(name) ?? new Map<string, JsonValue>();
      named.set(name, own.set(key, value));
    }
  };
  for (const parameter of operation.parameters) {
    const key = `${placeOf(parameter)} ${parameter.name}`;
    add(parameter.pointer, key);
    if (parameter.media !== undefined) add(parameter.media.pointer, key);
  }
  for (const media of operation.requestBody?.content ?? []) add(media.pointer, `body ${media.name}`);
  return named;
}
