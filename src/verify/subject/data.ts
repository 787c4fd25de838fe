/** Files of records, read one record at a time in bounded memory: JSON and YAML files, and JSON Lines line by line. */
import { createReadStream, statSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { JsonValue } from '../../events/index.ts';
import { systemFault } from '../../events/system-fault.ts';
import { parseJson } from '../../spec/text/parse-json.ts';
import { parseYaml } from '../../spec/text/parse-yaml.ts';
import { lineIndex, locator } from '../../spec/text/places.ts';
import { DEFAULT_LIMITS, type Limits, type Parsed } from '../../spec/text/syntax.ts';
import type { DataFiles, DataItem } from '../data/model.ts';

const LIMITS: Limits = { ...DEFAULT_LIMITS, maxBytes: 64 * 1024 * 1024, maxValues: 10_000_000 };
/** Bytes of one line. */
const MAX_LINE = 16 * 1024 * 1024;
const MAX_FILES = 100_000;
const LINES = new Set(['.jsonl', '.ndjson']);
const YAML = new Set(['.yaml', '.yml']);
const NEWLINE = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Finds the files of some globs and opens them; a glob that matches nothing is told with them. */
export async function openData(globs: string[], cwd: string): Promise<DataFiles> {
  const files = new Set<string>();
  const empty: string[] = [];
  for (const pattern of globs) {
    let found = 0;
    for await (const name of glob(pattern, { cwd })) {
      if (!isFile(resolve(cwd, name)) || files.size >= MAX_FILES) continue;
      files.add(name);
      found++;
    }
    if (found === 0) empty.push(pattern);
  }
  return { files: [...files].toSorted(), empty, read: (name) => itemsOf(resolve(cwd, name), name) };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function* itemsOf(path: string, name: string): AsyncGenerator<DataItem> {
  const ending = extname(name).toLowerCase();
  try {
    if (LINES.has(ending)) yield* linesOf(path, name);
    else if (ending === '.json' || YAML.has(ending)) yield await wholeOf(path, name, YAML.has(ending));
    else {
      const what =
        ending === '.csv' ? 'CSV files are not read' : `files that end in ${JSON.stringify(ending)} are not read`;
      yield { kind: 'unread', place: name, message: `${what}: use .json, .jsonl, .ndjson, .yaml or .yml` };
    }
  } catch (error) {
    yield { kind: 'unread', place: name, message: systemFault(error) };
  }
}

async function wholeOf(path: string, name: string, isYaml: boolean): Promise<DataItem> {
  const { size } = statSync(path);
  if (size > LIMITS.maxBytes) {
    const message = `the file has ${size} bytes; at most ${LIMITS.maxBytes} are read at once; use JSON Lines`;
    return { kind: 'unread', place: name, message };
  }
  const bytes = await readFile(path);
  const text = decoded(bytes);
  if (text === undefined) return { kind: 'broken', place: `${name}:1:1`, message: 'the file is not UTF-8' };
  const parsed = isYaml ? parseYaml(text, LIMITS) : parseJson(text, LIMITS);
  return recordOf(parsed, text, name, 1);
}

/** Lines are split as bytes, so that neither a long file nor a broken character costs more than its line. */
async function* linesOf(path: string, name: string): AsyncGenerator<DataItem> {
  let pending: Buffer[] = [];
  let length = 0;
  let line = 0;
  let skipping = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (!Buffer.isBuffer(chunk)) continue;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end));
      length += end - start;
      start = end + 1;
      line++;
      const item = skipping ? undefined : lineItem(pending, length, name, line);
      skipping = false;
      pending = [];
      length = 0;
      if (item !== undefined) yield item;
    }
    const rest = chunk.subarray(start);
    length += rest.length;
    if (length > MAX_LINE) {
      if (!skipping) yield tooLong(name, line + 1);
      skipping = true;
      pending = [];
    } else if (!skipping) pending.push(rest);
  }
  const last = skipping ? undefined : lineItem(pending, length, name, line + 1);
  if (last !== undefined) yield last;
}

function tooLong(name: string, line: number): DataItem {
  return { kind: 'broken', place: `${name}:${line}:1`, message: `the line is longer than ${MAX_LINE} bytes` };
}

function lineItem(parts: Buffer[], length: number, name: string, line: number): DataItem | undefined {
  if (length > MAX_LINE) return tooLong(name, line);
  const [only] = parts;
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
  const text = decoded(bytes);
  if (text === undefined) return { kind: 'broken', place: `${name}:${line}:1`, message: 'the line is not UTF-8' };
  if (text.trim() === '') return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    // Only a line that something is wrong with is read again for its places.
    return { kind: 'record', value, place: (pointer) => placeIn(parseJson(text, LIMITS), text, name, line, pointer) };
  } catch {
    return recordOf(parseJson(text, LIMITS), text, name, line);
  }
}

function recordOf(parsed: Parsed, text: string, name: string, line: number): DataItem {
  const { value, problems } = parsed;
  const bad = problems.find(({ severity }) => severity === 'error');
  if (value === undefined || bad !== undefined) {
    const at = lineIndex(text)(bad?.offset ?? 0);
    return {
      kind: 'broken',
      place: `${name}:${at.line + line - 1}:${at.column}`,
      message: bad?.message ?? 'it cannot be read',
    };
  }
  return { kind: 'record', value, place: (pointer) => placeIn(parsed, text, name, line, pointer) };
}

function placeIn(parsed: Parsed, text: string, name: string, line: number, pointer: string): string {
  const at = locator(name, text, parsed.value ?? null, parsed.offsets)(`#${pointer}`);
  return `${name}:${at.line + line - 1}:${at.column}`;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
