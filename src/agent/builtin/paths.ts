/** Path templates as tokens: `/a/{id}:approve` is `a`, `{}`, `:approve`. */
import type { Operation } from '../../spec/model.ts';

export interface PathToken {
  /** Literal text, or `{}` for a parameter. */
  text: string;
  /** Parameter name. */
  parameter?: string;
}

/** The tokens of a path template; a parameter inside a segment splits it. */
export function tokensOfPath(path: string): PathToken[] {
  const tokens: PathToken[] = [];
  for (const segment of path.split('/')) {
    for (const part of segment.split(/(\{[^}]*\})/)) {
      if (part === '') continue;
      if (part.startsWith('{')) tokens.push({ text: '{}', parameter: part.slice(1, -1) });
      else tokens.push({ text: part });
    }
  }
  return tokens;
}

/** The key under which paths that differ only in parameter names meet. */
export function keyOfTokens(tokens: readonly PathToken[]): string {
  return tokens.map((token) => token.text).join('/');
}

/** Names of the path parameters in the order of the path. */
export function pathNames(operation: Operation): string[] {
  return tokensOfPath(operation.path).flatMap((token) => token.parameter ?? []);
}
