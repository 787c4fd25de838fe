/** JSON Schema on data files: each broken, invalid and rule-breaking record is named by its place; nothing is no pass. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { VerifyReport } from '../../../src/events/index.ts';
import { specFromText } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';
import type { VerifyOptions } from '../../../src/verify/model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['id', 'lines', 'total'],
  properties: {
    id: { type: 'string', pattern: '^o[0-9]+$' },
    lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/Line' } },
    total: { type: 'integer', minimum: 0 },
    gift: { type: 'boolean' },
    pay: {
      oneOf: [
        { type: 'object', required: ['card'], properties: { card: { type: 'string' } } },
        { type: 'object', required: ['iban'], properties: { iban: { type: 'string' } } },
      ],
    },
  },
  'x-invariants': [{ id: 'sum', rule: 'self.lines.map(l, l.cents * l.count).sum() == self.total' }],
  $defs: {
    Line: {
      type: 'object',
      required: ['cents', 'count'],
      properties: { cents: { type: 'integer' }, count: { type: 'integer', minimum: 1 } },
      'x-invariants': [{ id: 'cheap', rule: 'self.cents < 1000', message: 'no line costs more than 10' }],
    },
  },
};

async function run(files: Record<string, string | Buffer>, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const loaded = specFromText(JSON.stringify(SCHEMA), { file: join(cwd, 'order.schema.json'), name: 'order' });
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  return verify({ spec: loaded.spec, subject: { kind: 'data', globs: ['data/**'], cwd }, ...more });
}

function failures({ properties }: VerifyReport): string[] {
  return properties
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ id, counterexample }) => `${id} at ${counterexample?.path ?? ''}`);
}

const GOOD = '{"id":"o1","lines":[{"cents":5,"count":2}],"total":10,"gift":true,"pay":{"card":"1"}}';
const OTHER = '{"id":"o2","lines":[{"cents":1,"count":1}],"total":1,"pay":{"iban":"DE"}}';

describe('data files', () => {
  it('pass where every record keeps schema and rules, whatever the kind of file', async () => {
    const report = await run({
      'data/a.jsonl': `${GOOD}\n\n${OTHER}`,
      'data/deep/b.json': GOOD,
      'data/d.jsonl.gz': gzipSync(`\uFEFF${GOOD}\r\n${OTHER.replaceAll(':', ' : ')}\r\n`),
      'data/c.yaml': 'id: o3\nlines:\n  - { cents: 7, count: 1 }\ntotal: 7\n',
    });
    expect([report.verdict, report.cases, report.warnings]).toEqual(['pass', 6, []]);
    expect(report.coverage).toMatchObject({
      operations: { covered: 4, total: 4 },
      parameters: { covered: 9, total: 9 },
      keywords: { covered: 2, total: 2 },
      invariants: { covered: 2, total: 2 },
    });
  });

  it('fail with file, line and column of the first violation of each clause and rule', async () => {
    const lines = [
      GOOD,
      '{"id":"o2","lines":[{"cents":5,"count":0},{"cents":5000,"count":1}],"total":5000}',
      '{"id":"x3","lines":[{"cents":5,"count":2}],"total":11}',
      '{broken',
    ];
    const report = await run({ 'data/a.ndjson': lines.join('\n'), 'data/b.yaml': 'id: o9\nlines: []\ntotal: 0\n' });
    expect(report.verdict).toBe('fail');
    expect(failures(report)).toEqual([
      'conformance readable at data/a.ndjson:4:2',
      'conformance #/$defs/Line/properties/count/minimum at data/a.ndjson:2:32',
      'conformance #/properties/id/pattern at data/a.ndjson:3:2',
      'conformance #/properties/lines/minItems at data/b.yaml:2:1',
      'invariant sum at data/a.ndjson:3:1',
      'invariant cheap at data/a.ndjson:2:1',
    ]);
    const sum = report.properties.find(({ id }) => id === 'invariant cheap')?.counterexample;
    expect(sum).toMatchObject({
      input: { cents: 5000, count: 1 },
      expected: 'self.cents < 1000 (no line costs more than 10)',
      reproducer: "# invariant cheap at data/a.ndjson:2:1\nsed -n '2p' 'data/a.ndjson'\n",
    });
  });

  it('tell what no record exercises', async () => {
    const { verdict, warnings } = await run({ 'data/a.json': OTHER });
    expect([verdict, warnings]).toEqual([
      'pass',
      [
        'no valid record exercises #/properties/gift',
        'no valid record exercises #/properties/pay/oneOf/0',
        'no valid record exercises #/properties/pay/oneOf/0/properties/card',
      ],
    ]);
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['no file', {}, 'no file matches data/**'],
    ['only empty files', { 'data/a.jsonl': '\n\n' }, 'data/a.jsonl: the file holds no record'],
    ['a kind of file that is not read', { 'data/a.json': GOOD, 'data/b.csv': 'a,b' }, 'data/b.csv: CSV files are not'],
  ])('are undecided with %s', async (_, files, warning) => {
    const report = await run(files);
    expect(report.verdict).toBe('error');
    expect(report.warnings.join('\n')).toContain(warning);
  });

  it.each([
    ['a key that is written twice', '{"id":"o1","id":"o1","lines":[{"cents":1,"count":1}],"total":1}', 'fail'],
    ['a number that is not finite', '{"id":"o1","lines":[{"cents":1,"count":1}],"total":1e999}', 'fail'],
    ['levels without end', `{"id":"o1","more":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'fail'],
    ['a line that breaks off', '{"id":"o1","li', 'fail'],
    ['a number that no double holds', GOOD.replace('"total"', '"n":9007199254740993,"total"'), 'error'],
  ])('do not pass with %s, which JSON.parse would hide or hardly survive', async (_, line, verdict) => {
    const report = await run({ 'data/a.jsonl': `${GOOD}\n${line}\n${OTHER}` });
    expect([report.verdict, report.cases]).toEqual([verdict, 2]);
    const told = report.properties.find(({ verdict: one }) => one === 'fail')?.counterexample?.actual;
    expect(told ?? report.warnings[0]).toMatch(/^data\/a\.jsonl:2:\d+: /);
  });

  it('that are broken in any way are named, and the rest is still read', async () => {
    const report = await run({
      'data/a.jsonl': Buffer.concat([
        Buffer.from('{"id":"'),
        Buffer.from([0xff]),
        Buffer.from(`"}\n${'['.repeat(5000)}\n"${'x'.repeat(17 * 1024 * 1024)}"\n${GOOD}\n`),
      ]),
      'data/b.json': '{"id": "o1", "id": "o2"}',
    });
    expect(report.cases).toBe(1);
    expect(report.properties.find(({ id }) => id === 'conformance readable')).toMatchObject({
      verdict: 'fail',
      counterexample: { path: 'data/a.jsonl:1:1', actual: 'data/a.jsonl:1:1: the line is not UTF-8 (the first of 4)' },
    });
  });
});
