/** What the readers of contracts and manifests ask of the disk. Beside the manifest nobody else here touches files. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { systemFault } from '../events/system-fault.ts';
import type { Files, FileText } from './bundle/files.ts';

/** What is at a path; undefined where nothing is, or something that is neither file nor folder. */
export function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const entry = statSync(path, { throwIfNoEntry: false });
    return entry?.isFile() === true ? 'file' : entry?.isDirectory() === true ? 'folder' : undefined;
  } catch {
    // Too long a name, or a folder that may not be read: nothing that we could use is there.
    return undefined;
  }
}

/** The text of a file of at most some bytes. Pipes and devices are not waited for. */
export function readText(path: string, maxBytes: number): FileText {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const entry = fstatSync(descriptor);
    if (entry.isDirectory()) return { kind: 'refused', message: 'a folder is there, and a file is wanted' };
    if (!entry.isFile()) return { kind: 'refused', message: 'what is there is not a file' };
    const refuse = (bytes: number): FileText => ({
      kind: 'refused',
      message: `the file has ${bytes} bytes; at most ${maxBytes} are read`,
    });
    if (entry.size > maxBytes) return refuse(entry.size);
    const bytes = readFileSync(descriptor);
    return bytes.length > maxBytes ? refuse(bytes.length) : textOf(bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return { kind: 'none' };
    return { kind: 'refused', message: systemFault(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const MAX_BESIDE = 20;

/** The texts of the files beside one whose names are wanted, by name; at most twenty. */
export function filesBeside(
  file: string,
  wanted: (name: string) => boolean,
  maxBytes: number,
): { file: string; text: string }[] {
  const folder = dirname(resolve(file));
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => wanted(name) && join(folder, name) !== resolve(file));
  } catch {
    // A folder that may not be listed: then nothing is known to be beside it.
  }
  return names
    .toSorted()
    .slice(0, MAX_BESIDE)
    .flatMap((name) => {
      const path = join(folder, name);
      const read = readText(path, maxBytes);
      return read.kind === 'text' ? [{ file: path, text: read.text }] : [];
    });
}

function textOf(bytes: Uint8Array): FileText {
  const [first, second, third, fourth] = bytes;
  const isUtf16 =
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (bytes.length >= 4 && (first === 0) !== (second === 0) && (third === 0) !== (fourth === 0));
  if (isUtf16) return { kind: 'refused', message: 'the file is UTF-16; save it as UTF-8' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.includes('\0')) return { kind: 'refused', message: 'the file is not a text: it holds NUL characters' };
    return { kind: 'text', text };
  } catch {
    return { kind: 'refused', message: 'the file is not UTF-8' };
  }
}

/** The folder whose files a contract may refer to: its repository's, else that of its `plumb.yaml`, else its own. */
export function bundleFolder(contract: string): string {
  const own = dirname(resolve(contract));
  const above = (names: string[]): string | undefined => {
    for (let folder = own; ; folder = dirname(folder)) {
      if (names.some((name) => kindOf(join(folder, name)) !== undefined)) return folder;
      if (dirname(folder) === folder) return undefined;
    }
  };
  return above(['.git']) ?? above(['plumb.yaml', 'plumb.yml']) ?? own;
}

/** Files of a folder. Links may lead to other files of it, never out of it. */
export function diskFiles(folder: string, maxBytes: number): Files {
  let root: string | undefined;
  return {
    read(path) {
      try {
        root ??= realpathSync(folder);
        const real = realpathSync(join(folder, path));
        const inside = real.startsWith(root.endsWith(sep) ? root : root + sep);
        if (!inside) return { kind: 'refused', message: 'it is a link that leads out of the folder of the contract' };
        return readText(real, maxBytes);
      } catch (error) {
        if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
          return { kind: 'none' };
        return { kind: 'refused', message: systemFault(error) };
      }
    },
  };
}

/** True for the file names of GraphQL's schema definition language. */
export function isSdl(file: string): boolean {
  return /\.(graphqls?|gql|sdl)$/i.test(file);
}

/** Absolute paths of the SDL files that lie in a folder itself. */
export function sdlIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(isSdl)
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    // A folder that may not be read holds nothing for us.
    return [];
  }
}

const MAX_SDL_FILES = 1000;

/** All SDL files under a folder, in the order of their paths; hidden folders and `node_modules` are left out. */
export function sdlUnder(
  folder: string,
  maxBytes: number,
): { kind: 'files'; files: { file: string; text: string }[] } | { kind: 'refused'; file: string; message: string } {
  const refused = (file: string, message: string) => ({ kind: 'refused' as const, file, message });
  const paths: string[] = [];
  const walk = (place: string, depth: number): void => {
    if (depth > 8 || paths.length > MAX_SDL_FILES) return;
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      const path = join(place, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') walk(path, depth + 1);
      else if (entry.isFile() && isSdl(entry.name)) paths.push(path);
    }
  };
  try {
    walk(folder, 0);
  } catch (error) {
    return refused(folder, systemFault(error));
  }
  if (paths.length === 0) return refused(folder, 'a folder is there, and a file is wanted');
  if (paths.length > MAX_SDL_FILES) return refused(folder, `more than ${MAX_SDL_FILES} files of SDL`);
  const files: { file: string; text: string }[] = [];
  let left = maxBytes;
  for (const file of paths.toSorted()) {
    const read = readText(file, left);
    if (read.kind !== 'text') return refused(file, read.kind === 'none' ? 'the file is gone' : read.message);
    left -= read.text.length;
    files.push({ file, text: read.text });
  }
  return { kind: 'files', files };
}
