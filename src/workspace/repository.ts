import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git, mustGit } from './git.ts';
import { ok, refused } from './result.ts';
import type { FileResult } from './workspace.ts';

/** What the user's folder is. */
export type Repository =
  | {
      kind: 'git';
      /** Absolute, symlinks resolved. */
      folder: string;
      gitDir: string;
      objectsFolder: string;
      objectFormat: 'sha1' | 'sha256';
      /** Where the folder is below the top of the repository: empty, or ends in a slash. */
      prefix: string;
      /** Null while the branch is unborn. */
      head: string | null;
    }
  | { kind: 'plain'; folder: string };

/** Looks at a folder; refused where working in it would go wrong (bare, not readable by git, not a folder). */
export function openRepository(path: string): FileResult<Repository> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return refused(`not a folder: ${path}`);
  const folder = realpathSync(path);
  const facts = git(
    [
      'rev-parse',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--absolute-git-dir',
      '--git-path',
      'objects',
      '--show-object-format',
    ],
    { cwd: folder },
  );
  if (facts.kind === 'missing')
    return insideGit(folder)
      ? refused('this is a git repository, but git is not installed; install git')
      : ok({ kind: 'plain', folder });
  if (facts.kind === 'failed')
    return /not a git repository/i.test(facts.message)
      ? ok({ kind: 'plain', folder })
      : refused(`git cannot read this repository: ${facts.message.split('\n')[0]}`);
  const [bare, inside, gitDir = '', objects = '', format] = facts.stdout.toString('utf8').trimEnd().split('\n');
  if (bare === 'true') return refused('this is a bare repository; clone it and work in the clone');
  if (inside !== 'true') return refused('this folder lies inside .git; work in the repository’s own folder');
  const prefix = mustGit(['rev-parse', '--show-prefix'], { cwd: folder });
  const head = git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: folder });
  return {
    kind: 'ok',
    value: {
      kind: 'git',
      folder,
      gitDir,
      objectsFolder: realpathSync(objects.startsWith('/') ? objects : join(folder, objects)),
      objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
      prefix: prefix.toString('utf8').trimEnd(),
      head: head.kind === 'ok' ? head.stdout.toString('utf8').trim() : null,
    },
  };
}

function insideGit(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (dirname(folder) !== folder && insideGit(dirname(folder)));
}
