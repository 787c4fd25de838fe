/** In which order properties are tried on a mutant: those first that are likely to show it soon. */
import type { Reached } from './reach.ts';

/** How far what showed one mutant is remembered for those after it. */
const NEIGHBOURS = 6;

export interface Order {
  of(reached: Reached): string[];
  /** A property has shown the mutant. */
  shown(reached: Reached, property: string): void;
}

/** Learns which properties show the mutants of which code. */
export function createOrder(): Order {
  const recent = new Map<string, string[]>();
  const kills = new Map<string, number>();
  return {
    of({ mutant, takes }) {
      const near = recent.get(mutant.file) ?? [];
      // Half a case for each kill: what is quick and has shown much comes first.
      const cost = (id: string, ms: number): number => ms / (1 + (kills.get(id) ?? 0));
      const rank = (id: string): number => (near.includes(id) ? near.indexOf(id) : NEIGHBOURS);
      return takes
        .toSorted((a, b) => rank(a.ref.id) - rank(b.ref.id) || cost(a.ref.id, a.ms) - cost(b.ref.id, b.ms))
        .map(({ ref }) => ref.id);
    },
    shown({ mutant }, property) {
      kills.set(property, (kills.get(property) ?? 0) + 1);
      const near = [property, ...(recent.get(mutant.file) ?? []).filter((id) => id !== property)];
      recent.set(mutant.file, near.slice(0, NEIGHBOURS));
    },
  };
}
