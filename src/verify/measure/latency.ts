/** Latencies and what can be said of their 99th percentile (exact binomial order statistic, no distribution assumed). */
import type { Latency } from '../../events/index.ts';

const MAX_SAMPLES = 20_000;
const QUANTILE = 0.99;
const CONFIDENCE = 0.95;

export interface LatencyRecorder {
  record(operation: string, ms: number): void;
  /** By operation id; rates are over the time since the recorder was made. */
  summary(): Record<string, Latency>;
  /** What was recorded, to be added to another recorder. */
  samples(): LatencySamples;
  add(samples: LatencySamples): void;
}

/** By operation id: the latencies that are kept, in ms, and how many there were. */
export type LatencySamples = Record<string, { samples: number[]; count: number }>;

/** Collects the latencies of ordinary cases, at most 20,000 an operation. */
export function createLatencyRecorder(now: () => number): LatencyRecorder {
  const since = now();
  const byOperation = new Map<string, { samples: number[]; count: number }>();
  return {
    record(operation, ms) {
      let one = byOperation.get(operation);
      if (one === undefined) byOperation.set(operation, (one = { samples: [], count: 0 }));
      if (one.samples.length < MAX_SAMPLES) one.samples.push(ms);
      else one.samples[one.count % MAX_SAMPLES] = ms;
      one.count++;
    },
    summary() {
      const seconds = Math.max(0.001, (now() - since) / 1000);
      const entries = [...byOperation].map(([operation, { samples, count }]) => [
        operation,
        { ...describe(samples), samples: count, ratePerSecond: round(count / seconds) },
      ]);
      return Object.fromEntries(entries);
    },
    samples: () => Object.fromEntries(byOperation),
    add(more) {
      for (const [operation, { samples, count }] of Object.entries(more)) {
        const one = byOperation.get(operation) ?? { samples: [], count: 0 };
        const room = Math.max(0, MAX_SAMPLES - one.samples.length);
        byOperation.set(operation, {
          samples: one.samples.concat(samples.slice(0, room)),
          count: one.count + count,
        });
      }
    },
  };
}

/** Median, 99th percentile and its one-sided 95 % upper bound; null with fewer than 299 samples. */
export function describe(samples: readonly number[]): Pick<Latency, 'p50Ms' | 'p99Ms' | 'p99UpperMs'> {
  const sorted = Float64Array.from(samples).sort();
  const rank = upperRank(sorted.length);
  const upper = rank === null ? undefined : sorted[rank - 1];
  return {
    p50Ms: round(sorted[Math.max(0, Math.ceil(sorted.length * 0.5) - 1)] ?? 0),
    p99Ms: round(sorted[Math.max(0, Math.ceil(sorted.length * QUANTILE) - 1)] ?? 0),
    p99UpperMs: upper === undefined ? null : round(upper),
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
  let term = QUANTILE ** n;
  let above = term;
  let rank = n;
  for (let j = 1; j < n; j++) {
    term *= ((n - j + 1) / j) * ((1 - QUANTILE) / QUANTILE);
    if (above + term > 1 - CONFIDENCE) break;
    above += term;
    rank = n - j;
  }
  return rank;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
