/**
 * The most telling ways to break a keyword, which chance seldom finds: one beyond a bound, a listed word in another case,
 * a text that just misses a pattern, each day that no month has.
 */
import type { JsonValue } from '../../../events/json.ts';
import { MALFORMED } from './malformed.ts';
import { nearMisses } from './near-misses.ts';

/** What to put at a place that holds a value which breaks the keyword already; the first that still breaks it counts. */
export type Face = (held: JsonValue) => JsonValue[];

const NO_FACES: readonly Face[] = [];
/** Longer texts and lists are not made. */
const LONGEST = 10_000;
const MOST_WORDS = 3;

/** The faces of a keyword with a value, those first that show most. */
export function facesOf(keyword: string, value: JsonValue): readonly Face[] {
  switch (keyword) {
    case 'minimum':
      return typeof value === 'number' ? [() => [value - 1, value - 0.5]] : NO_FACES;
    case 'maximum':
      return typeof value === 'number' ? [() => [value + 1, value + 0.5]] : NO_FACES;
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return typeof value === 'number' ? [() => [value]] : NO_FACES;
    case 'minLength':
    case 'minItems':
      return typeof value === 'number' && value <= LONGEST ? [(held) => ofSize(held, value - 1)] : NO_FACES;
    case 'maxLength':
    case 'maxItems':
      return typeof value === 'number' && value < LONGEST ? [(held) => ofSize(held, value + 1)] : NO_FACES;
    case 'enum':
      return Array.isArray(value) ? fixed(value.slice(0, MOST_WORDS).flatMap(nearWords)) : NO_FACES;
    case 'const':
      return fixed(nearWords(value));
    case 'format':
      return typeof value === 'string' && Object.hasOwn(MALFORMED, value) ? fixed(MALFORMED[value] ?? []) : NO_FACES;
    case 'pattern':
      return typeof value === 'string' ? fixed(nearMisses(value)) : NO_FACES;
    default:
      return NO_FACES;
  }
}

function fixed(values: readonly JsonValue[]): Face[] {
  return values.map((value) => () => [value]);
}

/** The text or list cut to a size, or drawn out by what it ends with. */
function ofSize(held: JsonValue, size: number): JsonValue[] {
  if (size < 0) return [];
  if (typeof held === 'string') {
    const characters = [...held];
    return [[...characters.slice(0, size), ...filling(characters, size, 'a')].join('')];
  }
  if (!Array.isArray(held)) return [];
  const fill = held.at(-1);
  if (fill === undefined && size > 0) return [];
  return [[...held.slice(0, size), ...filling(held, size, fill ?? null)]];
}

function filling<T>(held: readonly T[], size: number, fallback: T): T[] {
  return Array.from({ length: Math.max(0, size - held.length) }, () => held.at(-1) ?? fallback);
}

/** A word in the other cases, with a blank behind it, and cut short: what a lenient comparison takes for it. */
function nearWords(word: JsonValue): string[] {
  if (typeof word !== 'string' || word === '') return [];
  const [first = ''] = word;
  const swapped = word === word.toUpperCase() ? word.toLowerCase() : word.toUpperCase();
  const turned = first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase();
  return [...new Set([swapped, turned + word.slice(first.length), `${word} `, word.slice(0, -1)])].filter(
    (near) => near !== word,
  );
}
