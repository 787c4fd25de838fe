/** What git says about a contract: the commits that changed it, and the version that each holds. */
import { relative, sep } from 'node:path';
import type { GitVersion } from '../lineage/lineage.ts';
import { type Files, splitTexts } from '../spec/bundle/files.ts';
import { specFromText } from '../spec/load.ts';
import { git, splitNul } from '../workspace/git.ts';

/** Older commits are not looked at; each costs a parse of the contract. */
const MOST_COMMITS = 50;

export interface ContractVersion extends GitVersion {
  /** The contract's text in that commit, with all its files. */
  text: string;
}

/**
 * The versions of a contract in the history of HEAD, newest first; commits where it was deleted or cannot be parsed are
 * left out. A commit that changes any of its files is a version. Empty outside git and where it is not tracked.
 */
export function contractVersions(root: string, file: string, name: string): ContractVersion[] {
  const path = relative(root, file).split(sep).join('/');
  if (path.startsWith('..')) return [];
  const textAt = textReader(root, { path, file, name });
  const digests = new Map<string, Digests | null>();
  const paths = new Set([path]);
  let versions: ContractVersion[] = [];
  // Each version says of which files it consists; their commits are versions too.
  for (let known = 0; known < paths.size;) {
    known = paths.size;
    versions = commitsOf(root, [...paths]).flatMap((commit) => {
      const text = textAt(commit.commit);
      if (text === null) return [];
      const version = digests.get(text) ?? digestsOf(text, file, name);
      digests.set(text, version);
      for (const part of splitTexts(text) ?? []) paths.add(part.path);
      return version === null ? [] : [{ ...commit, ...version, text }];
    });
  }
  return versions;
}

/** The version of a contract that a commit holds; null where it has none that can be read. */
export function contractAt(
  root: string,
  commit: string,
  { file, name }: { file: string; name: string },
): (Digests & { text: string }) | null {
  const path = relative(root, file).split(sep).join('/');
  const text = textReader(root, { path, file, name })(commit);
  const version = text === null ? null : digestsOf(text, file, name);
  return version === null || text === null ? null : { ...version, text };
}

/** Reads the contract's text in a commit, with all its files: they are fetched in waves, as they are found. */
function textReader(root: string, { path, file, name }: { path: string; file: string; name: string }) {
  const blobs = createBlobs(root);
  return (commit: string): string | null => {
    const contract = blobs.read(commit, path);
    if (contract === null) return null;
    for (;;) {
      const missing = new Set<string>();
      const files: Files = {
        read(part) {
          const text = blobs.known(commit, part);
          if (text === undefined) missing.add(part);
          return text === undefined || text === null ? { kind: 'none' } : { kind: 'text', text };
        },
      };
      const read = specFromText(contract, { file, name, folder: root, files });
      if (missing.size === 0) return read.kind === 'spec' ? read.spec.text : contract;
      blobs.fetch(commit, [...missing]);
    }
  };
}

type Commit = Pick<GitVersion, 'commit' | 'at' | 'author'>;

function commitsOf(root: string, paths: readonly string[]): Commit[] {
  const log = git(['log', '-z', `--max-count=${MOST_COMMITS}`, '--no-renames', '--format=%H %ct %an', '--', ...paths], {
    cwd: root,
  });
  if (log.kind !== 'ok') return [];
  return splitNul(log.stdout).map((line) => {
    const [commit = '', seconds = '', ...author] = line.split(' ');
    return { commit, at: Number(seconds) * 1000, author: author.join(' ') };
  });
}

/** Texts of files in commits, each fetched once; null where there is no such file. */
function createBlobs(root: string) {
  const texts = new Map<string, string | null>();
  const keyOf = (commit: string, path: string): string => `${commit}:./${path}`;
  const fetch = (commit: string, paths: readonly string[]): void => {
    const names = paths.map((path) => keyOf(commit, path));
    const found = blobTexts(root, names);
    for (const [index, name] of names.entries()) texts.set(name, found[index] ?? null);
  };
  const known = (commit: string, path: string): string | null | undefined => texts.get(keyOf(commit, path));
  return {
    known,
    fetch,
    read(commit: string, path: string): string | null {
      if (known(commit, path) === undefined) fetch(commit, [path]);
      return known(commit, path) ?? null;
    },
  };
}

interface Digests {
  semanticDigest: string;
  documentDigest: string;
}

/** Both digests of a contract's text; null where it is no contract. */
export function digestsOf(text: string, file: string, name: string): Digests | null {
  const read = specFromText(text, { file, name });
  return read.kind === 'spec'
    ? { semanticDigest: read.spec.semanticDigest, documentDigest: read.spec.documentDigest }
    : null;
}

/** Texts of objects such as `HEAD:./path`, by one git process; null where there is no such file. */
function blobTexts(root: string, names: readonly string[]): (string | null)[] {
  return readBlobs(root, names).map((bytes) => bytes?.toString('utf8') ?? null);
}

/** Contents of objects, in order; null where there is none. */
export function readBlobs(root: string, names: readonly string[]): (Buffer | null)[] {
  if (names.length === 0) return [];
  // One name a line; a line end in a name would shift all the answers after it. (`-z` needs git 2.38.)
  const lines = names.map((name) => (name.includes('\n') ? 'unreadable' : name));
  const output = git(['cat-file', '--batch'], { cwd: root, input: `${lines.join('\n')}\n` });
  if (output.kind !== 'ok') return names.map(() => null);
  let offset = 0;
  return names.map(() => {
    const end = output.stdout.indexOf(0x0a, offset);
    const head = output.stdout.subarray(offset, end).toString('utf8');
    const size = / blob (\d+)$/.exec(head)?.[1];
    offset = end + 1;
    if (size === undefined) return null;
    const bytes = output.stdout.subarray(offset, offset + Number(size));
    offset += Number(size) + 1;
    return bytes;
  });
}
