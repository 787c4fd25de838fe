import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Room → rooms that it may import (ARCHITECTURE.md has the same table). */
const MAY_IMPORT: Record<string, string[]> = {
  events: [],
  access: ['events'],
  spec: ['events'],
  process: [],
  workspace: ['process', 'events'],
  session: ['access', 'events'],
  lineage: ['access', 'spec', 'events'],
  verify: ['process', 'spec', 'events'],
  agent: ['session', 'spec', 'verify', 'workspace', 'events'],
  record: ['events'],
  tui: ['session', 'events'],
  cli: ['events', 'process', 'access', 'spec', 'workspace', 'session', 'lineage', 'verify', 'agent', 'record', 'tui'],
};

/** Package (or built-in module) → path prefixes under src that alone may import it. */
const ONLY_IN: Record<string, string[]> = {
  ink: ['tui/', 'cli/'],
  react: ['tui/', 'cli/'],
  'better-sqlite3': ['record/'],
  '@anthropic-ai/sdk': ['agent/claude/'],
  '@anthropic-ai/sandbox-runtime': ['workspace/'],
  'node:fs': [
    'process/',
    'workspace/',
    'record/',
    'cli/',
    'verify/subject/',
    'verify/code/tracer.ts',
    'verify/code/read-code.ts',
    'verify/mutation/scratch.ts',
    'spec/disk.ts',
    'spec/manifest.ts',
  ],
  'node:child_process': ['process/', 'workspace/', 'record/', 'cli/', 'verify/subject/'],
};

const root = resolve(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(root, file), 'utf8') }));

function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

describe('the import table', () => {
  it('really reads the rooms', () => {
    expect(files.length).toBeGreaterThan(60);
    const rooms = new Set(files.map(({ file }) => file.split('/')[0]));
    expect([...rooms].filter((room) => room !== undefined && !Object.hasOwn(MAY_IMPORT, room))).toEqual([]);
    expect(files.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(150);
  });

  it('holds between rooms', () => {
    const broken = files.flatMap(({ file, text }) => {
      const room = file.split('/')[0] ?? '';
      return importsOf(text)
        .filter((target) => target.startsWith('.'))
        .map(
          (target) =>
            relative(root, resolve(root, dirname(file), target))
              .replaceAll('\\', '/')
              .split('/')[0] ?? '',
        )
        .filter((target) => target !== room && !MAY_IMPORT[room]?.includes(target))
        .map((target) => `${file} imports ${target}`);
    });
    expect(broken).toEqual([]);
  });

  it('keeps packages and the outside world in their rooms', () => {
    const broken = files.flatMap(({ file, text }) =>
      importsOf(text)
        .filter((target) => {
          const name = Object.keys(ONLY_IN).find((key) => target === key || target.startsWith(`${key}/`));
          return name !== undefined && !ONLY_IN[name]?.some((prefix) => file.startsWith(prefix));
        })
        .map((target) => `${file} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
