/** What the cases of one property came to, told in the order of their indexes, however many were under way at once. */

/** One case that ran. `discarded` says nothing, and why. */
export interface Entry {
  index: number;
  judgement: { kind: 'passed' | 'failed' } | { kind: 'discarded' | 'undecided'; reason: string };
}

export interface Ledger<T> {
  take(tried: T): void;
  /** The failing case with the lowest index so far. */
  readonly failed: T | undefined;
  readonly undecided: T | undefined;
  /** Cases that ran. */
  readonly done: number;
  /** Cases that said something, up to the first failure. */
  cases(): number;
  /** Why cases were discarded, most frequent first. */
  discarded(): { reason: string; count: number }[];
}

/** Opens a ledger; `watch` is told of the cases in order, up to the first failure. */
export function createLedger<T extends Entry>(watch: (tried: T) => void): Ledger<T> {
  const counted: boolean[] = [];
  const reasons = new Map<string, number>();
  const waiting = new Map<number, T>();
  let failed: T | undefined;
  let undecided: T | undefined;
  let released = 0;
  let done = 0;
  return {
    take(tried) {
      const { index, judgement } = tried;
      counted[index] = judgement.kind !== 'discarded';
      if (judgement.kind === 'failed' && index < (failed?.index ?? Infinity)) failed = tried;
      if (judgement.kind === 'undecided' && index < (undecided?.index ?? Infinity)) undecided = tried;
      if (judgement.kind === 'discarded') reasons.set(judgement.reason, (reasons.get(judgement.reason) ?? 0) + 1);
      waiting.set(index, tried);
      for (let first = waiting.get(released); first !== undefined; first = waiting.get(released)) {
        waiting.delete(released);
        if (released <= (failed?.index ?? Infinity)) watch(first);
        released++;
      }
      done++;
    },
    get failed() {
      return failed;
    },
    get undecided() {
      return undecided;
    },
    get done() {
      return done;
    },
    cases() {
      const last = failed?.index ?? Infinity;
      return counted.filter((counts, index) => counts && index <= last).length;
    },
    discarded: () => [...reasons].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
  };
}
