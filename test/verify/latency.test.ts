import { expect, test } from 'vitest';
import { describe as summary, upperRank } from '../../src/verify/measure/latency.ts';

// The ranks of the exact binomial order statistic at 95 %, as tabled: none below 299 samples.
test('the upper bound of a 99th percentile needs 299 samples, 473 with one above, 628 with two', () => {
  expect([298, 299, 472, 473, 627, 628].map(upperRank)).toEqual([null, 299, 472, 472, 626, 626]);
});

test('percentiles of known samples', () => {
  const samples = Array.from({ length: 1000 }, (_, index) => index + 1);
  expect(summary(samples)).toEqual({ p50Ms: 500, p99Ms: 990, p99UpperMs: 996 });
});
