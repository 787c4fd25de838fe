import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryName } from './files.ts';
import { git, type GitOptions, mustGit, splitNul } from './git.ts';
import type { Repository } from './repository.ts';

type GitRepository = Extract<Repository, { kind: 'git' }>;

/** A file as it shall be in a commit. */
export interface CommitFile {
  content: Uint8Array;
  executable: boolean;
}

export interface CommitRequest {
  repository: GitRepository;
  /** Folder for temporary files, outside what git tracks. */
  scratch: string;
  /** Null for a first commit. */
  parent: string | null;
  /** Which regular files of the parent are replaced as a set; paths as in `files`. */
  replaces: (path: string) => boolean;
  /** By path relative to the repository's folder. */
  files: Record<string, CommitFile>;
  /** True where the contents come from a working tree, so that git's line-end and clean filters apply. */
  filtered: boolean;
  message: string;
}

/**
 * Makes a commit beside everything: no index, working tree or HEAD of the user's is read for writing or written.
 * Returns its id; null where it would be no different from its parent.
 */
export function makeCommit(request: CommitRequest): string | null {
  const { repository, parent } = request;
  const index = temporaryName(request.scratch);
  const exported = `${index}.files`;
  const options: GitOptions = {
    cwd: repository.folder,
    gitDir: repository.gitDir,
    index,
    env: identity(repository),
  };
  try {
    mkdirSync(exported, { recursive: true });
    if (parent !== null) mustGit(['read-tree', parent], options);
    const entries = removals(request, options);
    if (request.filtered) {
      mustGit(['update-index', '-z', '--index-info'], { ...options, input: entries });
      addFiltered(request, options, exported);
    } else
      mustGit(['update-index', '-z', '--index-info'], {
        ...options,
        input: entries + additions(request, options, exported),
      });
    const tree = mustGit(['write-tree'], options).toString().trim();
    if (
      parent !== null &&
      tree ===
        mustGit(['rev-parse', `${parent}^{tree}`], options)
          .toString()
          .trim()
    )
      return null;
    const parents = parent === null ? [] : ['-p', parent];
    return mustGit(['commit-tree', tree, ...parents], { ...options, input: request.message })
      .toString()
      .trim();
  } finally {
    for (const path of [index, `${index}.lock`, exported]) rmSync(path, { recursive: true, force: true });
  }
}

/** Moves a branch from one commit to another, or creates it (`from` null); false where it is not at `from` any more. */
export function moveBranch(
  repository: GitRepository,
  branch: string,
  from: string | null,
  to: string,
  reason: string,
): boolean {
  const absent = '0'.repeat(repository.objectFormat === 'sha256' ? 64 : 40);
  const moved = git(['update-ref', '-m', reason, `refs/heads/${branch}`, to, from ?? absent], {
    cwd: repository.folder,
    env: identity(repository),
  });
  return moved.kind === 'ok';
}

/** The commit of a branch; null where there is none. */
export function branchTip(repository: GitRepository, branch: string): string | null {
  const tip = git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], { cwd: repository.folder });
  return tip.kind === 'ok' ? tip.stdout.toString().trim() : null;
}

function removals({ repository, parent, replaces, files }: CommitRequest, options: GitOptions): string {
  if (parent === null) return '';
  const lines = splitNul(mustGit(['ls-tree', '-r', '-z', '--full-tree', parent], options));
  return lines
    .flatMap((line) => {
      const [facts = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
      // Symlinks and submodules are not ours to replace.
      if (!facts.startsWith('100') || !path.startsWith(repository.prefix)) return [];
      const own = path.slice(repository.prefix.length);
      return replaces(own) && files[own] === undefined ? [`0 ${'0'.repeat(40)}\t${path}\0`] : [];
    })
    .join('');
}

function addFiltered({ repository, files }: CommitRequest, options: GitOptions, exported: string): void {
  const paths = Object.entries(files).map(([path, file]) => {
    const target = join(exported, repository.prefix, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.content, { mode: file.executable ? 0o755 : 0o644 });
    return `${repository.prefix}${path}\0`;
  });
  mustGit(['update-index', '-z', '--add', '--replace', '--stdin'], {
    ...options,
    cwd: exported,
    workTree: exported,
    input: paths.join(''),
  });
}

function additions({ repository, files }: CommitRequest, options: GitOptions, exported: string): string {
  const entries = Object.entries(files);
  // By number, since a name may hold a line end.
  const names = entries.map(([, file], number) => {
    writeFileSync(join(exported, String(number)), file.content);
    return join(exported, String(number));
  });
  if (names.length === 0) return '';
  const input = `${names.join('\n')}\n`;
  const ids = mustGit(['hash-object', '-w', '--no-filters', '--stdin-paths'], { ...options, input })
    .toString()
    .trim();
  return ids
    .split('\n')
    .map((id, number) => {
      const [path, file] = entries[number] ?? ['', { executable: false }];
      return `${file.executable ? '100755' : '100644'} ${id}\t${repository.prefix}${path}\0`;
    })
    .join('');
}

/** The user's name where git has one, else ours, so that a commit does not fail for want of it. */
function identity(repository: GitRepository): Record<string, string> {
  if (git(['var', 'GIT_COMMITTER_IDENT'], { cwd: repository.folder }).kind === 'ok') return {};
  return Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'Plumbline'],
      [`GIT_${role}_EMAIL`, 'plumbline@localhost'],
    ]),
  );
}
