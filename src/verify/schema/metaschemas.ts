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

const POSITIVE = { type: 'integer', minimum: 0 };
const STRINGS = { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true };
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const SELF = { $ref: '#' };
const SELVES = { type: 'array', minItems: 1, items: SELF };
const MAP = { type: 'object', additionalProperties: SELF };

// Draft 4 core and validation, appendix: the metaschema in short.
const DRAFT_04: JsonValue = {
  id: 'http://json-schema.org/draft-04/schema#',
  $schema: 'http://json-schema.org/draft-04/schema#',
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
    minLength: POSITIVE,
    pattern: { type: 'string', format: 'regex' },
    additionalItems: { anyOf: [{ type: 'boolean' }, SELF] },
    items: { anyOf: [SELF, SELVES] },
    maxItems: POSITIVE,
    minItems: POSITIVE,
    uniqueItems: { type: 'boolean' },
    maxProperties: POSITIVE,
    minProperties: POSITIVE,
    required: STRINGS,
    additionalProperties: { anyOf: [{ type: 'boolean' }, SELF] },
    definitions: MAP,
    properties: MAP,
    patternProperties: MAP,
    dependencies: { type: 'object', additionalProperties: { anyOf: [SELF, STRINGS] } },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    type: { anyOf: [{ enum: TYPES }, { type: 'array', items: { enum: TYPES }, minItems: 1, uniqueItems: true }] },
    format: { type: 'string' },
    allOf: SELVES,
    anyOf: SELVES,
    oneOf: SELVES,
    not: SELF,
  },
  dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
};
