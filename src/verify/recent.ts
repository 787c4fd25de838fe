/** The value of a key, made where it is not among those that were asked for last. */
export type Recent<T> = (key: string, make: () => T) => T;

/** The values made last, so that what can be made again at any time takes no memory for long. */
export function createRecent<T>(most: number): Recent<T> {
  const kept = new Map<string, T>();
  return (key, make) => {
    const known = kept.get(key);
    const value = known ?? make();
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
