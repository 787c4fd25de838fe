/** Which paths an agent may read and write. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { globMatcher, literalPrefix } from '../../src/workspace/glob.ts';
import { createGuard } from '../../src/workspace/guard.ts';
import { writeFiles } from '../support/git-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('globs', () => {
  it.each([
    ['services/x/**', 'services/x/a/b.js', true],
    ['services/x/**', 'services/xy/a.js', false],
    ['services/x', 'services/x/a.js', true],
    ['./services/x/', 'services/x/a.js', true],
    ['src/*.ts', 'src/a.ts', true],
    ['src/*.ts', 'src/b/a.ts', false],
    ['src/**/*.{ts,tsx}', 'src/a.tsx', true],
    ['src/**/*.{ts,tsx}', 'src/b/c/a.ts', true],
    ['src/**/*.{ts,tsx}', 'src/a.js', false],
    ['**', 'any/thing', true],
    ['**/test.js', 'test.js', true],
    ['a?c+(1).js', 'abc+(1).js', true],
    ['server.js', 'server.js', true],
    ['server.js', 'serverxjs', false],
  ])('%s and %s: %s', (glob, path, matches) => {
    expect(globMatcher(glob)(path)).toBe(matches);
  });

  it('know the folder that holds all they match', () => {
    expect(['services/x/**', 'src/*.ts', '**', './a/b/', 'a/{b,c}/d'].map(literalPrefix)).toEqual([
      'services/x',
      'src',
      '',
      'a/b',
      'a',
    ]);
  });
});

describe('the guard', () => {
  it('never opens .git or the store, and the spec only to a glob that names it', () => {
    const all = createGuard('/r', ['**']);
    const named = createGuard('/r', ['**', 'specs/mine/**', '.git/**'], ['api/contract.yaml']);
    const paths = [
      'a',
      '.git/config',
      'sub/.GIT/hooks/x',
      '.gitignore',
      '.plumb/plumb.db',
      'plumb.yaml',
      'specs/mine/a',
      'specs/other/a',
      'SPECS/mine',
      'api/contract.yaml',
    ];
    expect(paths.filter(all.writable)).toEqual(['a', '.gitignore', 'api/contract.yaml']);
    expect(paths.filter(named.writable)).toEqual(['a', '.gitignore', 'specs/mine/a']);
  });

  it('lets no path lead out, by dots, absolutely, or over a symlink', () => {
    const home = temporaryFolder();
    const root = join(home, 'root');
    writeFiles(home, { secret: 's', 'root/code/a.js': 'a', 'root/docs/b': 'b', 'root/code/file': 'f' });
    symlinkSync(home, join(root, 'code', 'out'));
    symlinkSync(join(home, 'secret'), join(root, 'code', 'link.js'));
    symlinkSync(join(root, 'docs'), join(root, 'code', 'docs'));
    mkdirSync(join(root, 'code', 'folder'));
    const guard = createGuard(root, ['code/**']);
    const readable = (path: string): boolean => guard.toRead(path).kind === 'ok';
    const writable = (path: string): boolean => guard.toWrite(path).kind === 'ok';
    const paths = ['code/a.js', 'code/../code/a.js', 'code/docs/b', 'docs/b', 'code/new/deep.js'];
    const bad = [
      '',
      '.',
      '..',
      '../secret',
      'code/../../secret',
      '/etc/passwd',
      'C:\\x',
      'code/out/secret',
      'code/link.js',
      'a\0b',
      'code/a\nb',
    ];
    expect([...paths, ...bad].filter(readable)).toEqual(['code/a.js', 'code/../code/a.js', 'code/docs/b', 'docs/b']);
    expect([...paths, ...bad, 'code/folder', 'code/file/x'].filter(writable)).toEqual([
      'code/a.js',
      'code/../code/a.js',
      'code/new/deep.js',
    ]);
  });
});
