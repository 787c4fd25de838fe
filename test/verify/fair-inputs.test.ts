/** What a correct service may refuse, or read in its own way, is not held against it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputsOf } from '../../src/verify/cases/inputs.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { violatesOnWire } from '../../src/verify/wire/wire-validity.ts';
import { specOf } from '../spec/specs.ts';

const { spec } = specOf({
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  paths: {
    '/things': {
      post: {
        operationId: 'make',
        parameters: [
          { name: 'q', in: 'query', schema: { type: 'string', maxLength: 10 } },
          { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', minLength: 1 } },
        ],
        responses: { 201: { description: 'Made.' } },
      },
    },
  },
});
const schemas = createSchemas(spec.document, { dialect: spec.dialect, literals: [] });
const [operation] = spec.operations;
if (operation === undefined) throw new Error('the contract has one operation');

// A service may refuse a key that came before with another request.
test('idempotency keys are not used twice', () => {
  const { arbitrary } = inputsOf(operation, { schemas, wire: spec, bound: new Set(), wished: () => true });
  const keys = fc.sample(arbitrary, { numRuns: 200, seed: 1 }).map((input) => input.headers['Idempotency-Key']);
  expect(new Set(keys).size).toBe(200);
});

test('a long number is a long text in a query, and no value of a wrong type', () => {
  const [parameter] = operation.parameters;
  if (parameter === undefined) throw new Error('the operation has parameters');
  const clause = `${parameter.schema ?? ''}/type`;
  const type = { keyword: 'type', instancePath: '', clause };
  expect(violatesOnWire(schemas, spec, parameter, 123456789012, { ...type, keyword: 'maxLength' })).toBe(true);
  expect(violatesOnWire(schemas, spec, parameter, 123456789012, type)).toBe(false);
});
