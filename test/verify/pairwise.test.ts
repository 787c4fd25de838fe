import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairwise } from '../../src/verify/cases/pairwise.ts';

function pairs(row: number[]): string[] {
  return row.flatMap((a, one) => row.slice(one + 1).map((b, offset) => `${one}=${a} ${one + 1 + offset}=${b}`));
}

// Every pair is met, each row has one level of each factor, and rows are few: near the two largest factors' product.
test('every two levels of different factors meet in some row', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 }), (levels) => {
      const rows = pairwise(levels, 1000);
      const met = new Set(rows.flatMap(pairs));
      for (const [one, count] of levels.entries())
        for (const [other, others] of levels.entries())
          if (one < other)
            for (let a = 0; a < count; a++)
              for (let b = 0; b < others; b++) expect(met.has(`${one}=${a} ${other}=${b}`)).toBe(true);
      expect(rows.every((row) => row.length === levels.length && row.every((a, i) => a < (levels[i] ?? 0)))).toBe(true);
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('ten parameters of four values take a few dozen calls, and a cap holds', () => {
  const ten = Array.from({ length: 10 }, () => 4);
  expect(pairwise(ten, 1000).length).toBeLessThanOrEqual(40);
  expect(pairwise(ten, 12)).toHaveLength(12);
  expect(pairwise(ten, 1000)).toEqual(pairwise(ten, 1000));
});
