/** The order of a run whose time does not suffice for all that there is to do: each operation has its turn. */
import type { Property } from '../checks/property.ts';

/** About what a property takes at least to show anything. */
const LEAST_MS = 20;

export interface TurnsOptions {
  /** Of the time given, in ms; Infinity without a limit. */
  leftMs: number;
  /** True for a property that is to come last. */
  isLast: (property: Property) => boolean;
}

/**
 * The properties as they are where there is time for them; else what calls each operation as it is meant to be first, then
 * a keyword that is broken and a property of another kind of each operation, then the next ones of each, and so on.
 */
export function turnsOf(properties: readonly Property[], { leftMs, isLast }: TurnsOptions): readonly Property[] {
  if (properties.length * LEAST_MS <= leftMs) return properties;
  const counts = new Map<string, number>();
  const turns = properties.map((property) => {
    const { kind, operation } = property.ref;
    const row = `${kind === 'rejection' ? kind : 'other'} ${operation ?? ''}`;
    const turn = kind === 'acceptance' ? 0 : (counts.get(row) ?? 0) + 1;
    if (turn > 0) counts.set(row, turn);
    return { property, turn: isLast(property) ? Infinity : turn };
  });
  return turns.toSorted((a, b) => (a.turn === b.turn ? 0 : a.turn - b.turn)).map(({ property }) => property);
}
