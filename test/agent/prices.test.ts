/** Money: every expected number here was worked out by hand from the price page. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costUsdPicos, formatUsd, pricesOf, roundToMicros, worstPricesOf } from '../../src/agent/prices.ts';
import { priceTable } from '../../src/agent/price-table.ts';
import type { UnitPrices, Usage } from '../../src/events/index.ts';

const nov = Date.parse('2026-11-23T12:00:00Z');

function usage(input: number, write5m: number, write1h: number, read: number, output: number): Usage {
  return {
    inputTokens: input,
    cacheWrite5mTokens: write5m,
    cacheWrite1hTokens: write1h,
    cacheReadTokens: read,
    outputTokens: output,
  };
}

function cost(model: string, used: Usage, atMs = nov): number | null {
  const prompt = used.inputTokens + used.cacheWrite5mTokens + used.cacheWrite1hTokens + used.cacheReadTokens;
  const prices = pricesOf(model, prompt, atMs);
  return prices === null ? null : roundToMicros(BigInt(costUsdPicos(used, prices)));
}

describe('the cost of a request', () => {
  test.each<[string, string, Usage, number]>([
    // 1000 × 2 + 500 × 10
    ['fresh input and output', 'claude-sonnet-5-5', usage(1000, 0, 0, 0, 500), 7000],
    // 12 × 2 + 8192 × 2.5 + 301 × 10 = 24 + 20480 + 3010
    ['a 5-minute cache write', 'claude-sonnet-5-5', usage(12, 8192, 0, 0, 301), 23_514],
    // 10 × 2 + 100 × 4 + 7 × 10
    ['a 1-hour cache write', 'claude-sonnet-5-5', usage(10, 0, 100, 0, 7), 490],
    // 5 × 2 + 8192 × 0.1 + 1 × 10 = 839.2
    ['a cache read, rounded down', 'claude-sonnet-5-5', usage(5, 0, 0, 8192, 1), 839],
    // 5 × 0.1 = 0.5
    ['half a micro-dollar, rounded up', 'claude-sonnet-5-5', usage(0, 0, 0, 5, 0), 1],
    // 4 × 0.1 = 0.4
    ['less than half, rounded down', 'claude-sonnet-5-5', usage(0, 0, 0, 4, 0), 0],
    // 3 × 2 + 1 × 2.5 + 1 × 4 + 9 × 0.1 + 2 × 10 = 6 + 2.5 + 4 + 0.9 + 20 = 33.4
    ['all kinds, rounded once and not by kind', 'claude-sonnet-5-5', usage(3, 1, 1, 9, 2), 33],
    // 1e6 × 4 + 1e5 × 20
    ['Opus 5.5', 'claude-opus-5-5', usage(1_000_000, 0, 0, 0, 100_000), 6_000_000],
    // 10 × 4 + 2000 × 5 + 30000 × 0.2 + 900 × 20 = 40 + 10000 + 6000 + 18000
    ['Opus 5.5 with a cache', 'claude-opus-5-5', usage(10, 2000, 0, 30_000, 900), 34_040],
    // 100 × 8 + 1000 × 10 + 40000 × 0.2 + 10 × 40
    ['Fable 5.2', 'claude-fable-5-2', usage(100, 1000, 0, 40_000, 10), 19_200],
    // 100000 × 0.1 + 1000 × 0.5
    ['Haiku 5.5, exactly 100K', 'claude-haiku-5-5', usage(100_000, 0, 0, 0, 1000), 10_500],
    // 100001 × 0.5 + 1000 × 2.5 = 50000.5 + 2500
    ['Haiku 5.5, one token over', 'claude-haiku-5-5', usage(100_001, 0, 0, 0, 1000), 52_501],
    // the tier counts cached parts: 1 × 0.5 + 50000 × 0.625 + 50000 × 0.05 + 10 × 2.5 = 0.5 + 31250 + 2500 + 25
    ['Haiku 5.5, over by cached parts', 'claude-haiku-5-5', usage(1, 50_000, 0, 50_000, 10), 33_776],
    // 100 × 3 + 10 × 15
    ['a dated id', 'claude-sonnet-4-5-20250929', usage(100, 0, 0, 0, 10), 450],
    ['the long-context suffix', 'claude-sonnet-5-5[1m]', usage(1000, 0, 0, 0, 500), 7000],
    ['nothing', 'claude-opus-5', usage(0, 0, 0, 0, 0), 0],
  ])('%s', (_, model, used, expected) => {
    expect(cost(model, used)).toBe(expected);
  });

  test('a price holds from its date, in UTC', () => {
    const read = usage(0, 0, 0, 1000, 0);
    expect(cost('claude-sonnet-5-5', read, Date.parse('2026-10-06T23:59:59Z'))).toBe(200);
    expect(cost('claude-sonnet-5-5', read, Date.parse('2026-10-07T00:00:00Z'))).toBe(100);
    expect(cost('claude-haiku-5-5', read, Date.parse('2026-10-06T23:59:59Z'))).toBeNull();
  });

  test.each(['claude-sonnet-5-6', 'claude-sonnet', 'claude-sonnet-5-5-latest', 'llama-3', '', 'toString', '__proto__'])(
    'a model that is not in the table has no price: %s',
    (model) => expect(cost(model, usage(1, 0, 0, 0, 1))).toBeNull(),
  );

  test('the rounded cost is within half a micro-dollar of the exact one', () => {
    const tokens = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(priceTable.models)),
        fc.tuple(tokens, tokens, tokens, tokens, tokens),
        (model, counts) => {
          const used = usage(...counts);
          const prices = pricesOf(model, counts[0] + counts[1] + counts[2] + counts[3], nov);
          if (prices === null) throw new Error(`no price for ${model}`);
          const exact = BigInt(costUsdPicos(used, prices));
          const rounded = BigInt(roundToMicros(exact)) * 1_000_000n;
          expect(rounded - exact <= 500_000n && exact - rounded < 500_000n).toBe(true);
        },
      ),
    );
  });

  test('the worst prices are at least the true ones for every prompt within the bound', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(priceTable.models)),
        fc.nat({ max: 300_000 }),
        fc.nat({ max: 300_000 }),
        (model, a, b) => {
          const worst = worstPricesOf(model, Math.max(a, b), nov);
          const real = pricesOf(model, Math.min(a, b), nov);
          const kinds = ['input', 'cacheWrite5m', 'cacheWrite1h', 'cacheRead', 'output'] as const;
          const dearer = (left: UnitPrices | null, right: UnitPrices | null) =>
            left !== null && right !== null && kinds.every((kind) => left[kind] >= right[kind]);
          expect(dearer(worst, real)).toBe(true);
        },
      ),
    );
  });
});

test('dollars are shown to the micro-dollar, and to the cent where there is no more to say', () => {
  expect([1, 839, 2_000_000, 1_500_000, 34_040].map(formatUsd)).toEqual([
    '$0.000001',
    '$0.000839',
    '$2.00',
    '$1.50',
    '$0.03404',
  ]);
});
