/** What git says about a contract: the commits that changed it, and the version that each holds. */
import { relative, sep } from 'node:path';
import type { GitVersion } from '../lineage/lineage.ts';
import { specFromText } from '../spec/load.ts';
import { git, splitNul } from '../workspace/git.ts';

/** Older commits are not looked at; each costs a parse of the contract. */
const MOST_COMMITS = 50;

export interface ContractVersion extends GitVersion {
  /** The contract's text in that commit. */
  text: string;
}

/**
 * The versions of a contract in the history of HEAD, newest first; commits where it was deleted or cannot be parsed are
 * left out. Empty outside git and where the contract is not tracked.
 */
export function contractVersions(root: string, file: string, name: string): ContractVersion[] {
  const path = relative(root, file).split(sep).join('/');
  if (path.startsWith('..')) return [];
  const log = git(['log', '-z', `--max-count=${MOST_COMMITS}`, '--no-renames', '--format=%H %ct %an', '--', path], {
    cwd: root,
  });
  if (log.kind !== 'ok') return [];
  const commits = splitNul(log.stdout).map((line) => {
    const [commit = '', seconds = '', ...author] = line.split(' ');
    return { commit, at: Number(seconds) * 1000, author: author.join(' ') };
  });
  const texts = blobTexts(
    root,
    commits.map(({ commit }) => `${commit}:./${path}`),
  );
  const digests = new Map<string, { semanticDigest: string; documentDigest: string } | null>();
  return commits.flatMap((commit, index) => {
    const text = texts[index];
    if (text === null || text === undefined) return [];
    const known = digests.get(text);
    const version = known === undefined ? digestsOf(text, file, name) : known;
    digests.set(text, version);
    return version === null ? [] : [{ ...commit, ...version, text }];
  });
}

/** Both digests of a contract's text; null where it is no contract. */
export function digestsOf(
  text: string,
  file: string,
  name: string,
): { semanticDigest: string; documentDigest: string } | null {
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
