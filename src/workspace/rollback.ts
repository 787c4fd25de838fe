import { resolve } from 'node:path';
import { type CommitFile, makeCommit, moveBranch } from './commit.ts';
import { git } from './git.ts';
import { openRepository } from './repository.ts';
import { ok, refused } from './result.ts';
import type { FileResult } from './workspace.ts';

export interface RollbackRequest {
  /** The user's folder inside a git repository. */
  repository: string;
  /** Folders and files that go back, relative to it: what they hold now is replaced as a whole. */
  paths: string[];
  /** What they held, by path relative to the repository folder, as git stores it; empty removes them. */
  files: Record<string, CommitFile>;
  /** A new branch that will hold the commit. */
  branch: string;
  /** Commit to build on; default HEAD. */
  parent?: string;
  /** Digest that is gone back to, for the trailer `Spec-Rollback-To`. */
  digest: string;
  /** Subject line, and body after an empty line. */
  message: string;
  /** Absolute, or relative to the repository folder; temporary files go there. */
  storeDir: string;
}

/**
 * Makes a forward commit in which the given paths have their old content again, on a new branch. Reads neither the
 * working tree nor the index, so both may be dirty; changes nothing that exists. Refused without git or commits, when
 * the branch exists, when a file lies outside `paths`, or when nothing would change.
 */
export function rollbackCommit(request: RollbackRequest): FileResult<{ branch: string; commit: string }> {
  const opened = openRepository(request.repository);
  if (opened.kind === 'refused') return opened;
  const repository = opened.value;
  if (repository.kind === 'plain') return refused('rolling back needs a git repository');
  const wanted = request.parent ?? 'HEAD';
  const found = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${wanted}^{commit}`], {
    cwd: repository.folder,
  });
  if (found.kind !== 'ok') return refused(`there is no commit ${wanted} to build on`);
  const parent = found.stdout.toString().trim();
  if (git(['check-ref-format', '--branch', request.branch], { cwd: repository.folder }).kind !== 'ok')
    return refused(`not a name for a branch: ${request.branch}`);
  const replaces = (path: string): boolean =>
    request.paths.some((folder) => path === folder || path.startsWith(`${folder.replace(/\/+$/, '')}/`));
  const stray = Object.keys(request.files).find((path) => !replaces(path) || path.split('/').includes('..'));
  if (stray !== undefined) return refused(`${stray} is not below ${request.paths.join(', ')}`);
  const commit = makeCommit({
    repository,
    scratch: resolve(repository.folder, request.storeDir, 'tmp'),
    parent,
    replaces,
    files: request.files,
    filtered: false,
    message: `${request.message.trimEnd()}\n\nSpec-Rollback-To: ${request.digest}\n`,
  });
  if (commit === null) return refused(`${wanted} already holds what would be gone back to`);
  if (!moveBranch(repository, request.branch, null, commit, 'plumb: rollback'))
    return refused(`the branch ${request.branch} exists already, or its name is taken by a folder of branches`);
  return ok({ branch: request.branch, commit });
}
