/** The part of the contract that the service reads as data: schemas by name, parameters, bodies and answers. */
import { at, isObject, valueAt, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Parameter, ResponseSpec, Spec } from '../../spec/model.ts';
import { placesOfPattern } from './pattern-places.ts';
import { cutLoops } from './schema-loops.ts';
import { mainContent } from './resources.ts';
import { isKnownFormat } from './runtime/formats.ts';
import { schemaAt, shapeOf, target } from './shape.ts';
import { identifier, unused, upperFirst } from './text.ts';

/** Keywords whose values are lists of schemas, schemas by name, and one schema. */
export const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
export const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
export const SINGLE = new Set([
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedProperties',
]);
const PLAIN = new Set(
  'type enum const default format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required dependentRequired readOnly writeOnly'.split(
    ' ',
  ),
);

/** Schemas of the emitted contract; a schema is added when it is first named. */
export interface SchemaTable {
  /** Name of the schema at a pointer. */
  name(pointer: string): string;
  /** Schemas by name, references by name, in the order in which they were named. */
  all(): Record<string, JsonValue>;
  /** Pattern to the characters that may stand at each place, for making texts. */
  texts(): Record<string, JsonValue>;
  formats(): string[];
}

/** Makes an empty table over a spec. */
export function schemaTable(spec: Spec): SchemaTable {
  const names = new Map<string, string>();
  const schemas: Record<string, JsonValue> = {};
  const taken = new Set<string>();
  const patterns = new Set<string>();
  const formats = new Set<string>();

  const name = (pointer: string): string => {
    const place = target(spec, pointer);
    const known = names.get(place);
    if (known !== undefined) return known;
    const made = unused(nameOf(place), taken);
    names.set(place, made);
    schemas[made] = true; // Keeps its place in the order while its parts are read.
    schemas[made] = normalise(valueAt(spec.document, place) ?? true, place);
    return made;
  };

  const normalise = (schema: JsonValue, place: string): JsonValue => {
    if (!isObject(schema)) return schema !== false;
    const normal: JsonObject = {};
    if (typeof schema['$ref'] === 'string') {
      if (spec.follow(place) !== undefined) normal['$ref'] = name(place);
      if (spec.dialect === 'openapi-3.0' || spec.dialect === 'swagger-2.0')
        return normal['$ref'] === undefined ? true : normal;
    }
    for (const [keyword, value] of Object.entries(schema)) {
      if (PLAIN.has(keyword)) normal[keyword] = value;
      else if (SINGLE.has(keyword)) normal[keyword] = normalise(value, at(place, keyword));
      else if (LISTS.has(keyword) && Array.isArray(value)) {
        normal[keyword] = value.map((part, index) => normalise(part, at(place, keyword, index)));
      } else if (MAPS.has(keyword) && isObject(value)) {
        const parts = Object.entries(value).map(([key, part]) => [key, normalise(part, at(place, keyword, key))]);
        normal[keyword] = Object.fromEntries(parts) as JsonObject;
      }
    }
    if (typeof normal['pattern'] === 'string') patterns.add(normal['pattern']);
    const { format } = normal;
    if (typeof format === 'string' && isKnownFormat(format)) formats.add(format);
    else if (format !== 'int32') delete normal['format'];
    return typeFirst(oldForms(schema, normal));
  };

  return {
    name,
    all() {
      cutLoops(schemas);
      return schemas;
    },
    texts: () =>
      Object.fromEntries([...patterns].flatMap((one) => [[one, placesOfPattern(one)] as const]).filter(hasPlaces)),
    formats: () => [...formats],
  };
}

/** With its type before what values of this type must be. */
function typeFirst({ type, ...rest }: JsonObject): JsonObject {
  return type === undefined ? rest : { type, ...rest };
}

function hasPlaces(entry: readonly [string, JsonValue | null]): entry is readonly [string, JsonValue] {
  return entry[1] !== null;
}

/** OpenAPI 3.0 writes `nullable` and exclusive bounds its own way. */
function oldForms(schema: JsonObject, normal: JsonObject): JsonObject {
  if (schema['nullable'] === true && typeof normal['type'] === 'string') normal['type'] = [normal['type'], 'null'];
  for (const [exclusive, inclusive] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof normal[exclusive] !== 'boolean') continue;
    const bound = normal[inclusive];
    if (normal[exclusive] === true && bound !== undefined) {
      normal[exclusive] = bound;
      delete normal[inclusive];
    } else delete normal[exclusive];
  }
  return normal;
}

/** `#/components/schemas/Todo` is `Todo`; other places are named after their last words. */
function nameOf(place: string): string {
  const words = place
    .split('/')
    .slice(1)
    .filter((word) => !['schema', 'content', 'paths', 'properties', 'components', 'schemas'].includes(word));
  const named = /^#\/components\/schemas\/([^/]+)$/.exec(place)?.[1];
  const text = named ?? words.map((word) => word.replaceAll('~1', ' ').replaceAll('application json', '')).join(' ');
  return upperFirst(identifier(text));
}

/** Member of a request that holds the parameters of a place. */
export const PARTS = { path: 'path', query: 'query', header: 'headers', cookie: 'cookies' } as const;

/** One parameter as the service reads it. `reads` says how, where it is no plain text. */
export function parameterData(spec: Spec, table: SchemaTable, parameter: Parameter): JsonObject {
  const { schema, contentType, style, explode } = parameter;
  const isJson = contentType !== undefined && contentType.endsWith('json');
  const reads = isJson ? 'json' : readingOf(spec, schema);
  return {
    name: parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name,
    in: PARTS[parameter.in],
    ...(parameter.required && parameter.in !== 'path' ? { required: true } : {}),
    ...(parameter.allowEmptyValue === true && parameter.in === 'query' && !parameter.required ? { empty: true } : {}),
    ...(reads === 'text' ? {} : { reads }),
    ...(reads === 'parts' ? { style, ...(explode ? { explode } : {}) } : {}),
    schema: schema === undefined ? true : { $ref: table.name(schema) },
  };
}

/** How a parameter becomes a value: as it is, as JSON, by what its schema takes, or taken apart. */
export function readingOf(spec: Spec, pointer: string | undefined): 'text' | 'json' | 'mixed' | 'parts' {
  if (pointer === undefined) return 'text';
  const shape = shapeOf(spec, pointer);
  const { types } = shape;
  if (types.includes('array') || types.includes('object') || shape.members.size > 0 || shape.items !== null)
    return 'parts';
  const items = schemaAt(spec, pointer)['enum'];
  const known = types.length > 0 ? types : Array.isArray(items) ? items.map((item) => typeof item as string) : [];
  if (known.length > 0 && known.every((type) => type === 'string')) return 'text';
  return known.length > 0 && !known.includes('string') && !known.includes('null') && !known.includes('object')
    ? 'json'
    : 'mixed';
}

/** One answer as the service writes it. */
export function responseData(table: SchemaTable, response: ResponseSpec): JsonObject {
  const content = mainContent(response.content);
  const headers = response.headers.filter(
    (header) => header.required && header.schema !== undefined && header.name !== 'content-type',
  );
  const data: JsonObject = {};
  if (content !== undefined) data['type'] = content.type.includes('*') ? 'application/json' : content.type;
  if (content !== undefined) data['schema'] = content.schema === undefined ? {} : { $ref: table.name(content.schema) };
  if (headers.length > 0) {
    data['headers'] = Object.fromEntries(
      headers.map((header) => [header.name, { $ref: table.name(header.schema ?? '') }]),
    );
  }
  return data;
}
