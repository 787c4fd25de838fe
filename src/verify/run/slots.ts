/** How many cases may be in flight at once, whichever property they belong to. First come, first served. */
export interface Slots {
  /** Does the work as soon as a place is free. */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nobody waits for a place that is free by then. */
  spare(): Promise<void>;
  /** Lets nothing begin; resolves when nothing is in flight any more. Held twice, it takes two resumes. */
  hold(): Promise<void>;
  resume(): void;
  /** Makes so many more places. */
  add(more: number): void;
}

/** Makes a number of places. */
export function createSlots(places: number): Slots {
  let count = places;
  let free = count;
  let holds = 0;
  const waiting: (() => void)[] = [];
  const quiet: (() => void)[] = [];
  const admit = (): void => {
    if (holds > 0) return;
    while (free > 0) {
      const next = waiting.shift();
      if (next === undefined) return;
      free--;
      next();
    }
  };
  const enter = (): Promise<void> | undefined => {
    if (holds === 0 && free > 0 && waiting.length === 0) {
      free--;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    free++;
    if (free === count) for (const tell of quiet.splice(0)) tell();
    admit();
  };
  return {
    async use(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    async spare() {
      await enter();
      leave();
    },
    hold() {
      holds++;
      return free === count ? Promise.resolve() : new Promise((resolve) => quiet.push(resolve));
    },
    resume() {
      holds--;
      admit();
    },
    add(more) {
      count += more;
      free += more;
      admit();
    },
  };
}
