/** Reads a contract from disk. The only file of this room, with the manifest, that touches the file system. */
import { readdirSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isObject } from '../events/index.ts';
import { isJsonSchema, readJsonSchema } from './data/json-schema.ts';
import type { Finding } from './model.ts';
import { rootKindOf } from './openapi/grammar.ts';
import { type ReadSpec, readOpenApi } from './openapi/openapi.ts';
import { readOpenRpc } from './openrpc/openrpc.ts';
import { parseJson } from './text/parse-json.ts';
import { parseYaml } from './text/parse-yaml.ts';
import { lineIndex } from './text/places.ts';
import { DEFAULT_LIMITS, type Limits, type Parsed } from './text/syntax.ts';

export interface LoadOptions {
  /** Name of the spec; default: of the folder where the file is called `openapi.*`, `openrpc.*` or `schema.graphql`, else of the file. */
  name?: string;
  limits?: Partial<Limits>;
}

/** Loads a contract. Never throws; a spec may have findings of severity error, and is then not ready to be built. */
export async function loadSpec(file: string, options: LoadOptions = {}): Promise<ReadSpec> {
  const path = resolve(file);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  if (kindOf(path) === 'folder') return loadFolder(path, options.name ?? specNameOf(path), limits.maxBytes);
  const text = await readText(path, limits.maxBytes);
  if (text.kind === 'unreadable') return unreadable(path, text.message);
  await readyFor(path);
  return specFromText(text.text, { file: path, name: options.name ?? specNameOf(path), limits });
}

function unreadable(file: string, message: string): ReadSpec {
  const location = { file, line: 1, column: 1 };
  return { kind: 'invalid', findings: [{ rule: 'unreadable', severity: 'error', pointer: '#', location, message }] };
}

/** Files and nested folders of a contract that is a folder of SDL files. */
const MAX_FILES = 1000;

/** Reads all SDL files under a folder, in the order of their paths, as one contract. */
async function loadFolder(folder: string, name: string, maxBytes: number): Promise<ReadSpec> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = found
    .filter((path) => isSdl(path) && !/(^|[\\/])(node_modules|\.[^\\/]*)[\\/]/.test(path))
    .toSorted()
    .map((path) => join(folder, path));
  if (paths.length === 0) return unreadable(folder, `${folder} is not a file, and holds no SDL`);
  if (paths.length > MAX_FILES) return unreadable(folder, `more than ${MAX_FILES} files of SDL`);
  const files: { file: string; text: string }[] = [];
  let bytes = 0;
  for (const path of paths) {
    const text = await readText(path, maxBytes);
    if (text.kind === 'unreadable') return unreadable(path, text.message);
    bytes += text.text.length;
    if (bytes > maxBytes) return unreadable(path, `the files of the contract have more than ${maxBytes} bytes`);
    files.push({ file: path, text: text.text });
  }
  graphql ??= await import('./graphql/graphql.ts');
  return graphql.readGraphql(files, { name, file: folder });
}

let graphql: typeof import('./graphql/graphql.ts') | undefined;

/** True for the file names of GraphQL's schema definition language. */
export function isSdl(file: string): boolean {
  return /\.(graphqls?|gql|sdl)$/i.test(file);
}

/** Absolute paths of the SDL files that lie in a folder itself. */
export function sdlIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(isSdl)
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    // A folder that may not be read holds nothing for us.
    return [];
  }
}

/** Loads what reads a contract of this name. GraphQL's reader is heavy, so that it is in memory only where it is needed. */
export async function readyFor(file: string): Promise<void> {
  if (isSdl(file)) graphql ??= await import('./graphql/graphql.ts');
}

/** Makes a spec from a text as if it had been read from `file`; SDL needs {@link readyFor} before. Pure. */
export function specFromText(text: string, source: { file: string; name: string; limits?: Limits }): ReadSpec {
  const { file, name, limits = DEFAULT_LIMITS } = source;
  if (isSdl(file))
    return (
      graphql?.readGraphql([{ file, text }], { name, file }) ?? unreadable(file, 'the reader of GraphQL is not loaded')
    );
  const parsed = parse(file, text, limits);
  const place = lineIndex(text);
  const problems = parsed.problems.map(({ offset, ...problem }): Finding => ({
    ...problem,
    pointer: '#',
    location: { file, ...place(offset) },
  }));
  if (parsed.value === undefined) return { kind: 'invalid', findings: problems };
  const read = readContract(parsed, { name, file, text });
  return { ...read, findings: [...problems, ...read.findings] };
}

/** What a document is, is told by its own members, never by the name of its file. */
function readContract(parsed: Parsed, source: { name: string; file: string; text: string }): ReadSpec {
  const { value } = parsed;
  if (!isObject(value)) return readOpenApi(parsed, source);
  switch (rootKindOf(value)) {
    case 'rpcDocument':
      return readOpenRpc({ ...parsed, value }, source);
    case 'schema':
      if (isJsonSchema(value)) return readJsonSchema({ ...parsed, value }, source);
      return readOpenApi(parsed, source);
    default:
      return readOpenApi(parsed, source);
  }
}

/** The name of a spec from the path of its contract. */
export function specNameOf(file: string): string {
  const base = basename(file, extname(file));
  return base === 'openapi' || base === 'openrpc' || (base === 'schema' && isSdl(file))
    ? basename(dirname(resolve(file)))
    : base;
}

/** What is at a path; undefined where nothing is, or something that is neither file nor folder. */
export function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const entry = statSync(path, { throwIfNoEntry: false });
    return entry?.isFile() === true ? 'file' : entry?.isDirectory() === true ? 'folder' : undefined;
  } catch {
    // Too long a name, or a folder that may not be read: nothing that we could use is there.
    return undefined;
  }
}

/** JSON is tried first where the text begins like it: it is read faster, and nearly all of it is YAML too. */
function parse(file: string, text: string, limits: Limits): Parsed {
  if (extname(file).toLowerCase() === '.json') return parseJson(text, limits);
  const json = LIKE_JSON.test(text) ? parseJson(text, limits) : undefined;
  return json?.value === undefined ? parseYaml(text, limits) : json;
}

const LIKE_JSON = /^\uFEFF?\s*\{/;

type ReadText = { kind: 'text'; text: string } | { kind: 'unreadable'; message: string };

async function readText(path: string, maxBytes: number): Promise<ReadText> {
  try {
    const { size, isFile } = await stat(path).then((entry) => ({ size: entry.size, isFile: entry.isFile() }));
    if (!isFile) return { kind: 'unreadable', message: `${path} is not a file` };
    if (size > maxBytes)
      return { kind: 'unreadable', message: `the file has ${size} bytes; at most ${maxBytes} are read` };
    const bytes = await readFile(path);
    if (bytes.length > maxBytes) return { kind: 'unreadable', message: `the file has more than ${maxBytes} bytes` };
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unreadable', message: error instanceof TypeError ? 'the file is not UTF-8' : message };
  }
}
