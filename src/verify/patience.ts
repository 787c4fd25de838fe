/** Silences after which something that has never answered is given less time. */
const VAIN = 3;
/** Different things that it was asked for in vain after which it is asked no more. */
const KINDS = 3;
const SHORT_MS = 1000;

/** How long a subject is waited for that may never answer at all. Whoever has answered once is waited for as ever. */
export interface Patience {
  /** The time for the next answer. */
  limitMs(usualMs: number): number;
  /** Takes whether an answer came in its time; `kind` is what was asked for. */
  note(kind: string, isSilent: boolean): void;
  /** Why it need not be asked any more; undefined while it may answer yet. */
  readonly over: string | undefined;
}

/** Patience with a subject of which nothing was heard yet. */
export function createPatience(): Patience {
  let answered = false;
  let vain = 0;
  const kinds = new Set<string>();
  return {
    limitMs: (usualMs) => (!answered && vain >= VAIN ? Math.min(usualMs, SHORT_MS) : usualMs),
    note(kind, isSilent) {
      if (!isSilent) answered = true;
      else {
        vain++;
        kinds.add(kind);
      }
    },
    get over() {
      return !answered && vain >= VAIN && kinds.size >= KINDS
        ? `it never answers: ${vain} requests had their time in vain`
        : undefined;
    },
  };
}
