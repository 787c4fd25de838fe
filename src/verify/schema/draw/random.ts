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
class Mulberry32 implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let word = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return (word ^ (word >>> 14)) >>> 0;
  }

  unit(): number {
    return this.#next() / 4294967296;
  }

  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  between(low: number, high: number): number {
    const span = high - low + 1;
    if (span <= 4294967296) return low + Math.floor(this.unit() * span);
    const wide = (this.#next() * 2097152 + (this.#next() >>> 11)) / 9007199254740992;
    return Math.min(high, low + Math.floor(wide * span));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined && items.length === 0) throw new Error('pick from an empty list');
    return item as T;
  }
}

/** A source of randomness with a 32-bit seed. */
export function createRandom(seed: number): Random {
  return new Mulberry32(seed);
}
