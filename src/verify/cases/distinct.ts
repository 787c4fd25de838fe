/** Draws that differ from one another: of a few values, random draws repeat some and leave others out. */
import { Arbitrary, type Stream, Value } from 'fast-check';
import { drawValue } from '../draw.ts';

/** Draws in a row that may repeat what there is before one is taken all the same. */
const MOST_REPEATED = 12;

export interface DistinctOptions<T> {
  seed: number;
  name: string;
  /** What has to differ. */
  keyOf: (value: T) => string;
}

/** The arbitrary of each index: always the same draw of the one given, and one that no smaller index has where there is any. */
export function distinct<T>(
  arbitrary: Arbitrary<T>,
  { seed, name, keyOf }: DistinctOptions<T>,
): (index: number) => Arbitrary<T> {
  const drawn: Drawn<T>[] = [];
  const seen = new Set<string>();
  let next = 0;
  return (index) => {
    for (let known = drawn[index]; ; known = drawn[index]) {
      if (known !== undefined) return known;
      let value = drawValue(arbitrary, seed, name, next++);
      for (let tries = 0; tries < MOST_REPEATED && seen.has(keyOf(value.value)); tries++)
        value = drawValue(arbitrary, seed, name, next++);
      seen.add(keyOf(value.value));
      drawn.push(new Drawn(arbitrary, value));
    }
  };
}

/** One draw, which still shrinks as the arbitrary that it comes from. */
class Drawn<T> extends Arbitrary<T> {
  private readonly source: Arbitrary<T>;
  private readonly drawn: Value<T>;

  constructor(source: Arbitrary<T>, drawn: Value<T>) {
    super();
    this.source = source;
    this.drawn = drawn;
  }

  generate(): Value<T> {
    return new Value(this.drawn.value, this.drawn.context);
  }

  canShrinkWithoutContext(value: unknown): value is T {
    return this.source.canShrinkWithoutContext(value);
  }

  shrink(value: T, context: unknown): Stream<Value<T>> {
    return this.source.shrink(value, context);
  }
}
