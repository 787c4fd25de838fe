import type { FileChange, Hunk } from '../events/index.ts';
import { memoize } from './memoize.ts';
import type { State } from './state.ts';

/** A hunk with the file that it belongs to. */
export interface HunkRow {
  file: FileChange;
  hunk: Hunk;
}

const rowsOf = memoize((files: FileChange[]): HunkRow[] =>
  files.flatMap((file) => file.hunks.map((hunk) => ({ file, hunk }))),
);

/** Every hunk of the change under review, in file order. */
export function hunksOf(state: State): HunkRow[] {
  return rowsOf(state.change.files);
}

/** The hunks that nobody has decided. */
export function pendingHunks(state: State): HunkRow[] {
  return hunksOf(state).filter(({ hunk }) => state.change.decisions[hunk.id] === undefined);
}

/** How many hunks are accepted, rejected and undecided. */
export function reviewCounts(state: State): { accepted: number; rejected: number; pending: number; total: number } {
  const counts = { accepted: 0, rejected: 0, pending: 0, total: 0 };
  for (const { hunk } of hunksOf(state)) {
    counts[state.change.decisions[hunk.id] ?? 'pending'] += 1;
    counts.total += 1;
  }
  return counts;
}
