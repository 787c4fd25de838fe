/** Reads a contract from disk. The only file of this room, with the manifest, that touches the file system. */
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
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
  /** Name of the spec; default: of the folder where the file is called `openapi.*` or `openrpc.*`, else of the file. */
  name?: string;
  limits?: Partial<Limits>;
}

/** Loads a contract. Never throws; a spec may have findings of severity error, and is then not ready to be built. */
export async function loadSpec(file: string, options: LoadOptions = {}): Promise<ReadSpec> {
  const path = resolve(file);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const text = await readText(path, limits.maxBytes);
  if (text.kind === 'unreadable')
    return {
      kind: 'invalid',
      findings: [
        {
          rule: 'unreadable',
          severity: 'error',
          pointer: '#',
          location: { file: path, line: 1, column: 1 },
          message: text.message,
        },
      ],
    };
  return specFromText(text.text, { file: path, name: options.name ?? specNameOf(path), limits });
}

/** Makes a spec from a text as if it had been read from `file`. Pure. */
export function specFromText(text: string, source: { file: string; name: string; limits?: Limits }): ReadSpec {
  const { file, name, limits = DEFAULT_LIMITS } = source;
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
  return base === 'openapi' || base === 'openrpc' ? basename(dirname(resolve(file))) : base;
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
