/** What the store acknowledged it gives back, or says that it is damaged. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openObjects } from '../../src/workspace/objects.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the object store', () => {
  it('gives back every content and every list of files, also to who opens it anew', () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((path) => !path.includes('\0')),
          fc.uint8Array(),
        ),
        (contents) => {
          const store = openObjects(folder);
          const files = Object.fromEntries(
            Object.entries(contents).map(([path, bytes]) => [path, { blob: store.put(bytes), executable: false }]),
          );
          const tree = store.putTree(files);
          expect(openObjects(folder).readTree(tree.hash)).toEqual(tree);
          for (const [path, bytes] of Object.entries(contents))
            expect(openObjects(folder).get(files[path]?.blob ?? '')).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 20 },
    );
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  it('holds nothing that it was not given, and notices damage', () => {
    const folder = temporaryFolder();
    const store = openObjects(folder);
    expect(store.get('0'.repeat(64))).toBeNull();
    const [one, other] = [store.put(Buffer.from('one')), store.put(Buffer.from('other'))];
    const path = (hash: string): string => join(folder, 'objects', hash.slice(0, 2), hash.slice(2));
    chmodSync(path(one), 0o644);
    writeFileSync(path(one), 'not zstd');
    expect(() => store.get(one)).toThrow();
    expect(store.get(other)?.toString()).toBe('other');
  });
});
