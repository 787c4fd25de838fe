import type { FileResult } from './workspace.ts';

/** A {@link FileResult} that holds a value. */
export function ok<T>(value: T): FileResult<T> {
  return { kind: 'ok', value };
}

/** A {@link FileResult} that says in one line why not, and what to do. */
export function refused(reason: string): { kind: 'refused'; reason: string } {
  return { kind: 'refused', reason };
}
