import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonValue } from '../../events/json.ts';
import { readText } from '../../spec/disk.ts';
import { parseJson } from '../../spec/text/parse-json.ts';
import { DEFAULT_LIMITS } from '../../spec/text/syntax.ts';

const MOST = 20_000;

type Documents = { kind: 'found'; found: Record<string, JsonValue> } | { kind: 'usage'; message: string };

/**
 * The JSON documents of folders, by URI, for `$ref`s that leave a schema. `FOLDER=BASE` gives them the URIs below a
 * base, such as `remotes=http://localhost:1234/`; else they have their `file:` URIs.
 */
export function readDocuments(folders: readonly string[], cwd: string): Documents {
  const found: Record<string, JsonValue> = {};
  let count = 0;
  for (const each of folders) {
    const equals = each.indexOf('=');
    const folder = resolve(cwd, equals < 0 ? each : each.slice(0, equals));
    const base = equals < 0 ? pathToFileURL(`${folder}/`).href : each.slice(equals + 1).replace(/\/?$/, '/');
    if (!URL.canParse(base)) return { kind: 'usage', message: `--documents: ${base} is not an absolute URI` };
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      return { kind: 'usage', message: `--documents: there is no folder ${folder}` };
    }
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.json')) continue;
      if (++count > MOST) return { kind: 'usage', message: `--documents: over ${MOST} files` };
      const file = join(entry.parentPath, entry.name);
      const read = readText(file, DEFAULT_LIMITS.maxBytes);
      const value = read.kind === 'text' ? parseJson(read.text, DEFAULT_LIMITS).value : undefined;
      const path = relative(folder, file).split(sep).map(encodeURIComponent).join('/');
      if (value !== undefined) found[base + path] = value;
    }
  }
  return { kind: 'found', found };
}
