import fc, { type Arbitrary, type Random, type Stream, type Value } from 'fast-check';

const TRIES = 8;

/** Draws again, a few times, for a value that satisfies a wish. A wish is not a promise: shrunk values may break it. */
class Preferring<T> extends fc.Arbitrary<T> {
  private readonly inner: Arbitrary<T>;
  private readonly wished: (value: T) => boolean;

  constructor(inner: Arbitrary<T>, wished: (value: T) => boolean) {
    super();
    this.inner = inner;
    this.wished = wished;
  }

  override generate(random: Random, bias: number | undefined): Value<T> {
    for (let attempt = 1; ; attempt++) {
      const drawn = this.inner.generate(random, bias);
      if (attempt === TRIES || this.wished(drawn.value)) return drawn;
    }
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.inner.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown): Stream<Value<T>> {
    return this.inner.shrink(value, context);
  }
}

/** An arbitrary whose values satisfy a wish wherever a few draws find one. */
export function preferring<T>(inner: Arbitrary<T>, wished: (value: T) => boolean): Arbitrary<T> {
  return new Preferring(inner, wished);
}
