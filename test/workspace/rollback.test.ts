/** Going back is a commit forward, made beside a dirty tree; going back from going back is where one was. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollbackCommit } from '../../src/workspace/index.ts';
import { fingerprint, git, makeRepository, writeFiles } from '../support/git-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The regular files of a commit below some paths. */
function filesAt(folder: string, commit: string, paths: string[]) {
  const listed = git(folder, 'ls-tree', '-r', '-z', commit, '--', ...paths)
    .split('\0')
    .filter(Boolean);
  return Object.fromEntries(
    listed.map((line) => {
      const [facts = '', path = ''] = line.split('\t');
      const content = execFileSync('git', ['cat-file', 'blob', facts.split(' ')[2] ?? ''], { cwd: folder });
      return [path, { content, executable: facts.startsWith('100755') }];
    }),
  );
}

const content = fc.constantFrom('a\n', 'b\r\n', '#!x\n', '', '\0binary', 'no end');
const files = fc.dictionary(
  fc.constantFrom('specs/a.yaml', 'specs/d/b', 'code/x.js', 'code/y', 'other/o', 'top'),
  content,
);

describe('rollbackCommit', () => {
  it('restores the old files and nothing else; rolled back itself, the tree is identical', () => {
    fc.assert(
      fc.property(files, files, files, (older, newer, dirty) => {
        const folder = temporaryFolder();
        makeRepository(folder, older);
        git(folder, 'rm', '-rq', '--ignore-unmatch', '.');
        writeFiles(folder, newer);
        git(folder, 'add', '-A');
        git(folder, 'commit', '-q', '--allow-empty', '-m', 'second');
        writeFiles(folder, dirty);
        const before = fingerprint(folder);
        const paths = ['specs', 'code'];
        const request = {
          repository: folder,
          paths,
          storeDir: '.plumb',
          digest: 'abc123',
          message: 'spec: back to abc123',
        };
        const back = rollbackCommit({ ...request, files: filesAt(folder, 'HEAD~', paths), branch: 'plumb/rollback-1' });
        if (back.kind === 'refused') {
          expect(filesAt(folder, 'HEAD', paths)).toEqual(filesAt(folder, 'HEAD~', paths));
          return;
        }
        const { commit, branch } = back.value;
        expect(filesAt(folder, commit, paths)).toEqual(filesAt(folder, 'HEAD~', paths));
        expect(filesAt(folder, commit, ['other', 'top'])).toEqual(filesAt(folder, 'HEAD', ['other', 'top']));
        expect(git(folder, 'rev-parse', branch, `${commit}^`)).toBe(`${commit}\n${git(folder, 'rev-parse', 'HEAD')}`);
        expect(git(folder, 'log', '-1', '--format=%(trailers:key=Spec-Rollback-To,valueonly)', commit).trim()).toBe(
          'abc123',
        );
        const forth = rollbackCommit({
          ...request,
          files: filesAt(folder, 'HEAD', paths),
          branch: 'plumb/rollback-2',
          parent: commit,
        });
        if (forth.kind === 'refused') throw new Error(forth.reason);
        expect(git(folder, 'rev-parse', `${forth.value.commit}^{tree}`)).toBe(git(folder, 'rev-parse', 'HEAD^{tree}'));
        expect(fingerprint(folder)).toEqual(before);
      }),
      { numRuns: 5 },
    );
  });

  it('declines what would overwrite, stray, or change nothing', () => {
    const folder = temporaryFolder();
    makeRepository(folder, { 'specs/a': 'a\n' });
    const request = {
      repository: folder,
      paths: ['specs'],
      storeDir: '.plumb',
      digest: 'd',
      message: 'm',
      branch: 'plumb/back',
    };
    const file = (text: string) => ({ content: Buffer.from(text), executable: false });
    const kinds = [
      rollbackCommit({ ...request, files: { 'specs/a': file('a\n') } }),
      rollbackCommit({ ...request, files: { 'specs/../code/a': file('b\n') } }),
      rollbackCommit({ ...request, files: { 'code/a': file('b\n') } }),
      rollbackCommit({ ...request, files: { 'specs/a': file('b\n') }, branch: 'no..name' }),
      rollbackCommit({ ...request, files: { 'specs/a': file('b\n') }, parent: '--all' }),
      rollbackCommit({ ...request, files: { 'specs/a': file('b\n') } }),
      rollbackCommit({ ...request, files: { 'specs/a': file('c\n') } }),
      rollbackCommit({ ...request, repository: temporaryFolder(), files: {} }),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'ok', 'refused', 'refused']);
  });
});
