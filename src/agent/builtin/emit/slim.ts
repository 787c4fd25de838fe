/**
 * Cuts the schemas of answers down to what values are made by, where everything else in an answer was sent and checked,
 * or was made by the service itself.
 */
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { Emitted } from './emitted.ts';
import { partsOfSchema } from './schema-traits.ts';
import type { Made } from './value-traits.ts';

/** Names of schemas that requests are checked by. */
export function checkedSchemas({ data, schemas }: Pick<Emitted, 'data' | 'schemas'>): Set<string> {
  const roots: JsonValue[] = [...data.operations.values()].flatMap(({ parameters, body }) => [
    ...(Array.isArray(parameters) ? parameters : []).filter(isObject).map(({ schema }) => schema ?? true),
    ...(isObject(body) && isObject(body['content']) ? Object.values(body['content']) : []),
  ]);
  return namesFrom(roots, schemas);
}

/** Names of the schemas that some lead to. */
export function namesFrom(roots: JsonValue[], schemas: Record<string, JsonValue>): Set<string> {
  const found = new Set<string>();
  const add = (part: JsonValue): void => {
    for (const { $ref } of partsOfSchema(part).filter(isObject)) {
      if (typeof $ref !== 'string' || found.has($ref)) continue;
      found.add($ref);
      add(schemas[$ref] ?? true);
    }
  };
  roots.forEach(add);
  return found;
}

/**
 * True where whatever a client sends fits the answers that it stands in: bodies are closed, and members of one name
 * have one schema, or a looser one in answers.
 */
export function isTrusted(emitted: Emitted, shown: ReadonlySet<string>): boolean {
  const { schemas } = emitted;
  const checked = checkedSchemas(emitted);
  const bodies = [...emitted.data.operations.values()].flatMap(({ body }) =>
    isObject(body) && isObject(body['content']) ? Object.values(body['content']) : [],
  );
  const resolve = (schema: JsonValue | undefined): JsonObject => {
    if (!isObject(schema)) return {};
    return typeof schema['$ref'] === 'string' ? resolve(schemas[schema['$ref']]) : schema;
  };
  if (!bodies.every((body) => resolve(body)['additionalProperties'] === false)) return false;
  const sent = new Map<string, JsonObject[]>();
  const note = (name: string, schema: JsonValue): void =>
    void sent.set(name, [...(sent.get(name) ?? []), resolve(schema)]);
  for (const name of checked) {
    const { properties } = resolve(schemas[name]);
    if (isObject(properties)) for (const [member, schema] of Object.entries(properties)) note(member, schema);
  }
  for (const { parameters } of emitted.data.operations.values())
    for (const parameter of (Array.isArray(parameters) ? parameters : []).filter(isObject))
      note(String(parameter['name']), parameter['schema'] ?? true);
  return [...shown].every((name) => {
    const { properties } = resolve(schemas[name]);
    if (!isObject(properties)) return true;
    return Object.entries(properties).every(([member, schema]) =>
      (sent.get(member) ?? []).every((other) => isLooser(resolve(schema), other)),
    );
  });
}

/** True where every keyword of a schema is met by what another one takes. */
function isLooser(schema: JsonObject, other: JsonObject): boolean {
  return Object.entries(schema).every(([keyword, value]) => {
    const known = other[keyword];
    if (typeof value === 'number' && typeof known === 'number') {
      if (keyword.startsWith('min')) return known >= value;
      if (keyword.startsWith('max')) return known <= value;
    }
    return JSON.stringify(known) === JSON.stringify(value);
  });
}

/** The schemas with those of answers cut down to the members that are made up; what nothing leads to is left out. */
export function slimmed(emitted: Emitted, made: readonly Made[], roots: JsonValue[]): Record<string, JsonValue> {
  const { schemas } = emitted;
  const checked = checkedSchemas(emitted);
  const making = new Set(made.map(({ schema }) => schema));
  const isMade = (schema: JsonValue): boolean => {
    if (!isObject(schema)) return false;
    const { $ref } = schema;
    return typeof $ref === 'string' ? isMade(schemas[$ref] ?? true) : making.has(schema);
  };
  const cut = (schema: JsonValue): JsonValue => {
    if (!isObject(schema)) return {};
    if (schema['$ref'] !== undefined) return schema;
    const { type, items, properties, required, enum: choices, format, minimum } = schema;
    if (type === 'array') return { type, items: items ?? {} };
    if (!isObject(properties))
      return isMade(schema)
        ? {
            ...(type === undefined ? {} : { type }),
            ...(Array.isArray(choices) ? { enum: choices.slice(0, 1) } : {}),
            ...(format === undefined ? {} : { format }),
            ...(minimum === undefined ? {} : { minimum }),
          }
        : {};
    const needed = (Array.isArray(required) ? required : []).filter((name) =>
      isNeeded(properties[String(name)] ?? true),
    );
    return {
      ...(needed.length === 0 ? {} : { required: needed }),
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [
          name,
          isNeeded(member) ? cut(member) : isRecord(member) ? cut(member) : {},
        ]),
      ),
    };
  };
  const isRecord = (schema: JsonValue): boolean =>
    isObject(schema) &&
    (schema['$ref'] !== undefined
      ? isRecord(schemas[String(schema['$ref'])] ?? true)
      : schema['properties'] !== undefined || schema['type'] === 'array');
  const isNeeded = (schema: JsonValue): boolean => isMade(schema) || isRecord(schema);
  const slim = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, checked.has(name) ? schema : cut(schema)]),
  );
  const used = namesFrom(roots, slim);
  return Object.fromEntries(Object.entries(slim).filter(([name]) => used.has(name)));
}
