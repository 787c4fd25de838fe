/** The official JSON-Schema-Test-Suite, read from disk; absent in a bare checkout, then the tests say so and skip. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '../../../src/events/index.ts';
import type { Dialect } from '../../../src/spec/model.ts';

export interface Group {
  file: string;
  description: string;
  schema: JsonValue;
  tests: { description: string; data: JsonValue; valid: boolean }[];
}

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const suitePath =
  process.env['PLUMB_JSON_SCHEMA_SUITE'] ?? join(root, '..', 'shared', 'data', 'json-schema-test-suite');
export const hasSuite = existsSync(join(suitePath, 'tests'));

const FOLDERS: Partial<Record<Dialect, string>> = {
  'draft-04': 'draft4',
  'draft-07': 'draft7',
  '2019-09': 'draft2019-09',
  '2020-12': 'draft2020-12',
};

/** The groups of a draft's required files, or of a folder below it. */
export function groupsOf(dialect: Dialect, below = ''): Group[] {
  const folder = join(suitePath, 'tests', FOLDERS[dialect] ?? '', below);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const groups: Omit<Group, 'file'>[] = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return groups.map((group) => ({ ...group, file: join(below, name) }));
    });
}

/** The documents of `remotes/` that a draft may refer to, by URI. */
export function remotesOf(dialect: Dialect): Record<string, JsonValue> {
  const found: Record<string, JsonValue> = {};
  const walk = (folder: string, uri: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const foreign = /^(?:draft|v1$)/.test(entry.name) && entry.name !== FOLDERS[dialect];
      if (entry.isDirectory() && !foreign) walk(join(folder, entry.name), `${uri}${entry.name}/`);
      else if (entry.name.endsWith('.json')) {
        found[uri + entry.name] = JSON.parse(readFileSync(join(folder, entry.name), 'utf8'));
      }
    }
  };
  walk(join(suitePath, 'remotes'), 'http://localhost:1234/');
  return found;
}

/** The drafts that the suite has. */
export const DRAFTS: Dialect[] = ['draft-04', 'draft-07', '2019-09', '2020-12'];

/** What a skipped test says. */
export const missingSuite = `needs the JSON-Schema-Test-Suite in ${suitePath} (set PLUMB_JSON_SCHEMA_SUITE)`;
