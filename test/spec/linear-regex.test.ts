import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearRegex } from '../../src/spec/text/linear-regex.ts';

const atom = fc.constantFrom(
  'a',
  'b',
  '\u00e9',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\W',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\b',
  '^',
  '$',
  '\\u{1F600}',
  '\\p{L}',
);
const pattern = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc.tuple(tie('pattern')).map(([inner]) => `(?:${inner})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?', '{0}'))
      .map(([inner, times]) => `(${inner})${times}`),
  ),
  pattern: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('item'), { maxLength: 3 }).map((items) => items.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `${left}|${right}`),
  ),
})).pattern;
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', '\u00e9', '\u{1F600}', '_'),
  maxLength: 8,
});

test('it agrees with the backtracking engine on every pattern that both accept', () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const regex = linearRegex(source);
      expect(regex.kind).toBe('regex');
      if (regex.kind === 'regex') expect(regex.test(subject)).toBe(new RegExp(source, 'u').test(subject));
    }),
    { numRuns: 1000 },
  );
});

test('patterns that are catastrophic for a backtracking engine end', () => {
  for (const source of ['^(a+)+$', '^(a|a)*$', '^(a*)*$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    const regex = linearRegex(source);
    expect(regex.kind === 'regex' && regex.test(`${'a'.repeat(5000)}!`)).toBe(false);
  }
});

test.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', '[b-a]', 'a{5000}', '(?:a{100}){100}', '(?i:a)'])(
  '%s is refused with a reason',
  (source) => {
    expect(linearRegex(source)).toEqual({ kind: 'refused', reason: expect.stringMatching(/./) });
  },
);
