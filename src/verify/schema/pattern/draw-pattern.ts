import { createRandom } from '../draw/random.ts';
import type { Random } from '../draw/random.ts';
import { bits, createLengths, longest, shortest } from './lengths.ts';
import type { Lengths } from './lengths.ts';
import type { Part } from './part.ts';
import type { Pattern } from './pattern.ts';

/** Draws texts of a pattern with a length in [min, max] code points; undefined where none was found. */
export type DrawPattern = (random: Random) => string | undefined;

const TRIES = 60;
/** After so many a pattern is looked at as a whole: some, such as `a^b`, match nothing of any length. */
const BEFORE_DOUBT = 3;
const PROBES = 3;

/** Prepares the drawing of a pattern within length bounds. */
export function prepare(pattern: Pattern, min: number, max: number): DrawPattern {
  const { part, ahead, loose } = pattern.parsed;
  const least = Math.max(min, shortest(part));
  if (least > max || least > 20_000) return () => undefined;
  const most = Math.min(max, longest(part));
  const cap = Math.min(most, most <= 128 && !loose ? most : least + 24);
  const lengths = createLengths(cap);
  const feasible = bits(lengths.of(part)).filter((length) => length >= min && length <= max);
  if (feasible.length === 0) return () => undefined;
  const draw = (random: Random, doubt: () => boolean): string | undefined => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt === BEFORE_DOUBT && doubt()) return undefined;
      const length = pickLength(feasible, random, loose && attempt < TRIES / 2);
      let text = drawPart(part, length, lengths, random);
      if (ahead.length > 0) text = overlay(text, ahead, random);
      if (pattern.test(text)) return text;
    }
    return undefined;
  };
  // Always the same probes, so that what a seed draws does not depend on what was drawn before.
  let isHopeless: boolean | undefined;
  const doubt = (): boolean => {
    isHopeless ??= Array.from({ length: PROBES }, (_, seed) => seed).every(
      (seed) => draw(createRandom(seed), () => false) === undefined,
    );
    return isHopeless;
  };
  return (random) => draw(random, doubt);
}

// Short texts read best; the ends of the range find the most mistakes.
function pickLength(feasible: number[], random: Random, loose: boolean): number {
  const last = feasible.length - 1;
  let index: number;
  if (loose && random.chance(0.6)) index = 0;
  else if (random.chance(0.1)) index = last;
  else if (random.chance(0.5)) index = random.below(Math.min(feasible.length, 8));
  else index = random.below(feasible.length);
  return feasible[index] ?? feasible[0] ?? 0;
}

/** A text of exactly the given length, which must be possible. */
function drawPart(part: Part, length: number, lengths: Lengths, random: Random): string {
  switch (part.kind) {
    case 'empty':
      return '';
    case 'set':
      return pickCharacter(part.characters, random);
    case 'choice': {
      const wanted = BigInt(length);
      const options = part.options.filter((option) => (lengths.of(option) >> wanted) & 1n);
      return options.length === 0 ? '' : drawPart(random.pick(options), length, lengths, random);
    }
    case 'sequence': {
      let text = '';
      let rest = length;
      for (const [index, each] of part.parts.entries()) {
        const own = split(lengths.of(each), lengths.suffix(part, index + 1), rest, random);
        text += drawPart(each, own, lengths, random);
        rest -= own;
      }
      return text;
    }
    case 'repeat': {
      let text = '';
      let rest = length;
      for (let count = 0; count < part.max; count++) {
        if (rest === 0 && count >= part.min) break;
        const after = lengths.repeat(part.part, Math.max(0, part.min - count - 1), part.max - count - 1);
        const own = split(lengths.of(part.part), after, rest, random);
        text += drawPart(part.part, own, lengths, random);
        rest -= own;
        if (own === 0 && count >= part.min && count > length) break;
      }
      return text;
    }
  }
}

/** A length for the first of two pieces such that the second can have the rest. */
function split(first: bigint, second: bigint, total: number, random: Random): number {
  const options: number[] = [];
  for (let own = 0, left = first; own <= total && left !== 0n; own++, left >>= 1n) {
    if (left & 1n && (second >> BigInt(total - own)) & 1n) options.push(own);
  }
  return options.length === 0 ? 0 : random.pick(options);
}

function pickCharacter(characters: string[], random: Random): string {
  if (characters.length === 1) return characters[0] ?? '';
  const readable = Math.min(characters.length, 62);
  const index = random.chance(0.85) ? random.below(readable) : random.below(characters.length);
  return characters[index] ?? '';
}

/** Writes a short text of each lookahead over the text at a random place. */
function overlay(text: string, ahead: Part[], random: Random): string {
  const characters = [...text];
  for (const part of ahead) {
    const least = shortest(part);
    if (!Number.isFinite(least) || least > characters.length) continue;
    const piece = [...drawPart(part, least, createLengths(least), random)];
    const place = random.below(characters.length - piece.length + 1);
    characters.splice(place, piece.length, ...piece);
  }
  return characters.join('');
}
