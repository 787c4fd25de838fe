/** The validator that the agent writes agrees with the engine's own, on values that satisfy a schema and on others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/events/index.ts';
import { schemaTable } from '../../../src/agent/builtin/contract-data.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { fixtureSpec, moduleOf, specOf, writeService } from '../../support/synthesized.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface SchemaModule {
  check(schema: JsonValue, value: JsonValue, way: 'request' | 'response'): string | null;
}

const TRICKY: Record<string, JsonValue> = {
  Cents: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000 },
  Emoji: { type: 'string', minLength: 2, maxLength: 3 },
  When: { type: 'string', format: 'date-time' },
  Day: { type: 'string', format: 'date' },
  Clock: { type: 'string', format: 'time' },
  Mail: { type: 'string', format: 'email' },
  Address: { type: 'string', format: 'ipv4' },
  Six: { type: 'string', format: 'ipv6' },
  Link: { type: 'string', format: 'uri' },
  Host: { type: 'string', format: 'hostname' },
  Uuid: { type: 'string', format: 'uuid' },
  Tags: {
    type: 'array',
    uniqueItems: true,
    minItems: 1,
    maxItems: 4,
    items: { type: ['integer', 'null'], maximum: 3 },
  },
  Pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false, minItems: 2 },
  Has: { type: 'array', contains: { const: 7 }, minContains: 1, maxContains: 2, maxItems: 5 },
  Map: {
    type: 'object',
    propertyNames: { pattern: '^[a-z]+$' },
    additionalProperties: { type: 'integer' },
    maxProperties: 3,
  },
  Either: {
    oneOf: [
      { type: 'integer', minimum: 5 },
      { type: 'integer', maximum: 10 },
      { type: 'string', maxLength: 2 },
    ],
  },
  Any: { anyOf: [{ const: { a: [1] } }, { type: 'boolean' }] },
  Dependent: {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'integer' } },
    dependentRequired: { a: ['b'] },
    additionalProperties: false,
  },
  Closed: {
    allOf: [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }],
    properties: { b: { type: 'integer' } },
    unevaluatedProperties: false,
  },
  Conditional: {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['x', 'y'] }, n: { type: 'integer' } },
    if: { properties: { kind: { const: 'x' } } },
    then: { required: ['n'] },
    additionalProperties: false,
  },
  Tree: {
    type: 'object',
    required: ['v'],
    properties: { v: { type: 'integer' }, next: { $ref: '#/components/schemas/Tree' } },
  },
};

const tricky = specOf({
  openapi: '3.1.0',
  info: { title: 'Tricky', version: '1' },
  paths: {},
  components: { schemas: TRICKY },
});

async function specs() {
  return [tricky, await fixtureSpec('documents'), await fixtureSpec('todos'), await fixtureSpec('vacation-balance')];
}

test('agrees with the engine on valid and on invalid values of every schema', { timeout: 120_000 }, async () => {
  let compared = 0;
  for (const spec of await specs()) {
    const schemas = createSchemas(spec.document, { dialect: spec.dialect });
    const names = Object.keys((spec.document['components'] as { schemas: object }).schemas);
    for (const name of names) {
      const pointer = `#/components/schemas/${name}`;
      const folder = temporaryFolder();
      writeService(folder, withOperation(spec, pointer));
      const { check } = moduleOf<SchemaModule>(folder, 'schema.js');
      const known = moduleOf<{ schemas: Record<string, JsonValue> }>(folder, 'contract.js').schemas;
      const schema = known[schemaTable(spec).name(pointer)];
      expect(schema, name).toBeDefined();
      const generator = schemas.generator(pointer, 'request');
      if (generator.kind !== 'generator') throw new Error(`${name}: ${generator.reason}`);
      const agree = (value: JsonValue): void => {
        const engine = schemas.validate(pointer, value, 'request');
        const ours = check(schema ?? true, value, 'request');
        expect(ours === null, `${name} ${JSON.stringify(value)}: ${ours} / ${JSON.stringify(engine)}`).toBe(
          engine.length === 0,
        );
        compared += 1;
      };
      for (const value of [...generator.boundaries, ...fc.sample(generator.arbitrary, { numRuns: 15, seed: 7 })])
        agree(value);
      for (const negative of schemas.negatives(pointer, 'request'))
        fc.sample(negative.arbitrary, { numRuns: 3, seed: 7 }).forEach(agree);
    }
  }
  expect(compared).toBeGreaterThan(500);
});

/** The spec with one operation, so that the schema is part of the service. */
function withOperation(spec: Awaited<ReturnType<typeof fixtureSpec>>, pointer: string) {
  const body = { required: true, content: { 'application/json': { schema: { $ref: pointer } } } };
  const operation = { operationId: 'send', requestBody: body, responses: { '204': { description: 'Taken.' } } };
  return specOf({ ...spec.document, paths: { '/it': { post: operation } } });
}
