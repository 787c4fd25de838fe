import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isCode, putFile } from './files.ts';
import { git, mustGit } from './git.ts';
import { listFiles } from './list.ts';
import type { Repository } from './repository.ts';
import { ok, refused } from './result.ts';
import type { FileResult } from './workspace.ts';

const maxFiles = 200_000;
const maxPlainBytes = 1024 * 1024 * 1024;

/** What must outlive a crash about a session's checkout. */
export interface CheckoutRecord {
  /** Hash of the snapshot of the writable files at the start. */
  base: string;
  /** Commit that the session started on; null outside git and on an unborn branch. */
  commit: string | null;
}

/** Where the parts of a session's checkout lie; all of them inside the store folder. */
export interface CheckoutPlaces {
  root: string;
  /** A private index of what is tracked, so that ignore rules apply as in the user's tree. */
  index: string;
  record: string;
  /** Home of temporary files of commands. */
  temporary: string;
  scratch: string;
}

/** The places of a session below the store folder (absolute). */
export function placesOf(store: string, session: string): CheckoutPlaces {
  const root = join(store, 'worktrees', session);
  return {
    root,
    index: `${root}.index`,
    record: `${root}.json`,
    temporary: join(store, 'tmp', `session-${session}`),
    scratch: join(store, 'tmp'),
  };
}

/**
 * Copies the user's tree as git sees it, uncommitted and untracked files included, into the session's checkout, and
 * gives it a repository of its own that borrows the user's objects: whatever `git` does in there stays in there.
 */
export function createCheckout(repository: Repository, places: CheckoutPlaces): FileResult<void> {
  const paths = listFiles(repository, repository.folder);
  if (paths.length > maxFiles)
    return refused(`${paths.length} files are too many to copy; ignore generated ones or use a smaller folder`);
  if (repository.kind === 'plain') {
    const bytes = paths.reduce((sum, path) => sum + lstatSync(join(repository.folder, path)).size, 0);
    if (bytes > maxPlainBytes)
      return refused(
        'more than 1 GiB to copy; make this folder a git repository whose .gitignore names what is generated',
      );
  }
  // Complete or absent: a crash in the middle leaves only the folder with the temporary name.
  const building = `${places.root}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  mkdirSync(places.temporary, { recursive: true });
  for (const path of paths) copyEntry(join(repository.folder, path), join(building, path));
  for (const path of nestedModules(repository.folder, paths))
    symlinkSync(join(repository.folder, path), join(building, path));
  if (repository.kind === 'git') {
    ownRepository(repository, building);
    rmSync(places.index, { force: true });
    const tree = `${repository.head ?? 'HEAD'}${repository.prefix === '' ? '' : `:${repository.prefix.replace(/\/$/, '')}`}`;
    // On an unborn branch, or in a folder that is not committed yet, nothing is tracked.
    if (git(['rev-parse', '--verify', '--quiet', `${tree}^{tree}`], { cwd: repository.folder }).kind === 'ok')
      mustGit(['read-tree', tree], { cwd: repository.folder, gitDir: repository.gitDir, index: places.index });
  }
  rmSync(places.root, { recursive: true, force: true });
  renameSync(building, places.root);
  return ok(undefined);
}

/**
 * Installed dependencies of packages below the top, which the checkout borrows by symlink; Node finds those at the top
 * by itself, since the checkout lies below them.
 */
export function nestedModules(folder: string, paths: string[]): string[] {
  return paths
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => join(dirname(path), 'node_modules'))
    .filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() === true);
}

/** The record of a session's checkout that is there already; null where there is none. */
export function readRecord(places: CheckoutPlaces): CheckoutRecord | null {
  if (!existsSync(places.root) || !existsSync(places.record)) return null;
  return JSON.parse(readFileSync(places.record, 'utf8')) as CheckoutRecord;
}

/** Written last, so that a checkout with a record is complete. */
export function writeRecord(places: CheckoutPlaces, record: CheckoutRecord): void {
  putFile(places.record, Buffer.from(`${JSON.stringify(record)}\n`), { mode: 0o644, scratch: places.scratch });
}

/** Makes the store folder, and git ignore it, without touching a file of the user's. */
export function prepareStore(store: string): void {
  mkdirSync(store, { recursive: true });
  const ignore = join(store, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  removeLeftovers(join(store, 'tmp'));
}

/** What a process that was killed had not finished: its temporary files begin with its id. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const owner = /^(\d+)-[0-9a-f]{12}/.exec(name)?.[1];
    const age = Date.now() - (lstatSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (owner !== undefined && age > 60_000 && !isRunning(Number(owner)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

/** Copies a file or a symlink as it is; nothing where it is gone. */
export function copyEntry(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const stat = lstatSync(from, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (stat.isFile()) copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

function ownRepository(repository: Extract<Repository, { kind: 'git' }>, root: string): void {
  mustGit(['init', '-q', '--template=', `--object-format=${repository.objectFormat}`, root], { cwd: root });
  mkdirSync(join(root, '.git', 'objects', 'info'), { recursive: true });
  writeFileSync(join(root, '.git', 'objects', 'info', 'alternates'), `${repository.objectsFolder}\n`);
  // Below the top of the repository its history has other paths than the checkout.
  if (repository.head === null || repository.prefix !== '') return;
  mustGit(['update-ref', '--no-deref', 'HEAD', repository.head], { cwd: root });
  mustGit(['read-tree', repository.head], { cwd: root });
}
