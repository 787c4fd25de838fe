/** Inputs of operations with very many places, which no URL holds at once: what is required, and a few others. */
import fc, { type Arbitrary } from 'fast-check';
import type { JsonValue } from '../../events/index.ts';
import type { Place } from './inputs.ts';

/** Operations with more places are drawn from by a few at a time. */
export const WIDE = 100;

/** Optional places of one input. */
const MOST_OPTIONAL = 12;

/** Values of places by their keys. */
export type Drawn = Record<string, JsonValue | undefined>;

/** Makes records of places; what is pinned is drawn from its pin, or left out where that is undefined. */
export function createSparse(
  places: readonly Place[],
): (pins: ReadonlyMap<string, Arbitrary<JsonValue> | undefined>) => Arbitrary<Drawn> {
  const arbitraries = (some: readonly Place[]): Record<string, Arbitrary<JsonValue>> =>
    Object.fromEntries(some.map(({ key, arbitrary }) => [key, arbitrary]));
  const optional = places.filter(({ required }) => !required);
  const few = fc
    .uniqueArray(fc.nat(Math.max(0, optional.length - 1)), { maxLength: Math.min(MOST_OPTIONAL, optional.length) })
    .chain((picks) => fc.record(arbitraries(picks.flatMap((index) => optional[index] ?? []))));
  // Made once: thousands of properties of one operation draw from it.
  const base = fc.tuple(fc.record(arbitraries(places.filter(({ required }) => required))), few);
  return (pins) => {
    const pinned: Record<string, Arbitrary<JsonValue>> = {};
    for (const [key, pin] of pins) if (pin !== undefined) pinned[key] = pin;
    return fc.tuple(base, fc.record(pinned)).map(([[required, some], own]) => {
      const drawn: Drawn = { ...required, ...some, ...own };
      for (const [key, pin] of pins) if (pin === undefined) delete drawn[key];
      return drawn;
    });
  };
}
