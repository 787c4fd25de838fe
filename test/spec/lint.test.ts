/* oxlint-disable unicorn/no-thenable -- probes are written under `then` */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/events/index.ts';
import { schemaKnowledge } from '../../src/cli/schema-knowledge.ts';
import { isReady, lintSpec } from '../../src/spec/lint.ts';
import { contract, rulesOf, specOf } from './specs.ts';

const post = '#/paths/~1accounts~1{id}~1withdrawals/post';

/** Rules that an operation breaks beyond those that the base contract breaks. */
function broken(operation: JsonObject, more: JsonObject = {}): string[] {
  const base = rulesOf(lintSpec(specOf(contract()).spec));
  return rulesOf(lintSpec(specOf(contract(operation, more)).spec)).filter((rule) => !base.includes(rule));
}

const json = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({
  content: { 'application/json': { schema, ...more } },
});
const body = (property: JsonObject, name = 'thing'): JsonObject => ({
  requestBody: json({ type: 'object', additionalProperties: false, properties: { [name]: property } }),
});
const inBody = `${post}/requestBody/content/application~1json/schema/properties`;

test('a complete contract is ready, and what remains are notes', () => {
  const findings = lintSpec(specOf(contract()).spec);
  expect(isReady(findings)).toBe(true);
  expect(rulesOf(findings)).toEqual([
    `repeat-unstated ${post}`,
    `no-response-body ${post}/responses/201`,
    'no-response-body #/paths/~1accounts~1{id}/get/responses/200',
  ]);
});

test.each<[string, JsonObject, string[]]>([
  ['no responses', { responses: {} }, [`no-response ${post}/responses`, `no-client-error ${post}/responses`]],
  ['no success', { responses: { '409': { description: 'a' } } }, [`no-success ${post}/responses`]],
  ['no client error', { responses: { '204': { description: 'a' } } }, [`no-client-error ${post}/responses`]],
  ['an undeclared path parameter', { parameters: [] }, [`path-parameter-undeclared ${post}`]],
  [
    'a path parameter that is not in the path',
    {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 1 } },
        { name: 'no', in: 'path', required: true, schema: { type: 'string', maxLength: 1 } },
      ],
    },
    [`path-parameter-unused ${post}/parameters/1`],
  ],
  [
    'an unknown security scheme',
    { security: [{ key: [] }] },
    [`unknown-security ${post}`, `no-unauthorized ${post}/responses`],
  ],
  [
    'a body without schema',
    { responses: { '201': { description: 'a', content: { 'application/json': {} } }, '400': { description: 'b' } } },
    [`no-response-schema ${post}/responses/201/content/application~1json`],
  ],
  ['an objective without load', { 'x-objective': { p99: '200ms' } }, [`objective-rate ${post}/x-objective`]],
  [
    'a rule about nothing',
    { 'x-invariants': [{ id: 'a', rule: '1 == 1' }] },
    [`vacuous-rule ${post}/x-invariants/a/rule`],
  ],
  [
    'an unknown constant',
    { 'x-invariants': [{ id: 'a', rule: 'request.body.minutes < constant.limit' }] },
    [`rule-reference ${post}/x-invariants/a/rule`],
  ],
  [
    'an undeclared path value',
    { 'x-invariants': [{ id: 'a', rule: 'request.path.ID == "a"' }] },
    [`rule-reference ${post}/x-invariants/a/rule`],
  ],
  [
    'an unused probe',
    {
      'x-invariants': [
        {
          id: 'a',
          rule: 'response.status < 500',
          then: { b: { operationId: 'getAccount', parameters: { id: 'request.path.id' } } },
        },
      ],
    },
    [`unused-probe ${post}/x-invariants/a/then/b`],
  ],
  ['a long text', body({ type: 'string' }), [`unbounded-string ${inBody}/thing`]],
  ['a long list', body({ type: 'array', items: { type: 'boolean' } }), [`unbounded-array ${inBody}/thing`]],
  ['an open number', body({ type: 'integer', minimum: 0 }), [`unbounded-number ${inBody}/thing`]],
  [
    'money as a float',
    body({ type: 'number', minimum: 0, maximum: 9 }, 'unitPrice'),
    [`money-number ${inBody}/unitPrice`],
  ],
  ['a time without format', body({ type: 'string', maxLength: 30 }, 'createdAt'), [`time-format ${inBody}/createdAt`]],
  ['anything', body({}), [`any-value ${inBody}/thing`]],
  ['an open object', body({ type: 'object', properties: { a: { type: 'boolean' } } }), [`open-object ${inBody}/thing`]],
  [
    'a required stranger',
    body({ type: 'object', required: ['b'], properties: { a: { type: 'boolean' } } }),
    [`required-undeclared ${inBody}/thing`, `open-object ${inBody}/thing`],
  ],
  ['vague words', { description: 'Answers quickly.' }, [`vague-word ${post}/description`]],
])('%s is found', (_, operation, expected) => {
  expect(broken(operation)).toEqual(expected);
});

test.each<[string, JsonObject]>([
  [
    'a bound that comes from a sibling in allOf',
    body({ allOf: [{ $ref: '#/components/schemas/Withdrawal/properties/day' }, { maxLength: 10 }] }),
  ],
  ['an enum of texts', body({ type: 'string', enum: ['a'] })],
  ['an exclusive bound', body({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 })],
  ['a property called title', body({ type: 'boolean' }, 'title')],
  ['a success by default', { responses: { default: { description: 'a' } } }],
])('%s is no finding', (_, operation) => {
  expect(broken(operation)).toEqual([]);
});

test('pages of a list need an order', () => {
  const list = (more: JsonObject) => {
    const document = contract({}, {});
    (document.paths as JsonObject)['/items'] = {
      get: {
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9 } }],
        responses: {
          '200': { description: 'a', ...json({ type: 'object', properties: { items: { type: 'array' } } }) },
          '400': { description: 'b' },
        },
        ...more,
      },
    };
    return rulesOf(lintSpec(specOf(document).spec)).filter((rule) => rule.startsWith('paging-order'));
  };
  expect(list({})).toEqual(['paging-order #/paths/~1items/get/parameters/0']);
  expect(list({ 'x-invariants': [{ id: 'o', rule: 'response.body.items.map(i, i.id).isSorted()' }] })).toEqual([]);
});

test('examples are checked by the validator that is passed in', () => {
  const { spec } = specOf(contract({ requestBody: json({ type: 'integer' }, { example: 'x' }) }));
  const asked: unknown[] = [];
  const findings = lintSpec(spec, {
    validate: (schema, value, direction) => {
      asked.push([schema, value, direction]);
      return ['must be integer'];
    },
  });
  const media = `${post}/requestBody/content/application~1json`;
  expect(asked).toEqual([[`${media}/schema`, 'x', 'request']]);
  expect(rulesOf(findings)).toContain(`example-invalid ${media}`);
});

test('recursive schemas end', () => {
  const { spec } = specOf(
    contract(
      { requestBody: json({ $ref: '#/components/schemas/Node' }) },
      {
        components: {
          schemas: {
            Withdrawal: {},
            Node: {
              allOf: [
                { $ref: '#/components/schemas/Node' },
                { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } },
              ],
            },
          },
        },
      },
    ),
  );
  expect(rulesOf(lintSpec(spec)).filter((rule) => rule.startsWith('open-object'))).toHaveLength(1);
});

// Nothing is blamed for its looks: what is reported really explodes, and look-alikes that do not are left alone.
test.each([
  ['^(a+)+$', 'aaa…'],
  ['^([a-z0-9]+-?)+$', 'aaa…'],
  ['^(?:(?:(?:[A-Za-z0-9]+[-]?)+[A-Za-z0-9]/)?[a-z]*)*$', 'AAA…'],
  ['(x+x+)+y', 'xxx…'],
  ['^(a|b|ab)*c$', 'ababab…'],
  ['^id:(\\w+\\s?)*$', 'id:iii…'],
])('a pattern that explodes is reported: %s', (pattern, text) => {
  const { spec } = specOf(contract(body({ type: 'string', pattern })));
  const found = lintSpec(spec).filter(({ rule }) => rule === 'slow-pattern');
  expect(found).toMatchObject([{ pointer: `${inBody}/thing/pattern`, message: expect.stringContaining(text) }]);
});

test.each([
  '^[a-z0-9]+(-[a-z0-9]+)*$',
  '^(a|b)*$',
  '(a+)+',
  '^(\\S+ )*\\S+$',
  '^\\d*\\d*\\d*x$',
  '^((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.|$)){4}$',
  '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
  '^(?:[a-z]+\\.)*[a-z]+$',
  '(',
])('a pattern that does not explode is not: %s', (pattern) => {
  const { spec } = specOf(contract(body({ type: 'string', pattern })));
  expect(lintSpec(spec).filter(({ rule }) => rule === 'slow-pattern')).toEqual([]);
});

test('what no value can be made of is told before anything runs', () => {
  const { spec } = specOf(contract(body({ type: 'array', minItems: 1_000_000_000, items: {} })));
  const large = lintSpec(spec, schemaKnowledge(spec)).filter(({ rule }) => rule === 'out-of-reach');
  expect(large).toMatchObject([{ pointer: `${inBody}/thing/minItems`, severity: 'warning' }]);
  const contradiction = specOf(contract({ requestBody: json({ type: 'string', minLength: 2, maxLength: 1 }) })).spec;
  expect(
    lintSpec(contradiction, schemaKnowledge(contradiction)).filter(({ rule }) => rule === 'no-value'),
  ).toMatchObject([
    { pointer: inBody.replace('/properties', ''), message: expect.stringContaining('contradict each other') },
  ]);
});

test.each([
  ['/a?b=c', 'has a query'],
  ['/a#b', 'has a fragment'],
  ['/a b', 'has white space'],
  ['/a/{x y?}', undefined],
])('a path template says only what a path can hold: %s', (path, message) => {
  const parameters = [{ name: 'x y?', in: 'path', required: true, schema: { type: 'string' } }];
  const item = { get: { responses: { '204': { description: 'a' } }, ...(path.includes('{') ? { parameters } : {}) } };
  const { spec } = specOf({ openapi: '3.1.0', info: { title: 'a', version: '1' }, paths: { [path]: item } });
  const found = lintSpec(spec).filter(({ rule }) => rule === 'path-template');
  expect(found.map((one) => one.message)).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});
