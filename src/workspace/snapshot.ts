import { chmodSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { putFile, removeEmptyFolders } from './files.ts';
import { contentOf, type ObjectStore } from './objects.ts';
import type { Tree } from './workspace.ts';

/** Stores the regular files among `paths` (relative to `root`) as a snapshot; symlinks are no part of one. */
export function takeSnapshot(store: ObjectStore, root: string, paths: string[]): Tree {
  const present = paths.flatMap((path) => {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    return stat?.isFile() ? [{ path, executable: (stat.mode & 0o111) !== 0 }] : [];
  });
  // Read one by one while they are stored.
  const blobs = store.putAll(present.values().map(({ path }) => readFileSync(join(root, path))));
  return store.putTree(
    Object.fromEntries(present.map(({ path, executable }, n) => [path, { blob: blobs[n] ?? '', executable }])),
  );
}

/** Makes the files at `root` those of `tree`, where `now` is what is there: only differences are touched. */
export function restoreSnapshot(store: ObjectStore, root: string, scratch: string, now: Tree, tree: Tree): void {
  for (const path of Object.keys(now.files)) {
    if (tree.files[path] !== undefined) continue;
    rmSync(join(root, path), { force: true });
    removeEmptyFolders(join(root, path), root);
  }
  for (const [path, file] of Object.entries(tree.files)) {
    const present = now.files[path];
    const mode = file.executable ? 0o755 : 0o644;
    if (present?.blob !== file.blob) putFile(join(root, path), contentOf(store, file.blob), { mode, scratch });
    else if (present.executable !== file.executable) chmodSync(join(root, path), mode);
  }
}
