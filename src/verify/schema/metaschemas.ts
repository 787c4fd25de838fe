import { createRequire } from 'node:module';
import type { JsonValue } from '../../events/json.ts';

const PARTS = ['applicator', 'content', 'core', 'meta-data', 'validation'];
const OF_2019 = ['schema', ...[...PARTS, 'format'].map((part) => `meta/${part}`)];
const OF_2020 = ['schema', ...[...PARTS, 'format-annotation', 'unevaluated'].map((part) => `meta/${part}`)];

/** File of ajv's by URI. */
const FILES = new Map([
  ['http://json-schema.org/draft-06/schema', 'draft-06'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ...OF_2019.map((name) => [`https://json-schema.org/draft/2019-09/${name}`, `2019-09/${name}`] as const),
  ...OF_2020.map((name) => [`https://json-schema.org/draft/2020-12/${name}`, `2020-12/${name}`] as const),
]);

/** A metaschema of the drafts by URI, read when a reference first leads to it; undefined for any other URI. */
export function metaschema(uri: string): JsonValue | undefined {
  if (uri === 'http://json-schema.org/draft-04/schema') return DRAFT_04;
  const file = FILES.get(uri);
  if (file === undefined) return undefined;
  const schema: JsonValue = createRequire(import.meta.url)(`ajv/dist/refs/json-schema-${file}.json`);
  return schema;
}

const POSITIVE = { $ref: '#/definitions/positiveInteger' };
const POSITIVE_OR_0 = { $ref: '#/definitions/positiveIntegerDefault0' };
const STRINGS = { $ref: '#/definitions/stringArray' };
const TYPES = { $ref: '#/definitions/simpleTypes' };
const SELF = { $ref: '#' };
const SELVES = { $ref: '#/definitions/schemaArray' };
const MAP = { type: 'object', additionalProperties: SELF, default: {} };
const OPEN = { anyOf: [{ type: 'boolean' }, SELF], default: {} };

/** Draft 4 core and validation, appendix: the metaschema, which ajv does not ship. */
const DRAFT_04: JsonValue = {
  id: 'http://json-schema.org/draft-04/schema#',
  $schema: 'http://json-schema.org/draft-04/schema#',
  description: 'Core schema meta-schema',
  definitions: {
    schemaArray: { type: 'array', minItems: 1, items: SELF },
    positiveInteger: { type: 'integer', minimum: 0 },
    positiveIntegerDefault0: { allOf: [POSITIVE, { default: 0 }] },
    simpleTypes: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] },
    stringArray: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
  },
  type: 'object',
  properties: {
    id: { type: 'string' },
    $schema: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string' },
    default: {},
    multipleOf: { type: 'number', minimum: 0, exclusiveMinimum: true },
    maximum: { type: 'number' },
    exclusiveMaximum: { type: 'boolean' },
    minimum: { type: 'number' },
    exclusiveMinimum: { type: 'boolean' },
    maxLength: POSITIVE,
    minLength: POSITIVE_OR_0,
    pattern: { type: 'string', format: 'regex' },
    additionalItems: OPEN,
    items: { anyOf: [SELF, SELVES], default: {} },
    maxItems: POSITIVE,
    minItems: POSITIVE_OR_0,
    uniqueItems: { type: 'boolean', default: false },
    maxProperties: POSITIVE,
    minProperties: POSITIVE_OR_0,
    required: STRINGS,
    additionalProperties: OPEN,
    definitions: MAP,
    properties: MAP,
    patternProperties: MAP,
    dependencies: { type: 'object', additionalProperties: { anyOf: [SELF, STRINGS] } },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    type: { anyOf: [TYPES, { type: 'array', items: TYPES, minItems: 1, uniqueItems: true }] },
    format: { type: 'string' },
    allOf: SELVES,
    anyOf: SELVES,
    oneOf: SELVES,
    not: SELF,
  },
  dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
  default: {},
};
