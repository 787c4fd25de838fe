/** Which keywords and types the schemas of a contract use, so that `schema.js` reads no others. */
import { isObject, type JsonValue } from '../../../events/index.ts';
import { LISTS, MAPS, SINGLE } from '../contract-data.ts';

/** Notes a trait where it is there. */
export type Mark = (name: string, isThere: boolean) => void;

const FAMILIES: Record<string, { types: string[]; keywords: string[] }> = {
  text: { types: ['string'], keywords: ['minLength', 'maxLength', 'pattern', 'format'] },
  numeric: { types: ['integer', 'number'], keywords: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] },
  list: { types: ['array'], keywords: ['minItems', 'maxItems', 'uniqueItems', 'contains', 'prefixItems', 'items'] },
  object: {
    types: ['object'],
    keywords: ['required', 'minProperties', 'maxProperties', 'properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'dependentRequired', 'dependentSchemas', 'unevaluatedProperties'],
  },
}; // prettier-ignore

const ANNOTATIONS = ['default', 'readOnly', 'writeOnly', 'minContains', 'maxContains', 'then', 'else'];

/** Notes the traits that `schema.js` is cut by. */
export function schemaTraits(schemas: Record<string, JsonValue>, mark: Mark): void {
  for (const schema of Object.values(schemas).flatMap(partsOfSchema)) {
    if (schema === false) mark('false', true);
    if (!isObject(schema)) continue;
    const { type } = schema;
    for (const [keyword, value] of Object.entries(schema)) {
      mark(keyword, true);
      mark('annotations', ANNOTATIONS.includes(keyword));
      if (keyword === 'enum' && Array.isArray(value))
        mark(
          'enum-deep',
          value.some((item) => typeof item === 'object' && item !== null),
        );
      if (keyword === 'pattern') mark('plain-patterns', !isUnicode(String(value)));
      if (keyword === 'patternProperties' && isObject(value))
        mark('plain-patterns', !Object.keys(value).every(isUnicode));
    }
    mark('types', Array.isArray(type));
    for (const one of [type].flat()) if (typeof one === 'string') mark(`type:${one}`, true);
    mark('int32', schema['format'] === 'int32');
    mark('loose', schema['format'] === 'int32');
    mark('one-way', schema['readOnly'] === true || schema['writeOnly'] === true);
    for (const [family, { types, keywords }] of Object.entries(FAMILIES)) {
      const used = keywords.some((keyword) => keyword in schema);
      mark(family, used);
      mark('loose', used && !(typeof type === 'string' && types.includes(type)));
    }
  }
}

function isUnicode(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
}

/** A schema and all that it is made of. */
export function partsOfSchema(schema: JsonValue): JsonValue[] {
  if (!isObject(schema)) return [schema];
  const inner: JsonValue[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (MAPS.has(keyword) && isObject(value)) inner.push(...Object.values(value));
    else if (LISTS.has(keyword) && Array.isArray(value)) inner.push(...value);
    else if (SINGLE.has(keyword)) inner.push(value);
  }
  return [schema, ...inner.flatMap(partsOfSchema)];
}
