import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyEntry } from './checkout.ts';

/** What tells that a file was touched: by path, its size, times and inode. */
export type Marks = ReadonlyMap<string, string>;

/** The marks of those of the files that are not writable. */
export function marksOf(root: string, paths: string[], writable: (path: string) => boolean): Marks {
  return new Map(
    paths.flatMap((path) => {
      const stat = writable(path) ? undefined : lstatSync(join(root, path), { throwIfNoEntry: false });
      return stat === undefined ? [] : [[path, `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`] as const];
    }),
  );
}

/**
 * Outside the writable folders the checkout mirrors the user's tree, so that a verdict is about the change alone.
 * Brings back what a command without sandbox changed, made or removed there, and returns the paths.
 */
export function undoStrays(folder: string, root: string, before: Marks, after: Marks): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const strays = paths.filter((path) => before.get(path) !== after.get(path));
  for (const path of strays) {
    rmSync(join(root, path), { force: true });
    if (before.has(path)) copyEntry(join(folder, path), join(root, path));
  }
  return strays;
}
