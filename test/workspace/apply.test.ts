/** Applying never costs the user a line: merged, or left alone and named; whole files at every moment. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyTree } from '../../src/workspace/apply.ts';
import { mergeText } from '../../src/workspace/merge.ts';
import { openObjects } from '../../src/workspace/objects.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { writeFiles } from '../support/git-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const paths = ['a', 'd/b', 'd/e/c'];
const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
const text = fc
  .array(fc.constantFrom('keep', 'keep', 'keep', 'keep', 'drop', 'ours', 'theirs'), { minLength: 8, maxLength: 8 })
  .map((edits) =>
    edits.flatMap((edit, n) => (edit === 'drop' ? [] : [edit === 'keep' ? lines[n] : edit])).join('\r\n'),
  );
const files = fc.record(Object.fromEntries(paths.map((path) => [path, fc.option(text, { freq: 5 })])));

function present(some: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(some).flatMap(([path, one]) => (one === null ? [] : [[path, one]])));
}

function contents(folder: string): Record<string, string> {
  return present(
    Object.fromEntries(
      paths.map((path) => [path, existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null]),
    ),
  );
}

describe('applying a snapshot to the user’s folder', () => {
  it('writes, merges or leaves alone, as the three sides say', () => {
    const home = temporaryFolder();
    const store = openObjects(join(home, 'store'));
    const scratch = join(home, 'store', 'tmp');
    fc.assert(
      fc.property(files, files, files, (base, ours, theirs) => {
        const treeOf = (some: Record<string, string | null>) =>
          store.putTree(
            Object.fromEntries(
              Object.entries(present(some)).map(([path, one]) => [
                path,
                { blob: store.put(Buffer.from(one)), executable: false },
              ]),
            ),
          );
        const user = join(home, 'user');
        rmSync(user, { recursive: true, force: true });
        mkdirSync(user);
        writeFiles(user, present(ours));
        const result = applyTree(store, user, scratch, treeOf(base), treeOf(theirs));

        const expected: Record<string, string | null> = {};
        const conflicts: string[] = [];
        const changed: string[] = [];
        for (const path of paths) {
          const [b, o, t] = [base[path] ?? null, ours[path] ?? null, theirs[path] ?? null];
          const merged = b !== null && o !== null && t !== null ? mergeText(b, o, t) : null;
          expected[path] = b === t || o === t ? o : b === o ? t : (merged ?? o);
          if (b === t) continue;
          (o === t || b === o || merged !== null ? changed : conflicts).push(path);
        }
        expect(contents(user)).toEqual(present(expected));
        expect(result).toEqual({ files: changed, conflicts });
        expect(readdirSync(scratch)).toEqual([]);
        // Applying again finds everything done: nothing changes.
        applyTree(store, user, scratch, treeOf(base), treeOf(theirs));
        expect(contents(user)).toEqual(present(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps modes, and follows no symlink out of the folder', () => {
    const home = temporaryFolder();
    const [agent, user, elsewhere] = ['agent', 'user', 'elsewhere'].map((name) => join(home, name)) as [
      string,
      string,
      string,
    ];
    const store = openObjects(join(home, 'store'));
    for (const folder of [agent, user]) writeFiles(folder, { 'run.sh': '#!/bin/sh\n', plain: 'x\n', gone: 'y\n' });
    chmodSync(join(user, 'run.sh'), 0o750);
    chmodSync(join(user, 'plain'), 0o600);
    const snapshot = (...names: string[]) => takeSnapshot(store, agent, names);
    const base = snapshot('run.sh', 'plain', 'gone');
    writeFiles(agent, { 'run.sh': '#!/bin/sh\necho\n', plain: '#!x\n', 'link/new': 'n', 'file/new': 'n' });
    writeFiles(elsewhere, { keep: 'k' });
    symlinkSync(elsewhere, join(user, 'link'));
    writeFiles(user, { file: 'a file where the agent has a folder' });
    const result = applyTree(
      store,
      user,
      join(home, 'store/tmp'),
      base,
      snapshot('run.sh', 'plain', 'link/new', 'file/new'),
    );
    expect(result).toEqual({ files: ['gone', 'plain', 'run.sh'], conflicts: ['file/new', 'link/new'] });
    expect(statSync(join(user, 'run.sh')).mode & 0o777).toBe(0o750);
    expect(statSync(join(user, 'plain')).mode & 0o777).toBe(0o700);
    expect(readdirSync(elsewhere)).toEqual(['keep']);
    expect(existsSync(join(user, 'gone'))).toBe(false);
  });

  it('killed at any moment leaves old or new files, and the next time finishes', async () => {
    const home = temporaryFolder();
    const store = openObjects(join(home, 'store'));
    const names = Array.from({ length: 150 }, (_, n) => `f${n}`);
    const all = (word: string) => Object.fromEntries(names.map((name) => [name, `${word} ${name}\n`.repeat(200)]));
    const trees = ['old', 'new'].map((word) => {
      writeFiles(join(home, word), all(word));
      return takeSnapshot(store, join(home, word), names);
    });
    const script = join(home, 'apply.ts');
    const source = (file: string): string => JSON.stringify(join(import.meta.dirname, '../../src/workspace', file));
    writeFiles(home, {
      'apply.ts': `import { applyTree } from ${source('apply.ts')};
        import { openObjects } from ${source('objects.ts')};
        const store = openObjects(${JSON.stringify(join(home, 'store'))});
        const [base, tree] = ${JSON.stringify(trees.map(({ hash }) => hash))}.map((hash) => store.readTree(hash));
        console.log('go');
        applyTree(store, ${JSON.stringify(join(home, 'user'))}, ${JSON.stringify(join(home, 'store/tmp'))}, base, tree);`,
    });
    let partly = 0;
    for (const delayMs of [2, 6, 12, 20, 35]) {
      rmSync(join(home, 'user'), { recursive: true, force: true });
      writeFiles(join(home, 'user'), all('old'));
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await sleep(delayMs);
      child.kill('SIGKILL');
      await new Promise((resolve) => (child.exitCode !== null ? resolve(null) : child.once('close', resolve)));
      const found = names.map((name) => readFileSync(join(home, 'user', name), 'utf8'));
      for (const [n, one] of found.entries()) expect([all('old')[`f${n}`], all('new')[`f${n}`]]).toContain(one);
      const written = found.filter((one) => one.startsWith('new')).length;
      if (written > 0 && written < names.length) partly += 1;
      expect(readdirSync(join(home, 'user'))).toHaveLength(names.length);
    }
    expect(partly).toBeGreaterThan(0);
    const [base, tree] = trees;
    if (base && tree) applyTree(store, join(home, 'user'), join(home, 'store/tmp'), base, tree);
    expect(names.map((name) => readFileSync(join(home, 'user', name), 'utf8'))).toEqual(Object.values(all('new')));
  });
});
