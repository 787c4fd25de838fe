/** The argument of a field that says how many items come. */
export function sizeArgument(names: readonly string[]): string | undefined {
  return names.find((name) => /^(first|limit|take|pageSize|perPage|per_page|size|count|max|top)$/i.test(name));
}

/** The argument that says how many items are left out first. */
export function offsetArgument(names: readonly string[]): string | undefined {
  return names.find((name) => /^(offset|skip)$/i.test(name));
}
