/* oxlint-disable unicorn/no-thenable -- probes are written under `then` */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isObject, type JsonObject, type JsonValue } from '../../src/events/index.ts';
import { contract, read } from './specs.ts';

function digests(text: string, file?: string): { semantic: string; document: string } {
  const loaded = read(text, file);
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  return { semantic: loaded.spec.semanticDigest, document: loaded.spec.documentDigest };
}

const ofDocument = (document: JsonObject) => digests(JSON.stringify(document), '/repo/contract.json');

/** The same document with the members of every object in another order; probes are left alone, their order counts. */
function shuffled(value: JsonValue, seed: number): JsonValue {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [number, string, JsonValue] => [
        hash(key, seed),
        key,
        key === 'given' || key === 'then' ? item : shuffled(item, seed),
      ])
      .sort(([a], [b]) => a - b)
      .map(([, key, item]) => [key, item]),
  );
}

function hash(text: string, seed: number): number {
  return [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, seed);
}

const rich = contract(
  {
    summary: 'Takes time out.',
    tags: ['b', 'a'],
    'x-objective': { p99: '200ms', rate: '100/s' },
    'x-other': 1,
    'x-invariants': [
      {
        id: 'conserved',
        rule: 'after.body.minutes == before.body.minutes - request.body.minutes',
        given: { before: { operationId: 'getAccount', parameters: { id: 'request.path.id' } } },
        then: {
          after: { operationId: 'getAccount', parameters: { id: 'request.path.id' } },
          again: { operationId: 'getAccount', parameters: { id: 'request.path.id' } },
        },
      },
    ],
  },
  { 'x-constants': { limit: [{ value: 5 }, { value: 6, from: '2026-01-01' }] } },
);

test('layout, key order and YAML against JSON change neither digest', () => {
  const expected = ofDocument(rich);
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(undefined, 2, '\t'),
      fc.integer({ min: 20, max: 200 }),
      (seed, space, lineWidth) => {
        const other = shuffled(rich, seed);
        expect(digests(JSON.stringify(other, null, space), '/repo/contract.json')).toEqual(expected);
        expect(digests(stringify(other, { lineWidth, aliasDuplicateObjects: false }))).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});

/** Sets a member at a path of keys, in a copy. */
function changed(path: string[], value: JsonValue): JsonObject {
  const copy = structuredClone(rich);
  let node: JsonValue = copy;
  for (const key of path.slice(0, -1)) node = (node as JsonObject)[key] ?? null;
  (node as JsonObject)[path.at(-1) ?? ''] = value;
  return copy;
}

const post = ['paths', '/accounts/{id}/withdrawals', 'post'];
const schema = ['components', 'schemas', 'Withdrawal'];

test.each([
  [['info', 'title'], 'Other'],
  [[...post, 'summary'], 'Other'],
  [[...post, 'description'], 'Other'],
  [[...post, 'tags'], ['c']],
  [[...post, 'x-other'], 2],
  [[...post, 'responses', '201', 'description'], 'Other'],
  [[...schema, 'title'], 'Other'],
  [[...schema, 'properties', 'minutes', 'example'], 7],
  [[...schema, 'properties', 'minutes', 'x-vendor'], { a: 1 }],
  [[...post, 'x-invariants', '0', 'message'], 'Other'],
])('the words at %j change the document only', (path, value) => {
  const before = ofDocument(rich);
  const after = ofDocument(changed(path, value));
  expect(after.semantic).toBe(before.semantic);
  expect(after.document).not.toBe(before.document);
});

test.each([
  [[...schema, 'properties', 'minutes', 'maximum'], 601],
  [[...schema, 'required'], ['minutes']],
  [[...schema, 'properties', 'title'], { type: 'string' }],
  [[...schema, 'properties', 'x-vendor'], { type: 'string' }],
  [[...schema, 'properties', 'minutes', 'default'], 5],
  [[...schema, 'properties', 'minutes', 'const'], { title: 'x' }],
  [[...post, 'responses', '422'], { description: 'New.' }],
  [[...post, 'x-objective', 'p99'], '201ms'],
  [[...post, 'x-invariants', '0', 'rule'], 'true'],
  [[...post, 'x-invariants', '0', 'severity'], 'should'],
  [['x-constants', 'limit', '0', 'value'], 7],
  [['servers'], [{ url: '/v2' }]],
  [['security'], [{ key: [] }]],
])('what is said at %j changes both digests', (path, value) => {
  const before = ofDocument(rich);
  const after = ofDocument(changed(path, value));
  expect(after.semantic).not.toBe(before.semantic);
  expect(after.document).not.toBe(before.document);
});

test('arrays whose order means nothing are sorted in the semantic digest only', () => {
  const after = ofDocument(changed([...schema, 'required'], ['day', 'minutes']));
  expect(after.semantic).toBe(ofDocument(rich).semantic);
  expect(after.document).not.toBe(ofDocument(rich).document);
});

test('probes run in written order, so their order is part of what is said', () => {
  const other = structuredClone(rich);
  const text = JSON.stringify(other);
  const [, then] = /"then":\{("after":\{.*?\}\}),/.exec(text) ?? [];
  const [, again] = /,("again":\{.*?\}\})\}/.exec(text) ?? [];
  const swapped = text.replace(`${then},${again}`, `${again},${then}`);
  expect(swapped).not.toBe(text);
  expect(digests(swapped, '/repo/contract.json').semantic).not.toBe(ofDocument(rich).semantic);
  expect(digests(swapped, '/repo/contract.json').document).not.toBe(ofDocument(rich).document);
});

test('integers that a double rounds to the same value keep their own digests', () => {
  const bound = (digits: string) => {
    const text = JSON.stringify(changed([...schema, 'properties', 'minutes', 'maximum'], 123_456));
    return digests(text.replace('123456', digits), '/repo/contract.json');
  };
  expect(bound('9007199254740993').semantic).not.toBe(bound('9007199254740992').semantic);
  expect(bound('9007199254740993').document).not.toBe(bound('9007199254740992').document);
  expect(bound('9007199254740993')).toEqual(bound('9007199254740993'));
});
