import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A name in `folder` (made where missing) that nothing has yet. */
export function temporaryName(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${process.pid}-${randomBytes(6).toString('hex')}`);
}

function writeNew(path: string, content: Uint8Array, mode: number, durable: boolean): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let written = 0; written < content.length;) written += writeSync(file, content, written);
    // The mode given at creation is cut by the umask.
    fchmodSync(file, mode);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Replaces (or, with `create`, only creates) a file in one step: a crash leaves the old or the new file. The new
 * content is prepared in `scratch`, or beside the file where that is another file system. False where `create` found
 * a file. With `durable` false the bytes may not be on the disk yet when this returns.
 */
export function putFile(
  path: string,
  content: Uint8Array,
  options: { mode: number; scratch: string; create?: boolean; durable?: boolean },
): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return placeNew(path, content, temporaryName(options.scratch), options);
  } catch (error) {
    if (!isCode(error, 'EXDEV')) throw error;
    return placeNew(path, content, `${temporaryName(dirname(path))}.plumb`, options);
  }
}

function placeNew(
  path: string,
  content: Uint8Array,
  prepared: string,
  options: { mode: number; create?: boolean; durable?: boolean },
): boolean {
  try {
    writeNew(prepared, content, options.mode, options.durable !== false);
    // A link, unlike a rename, fails where something has appeared meanwhile.
    if (options.create === true) linkSync(prepared, path);
    else renameSync(prepared, path);
    return true;
  } catch (error) {
    if (options.create === true && isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(prepared, { force: true });
  }
}

/** Brings files that were written without it to the disk; many at once by their file system, where that is possible. */
export function makeDurable(paths: string[], folder: string): void {
  if (paths.length > 50 && spawnSync('sync', ['-f', folder], { stdio: 'ignore' }).status === 0) return;
  for (const path of paths) {
    const file = openSync(path, 'r');
    fsyncSync(file);
    closeSync(file);
  }
}

/** Removes the folders above a removed file that are empty now, up to but without `root`. */
export function removeEmptyFolders(path: string, root: string): void {
  for (let folder = dirname(path); folder !== root && folder.startsWith(root); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** True for a system error of one code, `ENOENT`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
