/** A copy of the code under test in which mutants may stand. The user's tree is only read. */
import {
  copyFileSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

const MAX_FILES = 20_000;
const MAX_BYTES = 500 * 1024 * 1024;
const LEFT_OUT = new Set(['.git', '.plumb', '.hg', '.svn']);

export interface Scratch {
  /** The place in the copy of an absolute path. */
  placeOf(path: string): string;
  read(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

/**
 * Copies the package or repository that the paths lie in; where that is too large only the folder that holds them all.
 * Installed packages are linked, not copied.
 */
export function makeScratch(paths: string[]): Scratch | { problem: string } {
  const shared = paths.map((path) => realpathSync(path)).reduce(commonFolder);
  const whole = packageRoot(shared);
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'plumb-mutants-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  for (const root of new Set([whole, shared])) {
    const copy = join(folder, relative(dirname(root), root) || 'root');
    try {
      copyTree(root, copy, { files: 0, bytes: 0 });
      linkAround(root, folder);
    } catch (error) {
      rmSync(copy, { recursive: true, force: true });
      if (error instanceof TooLarge && root !== shared) continue;
      remove();
      return { problem: `the code cannot be copied: ${error instanceof Error ? error.message : String(error)}` };
    }
    const placeOf = (path: string): string =>
      join(copy, relative(root, path.startsWith(root) ? path : realpathSync(path)));
    return {
      placeOf,
      read: (path) => readFileSync(placeOf(path), 'utf8'),
      write: (path, text) => writeFileSync(placeOf(path), text),
      remove,
    };
  }
  remove();
  return { problem: `the code cannot be copied: there are over ${MAX_FILES} files in ${shared}` };
}

class TooLarge extends Error {}

function copyTree(from: string, to: string, size: { files: number; bytes: number }): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    const stat = lstatSync(source);
    if (LEFT_OUT.has(name)) continue;
    if (name === 'node_modules') symlinkSync(source, target);
    else if (stat.isSymbolicLink()) symlinkSync(linkTarget(source), target);
    else if (stat.isDirectory()) copyTree(source, target, size);
    else if (stat.isFile()) {
      size.files++;
      size.bytes += stat.size;
      if (size.files > MAX_FILES || size.bytes > MAX_BYTES) throw new TooLarge(`${from} holds too much`);
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
    }
  }
}

/** A link within the tree stays one; others lead to where they led. */
function linkTarget(link: string): string {
  const target = readlinkSync(link);
  return target.startsWith(sep) || target.startsWith('..') ? resolve(dirname(link), target) : target;
}

/** What Node looks for above the code: the manifest that says which kind of modules these are, and the packages. */
function linkAround(root: string, folder: string): void {
  for (const name of ['package.json', 'node_modules']) {
    if (existsSync(join(root, name))) continue;
    for (let above = dirname(root); ; above = dirname(above)) {
      if (existsSync(join(above, name))) {
        symlinkSync(join(above, name), join(folder, name));
        break;
      }
      if (dirname(above) === above) break;
    }
  }
}

function packageRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) || existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

function commonFolder(a: string, b: string): string {
  const other = folderOf(b).split(sep);
  const shared: string[] = [];
  for (const [index, part] of folderOf(a).split(sep).entries()) {
    if (part !== other[index]) break;
    shared.push(part);
  }
  return shared.join(sep) || sep;
}

function folderOf(path: string): string {
  return statSync(path).isDirectory() ? path : dirname(path);
}
