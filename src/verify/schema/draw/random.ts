/** A small seeded source of randomness; one per drawn value. */
export interface Random {
  /** Whole number in [0, bound). */
  below(bound: number): number;
  /** Whole number in [low, high]; both safe integers. */
  between(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** In [0, 1). */
  unit(): number;
  pick<T>(items: readonly T[]): T;
}

/** Mulberry32 (public domain, T. Ettinger): 32 bits of state, fast, good enough to vary data. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return (word ^ (word >>> 14)) >>> 0;
  };
  const unit = (): number => next() / 4294967296;
  const below = (bound: number): number => Math.floor(unit() * bound);
  return {
    unit,
    below,
    between(low, high) {
      const span = high - low + 1;
      if (span <= 4294967296) return low + Math.floor(unit() * span);
      const wide = (next() * 2097152 + (next() >>> 11)) / 9007199254740992;
      return Math.min(high, low + Math.floor(wide * span));
    },
    chance: (probability) => unit() < probability,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined && items.length === 0) throw new Error('pick from an empty list');
      return item as (typeof items)[number];
    },
  };
}
