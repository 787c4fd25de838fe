/** A persistent list: pushing or replacing copies one short chunk, never the whole list. */

const CHUNK = 64;

export interface Chunked<T> {
  readonly length: number;
  readonly chunks: readonly (readonly T[])[];
}

const EMPTY: Chunked<never> = { length: 0, chunks: [] };

/** The list without items. */
export function emptyChunked<T>(): Chunked<T> {
  return EMPTY;
}

/** The list with one more item at its end. */
export function push<T>(list: Chunked<T>, item: T): Chunked<T> {
  const last = list.chunks.at(-1);
  const chunks =
    last === undefined || last.length === CHUNK
      ? [...list.chunks, [item]]
      : [...list.chunks.slice(0, -1), [...last, item]];
  return { length: list.length + 1, chunks };
}

/** The item at an index; undefined outside. */
export function itemAt<T>(list: Chunked<T>, index: number): T | undefined {
  return list.chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
}

/** The list with the item at an index replaced; the same list where there is no such index. */
export function replaceAt<T>(list: Chunked<T>, index: number, item: T): Chunked<T> {
  const at = Math.floor(index / CHUNK);
  const chunk = list.chunks[at];
  if (chunk === undefined || index % CHUNK >= chunk.length) return list;
  return { length: list.length, chunks: list.chunks.with(at, chunk.with(index % CHUNK, item)) };
}

/** Index of the last item that satisfies the condition, or -1. Looks from the end. */
export function lastIndexWhere<T>(list: Chunked<T>, condition: (item: T) => boolean): number {
  for (let at = list.chunks.length - 1; at >= 0; at -= 1) {
    const found = list.chunks[at]?.findLastIndex(condition) ?? -1;
    if (found >= 0) return at * CHUNK + found;
  }
  return -1;
}

/** The items in order. */
export function* items<T>(list: Chunked<T>): Generator<T> {
  for (const chunk of list.chunks) yield* chunk;
}

/** A list of the given items. */
export function chunkedFrom<T>(source: readonly T[]): Chunked<T> {
  const chunks: T[][] = [];
  for (let from = 0; from < source.length; from += CHUNK) chunks.push(source.slice(from, from + CHUNK));
  return { length: source.length, chunks };
}
