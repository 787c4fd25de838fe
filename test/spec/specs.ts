/** Small contracts for the tests of this room, as texts and as documents. */
import { expect } from 'vitest';
import type { JsonObject } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import type { Finding, Spec } from '../../src/spec/model.ts';

/** Reads a text; the file name decides between YAML and JSON. */
export function read(text: string, file = '/repo/contract.yaml') {
  return specFromText(text, { file, name: 'contract' });
}

/** Reads a document that must be a spec, with or without findings. */
export function specOf(document: JsonObject | string): { spec: Spec; findings: Finding[] } {
  const loaded =
    typeof document === 'string' ? read(document) : read(JSON.stringify(document, null, 2), '/repo/contract.json');
  expect(loaded.kind, JSON.stringify(loaded.findings)).toBe('spec');
  if (loaded.kind !== 'spec') throw new Error('unreachable');
  return loaded;
}

/** `rule@line` or `rule@pointer` of each finding. */
export function rulesOf(findings: Finding[]): string[] {
  return findings.map(({ rule, pointer }) => `${rule} ${pointer}`);
}

/** A contract with one operation, which tests change. */
export function contract(operation: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'Accounts', version: '1' },
    paths: {
      '/accounts/{id}/withdrawals': {
        post: {
          operationId: 'withdraw',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 10 } }],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Withdrawal' } } },
          },
          responses: { '201': { description: 'Done.' }, '409': { description: 'Too little. Try less.' } },
          ...operation,
        },
      },
      '/accounts/{id}': {
        get: {
          operationId: 'getAccount',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 10 } }],
          responses: { '200': { description: 'The account.' }, '404': { description: 'Unknown.' } },
        },
      },
    },
    components: {
      schemas: {
        Withdrawal: {
          type: 'object',
          required: ['minutes', 'day'],
          additionalProperties: false,
          properties: {
            minutes: { type: 'integer', minimum: 1, maximum: 600 },
            day: { type: 'string', format: 'date' },
          },
        },
      },
    },
    ...more,
  };
}
