import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { makeDurable, putFile } from './files.ts';
import type { Tree } from './workspace.ts';

/** Our own content-addressed store (`objects/ab/cdef…`, zstd); the user's `.git` is no place for every round's files. */
export interface ObjectStore {
  /** SHA-256 of the content in hex; durable when this returns. */
  put(content: Uint8Array): string;
  /** Stores many contents; all of them are durable when this returns. */
  putAll(contents: Iterable<Uint8Array>): string[];
  /** The content of a hash, checked against it; null where the store does not hold it. Throws where it is damaged. */
  get(hash: string): Buffer | null;
  /** Stores the list of files, so that {@link readTree} finds it by its hash, and returns it with the hash. */
  putTree(files: Tree['files']): Tree;
  /** The snapshot of a hash; null where the store does not hold it. */
  readTree(hash: string): Tree | null;
}

/** Opens the store in `folder`/objects; `folder`/tmp takes files that are not complete yet. */
export function openObjects(folder: string): ObjectStore {
  const pathOf = (hash: string): string => join(folder, 'objects', hash.slice(0, 2), hash.slice(2));
  const scratch = join(folder, 'tmp');
  /** Where the content now lies without being durable yet; null where it lay before. */
  const place = (content: Uint8Array, hash: string): string | null => {
    const path = pathOf(hash);
    if (existsSync(path)) return null;
    putFile(path, zstdCompressSync(content), { mode: 0o444, scratch, durable: false });
    return path;
  };
  const store: ObjectStore = {
    put: (content) => store.putAll([content])[0] ?? '',
    putAll(contents) {
      const placed: string[] = [];
      const hashes: string[] = [];
      for (const content of contents) {
        const hash = createHash('sha256').update(content).digest('hex');
        const path = place(content, hash);
        if (path !== null) placed.push(path);
        hashes.push(hash);
      }
      makeDurable(placed, folder);
      return hashes;
    },
    get(hash) {
      assert(/^[0-9a-f]{64}$/.test(hash), `not an object's hash: ${hash}`);
      const path = pathOf(hash);
      if (!existsSync(path)) return null;
      const content = zstdDecompressSync(readFileSync(path));
      const found = createHash('sha256').update(content).digest('hex');
      if (found !== hash) throw new Error(`the stored object ${path} is damaged; remove it and run the session again`);
      return content;
    },
    putTree(files) {
      const paths = Object.keys(files).sort();
      const sorted = Object.fromEntries(paths.map((path) => [path, files[path]] as const)) as Tree['files'];
      const lines = paths.map((path) => {
        const file = files[path];
        assert(file !== undefined, `a tree without ${path}`);
        return `${file.executable ? '100755' : '100644'} ${file.blob}\t${path}\0`;
      });
      return { hash: store.put(Buffer.from(lines.join(''))), files: sorted };
    },
    readTree(hash) {
      const content = store.get(hash);
      if (content === null) return null;
      const files: Tree['files'] = {};
      for (const line of content.toString('utf8').split('\0').filter(Boolean)) {
        const parts = /^(100644|100755) ([0-9a-f]{64})\t(.+)$/s.exec(line);
        assert(parts !== null, `the object ${hash} is not a tree`);
        files[parts[3] ?? ''] = { blob: parts[2] ?? '', executable: parts[1] === '100755' };
      }
      return { hash, files };
    },
  };
  return store;
}

/** The content of a file of a snapshot; throws where the store has lost it. */
export function contentOf(store: ObjectStore, blob: string): Buffer {
  const content = store.get(blob);
  if (content === null) throw new Error(`the snapshot store has no object ${blob}; was .plumb/objects removed?`);
  return content;
}
