/* oxlint-disable unicorn/no-thenable -- probes are written under `then` */
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/events/index.ts';
import { contract, rulesOf, specOf } from './specs.ts';

const post = '#/paths/~1accounts~1{id}~1withdrawals/post';
const probe = { operationId: 'getAccount', parameters: { id: 'request.path.id' } };

function withInvariant(invariant: JsonValue, more: JsonObject = {}) {
  return specOf(contract({ 'x-invariants': [invariant] }, more));
}

test('an invariant with probes is read whole, in written order', () => {
  const { spec, findings } = withInvariant(
    {
      id: 'conserved',
      rule: 'response.status != 201 || after.body.minutes == before.body.minutes - request.body.minutes',
      message: 'minutes got lost',
      severity: 'should',
      source: 'policy 4',
      given: { before: probe },
      then: {
        after: probe,
        again: {
          operationId: 'withdraw',
          parameters: { id: 'after.body.id' },
          body: { minutes: 'after.body.minutes', day: 'constant.day' },
        },
      },
    },
    { 'x-constants': { day: [{ value: '2027-01-01', from: '2027-01-01' }, { value: '2026-01-01' }] } },
  );
  expect(findings).toEqual([]);
  expect(spec.constants).toEqual({ day: [{ value: '2026-01-01' }, { value: '2027-01-01', from: '2027-01-01' }] });
  expect(spec.operations[0]?.invariants).toEqual(spec.invariants);
  expect(spec.invariants).toEqual([
    {
      id: 'conserved',
      pointer: `${post}/x-invariants/conserved`,
      rule: 'response.status != 201 || after.body.minutes == before.body.minutes - request.body.minutes',
      message: 'minutes got lost',
      severity: 'should',
      source: 'policy 4',
      given: [
        {
          name: 'before',
          pointer: `${post}/x-invariants/conserved/given/before`,
          operation: 'getAccount',
          parameters: { id: 'request.path.id' },
        },
      ],
      then: [
        {
          name: 'after',
          pointer: `${post}/x-invariants/conserved/then/after`,
          operation: 'getAccount',
          parameters: { id: 'request.path.id' },
        },
        {
          name: 'again',
          pointer: `${post}/x-invariants/conserved/then/again`,
          operation: 'withdraw',
          parameters: { id: 'after.body.id' },
          body: { minutes: 'after.body.minutes', day: 'constant.day' },
        },
      ],
      scope: 'operation',
      operations: ['withdraw'],
    },
  ]);
});

test('invariants of the root name their operations, those of a path item hold for all of its operations', () => {
  const document = contract(
    {},
    { 'x-invariants': { polite: { rule: 'response.status < 500', operations: ['withdraw', 'getAccount'] } } },
  );
  const item = (document.paths as JsonObject)['/accounts/{id}'] as JsonObject;
  item['x-invariants'] = [{ id: 'known', rule: 'response.status != 410' }];
  const { spec, findings } = specOf(document);
  expect(findings).toEqual([]);
  expect(spec.invariants.map(({ pointer, operations }) => [pointer, operations])).toEqual([
    ['#/x-invariants/polite', ['withdraw', 'getAccount']],
    ['#/paths/~1accounts~1{id}/x-invariants/known', ['getAccount']],
  ]);
});

test('an invariant of a schema holds wherever a body reaches the schema, through references and recursion', () => {
  const document = contract({
    responses: {
      '201': {
        description: 'Done.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } },
      },
    },
  });
  const { schemas } = document.components as JsonObject;
  Object.assign(schemas as JsonObject, {
    Node: {
      type: 'object',
      properties: { next: { $ref: '#/components/schemas/Node' }, leaf: { $ref: '#/components/schemas/Leaf' } },
    },
    Leaf: { type: 'object', 'x-invariants': [{ id: 'ordered', rule: 'self.low <= self.high' }] },
    Unused: { type: 'object', 'x-invariants': [{ id: 'unused', rule: 'self.a > 0' }] },
  });
  const { spec } = specOf(document);
  expect(spec.invariants.map(({ id, scope, schema, operations }) => [id, scope, schema, operations])).toEqual([
    ['ordered', 'schema', '#/components/schemas/Leaf', ['withdraw']],
    ['unused', 'schema', '#/components/schemas/Unused', []],
  ]);
});

const place = `${post}/x-invariants`;

test.each<[string, JsonValue, string[]]>([
  ['a rule that does not parse', { id: 'a', rule: 'request.body. ==' }, [`rule-syntax ${place}/a/rule`]],
  ['a rule that cannot be typed', { id: 'a', rule: '1 + "a" == 2' }, [`rule-syntax ${place}/a/rule`]],
  ['a name that nothing declares', { id: 'a', rule: 'before.status == 200' }, [`rule-reference ${place}/a/rule`]],
  ['self outside a schema', { id: 'a', rule: 'self.x == 200' }, [`rule-reference ${place}/a/rule`]],
  [
    'the answer before the call',
    { id: 'a', rule: 'b.status == 200', given: { b: { ...probe, parameters: { id: 'response.body.id' } } } },
    [`rule-reference ${place}/a/given/b/parameters/id`],
  ],
  [
    'a probe that looks ahead',
    { id: 'a', rule: 'b.status == c.status', then: { b: { ...probe, parameters: { id: 'c.body.id' } }, c: probe } },
    [`rule-reference ${place}/a/then/b/parameters/id`],
  ],
  [
    'an unknown operation',
    { id: 'a', rule: 'b.status == 200', then: { b: { operationId: 'none' } } },
    [`unknown-operation ${place}/a/then/b/operationId`],
  ],
  [
    'an unknown parameter',
    {
      id: 'a',
      rule: 'b.status == 200',
      then: { b: { operationId: 'getAccount', parameters: { id: '"x"', page: '1' } } },
    },
    [`unknown-parameter ${place}/a/then/b/parameters/page`],
  ],
  [
    'a missing parameter',
    { id: 'a', rule: 'b.status == 200', then: { b: { operationId: 'getAccount' } } },
    [`probe-incomplete ${place}/a/then/b`],
  ],
  [
    'a bad body',
    {
      id: 'a',
      rule: 'b.status == 200',
      then: { b: { operationId: 'withdraw', parameters: { id: '"x"' }, body: { minutes: ['1 +'] } } },
    },
    [`rule-syntax ${place}/a/then/b/body/minutes/0`],
  ],
  [
    'a name taken twice',
    { id: 'a', rule: 'b.status == 200', given: { b: probe }, then: { b: probe } },
    [`probe-name ${place}/a/then/b`],
  ],
  [
    'a name of CEL itself',
    { id: 'a', rule: 'int(1) == 1', given: { list: probe } },
    [`probe-name ${place}/a/given/list`],
  ],
  ['no rule', { id: 'a' }, [`invariant-shape ${place}/a`]],
  ['no id', { rule: 'response.status < 500' }, [`invariant-shape ${place}/0`]],
  [
    'a severity of its own',
    { id: 'a', rule: 'response.status < 500', severity: 'maybe' },
    [`invariant-shape ${place}/a/severity`],
  ],
  ['an unknown member', { id: 'a', rule: 'response.status < 500', givn: {} }, [`invariant-shape ${place}/a/givn`]],
  ['not an object', 5, [`invariant-shape ${place}/0`]],
])('%s is found where it stands', (_, invariant, expected) => {
  expect(rulesOf(withInvariant(invariant).findings)).toEqual(expected);
});

test('an invariant whose rule is broken stays in the spec, so that it cannot pass unseen', () => {
  expect(withInvariant({ id: 'a', rule: '1 +' }).spec.invariants.map(({ id }) => id)).toEqual(['a']);
});

test('two invariants may not share an id, and a root invariant must say what it holds for', () => {
  const { findings } = specOf(
    contract(
      {
        'x-invariants': [
          { id: 'a', rule: 'response.status < 500' },
          { id: 'a', rule: 'response.status > 100' },
        ],
      },
      {
        'x-invariants': [
          { id: 'b', rule: 'response.status < 500' },
          { id: 'c', rule: 'response.status < 500', operations: ['none'] },
        ],
      },
    ),
  );
  expect(rulesOf(findings)).toEqual([
    'invariant-operations #/x-invariants/b',
    'unknown-operation #/x-invariants/c/operations',
    `duplicate-invariant ${place}/a`,
  ]);
});

test.each<[JsonValue, string]>([
  [5, '/a'],
  [[], '/a'],
  [[{ from: '2026-01-01' }], '/a/0'],
  [[{ value: 1, from: '2026-02-30' }], '/a/0/from'],
  [[{ value: 1 }, { value: 2 }], '/a/1'],
])('the constant %j is refused', (value, suffix) => {
  expect(rulesOf(specOf(contract({}, { 'x-constants': { a: value } })).findings)).toEqual([
    `constant-shape #/x-constants${suffix}`,
  ]);
});
