/** Values that the service makes up satisfy their schema, and ids differ. */
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/events/index.ts';
import { moduleOf, specOf, writeService } from '../../support/synthesized.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Find = (name: string) => JsonValue | undefined;

interface Modules {
  fit(schema: JsonValue, known?: JsonValue, name?: string, find?: Find): JsonValue;
  check(schema: JsonValue, value: JsonValue, way: 'response'): string | null;
}

const SCHEMAS: Record<string, JsonValue> = {
  Uuid: { type: 'string', format: 'uuid' },
  Coded: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4,6}$' },
  Groups: { type: 'string', pattern: '^(ab|cd)+[x-z]?_(?:q{2}){3}$' },
  Bounded: { type: 'string', minLength: 12, maxLength: 12 },
  Short: { type: 'string', maxLength: 2, minLength: 1 },
  Cents: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.25, maximum: 3 },
  Below: { type: 'integer', maximum: -5, multipleOf: 3 },
  Strict: { type: 'integer', exclusiveMinimum: 4, exclusiveMaximum: 6 },
  When: { type: 'string', format: 'date-time' },
  Nested: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'array', minItems: 2, uniqueItems: true, items: { type: 'string', format: 'uuid' } }, b: { $ref: '#/components/schemas/Coded' } } },
  Composed: { allOf: [{ $ref: '#/components/schemas/Nested' }, { type: 'object', required: ['c'], properties: { c: { enum: ['p', 'q'] } } }] },
  Choice: { oneOf: [{ type: 'object', required: ['k', 'm'], properties: { k: { const: 1 }, m: { type: 'string', format: 'email' } } }, { type: 'object', required: ['k'], properties: { k: { const: 2 } } }] },
  Nullable: { type: ['string', 'null'], minLength: 3 },
  Tree: { type: 'object', required: ['v', 'next'], properties: { v: { type: 'integer' }, next: { oneOf: [{ $ref: '#/components/schemas/Tree' }, { type: 'null' }] } } },
  Map: { type: 'object', minProperties: 2, additionalProperties: { type: 'boolean' } },
  Untyped: {},
}; // prettier-ignore

const names = Object.keys(SCHEMAS);
const spec = specOf({
  openapi: '3.1.0',
  info: { title: 'Values', version: '1' },
  paths: {
    '/it': {
      get: {
        operationId: 'it',
        responses: Object.fromEntries(
          names.map((name, index) => [
            String(200 + index),
            {
              description: name,
              content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
            },
          ]),
        ),
      },
    },
  },
  components: { schemas: SCHEMAS },
});

function modules(): Modules & { schemas: Record<string, JsonValue> } {
  const folder = temporaryFolder();
  writeService(folder, spec);
  return {
    ...moduleOf<Modules>(folder, 'values.js'),
    check: moduleOf<Modules>(folder, 'schema.js').check,
    schemas: moduleOf<{ schemas: Record<string, JsonValue> }>(folder, 'contract.js').schemas,
  };
}

test.each(names)('%s is made, and made again', (name) => {
  const { fit, check, schemas } = modules();
  const schema = schemas[name] ?? false;
  for (let n = 0; n < 3; n++) expect(check(schema, fit(schema, undefined, 'name'), 'response')).toBeNull();
});

test('what is known is kept where it fits and replaced where it does not', () => {
  const { fit, schemas } = modules();
  const nested = schemas['Nested'] ?? false;
  const known = {
    a: ['3f0c2f9e-9d3b-4c59-8f1a-0a5b6c7d8e9f', '3f0c2f9e-9d3b-4c59-8f1a-0a5b6c7d8e90'],
    b: 'ABC-1234',
    z: 1,
  };
  expect(fit(nested, known)).toEqual({ a: known.a, b: 'ABC-1234' });
  expect(fit(nested, { ...known, b: 'no' })).toEqual({ a: known.a, b: expect.stringMatching(/^[A-Z]{3}-[0-9]{4,6}$/) });
  const find: Find = (name) => (name === 'b' ? 'XYZ-0001' : undefined);
  expect(fit(nested, { a: known.a }, '', find)).toEqual({ a: known.a, b: 'XYZ-0001' });
});

test('a thousand ids of one pattern differ', () => {
  const { fit, schemas } = modules();
  const ids = Array.from({ length: 1000 }, () => fit(schemas['Coded'] ?? false, undefined, 'id'));
  expect(new Set(ids).size).toBe(1000);
});
