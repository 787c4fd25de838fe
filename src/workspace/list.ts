import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { git, splitNul } from './git.ts';
import type { Repository } from './repository.ts';

/** Outside git nothing says what is generated, so these are left out. */
const generated = new Set(['.git', '.plumb', 'node_modules', '.venv', '__pycache__']);

/**
 * Sorted relative paths of the files and symlinks under `folder` that git tracks or would track, or, outside git, all
 * but generated ones. `index` says what is tracked there; by default the user's own, which is only read.
 */
export function listFiles(repository: Repository, folder: string, index?: string): string[] {
  if (repository.kind === 'plain') return walk(folder, '').sort();
  const own = folder === repository.folder;
  const output = git(['ls-files', '-z', '-c', '-o', '--exclude-standard', '--deduplicate'], {
    cwd: folder,
    // The folder's own .git is the agent's to change, and a configuration can start programs.
    ...(own ? {} : { gitDir: repository.gitDir, workTree: folder }),
    ...(index === undefined ? {} : { index }),
  });
  if (output.kind !== 'ok') throw new Error(`git ls-files: ${output.kind === 'missing' ? 'no git' : output.message}`);
  const paths = splitNul(output.stdout).filter((path) => !path.startsWith('.plumb/'));
  const found = paths.flatMap((path) => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat === undefined) return [];
    // A submodule, or a repository inside the repository.
    if (stat.isDirectory()) return walk(folder, path.replace(/\/$/, ''));
    // A pattern with a slash at its end, as in `node_modules/`, does not cover a symlink of that name.
    if (stat.isSymbolicLink() && generated.has(basename(path))) return [];
    return stat.isFile() || stat.isSymbolicLink() ? [path] : [];
  });
  return [...new Set(found)].sort();
}

function walk(root: string, below: string): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (generated.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(root, path);
    return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
}
