import type { Part } from './part.ts';

/**
 * Which lengths in code points a part can have, as bits of an integer: bit n set means that length n is possible.
 * Only lengths up to a cap are looked at. This is what makes a pattern and length bounds hold together.
 */
export interface Lengths {
  of(part: Part): bigint;
  /** Lengths of the parts from a position of a sequence on. */
  suffix(part: Part & { kind: 'sequence' }, from: number): bigint;
  /** Lengths of `min` to `max` repetitions. */
  repeat(part: Part, min: number, max: number): bigint;
}

/** Makes the lengths up to a cap, computed when asked for and kept. */
export function createLengths(cap: number): Lengths {
  const mask = (1n << BigInt(cap + 1)) - 1n;
  const known = new Map<Part, bigint>();
  const suffixes = new Map<Part, bigint[]>();
  const repeats = new Map<Part, Map<string, bigint>>();

  const sum = (a: bigint, b: bigint): bigint => {
    let result = 0n;
    let rest = b;
    for (let shift = 0n; rest !== 0n && shift <= BigInt(cap); shift++, rest >>= 1n) {
      if (rest & 1n) result |= a << shift;
    }
    return result & mask;
  };

  const repeat = (part: Part, min: number, max: number): bigint => {
    const key = `${min} ${max}`;
    let table = repeats.get(part);
    if (!table) repeats.set(part, (table = new Map()));
    const found = table.get(key);
    if (found !== undefined) return found;
    const unit = of(part);
    // Most repeat one character, which needs no sums.
    if (unit === 2n) {
      const [low, high] = [Math.min(min, cap + 1), Math.min(max, cap)];
      const run = high < low ? 0n : (1n << BigInt(high + 1)) - (1n << BigInt(low));
      table.set(key, run);
      return run;
    }
    let power = 1n;
    for (let count = 0; count < min && power !== 0n; count++) power = sum(power, unit);
    let result = power;
    for (let count = min; count < max && power !== 0n; count++) {
      power = sum(power, unit);
      if ((result | power) === result) break;
      result |= power;
    }
    table.set(key, result);
    return result;
  };

  const suffix = (part: Part & { kind: 'sequence' }, from: number): bigint => {
    let list = suffixes.get(part);
    if (!list) {
      list = [1n];
      for (let index = part.parts.length - 1; index >= 0; index--) {
        list.unshift(sum(list[0] ?? 1n, of(part.parts[index] ?? { kind: 'empty' })));
      }
      suffixes.set(part, list);
    }
    return list[from] ?? 1n;
  };

  const of = (part: Part): bigint => {
    const found = known.get(part);
    if (found !== undefined) return found;
    let result: bigint;
    switch (part.kind) {
      case 'empty':
        result = 1n;
        break;
      case 'set':
        result = part.characters.length > 0 ? 2n & mask : 0n;
        break;
      case 'choice':
        result = part.options.reduce((bits, option) => bits | of(option), 0n);
        break;
      case 'sequence':
        result = suffix(part, 0);
        break;
      case 'repeat':
        result = repeat(part.part, part.min, part.max);
        break;
    }
    known.set(part, result);
    return result;
  };

  return { of, suffix, repeat };
}

/** The shortest length; Infinity where the part matches nothing. */
export function shortest(part: Part): number {
  switch (part.kind) {
    case 'empty':
      return 0;
    case 'set':
      return part.characters.length > 0 ? 1 : Infinity;
    case 'choice':
      return Math.min(...part.options.map(shortest));
    case 'sequence':
      return part.parts.reduce((total, each) => total + shortest(each), 0);
    case 'repeat':
      return part.min === 0 ? 0 : part.min * shortest(part.part);
  }
}

/** The longest length; Infinity where it is not bounded. */
export function longest(part: Part): number {
  switch (part.kind) {
    case 'empty':
      return 0;
    case 'set':
      return 1;
    case 'choice':
      return Math.max(...part.options.map(longest));
    case 'sequence':
      return part.parts.reduce((total, each) => total + longest(each), 0);
    case 'repeat':
      return part.max === 0 ? 0 : part.max * longest(part.part);
  }
}

/** The positions of set bits. */
export function bits(set: bigint): number[] {
  const found: number[] = [];
  let rest = set;
  for (let position = 0; rest !== 0n; position++, rest >>= 1n) if (rest & 1n) found.push(position);
  return found;
}
