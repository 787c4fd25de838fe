import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { globMatcher, literalPrefix } from './glob.ts';
import { ok, refused } from './result.ts';
import type { FileResult } from './workspace.ts';

/** Which paths of the checkout may be read and written. */
export interface Guard {
  /** True where a glob allows the path and no protection forbids it. Pure: looks at no disk. */
  writable(path: string): boolean;
  /** Folders (or files) that hold everything writable, shortest first, none inside another; `''` is the root. */
  readonly folders: string[];
  /** The absolute real path of something below root that exists. */
  toRead(path: string): FileResult<string>;
  /** The absolute path of a file to create, replace or remove: no symlink on the way, none at its end. */
  toWrite(path: string): FileResult<string>;
}

/** Never written, whatever a glob says. */
const never = /(?:^|\/)\.git(?:\/|$)|^\.plumb(?:\/|$)/i;
/** Written only where a glob names it: the agent does not edit what it is judged by. */
const explicit = ['plumb.yaml', 'plumb.yml', 'specs'];

/** `protect` lists more paths that need an explicit glob, for instance the contract's. `root` is a real path. */
export function createGuard(root: string, globs: string[], protect: string[] = []): Guard {
  const allowed = globs.map((glob) => ({ matches: globMatcher(glob), prefix: literalPrefix(glob) }));
  const guarded = [...explicit, ...protect.map((path) => posix.normalize(path).replace(/\/+$/, ''))];
  const within = (path: string, folder: string): boolean =>
    path.toLowerCase() === folder.toLowerCase() || path.toLowerCase().startsWith(`${folder.toLowerCase()}/`);
  const writable = (path: string): boolean => {
    if (never.test(path)) return false;
    const holders = guarded.filter((folder) => within(path, folder));
    return allowed.some(({ matches, prefix }) => matches(path) && holders.every((folder) => within(prefix, folder)));
  };
  const prefixes = [...new Set(allowed.map(({ prefix }) => prefix))].sort();
  const folders = prefixes.filter(
    (folder) => !prefixes.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`))),
  );
  return {
    writable,
    folders,
    toRead(path) {
      const clean = cleaned(path);
      if (clean.kind === 'refused') return clean;
      try {
        const real = realpathSync(join(root, clean.value));
        if (!inside(root, real)) return refused(`${path} leads out of the workspace`);
        return ok(real);
      } catch {
        return refused(`no such file: ${path}`);
      }
    },
    toWrite(path) {
      const clean = cleaned(path);
      if (clean.kind === 'refused') return clean;
      if (!writable(clean.value))
        return refused(`${path} may not be written; writable: ${globs.join(', ') || 'nothing'}`);
      const target = join(root, clean.value);
      for (let folder = dirname(target); folder !== root; folder = dirname(folder)) {
        const kind = kindOf(folder);
        if (kind === 'file' || kind === 'other') return refused(`${relative(root, folder)} is not a folder`);
      }
      if (kindOf(target) === 'folder') return refused(`${path} is a folder`);
      if (kindOf(target) === 'other') return refused(`${path} is not a regular file`);
      return ok(target);
    },
  };

  function kindOf(path: string): 'missing' | 'folder' | 'file' | 'other' {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'missing';
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
  }
}

/** A relative path in its shortest form with forward slashes; refused where it is absolute or climbs out. */
function cleaned(path: string): FileResult<string> {
  // oxlint-disable-next-line no-control-regex -- a control character in a name is an attack or a mistake
  if (path === '' || /[\x00-\x1f\x7f]/.test(path))
    return refused('a path must not be empty or hold control characters');
  if (posix.isAbsolute(path) || /^[a-z]:[\\/]/i.test(path))
    return refused(`${path} is absolute; give it relative to the workspace`);
  const clean = posix.normalize(path).replace(/\/+$/, '');
  if (clean === '..' || clean.startsWith('../')) return refused(`${path} leads out of the workspace`);
  if (clean === '.') return refused(`${path} is the workspace itself`);
  return ok(clean);
}

function inside(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
