/** Files of records, found and read one record at a time in bounded memory: JSON, YAML and JSON Lines, also as `.gz`. */
import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { systemFault } from '../../events/system-fault.ts';
import type { DataFiles, DataItem } from '../data/model.ts';
import { recordsOf } from './data-lines.ts';
import { notUtf8, RECORD_LIMITS, wholeRecord, withoutMark } from './data-record.ts';

const MAX_FILES = 100_000;
const GZIP = '.gz';
const LINES = new Set(['.jsonl', '.ndjson']);
const YAML = new Set(['.yaml', '.yml']);
const CHUNK_BYTES = 1024 * 1024;

/** Finds the files of some globs and opens them; a glob that matches nothing is told with them. */
export async function openData(globs: string[], cwd: string): Promise<DataFiles> {
  const files = new Map<string, number>();
  const empty: string[] = [];
  for (const pattern of globs) {
    let found = 0;
    for await (const name of glob(pattern, { cwd })) {
      const bytes = sizeOf(resolve(cwd, name));
      if (bytes === undefined || files.size >= MAX_FILES) continue;
      files.set(name, bytes);
      found++;
    }
    if (found === 0) empty.push(pattern);
  }
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  let current: ReadStream | undefined;
  return {
    files: [...files.keys()].toSorted(),
    empty,
    async *read(name) {
      yield* itemsOf(resolve(cwd, name), name, (stream) => (current = stream));
      current = undefined;
      done += files.get(name) ?? 0;
    },
    readShare: () => (total === 0 ? 1 : Math.min(1, (done + (current?.bytesRead ?? 0)) / total)),
  };
}

/** Bytes of a file; undefined where there is no file. */
function sizeOf(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

async function* itemsOf(path: string, name: string, onStream: (stream: ReadStream) => void): AsyncGenerator<DataItem> {
  const isZipped = extname(name).toLowerCase() === GZIP;
  const ending = extname(isZipped ? name.slice(0, -GZIP.length) : name).toLowerCase();
  try {
    if (LINES.has(ending)) {
      const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
      onStream(source);
      yield* recordsOf(isZipped ? unzipped(source) : source, name);
    } else if (ending === '.json' || YAML.has(ending)) yield await wholeOf(path, name, YAML.has(ending), isZipped);
    else {
      const what =
        ending === '.csv' ? 'CSV files are not read' : `files that end in ${JSON.stringify(ending)} are not read`;
      const message = `${what}: use .json, .jsonl, .ndjson, .yaml or .yml, each also with .gz`;
      yield { kind: 'unread', place: name, message };
    }
  } catch (error) {
    yield { kind: 'unread', place: name, message: systemFault(error) };
  }
}

function unzipped(source: ReadStream): AsyncIterable<unknown> {
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error) => unzip.destroy(error));
  return source.pipe(unzip);
}

async function wholeOf(path: string, name: string, isYaml: boolean, isZipped: boolean): Promise<DataItem> {
  const { maxBytes } = RECORD_LIMITS;
  const { size } = statSync(path);
  const message = `the file has ${size} bytes; at most ${maxBytes} are read at once; use JSON Lines`;
  if (size > maxBytes) return { kind: 'unread', place: name, message };
  const bytes = await readFile(path);
  const text = withoutMark(isZipped ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes);
  return text === undefined ? notUtf8(name, 1, 'file') : wholeRecord(text, name, isYaml);
}
