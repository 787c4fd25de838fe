/** Path templates as lists of segments: what says which paths speak of the same resource. */
import type { Operation } from '../../spec/model.ts';

/** Segments of a path template. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Names of the parameters in one segment; `{a}.{b}` has two. */
export function parametersIn(segment: string): string[] {
  return [...segment.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
}

/** A template without the names of its parameters. */
export function normalised(segments: string[]): string {
  return segments.map((segment) => `/${segment.replace(/\{[^}]+\}/g, '{}')}`).join('');
}

/** The resource that a path names up to one of its segments: `/orders/{}` in `/orders/{id}:cancel` too. */
export function resourceKey(segments: string[], index: number): string {
  return normalised(segments.slice(0, index + 1)).replace(/\{\}:[^/]*$/, '{}');
}

/** True where the path of an operation ends in a parameter: `GET /todos/{id}`. */
export function isItem(operation: Operation): boolean {
  return parametersIn(segmentsOf(operation.path).at(-1) ?? '').length > 0;
}
