import { lstatSync, readFileSync, type Stats, unlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { putFile, removeEmptyFolders } from './files.ts';
import { mergeText } from './merge.ts';
import { contentOf, type ObjectStore } from './objects.ts';
import { textOf } from './text.ts';
import type { Tree } from './workspace.ts';

interface TreeFile {
  content: Buffer;
  executable: boolean;
}

/**
 * Carries the changes from `base` to `tree` into the user's folder, file by file: written where the user's file is
 * still the base's, merged by lines where both changed, and left alone as a conflict where that cannot be done or
 * something else than a file is in the way. A file is replaced in one step; a crash leaves the old or the new one,
 * and applying again finishes. `files` are those that hold the change now.
 */
export function applyTree(
  store: ObjectStore,
  folder: string,
  scratch: string,
  base: Tree,
  tree: Tree,
): { files: string[]; conflicts: string[] } {
  const files: string[] = [];
  const conflicts: string[] = [];
  for (const path of [...new Set([...Object.keys(base.files), ...Object.keys(tree.files)])].sort()) {
    const before = base.files[path];
    const after = tree.files[path];
    if (before?.blob === after?.blob && before?.executable === after?.executable) continue;
    const load = (file: Tree['files'][string] | undefined): TreeFile | null =>
      file === undefined ? null : { content: contentOf(store, file.blob), executable: file.executable };
    (applyFile(folder, scratch, path, load(before), load(after)) ? files : conflicts).push(path);
  }
  return { files, conflicts };
}

/** True where the user's file holds the change now. */
function applyFile(
  folder: string,
  scratch: string,
  path: string,
  base: TreeFile | null,
  theirs: TreeFile | null,
): boolean {
  const target = join(folder, path);
  if (!reachable(folder, target)) return false;
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (theirs === null) return true;
    // The user removed what the agent changed.
    if (base !== null) return false;
    return putFile(target, theirs.content, { mode: theirs.executable ? 0o755 : 0o644, scratch, create: true });
  }
  if (!stat.isFile()) return false;
  const ours = readFileSync(target);
  if (theirs === null) {
    if (base === null || !ours.equals(base.content) || !untouched(target, stat)) return false;
    unlinkSync(target);
    removeEmptyFolders(target, folder);
    return true;
  }
  const merged = mergedContent(base?.content ?? null, ours, theirs.content);
  if (merged === null) return false;
  const executable = base?.executable === theirs.executable ? (stat.mode & 0o111) !== 0 : theirs.executable;
  const mode = withExecutable(stat.mode & 0o7777, executable);
  if (merged.equals(ours) && mode === (stat.mode & 0o7777)) return true;
  // The user may have saved while we read.
  if (!untouched(target, stat)) return false;
  return putFile(target, merged, { mode, scratch });
}

function mergedContent(base: Buffer | null, ours: Buffer, theirs: Buffer): Buffer | null {
  if (ours.equals(theirs)) return ours;
  if (base === null) return null;
  if (ours.equals(base)) return theirs;
  if (theirs.equals(base)) return ours;
  const [baseText, ourText, theirText] = [textOf(base), textOf(ours), textOf(theirs)];
  if (baseText === null || ourText === null || theirText === null) return null;
  const merged = mergeText(baseText, ourText, theirText);
  return merged === null ? null : Buffer.from(merged);
}

/** Every folder on the way is a real folder, or missing: a symlink could lead out of the user's tree. */
function reachable(folder: string, target: string): boolean {
  for (let parent = dirname(target); relative(folder, parent) !== ''; parent = dirname(parent)) {
    const stat = lstatSync(parent, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) return false;
  }
  return true;
}

function untouched(path: string, seen: Stats): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === seen.ino && now.size === seen.size && now.mtimeMs === seen.mtimeMs;
}

function withExecutable(mode: number, executable: boolean): number {
  // Whoever may read may execute.
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}
