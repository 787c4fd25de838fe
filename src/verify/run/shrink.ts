/** Makes a failing value small. Bounded in attempts and in time; whatever was reached by then is the answer. */
import type { Arbitrary, Value } from 'fast-check';

export interface Shrunk<T, R> {
  value: T;
  result: R;
  /** `index:choice:choice`, the way that fast-check writes a path. */
  path: string;
  /** Steps that made it smaller. */
  shrinks: number;
}

export interface ShrinkLimits {
  attempts: number;
  timeMs: number;
}

/** Takes the first smaller value that still fails, again and again. `fails` answers undefined where it does not fail. */
export async function shrink<T, R>(
  arbitrary: Arbitrary<T>,
  failing: Value<T>,
  result: R,
  index: number,
  fails: (value: T) => Promise<R | undefined>,
  limits: ShrinkLimits,
): Promise<Shrunk<T, R>> {
  const until = performance.now() + limits.timeMs;
  const path = [index];
  let best = failing;
  let found = result;
  let left = limits.attempts;
  for (let smaller = true; smaller;) {
    smaller = false;
    let choice = 0;
    for (const candidate of arbitrary.shrink(best.value, best.context)) {
      if (left-- <= 0 || performance.now() > until)
        return { value: best.value, result: found, path: path.join(':'), shrinks: path.length - 1 };
      const again = await fails(candidate.value);
      if (again !== undefined) {
        best = candidate;
        found = again;
        path.push(choice);
        smaller = true;
        break;
      }
      choice++;
    }
  }
  return { value: best.value, result: found, path: path.join(':'), shrinks: path.length - 1 };
}
