/** Latencies and what can be said of their 99th percentile (exact binomial order statistic, no distribution assumed). */
import type { Latency } from '../../events/index.ts';
import { createHistogram, type Histogram } from './histogram.ts';

const QUANTILE = 0.99;
const CONFIDENCE = 0.95;

export interface LatencyRecorder {
  record(operation: string, ms: number): void;
  /** By operation id; rates are over the time since the recorder was made. */
  summary(): Record<string, Latency>;
  /** What was recorded, to be added to another recorder. */
  counts(): LatencyCounts;
  add(counts: LatencyCounts): void;
}

/** By operation id, how many were how long. */
export type LatencyCounts = [operation: string, counts: Uint32Array][];

type Percentiles = Pick<Latency, 'p50Ms' | 'p99Ms' | 'p99UpperMs'>;

/** Collects the latencies of ordinary cases, however many there are, in a few kB for each operation. */
export function createLatencyRecorder(now: () => number): LatencyRecorder {
  const since = now();
  const byOperation = new Map<string, Histogram>();
  const of = (operation: string): Histogram => {
    let one = byOperation.get(operation);
    if (one === undefined) byOperation.set(operation, (one = createHistogram()));
    return one;
  };
  return {
    record: (operation, ms) => of(operation).record(ms * 1000),
    summary() {
      const seconds = Math.max(0.001, (now() - since) / 1000);
      return Object.fromEntries(
        [...byOperation].map(([operation, { count, atRank }]) => [
          operation,
          {
            ...percentiles(count, (rank) => atRank(rank) / 1000),
            samples: count,
            ratePerSecond: round(count / seconds),
          },
        ]),
      );
    },
    counts: () => [...byOperation].map(([operation, one]) => [operation, one.counts()]),
    add(more) {
      for (const [operation, counts] of more) of(operation).add(counts);
    },
  };
}

/** Median, 99th percentile and its one-sided 95 % upper bound; null with fewer than 299 samples. In ms, exact. */
export function describe(samples: readonly number[]): Percentiles {
  const sorted = Float64Array.from(samples).sort();
  return percentiles(sorted.length, (rank) => sorted[rank - 1] ?? 0);
}

function percentiles(count: number, atRank: (rank: number) => number): Percentiles {
  const upper = upperRank(count);
  return {
    p50Ms: round(atRank(Math.max(1, Math.ceil(count * 0.5)))),
    p99Ms: round(atRank(Math.max(1, Math.ceil(count * QUANTILE)))),
    p99UpperMs: upper === null ? null : round(atRank(upper)),
  };
}

const ranks = new Map<number, number | null>();

/** Smallest k such that the k-th smallest of n samples is above the 99th percentile with 95 % confidence. */
export function upperRank(n: number): number | null {
  let rank = ranks.get(n);
  if (rank === undefined) ranks.set(n, (rank = findRank(n)));
  return rank;
}

function findRank(n: number): number | null {
  // P(fewer than k of n samples lie below the quantile) ≥ 0.95, summed from the top: j samples at or above it.
  if (QUANTILE ** n > 1 - CONFIDENCE) return null;
  // In logarithms: with many samples the first terms are smaller than a number can be.
  let term = n * Math.log(QUANTILE);
  let above = Math.exp(term);
  let rank = n;
  for (let j = 1; j < n; j++) {
    term += Math.log((n - j + 1) / j) + Math.log((1 - QUANTILE) / QUANTILE);
    const next = Math.exp(term);
    if (above + next > 1 - CONFIDENCE) break;
    above += next;
    rank = n - j;
  }
  return rank;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
