/** A session works on a copy: the user's tree, index, HEAD and configuration are what they were. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWorkspace, type WorkspaceOptions } from '../../src/workspace/index.ts';
import type { FileResult, Workspace } from '../../src/workspace/workspace.ts';
import { fingerprint, git, makeRepository, writeFiles } from '../support/git-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function opened(repository: string, more: Partial<WorkspaceOptions> = {}): Promise<FileResult<Workspace>> {
  return openWorkspace({
    repository,
    session: 's1',
    writable: ['code/**'],
    codeFolder: 'code',
    storeDir: '.plumb',
    sandbox: false,
    ...more,
  });
}

async function workspace(repository: string, more: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const result = await opened(repository, more);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.value;
}

/** A repository with staged, unstaged and untracked changes, a stash, and hooks and a monitor that would leave traces. */
function dirtyRepository(): string {
  const folder = temporaryFolder();
  makeRepository(folder, {
    'code/a.js': 'one\ntwo\nthree\nfour\nfive\n',
    'code/old.js': 'old\n',
    'lib/b.js': 'b\n',
    'specs/api.yaml': 'spec\n',
    '.gitignore': 'ignored/\n*.log\n',
  });
  writeFiles(folder, { 'lib/b.js': 'stashed\n' });
  git(folder, 'stash');
  writeFiles(folder, { 'lib/b.js': 'staged\n', 'lib/staged.js': 'new\n' });
  git(folder, 'add', 'lib');
  writeFiles(folder, {
    'lib/b.js': 'unstaged\n',
    'code/a.js': 'one\ntwo\nthree\nfour\nFIVE\n',
    'code/untracked.js': 'u\n',
    'ignored/x': 'i',
    'code/y.log': 'log',
  });
  const trace = `#!/bin/sh\necho ran >> ${folder}/../hook-ran-$(basename ${folder})\n`;
  for (const hook of ['reference-transaction', 'post-checkout', 'post-commit', 'post-index-change', 'pre-auto-gc'])
    writeFiles(folder, { [`.git/hooks/${hook}`]: trace });
  writeFiles(folder, { '.git/monitor': trace });
  git(folder, 'config', 'core.fsmonitor', join(folder, '.git/monitor'));
  return folder;
}

describe('a workspace in a dirty repository', () => {
  it('holds the user’s versions, and leaves everything of theirs alone until it is applied', async () => {
    const folder = dirtyRepository();
    const before = fingerprint(folder);
    const head = git(folder, 'rev-parse', 'HEAD').trim();
    const space = await workspace(folder);
    expect(space.list()).toEqual([
      '.gitignore',
      'code/a.js',
      'code/old.js',
      'code/untracked.js',
      'lib/b.js',
      'lib/staged.js',
      'specs/api.yaml',
    ]);
    expect(space.read('lib/b.js')).toEqual({ kind: 'ok', value: 'unstaged\n' });
    expect({ branch: space.branch, baseCommit: space.baseCommit }).toEqual({ branch: 'plumb/s1', baseCommit: head });
    expect(Object.keys(space.base.files)).toEqual(['code/a.js', 'code/old.js', 'code/untracked.js']);

    expect(space.write('code/a.js', 'ONE\ntwo\nthree\nfour\nFIVE\n').kind).toBe('ok');
    expect(space.write('code/deep/new.js', 'new\n').kind).toBe('ok');
    expect(space.remove('code/old.js').kind).toBe('ok');
    expect(space.write('lib/b.js', 'x').kind).toBe('refused');
    expect(space.write('specs/api.yaml', 'x').kind).toBe('refused');
    const result = await space.run(
      'git add -A; git commit -qm agent; git stash; git checkout -q -b mine; git gc -q; pwd',
      { timeoutMs: 20_000 },
    );
    expect(result.output).toContain(space.root);
    space.restore(space.base);
    expect(space.snapshot()).toEqual(space.base);
    space.write('code/a.js', 'ONE\ntwo\nthree\nfour\nFIVE\n');
    space.write('code/deep/new.js', 'new\n');
    space.remove('code/old.js');
    const tree = space.snapshot();
    expect(space.diff(space.base, tree).map(({ path, kind }) => [path, kind])).toEqual([
      ['code/a.js', 'modified'],
      ['code/deep/new.js', 'added'],
      ['code/old.js', 'deleted'],
    ]);

    const commit = space.commit(tree, 'agent’s work');
    expect(space.commit(tree, 'the same again')).toBe(commit);
    expect(git(folder, 'rev-parse', 'plumb/s1', 'plumb/s1^').trim().split('\n')).toEqual([commit, head]);
    expect(git(folder, 'diff', '--name-status', 'HEAD', 'plumb/s1').trim().split('\n')).toEqual([
      'M\tcode/a.js',
      'A\tcode/deep/new.js',
      'D\tcode/old.js',
      'A\tcode/untracked.js',
    ]);
    expect(git(folder, 'show', 'plumb/s1:code/a.js')).toBe('ONE\ntwo\nthree\nfour\nFIVE\n');
    space.restore(space.base);
    const second = space.commit(space.base, 'and back');
    expect(git(folder, 'rev-parse', 'plumb/s1^').trim()).toBe(commit);
    expect(second).not.toBe(commit);
    expect(git(folder, 'fsck', '--no-dangling', '--no-reflogs')).toBe('');
    expect(fingerprint(folder)).toEqual(before);
    expect(existsSync(`${folder}/../hook-ran-${folder.split('/').at(-1)}`)).toBe(false);
    expect(git(folder, 'status', '--porcelain')).not.toContain('.plumb');

    writeFileSync(join(folder, 'code/a.js'), 'one\ntwo\nthree\nfour\nFIVE\nsix\n');
    expect(space.apply(tree)).toEqual({ files: ['code/a.js', 'code/deep/new.js', 'code/old.js'], conflicts: [] });
    expect(readFileSync(join(folder, 'code/a.js'), 'utf8')).toBe('ONE\ntwo\nthree\nfour\nFIVE\nsix\n');
    await space.dispose();
    expect(existsSync(space.root)).toBe(false);
    expect(git(folder, 'rev-parse', 'plumb/s1').trim()).toBe(second);
  });

  it('is found again as it was left, after whatever ended the session', async () => {
    const folder = dirtyRepository();
    const first = await workspace(folder);
    first.write('code/a.js', 'work\n');
    writeFiles(folder, { 'code/a.js': 'the user went on\n' });
    const again = await workspace(folder);
    expect(again.root).toBe(first.root);
    expect(again.base).toEqual(first.base);
    expect(again.read('code/a.js')).toEqual({ kind: 'ok', value: 'work\n' });
    expect(again.treeOf(first.base.hash)).toEqual(first.base);
    expect(again.treeOf('0'.repeat(64))).toBeUndefined();
    // A checkout that was cut short while it was made has no record, and is made anew.
    rmSync(join(folder, '.plumb/worktrees/s1.json'));
    expect((await workspace(folder)).read('code/a.js')).toEqual({ kind: 'ok', value: 'the user went on\n' });
  });

  it('clears away what a killed process had not finished, and nothing else', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, {});
    const names = ['999999999-0123456789ab', '999999999-0123456789ac', `${process.pid}-0123456789ab`, 'session-s9'];
    writeFiles(join(folder, '.plumb/tmp'), Object.fromEntries(names.map((name) => [name, 'x'])));
    for (const name of names.toSpliced(1, 1)) utimesSync(join(folder, '.plumb/tmp', name), 1, 1);
    await workspace(folder);
    expect(readdirSync(join(folder, '.plumb/tmp')).sort()).toEqual([...names.slice(1), 'session-s1'].sort());
  });

  it('restores any snapshot exactly', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, { 'code/a': 'a\r\n', other: 'o' });
    const space = await workspace(folder);
    const path = fc.constantFrom('code/a', 'code/b', 'code/c/d', 'code/c/e/f');
    const change = fc.record({ path, content: fc.option(fc.uint8Array({ maxLength: 9 })), executable: fc.boolean() });
    const snapshots = [space.base];
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), fc.nat(), (changes, pick) => {
        for (const { path: name, content, executable } of changes) {
          const target = join(space.root, name);
          if (content === null) rmSync(target, { force: true });
          else {
            mkdirSync(join(target, '..'), { recursive: true });
            writeFileSync(target, content);
            chmodSync(target, executable ? 0o755 : 0o644);
          }
        }
        snapshots.push(space.snapshot());
        const chosen = snapshots[pick % snapshots.length] ?? space.base;
        space.restore(chosen);
        expect(space.snapshot()).toEqual(chosen);
        expect(readFileSync(join(space.root, 'other'), 'utf8')).toBe('o');
      }),
      { numRuns: 25 },
    );
  });
});

describe('a workspace elsewhere', () => {
  it('works without git, on a copy without what is generated', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'code/a.js': 'a\n', 'node_modules/x/index.js': 'x', README: 'r' });
    const space = await workspace(folder);
    expect({ branch: space.branch, commit: space.commit(space.base, 'm'), list: space.list() }).toEqual({
      branch: null,
      commit: null,
      list: ['README', 'code/a.js'],
    });
    space.write('code/b.js', 'b\n');
    expect(space.apply(space.snapshot())).toEqual({ files: ['code/b.js'], conflicts: [] });
    expect(readFileSync(join(folder, 'code/b.js'), 'utf8')).toBe('b\n');
  });

  it('commits first on an unborn branch', async () => {
    const folder = temporaryFolder();
    git(folder, 'init', '-q');
    writeFiles(folder, { 'code/a.js': 'a\n' });
    const space = await workspace(folder);
    space.write('code/b.js', 'b\n');
    const commit = space.commit(space.snapshot(), 'first') ?? '';
    expect(git(folder, 'ls-tree', '-r', '--name-only', commit)).toBe('code/a.js\ncode/b.js\n');
    expect(git(folder, 'status', '--porcelain')).toBe('?? code/\n');
  });

  it('works in a folder below the top, in a linked worktree, and beside submodules', async () => {
    const top = temporaryFolder();
    const library = temporaryFolder();
    makeRepository(library, { 'lib.js': 'l\n' });
    makeRepository(top, { 'team/code/a.js': 'a\n', 'other/x': 'x\n' });
    git(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'team/module');
    git(top, 'commit', '-qm', 'module');
    const below = await workspace(join(top, 'team'));
    expect(below.list()).toEqual(['code/a.js', 'module/lib.js']);
    below.write('code/b.js', 'b\n');
    const commit = below.commit(below.snapshot(), 'm') ?? '';
    expect(git(top, 'diff', '--name-status', 'HEAD', commit)).toBe('A\tteam/code/b.js\n');
    expect(git(top, 'ls-tree', commit, 'team/module')).toMatch(/^160000 commit/);

    const linked = join(temporaryFolder(), 'linked');
    git(top, 'worktree', 'add', '-q', linked);
    const space = await workspace(join(linked, 'team'), { session: 's2' });
    space.write('code/c.js', 'c\n');
    expect(git(top, 'diff', '--name-status', 'HEAD', space.commit(space.snapshot(), 'm') ?? '')).toBe(
      'A\tteam/code/c.js\n',
    );
  });

  it('keeps line ends and filters as the repository wants them', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, { '.gitattributes': '*.txt text eol=crlf\n', 'code/a.txt': 'one\r\ntwo\r\n' });
    const space = await workspace(folder);
    space.write('code/a.txt', 'one\r\n2\r\n');
    const tree = space.snapshot();
    expect(git(folder, 'show', `${space.commit(tree, 'm')}:code/a.txt`)).toBe('one\n2\n');
    space.apply(tree);
    expect(readFileSync(join(folder, 'code/a.txt'), 'utf8')).toBe('one\r\n2\r\n');
  });

  it('is refused in a bare repository, inside .git, and where there is no folder', async () => {
    const bare = temporaryFolder();
    git(bare, 'init', '-q', '--bare');
    const folder = temporaryFolder();
    makeRepository(folder, {});
    expect(await opened(bare)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('bare repository') });
    expect(await opened(join(folder, '.git'))).toMatchObject({ kind: 'refused' });
    expect(await opened(join(folder, 'missing'))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('not a folder'),
    });
    expect(await opened(folder, { session: '../x' })).toMatchObject({ kind: 'refused' });
  });

  it('takes no symlink into a snapshot, and two sessions at once do not meet', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, { 'code/a.js': 'a\n', 'code/link': '->/etc/passwd' });
    const [one, two] = [await workspace(folder), await workspace(folder, { session: 's2' })];
    symlinkSync('/etc', join(one.root, 'code', 'etc'));
    expect(Object.keys(one.snapshot().files)).toEqual(['code/a.js']);
    one.write('code/a.js', '1\n');
    two.write('code/a.js', '2\n');
    const commits = [one.commit(one.snapshot(), '1'), two.commit(two.snapshot(), '2')];
    expect(commits.map((commit) => git(folder, 'show', `${commit}:code/a.js`))).toEqual(['1\n', '2\n']);
    expect(git(folder, 'ls-tree', commits[0] ?? '', 'code/link')).toMatch(/^120000/);
    expect(one.apply(one.snapshot()).conflicts).toEqual([]);
    expect(two.apply(two.snapshot())).toEqual({ files: [], conflicts: ['code/a.js'] });
    expect(readFileSync(join(folder, 'code/a.js'), 'utf8')).toBe('1\n');
  });
});

describe('what lies outside the writable folders', () => {
  it('stays as it is in the user’s tree, whatever an unconfined command does to it', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, { 'code/a.js': 'a\n', 'lib/b.js': 'b\n', 'lib/c.js': 'c\n', '.gitignore': 'ignored\n' });
    const space = await workspace(folder);
    const result = await space.run(
      'echo x > lib/b.js; rm lib/c.js; echo x > stray; echo x > ignored; echo x > code/a.js',
      {
        timeoutMs: 5000,
      },
    );
    expect(result.output).toBe('\n… undone, because it may not be written: lib/b.js, lib/c.js, stray\n');
    expect(space.list()).toEqual(['.gitignore', 'code/a.js', 'lib/b.js', 'lib/c.js']);
    expect(space.read('lib/b.js')).toEqual({ kind: 'ok', value: 'b\n' });
    expect(space.read('code/a.js')).toEqual({ kind: 'ok', value: 'x\n' });
  });

  it('includes installed dependencies, also of packages below the top', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, { 'code/package.json': '{}', '.gitignore': 'node_modules/\n' });
    writeFiles(folder, {
      'node_modules/top/index.js': 'module.exports = "top"',
      'code/node_modules/below/index.js': 'module.exports = "below"',
    });
    const space = await workspace(folder);
    expect(space.list()).toEqual(['.gitignore', 'code/package.json']);
    const { output } = await space.run(`cd code && node -p "require('top') + ' ' + require('below')"`, {
      timeoutMs: 9000,
    });
    expect(output).toBe('top below\n');
    expect(space.write('code/node_modules/below/index.js', 'x').kind).toBe('refused');
  });
});

describe('search', () => {
  it('finds lines, narrows by glob, and survives a hostile expression', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, {
      'a.js': 'let x\nlet y\n',
      'd/b.ts': 'LET z\n',
      binary: '\0let',
      evil: `${'a'.repeat(60)}!\n`,
    });
    const space = await workspace(folder);
    expect(space.search('let')).toEqual({ kind: 'ok', value: ['a.js:1: let x', 'a.js:2: let y'] });
    expect(space.search('(?i)^let', { glob: '*.ts' })).toEqual({ kind: 'ok', value: ['d/b.ts:1: LET z'] });
    expect(space.search('let', { limit: 1 })).toEqual({
      kind: 'ok',
      value: ['a.js:1: let x', '… only the first 1 lines'],
    });
    expect(space.search('(').kind).toBe('refused');
    const slow = space.search('^(a+)+$');
    expect(slow.kind === 'ok' && slow.value.at(-1)).toBe('… the time for a search is over; simplify the expression');
  });
});

describe('commands', () => {
  it('end with their group, in time, with both ends of their output', async () => {
    const folder = temporaryFolder();
    makeRepository(folder, {});
    const space = await workspace(folder);
    const live: string[] = [];
    expect(
      await space.run('echo out; echo err >&2; printf "\\033[31mred\\033[0m\\n"; exit 3', {
        timeoutMs: 5000,
        onOutput: (text) => live.push(text),
      }),
    ).toMatchObject({ exitCode: 3, output: 'out\nerr\nred\n', timedOut: false });
    expect(live.join('')).toBe('out\nerr\nred\n');
    const long = await space.run('echo first; seq 1 200000; echo last', { timeoutMs: 20_000 });
    expect(long.output).toMatch(/^first\n1\n[^]*\n… \d+ bytes cut …\n[^]*\n200000\nlast\n$/);
    expect(long.output.length).toBeLessThan(40_000);
    expect(await space.run('echo begun; sleep 300', { timeoutMs: 300 })).toMatchObject({
      exitCode: null,
      timedOut: true,
      output: 'begun\n',
    });
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 100);
    expect(await space.run('sleep 300', { timeoutMs: 60_000, signal: interrupt.signal })).toMatchObject({
      exitCode: null,
      timedOut: false,
    });
  });
});
