import fc, { type Arbitrary, type Random, Stream, type Value } from 'fast-check';

/** One of many arbitraries, each made only when it is drawn from; draws and shrinks as `fc.oneof` of them all. */
class OneOf<I, T> extends fc.Arbitrary<T> {
  private readonly items: readonly I[];
  private readonly make: (item: I) => Arbitrary<T>;

  constructor(items: readonly I[], make: (item: I) => Arbitrary<T>) {
    super();
    this.items = items;
    this.make = make;
  }

  private at(index: number): Arbitrary<T> {
    const item = this.items[index];
    if (item === undefined) throw new Error(`there is no item ${index} of ${this.items.length}`);
    return this.make(item);
  }

  override generate(random: Random, bias: number | undefined): Value<T> {
    const index = random.nextInt(0, this.items.length - 1);
    const drawn = this.at(index).generate(random, bias);
    return new fc.Value(drawn.value_, { index, inner: drawn.context });
  }

  override canShrinkWithoutContext(_: unknown): _ is T {
    return false;
  }

  override shrink(value: T, context: unknown): Stream<Value<T>> {
    if (!isChosen(context)) return Stream.nil();
    const { index, inner } = context;
    return this.at(index)
      .shrink(value, inner)
      .map((one) => new fc.Value(one.value_, { index, inner: one.context }));
  }
}

function isChosen(context: unknown): context is { index: number; inner: unknown } {
  return typeof context === 'object' && context !== null && 'index' in context && 'inner' in context;
}

/** Draws from the arbitrary of one of the items; only those of drawn items are made. There is at least one item. */
export function oneOf<I, T>(items: readonly I[], make: (item: I) => Arbitrary<T>): Arbitrary<T> {
  return new OneOf(items, make);
}
