import type { JsonValue } from '../../events/json.ts';
import { copy } from './equal.ts';
import { Refused } from './refused.ts';

/** What values are drawn from; an arbitrary is made of one, and the sampler draws from it directly. */
export interface Source {
  /** The same seed gives the same value; undefined where that seed led nowhere. */
  draw(seed: number): JsonValue | undefined;
  /** Whether a value may be given out, when drawn and after every shrink. */
  accepts(value: JsonValue): boolean;
  /** The simplest value known, which shrinking steers towards, and what is given out when drawing fails. */
  model: JsonValue;
}

/** How often a source was drawn from, and how many of the draws were thrown away. */
export interface Counts {
  drawn: number;
  rejected: number;
}

const TRIES = 30;

/** A value that the source draws and accepts; undefined where none came in a bounded number of tries. */
export function drawAccepted(
  source: Pick<Source, 'draw' | 'accepts'>,
  counts: Counts,
  seed: number,
): JsonValue | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    counts.drawn++;
    const value = attempted(source, (seed + Math.imul(attempt, 0x9e3779b1)) | 0);
    if (value !== undefined) return value;
    counts.rejected++;
  }
  return undefined;
}

// A part that is refused only when it is met is a draw that led nowhere: another seed may do without the part.
function attempted({ draw, accepts }: Pick<Source, 'draw' | 'accepts'>, seed: number): JsonValue | undefined {
  try {
    const value = draw(seed);
    return value !== undefined && accepts(value) ? value : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** Value `index` of a seed, without an arbitrary around it. */
export function drawAt(source: Source, counts: Counts, seed: number, index: number): JsonValue {
  const mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  return drawOrModel(source, counts, mixed);
}

/** A value that the source draws and accepts, or the simplest known one. */
export function drawOrModel(source: Source, counts: Counts, seed: number): JsonValue {
  const value = drawAccepted(source, counts, seed);
  return value === undefined ? copy(source.model) : value;
}
