import { createRequire } from 'node:module';
import { isObject } from '../../events/index.ts';
import type { JsonValue } from '../../events/index.ts';

const FILES = [
  'draft-06',
  'draft-07',
  '2019-09/schema',
  '2019-09/meta/applicator',
  '2019-09/meta/content',
  '2019-09/meta/core',
  '2019-09/meta/format',
  '2019-09/meta/meta-data',
  '2019-09/meta/validation',
  '2020-12/schema',
  '2020-12/meta/applicator',
  '2020-12/meta/content',
  '2020-12/meta/core',
  '2020-12/meta/format-annotation',
  '2020-12/meta/meta-data',
  '2020-12/meta/unevaluated',
  '2020-12/meta/validation',
];

let cache: Record<string, JsonValue> | undefined;

/** The metaschemas of the drafts by URI, read when a reference first leads to one. */
export function metaschemas(): Record<string, JsonValue> {
  if (cache) return cache;
  const require = createRequire(import.meta.url);
  const found: Record<string, JsonValue> = { 'http://json-schema.org/draft-04/schema': DRAFT_04 };
  for (const file of FILES) {
    const schema: JsonValue = require(`ajv/dist/refs/json-schema-${file}.json`);
    const id = isObject(schema) ? schema['$id'] : undefined;
    if (typeof id === 'string') found[id.replace(/#$/, '')] = schema;
  }
  cache = found;
  return found;
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
