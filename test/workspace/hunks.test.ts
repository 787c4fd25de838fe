/** Hunks are a true patch, and any part of them can be taken. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/events/index.ts';
import { diffTrees, selectHunks } from '../../src/workspace/hunks.ts';
import { contentOf, openObjects } from '../../src/workspace/objects.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const line = fc.constantFrom('a', 'b', 'c', '', '{', '}', 'x\r', '-minus', '+plus', '漢');
const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.map((one) => `${one}\n`).join(''));
const content = fc.oneof(
  { weight: 5, arbitrary: text.map((one) => Buffer.from(one)) },
  { weight: 1, arbitrary: text.map((one) => Buffer.from(`${one}no end`)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from([0, ...bytes])) },
);
const tree = fc.dictionary(
  fc.constantFrom('a.js', 'b/c.js', 'b/d', 'z'),
  fc.record({ content, executable: fc.boolean() }),
);

function stored(
  files: Record<string, { content: Buffer; executable: boolean }>,
  store: ReturnType<typeof openObjects>,
) {
  return store.putTree(
    Object.fromEntries(
      Object.entries(files).map(([path, file]) => [
        path,
        { blob: store.put(file.content), executable: file.executable },
      ]),
    ),
  );
}

function selectors(changes: FileChange[]): string[] {
  return changes.flatMap((file) => (file.hunks.length === 0 ? [file.path] : file.hunks.map(({ id }) => id)));
}

describe('the difference of two snapshots', () => {
  it('accepted whole is the second, accepted not at all the first, in any part something with the rest left to take', () => {
    const store = openObjects(temporaryFolder());
    fc.assert(
      fc.property(tree, tree, fc.infiniteStream(fc.boolean()), (before, after, coins) => {
        const [from, to] = [stored(before, store), stored(after, store)];
        const ids = selectors(diffTrees(store, from, to));
        expect(new Set(ids).size).toBe(ids.length);
        expect(selectHunks(store, from, to, new Set(ids))).toEqual(to);
        expect(selectHunks(store, from, to, new Set())).toEqual(from);
        const chosen = new Set(ids.filter(() => coins.next().value === true));
        const part = selectHunks(store, from, to, chosen);
        expect(store.readTree(part.hash)).toEqual(part);
        const left = selectors(diffTrees(store, part, to)).length;
        expect(left === 0).toBe(part.hash === to.hash);
      }),
      { numRuns: 60 },
    );
  });

  it('is what git apply takes', () => {
    const store = openObjects(temporaryFolder());
    const folder = temporaryFolder();
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== '' && after !== '' && before !== after);
        const [from, to] = [before, after].map((one) =>
          stored({ f: { content: Buffer.from(one), executable: false } }, store),
        );
        const [change] = from && to ? diffTrees(store, from, to) : [];
        const patch = (change?.hunks ?? []).map(({ oldStart, newStart, lines }) => {
          const count = (sign: string): number =>
            lines.filter((one) => one.startsWith(' ') || one.startsWith(sign)).length;
          return `@@ -${oldStart},${count('-')} +${newStart},${count('+')} @@\n${lines.map((one) => `${one}\n`).join('')}`;
        });
        writeFileSync(join(folder, 'f'), before);
        execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
          cwd: folder,
          input: `--- a/f\n+++ b/f\n${patch.join('')}`,
          stdio: ['pipe', 'ignore', 'pipe'],
        });
        expect(readFileSync(join(folder, 'f'), 'utf8')).toBe(after);
      }),
      { numRuns: 50 },
    );
  });

  it('says what was added, deleted, changed only in mode, or is no text', () => {
    const store = openObjects(temporaryFolder());
    const file = (content: string | Buffer, executable = false) => ({ content: Buffer.from(content), executable });
    const from = stored({ gone: file('1\n2\n'), mode: file('x'), picture: file('\0a') }, store);
    const to = stored({ mode: file('x', true), new: file('1'), picture: file('\0b') }, store);
    expect(diffTrees(store, from, to)).toMatchObject([
      { path: 'gone', kind: 'deleted', additions: 0, deletions: 2, hunks: [{ oldStart: 1, lines: ['-1', '-2'] }] },
      { path: 'mode', kind: 'modified', additions: 0, deletions: 0, hunks: [] },
      { path: 'new', kind: 'added', additions: 1, deletions: 0, hunks: [{ newStart: 1, lines: ['+1'] }] },
      { path: 'picture', kind: 'modified', additions: 0, deletions: 0, hunks: [], binary: true },
    ]);
  });

  it('keeps the id of a hunk when another moves it', () => {
    const store = openObjects(temporaryFolder());
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n}\n`);
    const at = (changes: Record<number, string>): ReturnType<typeof stored> =>
      stored(
        { f: { content: Buffer.from(lines.map((one, n) => changes[n] ?? one).join('')), executable: false } },
        store,
      );
    const first = diffTrees(store, at({}), at({ 30: 'changed\n' }));
    const both = diffTrees(store, at({}), at({ 2: 'many\nmore\nlines\n', 30: 'changed\n' }));
    expect(both[0]?.hunks).toHaveLength(2);
    expect(both[0]?.hunks[1]?.id).toBe(first[0]?.hunks[0]?.id);
    expect(contentOf(store, at({}).files['f']?.blob ?? '').toString()).toBe(lines.join(''));
  });
});
