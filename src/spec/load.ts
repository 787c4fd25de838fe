/** Reads a contract, from disk or from texts at hand. */
import { basename, dirname, extname, resolve } from 'node:path';
import { isObject } from '../events/index.ts';
import { isArazzoFile } from './arazzo/arazzo.ts';
import { withWorkflows } from './arazzo/attach.ts';
import { bundle } from './bundle/bundle.ts';
import { type Files, filesOf, splitTexts } from './bundle/files.ts';
import { isJsonSchema, readJsonSchema } from './data/json-schema.ts';
import { bundleFolder, diskFiles, filesBeside, isSdl, kindOf, readText, sdlUnder } from './disk.ts';
import type { Finding } from './model.ts';
import { rootKindOf } from './openapi/grammar.ts';
import { type ReadSpec, readOpenApi } from './openapi/openapi.ts';
import { readOpenRpc } from './openrpc/openrpc.ts';
import type { ContractSource } from './reader.ts';
import { parseText } from './text/parse.ts';
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
  await readyFor(path);
  if (kindOf(path) === 'folder') return loadFolder(path, options.name ?? specNameOf(path), limits.maxBytes);
  const read = readText(path, limits.maxBytes);
  if (read.kind !== 'text') return unreadable(path, read.kind === 'none' ? 'there is no such file' : read.message);
  const folder = bundleFolder(path);
  const name = options.name ?? specNameOf(path);
  const spec = specFromText(read.text, { file: path, name, limits, folder, files: diskFiles(folder, limits.maxBytes) });
  return withWorkflows(spec, filesBeside(path, isArazzoFile, limits.maxBytes), limits);
}

function unreadable(file: string, message: string): ReadSpec {
  const location = { file, line: 1, column: 1 };
  return { kind: 'invalid', findings: [{ rule: 'unreadable', severity: 'error', pointer: '#', location, message }] };
}

/** Reads all SDL files under a folder, in the order of their paths, as one contract. */
async function loadFolder(folder: string, name: string, maxBytes: number): Promise<ReadSpec> {
  const read = sdlUnder(folder, maxBytes);
  if (read.kind === 'refused') return unreadable(read.file, read.message);
  graphql ??= await import('./graphql/graphql.ts');
  return graphql.readGraphql(read.files, { name, file: folder });
}

let graphql: typeof import('./graphql/graphql.ts') | undefined;

/** Loads what reads a contract of this name. GraphQL's reader is heavy, so that it is in memory only where it is needed. */
export async function readyFor(file: string): Promise<void> {
  if (isSdl(file)) graphql ??= await import('./graphql/graphql.ts');
}

export interface TextSource {
  /** Absolute path that the contract has, or would have. */
  file: string;
  name: string;
  limits?: Limits;
  /** The files that it may refer to, by their paths in an absolute folder; absent: those that the text holds. */
  files?: Files;
  folder?: string;
}

const NO_FILES: Files = { read: () => ({ kind: 'refused', message: 'the contract was given as a text of its own' }) };

/**
 * Makes a spec from a text as if it had been read from `file`; the text may hold several files, as `Spec.text` does. SDL
 * needs {@link readyFor} before.
 */
export function specFromText(text: string, source: TextSource): ReadSpec {
  const { file, name } = source;
  if (isSdl(file)) {
    const missing = unreadable(file, 'the reader of GraphQL is not loaded');
    return graphql?.readGraphql([{ file, text }], { name, file }) ?? missing;
  }
  const parts = splitTexts(text);
  const [contract] = parts ?? [];
  if (parts !== undefined && contract !== undefined) {
    const files = filesOf(new Map(parts.map((part) => [part.path, part.text])));
    const folder = folderOf(source.file, contract.path);
    const beside = parts.filter((part) => isArazzoFile(basename(part.path)));
    return withWorkflows(
      specFrom(contract.text, { ...source, files, folder }),
      beside.map((part) => ({ file: resolve(folder, part.path), text: part.text })),
      source.limits ?? DEFAULT_LIMITS,
    );
  }
  return specFrom(text, { files: NO_FILES, folder: dirname(source.file), ...source });
}

function specFrom(text: string, source: TextSource & { files: Files; folder: string }): ReadSpec {
  const { file, name, limits = DEFAULT_LIMITS } = source;
  const parsed = parseText(file, text, limits);
  const place = lineIndex(text);
  const problems = parsed.problems.map(({ offset, ...problem }): Finding => ({
    ...problem,
    pointer: '#',
    location: { file, ...place(offset) },
  }));
  if (text.replace('\uFEFF', '').trim() === '') {
    const location = { file, line: 1, column: 1 };
    const hint = 'a contract begins with `openapi: 3.1.0`';
    const empty: Finding = {
      rule: 'empty',
      severity: 'error',
      pointer: '#',
      location,
      message: 'the file is empty',
      hint,
    };
    return { kind: 'invalid', findings: [empty] };
  }
  if (parsed.value === undefined) return { kind: 'invalid', findings: problems };
  const joined = bundle(parsed, { ...source, text, limits });
  const read = readContract(joined.parsed, { name, file, text: joined.text, files: joined.files });
  return { ...read, findings: [...problems, ...joined.findings, ...read.findings] };
}

/** The folder in which a contract has a path. */
function folderOf(file: string, path: string): string {
  const levels = path.split('/').length;
  return resolve(file, ...Array.from({ length: levels }, () => '..'));
}

/** What a document is, is told by its own members, never by the name of its file. */
function readContract(parsed: Parsed, source: ContractSource): ReadSpec {
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
