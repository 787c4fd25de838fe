/**
 * Counts of durations in buckets that grow with the value, as HdrHistogram does it: each is at most 1.6 % wide, so that
 * millions of values take 7 kB. Whole microseconds from 1 to 2^32 - 1.
 */
export interface Histogram {
  record(micros: number): void;
  readonly count: number;
  /** The upper end of the bucket that holds the value of this rank, from 1. */
  atRank(rank: number): number;
  /** To be added to another one. */
  counts(): Uint32Array;
  add(counts: Uint32Array): void;
}

/** Below this every value has a bucket of its own; from here on each doubling has half as many. */
const LINEAR = 128;
const HALF = LINEAR / 2;
const BUCKETS = 27 * HALF;
const MOST = 2 ** 32 - 1;

/** Makes an empty histogram. */
export function createHistogram(): Histogram {
  const counts = new Uint32Array(BUCKETS);
  let count = 0;
  return {
    record(micros) {
      const bucket = bucketOf(Math.min(MOST, Math.max(1, Math.round(micros))));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count++;
    },
    get count() {
      return count;
    },
    atRank(rank) {
      let below = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        below += counts[bucket] ?? 0;
        if (below >= rank) return upperEnd(bucket);
      }
      return 0;
    },
    counts: () => counts,
    add(more) {
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const added = more[bucket] ?? 0;
        counts[bucket] = (counts[bucket] ?? 0) + added;
        count += added;
      }
    },
  };
}

function bucketOf(value: number): number {
  if (value < LINEAR) return value;
  const shift = 31 - Math.clz32(value) - 6;
  return shift * HALF + (value >>> shift);
}

function upperEnd(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF + 1) * 2 ** shift - 1;
}
