/** ajv as a judge that shares nothing with the code under test but the formats. */
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isObject } from '../../../src/events/index.ts';
import type { JsonObject, JsonValue } from '../../../src/events/index.ts';
import type { Dialect } from '../../../src/spec/model.ts';
import type { Group } from './suite.ts';

export type Judge = (value: JsonValue) => boolean;

/** Compiles a schema for ajv; undefined where ajv cannot. */
export function judgeOf(
  schema: JsonValue,
  dialect: Dialect,
  documents: Record<string, JsonValue>,
  formats: boolean,
): Judge | undefined {
  try {
    const ajv = createAjv(dialect, formats);
    for (const [uri, document] of Object.entries(documents)) {
      if (isObject(document) || typeof document === 'boolean') ajv.addSchema(convert(document, dialect), uri);
    }
    const validate = ajv.compile(convert(schema, dialect));
    return (value) => validate(value) === true;
  } catch {
    return undefined;
  }
}

/** The groups whose every verdict ajv reproduces, with at least one valid instance; how generators are judged. */
export function judged(
  groups: Group[],
  dialect: Dialect,
  documents: Record<string, JsonValue>,
): { group: Group; judge: Judge }[] {
  return groups.flatMap((group) => {
    if (!group.tests.some(({ valid }) => valid)) return [];
    const needed = Object.fromEntries(
      Object.entries(documents).filter(() => JSON.stringify(group.schema).includes('localhost:1234')),
    );
    const judge = judgeOf(group.schema, dialect, needed, false);
    if (!judge) return [];
    try {
      return group.tests.every(({ data, valid }) => judge(data) === valid) ? [{ group, judge }] : [];
    } catch {
      return [];
    }
  });
}

function createAjv(dialect: Dialect, formats: boolean): Ajv {
  const options = {
    strict: false,
    validateFormats: formats,
    logger: false as const,
    meta: dialect !== 'draft-04',
    validateSchema: false,
  };
  const ajv =
    dialect === '2019-09'
      ? new Ajv2019(options)
      : dialect === '2020-12' || dialect === 'openapi-3.1'
        ? new Ajv2020(options)
        : new Ajv(options);
  if (formats) addFormats.default(ajv);
  return ajv;
}

const MAPS = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);
const DATA = new Set(['enum', 'const', 'default', 'example', 'examples']);

/** Draft 4 and OpenAPI 3.0 written the way draft 7 has it. */
export function convert(schema: JsonValue, dialect: Dialect): JsonObject | boolean {
  if (dialect !== 'draft-04' && dialect !== 'openapi-3.0') return schema as JsonObject | boolean;
  return rewrite(schema, dialect === 'openapi-3.0', false) as JsonObject | boolean;
}

function rewrite(schema: JsonValue, openapi: boolean, map: boolean): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => rewrite(item, openapi, false));
  if (!isObject(schema)) return schema;
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(schema)) {
    if (map) result[name] = rewrite(value, openapi, false);
    else if (name === '$schema') continue;
    else if (name === 'id' && typeof value === 'string' && !openapi) result['$id'] = value;
    else if (DATA.has(name)) result[name] = value;
    else if (name === 'exclusiveMinimum' || name === 'exclusiveMaximum') {
      if (typeof value === 'number') result[name] = value;
    } else result[name] = rewrite(value, openapi, MAPS.has(name));
  }
  if (map) return result;
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (schema[exclusive] !== true) continue;
    result[exclusive] = result[bound] ?? null;
    delete result[bound];
  }
  if (openapi && schema['nullable'] === true && typeof schema['type'] === 'string') {
    result['type'] = [schema['type'], 'null'];
    delete result['nullable'];
  }
  if (openapi && typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] };
  return result;
}
