/** A sample of a list that follows from a seed alone. */

/** At most `most` of the items, in their order. */
export function sampleOf<T>(items: T[], most: number, seed: number): T[] {
  if (items.length <= most) return items;
  let state = seed >>> 0 || 1;
  const random = (): number => {
    // xorshift32 (Marsaglia 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const chosen = items.map((_, index) => index);
  for (let index = 0; index < most; index++) {
    const other = index + Math.floor(random() * (chosen.length - index));
    [chosen[index], chosen[other]] = [chosen[other] ?? 0, chosen[index] ?? 0];
  }
  return chosen
    .slice(0, most)
    .toSorted((a, b) => a - b)
    .flatMap((index) => items[index] ?? []);
}
