/** How far a run is, and how long it will probably take: by the requests that its cases are expected to send. */
import type { Property } from '../checks/property.ts';

/** Told so often at most; a run has thousands of cases a second. */
const EVERY_MS = 100;

export interface Progress {
  /** A property has come to so many cases. True where it is time to tell. */
  ran(property: Property, cases: number): boolean;
  ended(property: Property): void;
  /** In ms; undefined while there is nothing to judge by. */
  leftMs(): number | undefined;
}

/** Starts at nothing. */
export function createProgress(
  properties: readonly Property[],
  costOf: (property: Property) => number,
  now: () => number,
  deadline: number,
): Progress {
  const startedAt = now();
  let toldAt = -Infinity;
  let done = 0;
  const total = properties.reduce((sum, property) => sum + costOf(property), 0);
  const counted = new Map<Property, number>();
  const come = (property: Property, part: number): void => {
    const cost = costOf(property) * Math.min(1, part);
    done += cost - (counted.get(property) ?? 0);
    counted.set(property, cost);
  };
  return {
    ran(property, cases) {
      come(property, cases / property.runs);
      if (cases < property.runs && now() - toldAt < EVERY_MS) return false;
      toldAt = now();
      return true;
    },
    ended: (property) => come(property, 1),
    leftMs() {
      if (done === 0) return undefined;
      const elapsed = now() - startedAt;
      return Math.max(0, Math.round(Math.min(deadline - now(), (elapsed * (total - done)) / done)));
    },
  };
}
