/** OpenRPC contracts and JSON Schemas as specs: what is read, and what is found wrong, with its place. */
import { describe, expect, it } from 'vitest';
import { lintSpec } from '../../src/spec/lint.ts';
import { read, rulesOf, specOf } from './specs.ts';

const BANK = `
openrpc: 1.3.2
info: { title: Bank, version: '1' }
x-constants: { limit: [{ value: 100 }] }
x-invariants:
  - id: bounded
    methods: [withdraw]
    rule: params.cents <= constant.limit || error != null
methods:
  - name: open
    paramStructure: by-name
    params: [{ name: owner, schema: { type: string } }]
    result: { name: account, schema: { $ref: '#/components/schemas/Account' } }
    links:
      - { name: take, method: withdraw, params: { id: '\${result.id}' } }
  - name: withdraw
    summary: Takes money.
    paramStructure: by-position
    params:
      - $ref: '#/components/contentDescriptors/Id'
      - { name: cents, required: true, schema: { type: integer, minimum: 1 } }
      - { name: note, schema: { type: string, maxLength: 20 } }
    result: { name: left, schema: { type: integer } }
    errors:
      - { code: -32602, message: Invalid params }
      - $ref: '#/components/errors/Poor'
    examples:
      - name: some
        params: [{ name: a, value: a1 }, { name: b, value: 5 }]
        result: { name: left, value: 7 }
    x-objective: { p99: 5ms }
    x-invariants:
      - id: takes
        given: { before: { method: balance, params: { id: params.id } } }
        rule: result == before.result - params.cents
  - { name: balance, x-pure: true, params: [{ $ref: '#/components/contentDescriptors/Id' }], result: { name: cents, schema: { type: integer } } }
  - { name: audit, params: [] }
components:
  contentDescriptors: { Id: { name: id, required: true, schema: { type: string, minLength: 1 } } }
  errors: { Poor: { code: 409, message: Too little, data: { type: object, required: [left] } } }
  schemas:
    Account:
      type: object
      properties: { id: { type: string } }
      x-invariants: [{ id: has-id, rule: self.id != '' }]
`;

describe('an OpenRPC contract', () => {
  it('is read as methods with clauses that go by names', () => {
    const { spec, findings } = specOf(BANK);
    expect(findings).toEqual([]);
    expect([spec.contract, spec.version, spec.dialect, spec.title]).toEqual(['openrpc', '1.3.2', 'draft-07', 'Bank']);
    expect(spec.methods.map(({ name, structure, pure }) => [name, structure, pure])).toEqual([
      ['open', 'by-name', false],
      ['withdraw', 'by-position', false],
      ['balance', 'either', true],
      ['audit', 'either', false],
    ]);
    const withdraw = spec.methods[1];
    expect(withdraw).toMatchObject({
      pointer: '#/methods/withdraw',
      parameters: [
        { name: 'id', required: true, pointer: '#/methods/withdraw/params/id' },
        { name: 'cents', required: true, schema: '#/methods/1/params/1/schema' },
        { name: 'note', required: false },
      ],
      errors: [
        { code: -32602, pointer: '#/methods/withdraw/errors/-32602' },
        { code: 409, message: 'Too little', data: '#/components/errors/Poor/data' },
      ],
      examples: [{ name: 'some', params: { id: 'a1', cents: 5 }, result: 7 }],
      objective: { pointer: '#/methods/withdraw/x-objective', p99Ms: 5 },
    });
    expect(withdraw?.invariants.map(({ id, pointer, operations }) => [id, pointer, operations])).toEqual([
      ['bounded', '#/x-invariants/bounded', ['withdraw']],
      ['takes', '#/methods/withdraw/x-invariants/takes', ['withdraw']],
    ]);
    expect(spec.methods[0]?.links).toMatchObject([{ method: 'withdraw', params: { id: '${result.id}' } }]);
    expect(spec.invariants.find(({ id }) => id === 'has-id')?.operations).toEqual(['open']);
    expect(spec.clauses.map(({ pointer, kind }) => `${kind} ${pointer}`).slice(0, 4)).toEqual([
      'operation #/methods/open',
      'parameter #/methods/open/params/owner',
      'response #/methods/open/result',
      'operation #/methods/withdraw',
    ]);
    expect(spec.locate('#/methods/withdraw/params/cents')).toMatchObject({ line: 21 });
  });

  it('keeps its semantic digest when words or examples change, and not when a schema does', () => {
    const { spec } = specOf(BANK);
    expect(specOf(BANK.replace('Takes money.', 'Takes some money.')).spec.semanticDigest).toBe(spec.semanticDigest);
    expect(specOf(BANK.replace('minimum: 1', 'minimum: 2')).spec.semanticDigest).not.toBe(spec.semanticDigest);
    expect(specOf(BANK.replace('value: 7', 'value: 8')).spec.semanticDigest).toBe(spec.semanticDigest);
  });

  it('says what is wrong and where', () => {
    const wrong = `
openrpc: 1.2.6
methods:
  - { name: a, params: [{ name: x, schema: {} }, { name: y, required: true, schema: {} }, { name: z }], links: [{ name: l, method: b }] }
  - { name: a, params: [] }
  - { params: [] }
  - { name: c, params: 5, paramStructure: sideways, errors: [{ message: no }] }
  - { name: d, params: [], x-invariants: [{ id: i, rule: request.path.x == 1, given: { p: { method: q } } }] }
`;
    const loaded = read(wrong);
    expect(rulesOf(loaded.findings)).toEqual([
      'no-schema #/methods/a/params/z',
      'parameter-order #/methods/a/params/y',
      'duplicate-method #/methods/1',
      'method-shape #/methods/2',
      'method-shape #/methods/c/paramStructure',
      'wrong-shape #/methods/3/params',
      'error-shape #/methods/3/errors/0',
      'link-target #/methods/a/links/l',
      'unknown-method #/methods/d/x-invariants/i/given/p/method',
      'rule-reference #/methods/d/x-invariants/i/rule',
    ]);
    expect(read('openrpc: 2.0.0').findings).toMatchObject([{ rule: 'not-openrpc', location: { line: 1 } }]);
    expect(read('openrpc: 1.3.2\nmethods: []').findings).toMatchObject([{ rule: 'no-method' }]);
  });

  it('is linted: what a rule reads must be declared', () => {
    const { spec } = specOf(BANK.replace('params.cents <= constant.limit', 'params.sense <= constant.limit'));
    expect(rulesOf(lintSpec(spec).filter(({ severity }) => severity === 'error'))).toEqual([
      'rule-reference #/x-invariants/bounded/rule',
    ]);
    expect(lintSpec(specOf(BANK).spec).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('a JSON Schema', () => {
  it('is a contract on records', () => {
    const { spec, findings } = specOf({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Booking',
      type: 'object',
      properties: { from: { type: 'string' }, to: { type: 'string' } },
      'x-constants': { least: [{ value: 1 }] },
      'x-invariants': [{ id: 'order', rule: 'self.from <= self.to && constant.least == 1' }],
    });
    expect(findings).toEqual([]);
    expect([spec.contract, spec.version, spec.title]).toEqual(['json-schema', 'draft-07', 'Booking']);
    expect(spec.clauses.map(({ pointer }) => pointer)).toEqual([
      '#',
      '#/properties/from',
      '#/properties/to',
      '#/x-invariants/order',
    ]);
    expect(lintSpec(spec).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('must name a dialect that is known', () => {
    expect(read('$schema: https://example.com/mine\ntype: object').findings).toMatchObject([
      { rule: 'unknown-dialect', pointer: '#/$schema', location: { line: 1 } },
    ]);
  });

  it('is not confused with a document that is no contract at all', () => {
    expect(read('hello: world').findings).toMatchObject([{ rule: 'not-openapi' }]);
  });
});
