/** Lines never leave their width, and wrapping loses no word. */
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { cut, fit, fitRight, widthOf, wrap } from '../../src/session/wrap.ts';

const text = fc
  .array(
    fc.constantFrom('a', 'word', ' ', '  ', '漢', '字が', '👩‍👩‍👧', 'é', 'e\u0301', '\n', '-', 'averyveryverylongword'),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

it('no wrapped line is wider than the width, and every visible character is kept in order', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 30 }), (source, width) => {
      const lines = wrap(source, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(source.replaceAll(/[ \n]/g, ''));
      expect(lines.length).toBeGreaterThanOrEqual(source.split('\n').length);
    }),
    { numRuns: 1000 },
  );
});

it('fit is exactly the width, cut at most, on both sides', () => {
  fc.assert(
    fc.property(
      text.map((source) => source.replaceAll('\n', ' ')),
      fc.integer({ min: 0, max: 30 }),
      (source, width) => {
        expect(widthOf(fit(source, width))).toBe(width);
        expect(widthOf(fitRight(source, width))).toBe(width);
        expect(widthOf(cut(source, width))).toBeLessThanOrEqual(width);
        if (widthOf(source) <= width) expect(cut(source, width)).toBe(source);
      },
    ),
    { numRuns: 1000 },
  );
});

it('breaks at spaces, and inside a word only where it must', () => {
  expect(wrap('the balance route sums all', 12)).toEqual(['the balance', 'route sums', 'all']);
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  expect(wrap('', 5)).toEqual(['']);
});

it('the fast path for single-cell characters agrees with the full measure', () => {
  const wrong: string[] = [];
  for (let point = 0x20; point < 0x3000; point += 1) {
    const text = `a${String.fromCodePoint(point)}`;
    if (!/\p{Control}/u.test(text) && widthOf(text) !== stringWidth(text)) wrong.push(point.toString(16));
  }
  expect(wrong).toEqual([]);
});
