/**
 * What of a request's path comes after the path of the subject's URL: that is often the one that the contract's own
 * server has, and is not meant to come twice. Both without a slash at their end.
 */
export function pathBelow(prefix: string, path: string): string {
  return prefix !== '' && /^(?:[/?]|$)/.test(path.slice(prefix.length)) && path.startsWith(prefix)
    ? path.slice(prefix.length)
    : path;
}
