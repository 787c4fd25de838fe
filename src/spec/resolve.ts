/** From what a person types to a contract, its code and its subject. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { at, type Caps } from '../events/index.ts';
import { isSdl, kindOf, sdlIn } from './disk.ts';
import { specNameOf } from './load.ts';
import { findManifest, type Manifest, type ManifestEntry, type SubjectEntry } from './manifest.ts';
import type { Finding } from './model.ts';

export interface ResolvedSpec {
  name: string;
  /** Absolute path of the contract. */
  file: string;
  /** Absolute path of the repository's root, or of the manifest's folder or `cwd` outside git; all paths below are relative to it. */
  root: string;
  /** Globs that the agent may write. */
  code: string[];
  /** Folder where the service goes; `.` for the root. */
  codeFolder: string;
  subject: SubjectEntry;
  /** Folder in which a subject's command starts and from which its module is named; `.` for the root. */
  subjectFolder: string;
  environment?: string;
  /** By security scheme: the environment variable that holds its credentials. */
  auth?: Record<string, string>;
  caps: Caps;
}

export type Resolution =
  { kind: 'resolved'; resolved: ResolvedSpec; findings: Finding[] } | { kind: 'unresolved'; findings: Finding[] };

const ENDINGS = ['.yaml', '.yml', '.json'];
const SDL_ENDINGS = ['.graphql', '.graphqls', '.gql'];
const CONTRACTS = [
  ...['openapi', 'openrpc', 'schema'].flatMap((name) => ENDINGS.map((ending) => `${name}${ending}`)),
  ...SDL_ENDINGS.map((ending) => `schema${ending}`),
];

/**
 * Resolves a name from `plumb.yaml`, the path of a contract or of its folder, a folder under the repository's `specs/`,
 * or an example of the package, in this order. Without a name the only spec of the manifest is meant.
 */
export function resolveSpec(nameOrPath: string | undefined, cwd: string, examples = examplesFolder()): Resolution {
  const read = findManifest(cwd);
  if (read.kind === 'invalid') return { kind: 'unresolved', findings: read.findings };
  const manifest = read.kind === 'manifest' ? read.manifest : undefined;
  const findings = read.kind === 'manifest' ? read.findings : [];
  const entries = manifest?.entries ?? [];
  // What is wrong with another spec of the manifest does not stand in the way of this one.
  const about = (name: string) =>
    findings.filter(({ pointer }) => !pointer.startsWith('#/specs/') || isUnder(pointer, at('#/specs', name)));
  const resolved = (value: ResolvedSpec): Resolution => ({
    kind: 'resolved',
    resolved: value,
    findings: about(value.name),
  });
  const unresolved = (message: string, hint: string): Resolution => ({
    kind: 'unresolved',
    findings: [
      ...findings,
      {
        rule: 'unknown-spec',
        severity: 'error',
        pointer: '#',
        location: { file: manifest?.file ?? resolve(cwd), line: 1, column: 1 },
        message,
        hint,
      },
    ],
  });
  if (nameOrPath === undefined) {
    const [only] = entries;
    if (manifest !== undefined && only !== undefined && entries.length === 1)
      return resolved(fromEntry(manifest, only));
    return unresolved(
      entries.length === 0
        ? 'no spec was named, and there is no plumb.yaml with one'
        : 'several specs are in plumb.yaml',
      entries.length === 0
        ? 'name a contract, or run `plumb init`'
        : `name one: ${entries.map(({ name }) => name).join(', ')}`,
    );
  }
  const named = entries.find(({ name }) => name === nameOrPath);
  if (manifest !== undefined && named !== undefined) return resolved(fromEntry(manifest, named));
  if (findings.some(({ pointer }) => isUnder(pointer, at('#/specs', nameOrPath))))
    return { kind: 'unresolved', findings: about(nameOrPath) };
  const root = repositoryRoot(cwd);
  const places = [resolve(cwd, nameOrPath)];
  if (/^[\w][\w.-]*$/.test(nameOrPath))
    places.push(...[root, resolve(cwd), dirname(examples)].map((folder) => join(folder, 'specs', nameOrPath)));
  for (const place of places) {
    const file = contractAt(place);
    if (file === undefined) continue;
    const entry = entries.find(({ contract }) => contract === file);
    return resolved(manifest !== undefined && entry !== undefined ? fromEntry(manifest, entry) : fromPath(file, root));
  }
  const known = entries.map(({ name }) => name);
  return unresolved(
    kindOf(resolve(cwd, nameOrPath)) !== undefined
      ? `${nameOrPath} holds no ${CONTRACTS.join(', ')}`
      : `there is no spec and no file ${JSON.stringify(nameOrPath)}`,
    known.length === 0 ? 'give the path of a contract' : `known: ${known.join(', ')}; or give the path of a contract`,
  );
}

function isUnder(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

/** The package's own `specs/`. */
export function examplesFolder(): string {
  let folder = import.meta.dirname;
  while (kindOf(join(folder, 'package.json')) === undefined && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'specs');
}

/** The nearest folder upwards that holds `.git`, else the folder itself. */
export function repositoryRoot(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (kindOf(join(folder, '.git')) !== undefined) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

function contractAt(path: string): string | undefined {
  const kind = kindOf(path);
  if (kind === 'file') return path;
  if (kind === 'folder') {
    // Several SDL files in one folder are one contract: the folder.
    const sdl = sdlIn(path);
    const named = CONTRACTS.filter((name) => sdl.length < 2 || !isSdl(name)).map((name) => join(path, name));
    return named.find((file) => kindOf(file) === 'file') ?? (sdl.length < 2 ? sdl[0] : path);
  }
  return [...ENDINGS, ...SDL_ENDINGS].map((ending) => `${path}${ending}`).find((file) => kindOf(file) === 'file');
}

function fromPath(file: string, root: string): ResolvedSpec {
  const name =
    specNameOf(file)
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '') || basename(file);
  const folder = `services/${name}`;
  return {
    name,
    file,
    root,
    code: [`${folder}/**`],
    codeFolder: folder,
    subject: { kind: 'command', start: 'node server.js' },
    subjectFolder: folder,
    caps: {},
  };
}

function fromEntry(manifest: Manifest, entry: ManifestEntry): ResolvedSpec {
  const inGit = repositoryRoot(manifest.folder);
  const prefix = relative(inGit, manifest.folder).split(sep).join('/');
  const under = (path: string) => (prefix === '' ? path : `${prefix}/${path}`);
  const code = entry.code.length === 0 ? [`services/${entry.name}/**`] : entry.code;
  const prefixed = staticPrefix(code[0] ?? '');
  const codeFolder = prefixed === '.' ? prefix || '.' : under(prefixed);
  return {
    name: entry.name,
    file: entry.contract,
    root: inGit,
    code: code.map(under),
    codeFolder,
    subject: entry.subject ?? { kind: 'command', start: 'node server.js' },
    // A start command of the manifest is written from the manifest's folder; the default one stands in the code's.
    subjectFolder: entry.subject === undefined ? codeFolder : prefix || '.',
    ...(entry.environment === undefined ? {} : { environment: entry.environment }),
    ...(entry.auth === undefined ? {} : { auth: entry.auth }),
    caps: entry.caps,
  };
}

/** The folder part of a glob before its first wildcard: `services/x` of `services/x/**`. */
function staticPrefix(glob: string): string {
  const parts = glob.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const fixed = wild < 0 ? parts.slice(0, -1) : parts.slice(0, wild);
  return fixed.join('/') || '.';
}
