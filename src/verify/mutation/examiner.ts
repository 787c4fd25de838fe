/** Tries properties on a subject in which one mutant is on. */
import type { PropertyRef } from '../../events/index.ts';

/** How a mutant showed. `failed`: a property has a counterexample; `undecided`: it can no longer be decided. */
export type Killed =
  | { kind: 'failed'; by: PropertyRef }
  | { kind: 'undecided'; by: PropertyRef }
  | { kind: 'timedOut'; by?: PropertyRef }
  | { kind: 'crashed'; by?: PropertyRef };

/** `idle`: the changed code was never come by, though its line ran. */
export type Outcome = Killed | { kind: 'survived'; idle?: true } | { kind: 'stopped' };

export interface Examiner {
  /** What can be tried, by property id. */
  readonly refs: ReadonlyMap<string, PropertyRef>;
  /**
   * Tries the properties in order, each with a few cases first and then with all, until one of them shows the mutant.
   * 0 is the code without any. Several may be tried at once.
   */
  examine(mutant: number, properties: string[], stop: () => boolean): Promise<Outcome>;
  /** Ends what is under way; gives the mutants whose outcome is in doubt, which are to be tried once more. */
  settle(stop: () => boolean): Promise<number[]>;
}
