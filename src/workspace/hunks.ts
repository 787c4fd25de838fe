import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';
import type { FileChange, Hunk } from '../events/index.ts';
import { contentOf, type ObjectStore } from './objects.ts';
import { linesOf, textOf } from './text.ts';
import type { Tree } from './workspace.ts';

const contextLines = 3;

/** One contiguous difference: `oldCount` lines from `oldStart` on (from 0) become `newCount` lines from `newStart` on. */
export interface Edit {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
}

/** The differences between two lists of lines in order; null where they are too different to find out in 2 s. */
export function editsBetween(before: string[], after: string[]): Edit[] | null {
  const parts = diffArrays(before, after, { timeout: 2000 });
  if (parts === undefined) return null;
  const edits: Edit[] = [];
  let oldAt = 0;
  let newAt = 0;
  let open: Edit | null = null;
  for (const part of parts) {
    if (!part.added && !part.removed) {
      oldAt += part.count;
      newAt += part.count;
      open = null;
      continue;
    }
    if (open === null) {
      open = { oldStart: oldAt, oldCount: 0, newStart: newAt, newCount: 0 };
      edits.push(open);
    }
    if (part.removed) {
      open.oldCount += part.count;
      oldAt += part.count;
    } else {
      open.newCount += part.count;
      newAt += part.count;
    }
  }
  return edits;
}

/** Hunks between two snapshots with three lines of context, files in path order; a change of mode alone has none. */
export function diffTrees(store: ObjectStore, from: Tree, to: Tree): FileChange[] {
  return changedPaths(from, to).map((path) => {
    const before = from.files[path];
    const after = to.files[path];
    const kind = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified';
    if (before?.blob === after?.blob) return { path, kind, additions: 0, deletions: 0, hunks: [] };
    const change = compared(store, path, before?.blob, after?.blob);
    if (change === null) return { path, kind, additions: 0, deletions: 0, hunks: [], binary: true };
    const hunks = change.groups.map(({ hunk }) => hunk);
    const count = (sign: string): number =>
      hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0);
    return { path, kind, additions: count('+'), deletions: count('-'), hunks };
  });
}

/**
 * `from` with only the accepted part of its difference to `to`: `accepted` holds hunk ids, and the paths of files
 * without hunks (binary, only the mode). A file's mode goes with its first accepted hunk; an added file with no
 * accepted hunk stays out, a deleted one is removed when all its hunks are accepted.
 */
export function selectHunks(store: ObjectStore, from: Tree, to: Tree, accepted: ReadonlySet<string>): Tree {
  const files = { ...from.files };
  const take = (path: string): void => {
    const after = to.files[path];
    if (after === undefined) delete files[path];
    else files[path] = after;
  };
  for (const path of changedPaths(from, to)) {
    const before = from.files[path];
    const after = to.files[path];
    const change = before?.blob === after?.blob ? null : compared(store, path, before?.blob, after?.blob);
    if (change === null || change.groups.length === 0) {
      if (accepted.has(path)) take(path);
      continue;
    }
    const chosen = change.groups.filter(({ hunk }) => accepted.has(hunk.id));
    if (chosen.length === change.groups.length) take(path);
    else if (chosen.length > 0) {
      const lines: string[] = [];
      let at = 0;
      for (const edit of chosen.flatMap(({ edits }) => edits)) {
        lines.push(...change.before.slice(at, edit.oldStart));
        lines.push(...change.after.slice(edit.newStart, edit.newStart + edit.newCount));
        at = edit.oldStart + edit.oldCount;
      }
      lines.push(...change.before.slice(at));
      files[path] = {
        blob: store.put(Buffer.from(lines.join(''))),
        executable: (after ?? before)?.executable ?? false,
      };
    }
  }
  return store.putTree(files);
}

function changedPaths(from: Tree, to: Tree): string[] {
  const paths = [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])].sort();
  return paths.filter((path) => {
    const before = from.files[path];
    const after = to.files[path];
    return before?.blob !== after?.blob || before?.executable !== after?.executable;
  });
}

interface Compared {
  before: string[];
  after: string[];
  groups: { hunk: Hunk; edits: Edit[] }[];
}

function compared(store: ObjectStore, path: string, from: string | undefined, to: string | undefined): Compared | null {
  const [oldText, newText] = [from, to].map((blob) => (blob === undefined ? '' : textOf(contentOf(store, blob))));
  if (typeof oldText !== 'string' || typeof newText !== 'string') return null;
  const before = linesOf(oldText);
  const after = linesOf(newText);
  const whole: Edit = { oldStart: 0, oldCount: before.length, newStart: 0, newCount: after.length };
  const seen = new Map<string, number>();
  const groups = grouped(editsBetween(before, after) ?? [whole]).map((edits) => {
    const drawn = drawnHunk(before, after, edits);
    const identity = createHash('sha256')
      .update([path, ...drawn.lines].join('\n'))
      .digest('hex')
      .slice(0, 16);
    const occurrence = seen.get(identity) ?? 0;
    seen.set(identity, occurrence + 1);
    return { edits, hunk: { id: occurrence === 0 ? identity : `${identity}-${occurrence + 1}`, ...drawn } };
  });
  return { before, after, groups };
}

/** Edits whose context would overlap or touch belong to one hunk. */
function grouped(edits: Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (
      group !== undefined &&
      last !== undefined &&
      edit.oldStart - (last.oldStart + last.oldCount) <= 2 * contextLines
    )
      group.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

function drawnHunk(before: string[], after: string[], edits: Edit[]): Omit<Hunk, 'id'> {
  const first = edits[0] ?? { oldStart: 0, oldCount: 0, newStart: 0, newCount: 0 };
  const from = Math.max(0, first.oldStart - contextLines);
  const lines: string[] = [];
  const draw = (sign: string, some: string[]): void => {
    for (const line of some) lines.push(sign + line.replace(/\n$/, ''));
  };
  let at = from;
  for (const edit of edits) {
    draw(' ', before.slice(at, edit.oldStart));
    draw('-', before.slice(edit.oldStart, edit.oldStart + edit.oldCount));
    draw('+', after.slice(edit.newStart, edit.newStart + edit.newCount));
    at = edit.oldStart + edit.oldCount;
  }
  draw(' ', before.slice(at, at + contextLines));
  return { oldStart: from + 1, newStart: first.newStart - (first.oldStart - from) + 1, lines };
}
