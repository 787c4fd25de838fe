import fc, { type Arbitrary, Stream, Value } from 'fast-check';

/** One value, which shrinks as the arbitrary does that it might have been drawn from. */
class Starting<T> extends fc.Arbitrary<T> {
  private readonly value: T;
  private readonly inner: Arbitrary<T>;

  constructor(value: T, inner: Arbitrary<T>) {
    super();
    this.value = value;
    this.inner = inner;
  }

  override generate(): Value<T> {
    return new Value(this.value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.inner.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown): Stream<Value<T>> {
    if (context === undefined && !this.inner.canShrinkWithoutContext(value)) return Stream.nil();
    return this.inner.shrink(value, context);
  }
}

/** Always the value; a case that fails with it becomes as small as one that was drawn. */
export function startingAt<T>(value: T, inner: Arbitrary<T>): Arbitrary<T> {
  return new Starting(value, inner);
}
