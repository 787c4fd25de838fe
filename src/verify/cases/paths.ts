/** Path templates as lists of segments: what says which paths speak of the same resource. */
import type { Operation } from '../../spec/model.ts';

/** Segments of a path template. */
export function segmentsOf(path: string): readonly string[] {
  return known(path).segments;
}

/** A path template without the names of its parameters. */
export function templateOf(path: string): string {
  return known(path).template;
}

interface KnownPath {
  segments: readonly string[];
  template: string;
}

/** Every operation of a large contract is compared with every other one, many times. */
const paths = new Map<string, KnownPath>();
const MOST_PATHS = 50_000;

function known(path: string): KnownPath {
  let found = paths.get(path);
  if (found === undefined) {
    const segments = path.split('/').filter((segment) => segment !== '');
    if (paths.size >= MOST_PATHS) paths.clear();
    paths.set(path, (found = { segments, template: normalised(segments) }));
  }
  return found;
}

/** Names of the parameters in one segment; `{a}.{b}` has two. */
export function parametersIn(segment: string): string[] {
  return [...segment.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
}

/** Segments as a template without the names of its parameters. */
export function normalised(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.replace(/\{[^}]+\}/g, '{}')}`).join('');
}

/** The resource that a path names up to one of its segments: `/orders/{}` in `/orders/{id}:cancel` too. */
export function resourceKey(segments: readonly string[], index: number): string {
  return normalised(segments.slice(0, index + 1)).replace(/\{\}:[^/]*$/, '{}');
}

/** True where the path of an operation ends in a parameter: `GET /todos/{id}`. */
export function isItem(operation: Operation): boolean {
  return parametersIn(segmentsOf(operation.path).at(-1) ?? '').length > 0;
}
