import type { Event, FileChange } from '../events/index.ts';

export type HunkDecision = 'accepted' | 'rejected';

/** The change under review: the newest proposal. */
export interface ChangeSlice {
  /** Empty before the first proposal. */
  change: string;
  round: number;
  baseTree: string;
  tree: string;
  files: FileChange[];
  /** Hunk id to its decision; a hunk that is not here is undecided. */
  decisions: Record<string, HunkDecision>;
  applied: { mode: 'branch' | 'merge'; branch: string | null; files: string[]; conflicts: string[] } | null;
}

export const initialChange: ChangeSlice = {
  change: '',
  round: 0,
  baseTree: '',
  tree: '',
  files: [],
  decisions: {},
  applied: null,
};

/** Folds proposals and decisions; a decision on another change is ignored. A hunk that comes again keeps its decision. */
export function reduceChange(slice: ChangeSlice, event: Event): ChangeSlice {
  switch (event.type) {
    case 'changeProposed': {
      const ids = new Set(event.files.flatMap(({ hunks }) => hunks.map(({ id }) => id)));
      const kept = Object.entries(slice.decisions).filter(([id]) => ids.has(id));
      return {
        change: event.change,
        round: event.round,
        baseTree: event.baseTree,
        tree: event.tree,
        files: event.files,
        decisions: Object.fromEntries(kept),
        applied: null,
      };
    }
    case 'hunkAccepted':
      return event.change === slice.change ? decided(slice, event.hunk, 'accepted') : slice;
    case 'hunkRejected':
      return event.change === slice.change ? decided(slice, event.hunk, 'rejected') : slice;
    case 'hunkReopened':
      return event.change === slice.change
        ? {
            ...slice,
            decisions: Object.fromEntries(Object.entries(slice.decisions).filter(([id]) => id !== event.hunk)),
          }
        : slice;
    case 'changeApplied':
      return {
        ...slice,
        applied: { mode: event.mode, branch: event.branch, files: event.files, conflicts: event.conflicts },
      };
    default:
      return slice;
  }
}

function decided(slice: ChangeSlice, hunk: string, decision: HunkDecision): ChangeSlice {
  return { ...slice, decisions: { ...slice.decisions, [hunk]: decision } };
}
