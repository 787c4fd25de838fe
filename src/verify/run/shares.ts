/** Who may use how much of a limited time: each property a slice by its cost, so that none waits for all before it. */
import type { Property } from '../checks/property.ts';

/** No slice is shorter; below that, changing over costs more than it shares. Where there are very many, it costs that. */
const LEAST_MS = 20;
const LEAST_OF_MANY_MS = 2;
/** Of the time that is left a round plans with so much: changing over and explaining failures take some, too. */
const PART_OF_A_ROUND = 0.5;

export interface Shares {
  /** Begins a round, in which each of the properties has one slice. */
  round(properties: readonly Property[]): void;
  /** Asked when a property begins or goes on: how long its slice is, in ms. */
  of(property: Property): number;
}

/** Shares of the time until the deadline; without one they never end. */
export function createShares(costOf: (property: Property) => number, deadline: number, now: () => number): Shares {
  let waiting = 0;
  let until = deadline;
  let least = LEAST_MS;
  return {
    round(properties) {
      waiting = properties.reduce((sum, property) => sum + costOf(property), 0);
      until = now() + (deadline - now()) * PART_OF_A_ROUND;
      const even = (until - now()) / Math.max(1, properties.length);
      least = Math.max(LEAST_OF_MANY_MS, Math.min(LEAST_MS, even));
    },
    of(property) {
      if (deadline === Infinity) return Infinity;
      const cost = costOf(property);
      const part = Math.min(1, cost / Math.max(1, waiting));
      waiting -= cost;
      return Math.max(least, (until - now()) * part);
    },
  };
}
