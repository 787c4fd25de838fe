import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isObject, valueAt } from '../../src/events/index.ts';
import { parseJson } from '../../src/spec/text/parse-json.ts';
import { parseYaml } from '../../src/spec/text/parse-yaml.ts';
import { DEFAULT_LIMITS, type Parsed } from '../../src/spec/text/syntax.ts';

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value)));
const withoutProto = json.filter((value) => !JSON.stringify(value).includes('__proto__'));

test('the JSON reader gives what JSON.parse gives, however the text is laid out', () => {
  fc.assert(
    fc.property(withoutProto, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      expect(parseJson(JSON.stringify(value, null, space), DEFAULT_LIMITS).value).toEqual(normal(value));
    }),
  );
});

test('the YAML reader gives back what was written as YAML', () => {
  fc.assert(
    fc.property(withoutProto, (value) => {
      expect(parseYaml(stringify(value, { aliasDuplicateObjects: false }), DEFAULT_LIMITS).value).toEqual(
        normal(value),
      );
    }),
  );
});

test('any text at all is read or refused with a problem, and never throws', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'{}[]:,"\'&*!|>-?#%@` \n\tab01.e'), maxLength: 60 });
  fc.assert(
    fc.property(noise, (text) => {
      for (const parsed of [parseJson(text, DEFAULT_LIMITS), parseYaml(text, DEFAULT_LIMITS)])
        expect(parsed.value !== undefined || parsed.problems.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const found = ({ problems, value }: Parsed) => [
  value === undefined ? 'refused' : 'read',
  ...problems.map(({ rule, offset }) => `${rule}@${offset}`),
];

test.each([
  ['a: 1\nb: 2\na: 3\n', ['refused', 'duplicate-key@10']],
  ['a: &x\n  b: *x\n', ['refused', 'yaml-alias-cycle@11']],
  ['a: *x\n', ['refused', 'yaml-alias@3']],
  ['a: .nan\n', ['refused', 'number-range@3']],
  ['a: -.inf\n', ['refused', 'number-range@3']],
  ['a: 1\n---\nb: 2\n', ['refused', 'yaml-many-documents@5']],
  ['%YAML 1.1\n---\na: yes\n', ['refused', 'yaml-version@0']],
  ['b:\n  <<: 1\n', ['refused', 'yaml-merge-key@5']],
  ['a: &a\n  <<: *a\n', ['refused', 'yaml-alias-cycle@12']],
  ['? [a]\n: 1\n', ['refused', 'yaml-key@0']],
  ['__proto__: 1\n', ['refused', 'forbidden-key@0']],
  ['a: !!binary aGk=\n', ['refused', 'yaml-tag@12']],
  ['a: 9007199254740993\n', ['read', 'number-precision@3']],
  ['a: 9007199254740991\n', ['read']],
  ['a: "e\u0301"\n', ['read', 'not-nfc@3']],
  ['a: "\\ud800"\n', ['refused', 'ill-formed-text@3']],
])('YAML %j is answered with %j', (text, expected) => {
  expect(found(parseYaml(text, DEFAULT_LIMITS))).toEqual(expected);
});

test.each([
  ['{"a": 1, "a": 2}', ['refused', 'duplicate-key@9']],
  ['{"a": 1e999}', ['refused', 'number-range@6']],
  ['{"a": 01}', ['refused', 'json-syntax@7']],
  ['{"a": 1,}', ['refused', 'json-syntax@8']],
  ['{"a": "\u0001"}', ['refused', 'json-syntax@6']],
  ['{"a": "b', ['refused', 'json-syntax@6']],
  ['{} {}', ['refused', 'json-syntax@3']],
  ['', ['refused', 'json-syntax@0']],
  ['-0', ['read']],
  ['[9223372036854775807]', ['read', 'number-precision@1']],
])('JSON %j is answered with %j', (text, expected) => {
  expect(found(parseJson(text, DEFAULT_LIMITS))).toEqual(expected);
});

test('YAML keys keep the text that was written, as OpenAPI means them', () => {
  const text = 'on: no\n200: a\n4XX: b\n0x10: c\ntrue: d\n1e3: e\nnull: f\n';
  expect(parseYaml(text, DEFAULT_LIMITS).value).toEqual({
    on: 'no',
    '200': 'a',
    '4XX': 'b',
    '0x10': 'c',
    true: 'd',
    '1e3': 'e',
    null: 'f',
  });
});

// YAML 1.2 dropped merge keys, and half of the large contracts use them.
test('merge keys add members that are not written, the first map first, with their places', () => {
  const text = [
    'base: &base { a: 1, b: 9007199254740993 }',
    'more: &more { b: 3, c: 3 }',
    'one:',
    '  d: 4',
    '  <<: [*base, *more]',
    '  a: 0',
    'two: { <<: *more, "<<": text }',
    'three: { <<: { x: { y: 1 } } }',
  ].join('\n');
  const parsed = parseYaml(text, DEFAULT_LIMITS);
  const { value } = parsed;
  expect(value).toEqual({
    base: { a: 1, b: 9007199254740992 },
    more: { b: 3, c: 3 },
    one: { d: 4, a: 0, b: 9007199254740992, c: 3 },
    two: { b: 3, c: 3, '<<': 'text' },
    three: { x: { y: 1 } },
  });
  const one = valueAt(value ?? null, '#/one');
  if (!isObject(one)) throw new Error('unreachable');
  expect(parsed.offsets.get(one)).toEqual({ d: 76, a: 104, b: 20, c: 62 });
  expect(parsed.inexact.get(one)).toEqual({ b: '9007199254740993' });
});

test('merging is counted like writing out', () => {
  const lines = ['a0: &a0 { x: 1, y: 2 }'];
  for (let index = 1; index < 40; index++)
    lines.push(`a${index}: &a${index} { l: { <<: *a${index - 1} }, r: { <<: *a${index - 1} } }`);
  expect(found(parseYaml(lines.join('\n'), DEFAULT_LIMITS))[1]).toMatch(/^too-(many-values|deep)@/);
});

test('a key that is written twice is named with both lines', () => {
  const message = (parsed: Parsed) => parsed.problems[0]?.message;
  expect(message(parseYaml('a: 1\nb: 2\n\na: 3\n', DEFAULT_LIMITS))).toBe('key "a" is written twice (first in line 1)');
  expect(message(parseJson('{\n "a": 1,\n "a": 2}', DEFAULT_LIMITS))).toBe(
    'key "a" is written twice (first in line 2)',
  );
});

test('aliases share a value, and their expanded size is counted before anything is built from it', () => {
  const shared = parseYaml('a: &x [1, 2]\nb: *x\n', DEFAULT_LIMITS).value;
  expect(shared).toEqual({ a: [1, 2], b: [1, 2] });
  const names = 'abcdefghij'.split('');
  const bomb = names.map(
    (name, i) =>
      `${name}: &${name} [${Array(10)
        .fill(i === 0 ? 'x' : `*${names[i - 1]}`)
        .join(',')}]`,
  );
  expect(found(parseYaml(bomb.join('\n'), DEFAULT_LIMITS))[1]).toMatch(/^too-many-values@/);
});

test('nesting through aliases counts as nesting', () => {
  const deep = (name: string, inner: string) => `${name}: &${name} ${'['.repeat(200)}${inner}${']'.repeat(200)}`;
  const text = [deep('a', 'x'), ...'bcdef'.split('').map((name, i) => deep(name, `*${'abcde'[i]}`))].join('\n');
  expect(found(parseYaml(text, DEFAULT_LIMITS))[1]).toMatch(/^too-deep@/);
});

/** -0 becomes 0, as in canonical JSON. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('deep and dense noise ends at the first limit', () => {
  expect(found(parseYaml(`a: ${'['.repeat(600)}`, DEFAULT_LIMITS))).toEqual(['refused', 'too-deep@504']);
  expect(found(parseYaml('}'.repeat(100_000), DEFAULT_LIMITS))).toEqual(['refused', 'yaml-syntax@0']);
  expect(found(parseJson('['.repeat(100_000), DEFAULT_LIMITS))).toEqual(['refused', 'too-deep@1000']);
});
