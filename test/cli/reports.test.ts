import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { htmlOf } from '../../src/cli/reports/html/page.ts';
import { progressOn } from '../../src/cli/verify-progress.ts';
import { junitOf } from '../../src/cli/reports/junit.ts';
import { sarifOf } from '../../src/cli/reports/sarif.ts';
import { specFromText } from '../../src/spec/load.ts';
import { captureIo } from '../support/captured-io.ts';
import { reportOf } from '../support/reports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const services = join(import.meta.dirname, '../support/services');
const contract = join(services, 'todo.yaml');
const clause = '#/components/schemas/NewTodo/properties/priority/maximum';

// One run writes every report, and each names the same finding at its line of the contract.
test('a run writes JUnit, SARIF, NDJSON and HTML', async () => {
  const folder = temporaryFolder();
  const { io } = captureIo(services);
  const flags = ['junit', 'sarif', 'ndjson', 'html'].flatMap((name) => [`--${name}`, join(folder, name)]);
  const start = ['--start', 'BUG=priority-too-big node todo.ts', '--clause', clause, '--runs', '10', '--seed', '5'];
  for (let time = 0; time < 2; time++) expect(await verifyCommand([contract, ...start, ...flags], io)).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(['html', 'junit', 'ndjson', 'sarif']);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  const lines = read('ndjson').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { type: string; report?: VerifyReport });
  expect(events[0]).toMatchObject({ type: 'started', seed: 5 });
  const report = events.at(-1)?.report;
  expect(report?.verdict).toBe('fail');
  expect(events.filter(({ type }) => type === 'decided').length).toBe(report?.properties.length);
  expect(events.filter(({ type }) => type === 'counterexample').length).toBe(2);

  const line =
    readFileSync(contract, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('priority: {')) + 1;
  expect(JSON.parse(read('sarif'))).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        invocations: [{ executionSuccessful: true }],
        tool: { driver: { name: 'plumb', rules: [{ id: 'rejection' }] } },
        results: [
          {
            ruleId: 'rejection',
            ruleIndex: 0,
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'test/support/services/todo.yaml', uriBaseId: 'SRCROOT' },
                  region: { startLine: line },
                },
                logicalLocations: [{ fullyQualifiedName: clause }],
              },
            ],
          },
          { ruleId: 'rejection' },
        ],
      },
    ],
  });
  const page = read('html');
  expect(page).toContain(`todo.yaml:${line}:`);
  expect(page).toContain('curl -gsSi');
  expect(page).toContain('✗ fail');
  expect(page).not.toMatch(/<script|src=|href=|@import|url\(/i);
});

// What a service or a contract says must not become markup, and must not hide behind invisible characters.
test('hostile text is text in every report', () => {
  const hostile = '</style><script>alert(1)</script>"\'&\u202e\u0007';
  const report = reportOf({ [hostile]: 'fail' });
  const [property] = report.properties;
  if (property?.counterexample !== undefined) property.counterexample.actual = hostile;
  const read = specFromText('openapi: 3.1.0\ninfo: { title: a, version: "1" }\npaths: {}\n', {
    file: '/x/a.yaml',
    name: hostile,
  });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  const page = htmlOf({ ...report, warnings: [hostile] }, read.spec, '/x');
  const sarif = sarifOf(report, read.spec, '/x', '1.0.0');
  for (const text of [page, junitOf(report)]) expect(text).not.toContain('<script>');
  for (const text of [page, junitOf(report), sarif]) expect(text).not.toContain('\u202e');
  expect(page).toContain('&lt;script&gt;alert(1)');
});

// A long run must not end in a report that cannot be written.
test('a report that cannot be written is wrong usage, before anything runs', async () => {
  const folder = temporaryFolder();
  const io = captureIo(services);
  const args = [contract, '--start', 'node todo.ts', '--html'];
  expect(await verifyCommand([...args, join(folder, 'absent', 'a.html')], io.io)).toBe(2);
  expect(await verifyCommand([...args, folder], io.io)).toBe(2);
  const twice = join(folder, 'same');
  expect(await verifyCommand([...args, twice, '--sarif', twice], io.io)).toBe(2);
  expect(io.out()).toBe('');
  expect(existsSync(twice)).toBe(false);
  // A file of the user's is not written over, an older report is.
  const own = join(folder, 'contract.yaml');
  writeFileSync(own, 'openapi: 3.1.0\n');
  for (const flag of ['--html', '--sarif', '--junit', '--ndjson'])
    expect(await verifyCommand([contract, '--start', 'node todo.ts', flag, own], io.io)).toBe(2);
  expect(readFileSync(own, 'utf8')).toBe('openapi: 3.1.0\n');
});

// A clause that nothing tried must show, else a map says more than was done.
test('the map says of each clause whether it was tried', async () => {
  const folder = temporaryFolder();
  const io = captureIo(services);
  const start = ['--start', 'node todo.ts', '--clause', '#/paths/~1todos/post', '--runs', '5', '--json'];
  await verifyCommand([contract, ...start, '--html', join(folder, 'a.html')], io.io);
  const { coverageMap = [], coverage } = JSON.parse(io.out()) as VerifyReport;
  const states = (operation: string, kind: string): string[] => [
    ...new Set(coverageMap.filter((one) => one.operation === operation && one.kind === kind).map((one) => one.state)),
  ];
  expect(states('createTodo', 'operation')).toEqual(['full']);
  expect(states('searchTodos', 'operation')).toEqual(['none']);
  expect(states('searchTodos', 'keyword')).toEqual(['none']);
  expect(states('createTodo', 'keyword')).toContain('full');
  for (const kind of ['operation', 'response', 'parameter', 'keyword', 'invariant'] as const) {
    const ones = coverageMap.filter((one) => one.kind === kind);
    const full = ones.filter((one) => one.state === 'full').length;
    expect(coverage[`${kind}s`]).toEqual({ covered: full, total: ones.length });
  }
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toContain('clauses were never tried');
});

// A long run in CI must not look dead, and a short one must not fill the log.
test('without a terminal progress is a line now and then, with rate and time left', () => {
  const io = captureIo(services);
  let now = 0;
  const progress = progressOn(io.io, () => now);
  progress({ type: 'started', seed: 1, properties: [{ id: 'a', clause: '#', kind: 'acceptance' }] });
  for (now = 0; now < 31_000; now += 1000)
    progress({ type: 'progress', property: 'a\u001b[2J', cases: 1, total: 9, casesPerSecond: 40, leftMs: 90_000 });
  const line = 'plumb verify: 0/1 properties · 40 cases/s · 90 s left · a\n';
  expect(io.err()).toBe(line + line);
});
