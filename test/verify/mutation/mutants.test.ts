import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { specFromText } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';
import type { VerifyOptions } from '../../../src/verify/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-mutants-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SERVICE = `import { createServer } from 'node:http';
createServer((request, response) => {
  const size = new URL(request.url, 'http://localhost').searchParams.get('size') ?? '';
  let [sum, left] = [0, Number(size)];
  const isGood = /^[0-9]$/.test(size);
  if (isGood) while (left > 0) sum += left--;
  const hint = request.headers['x-secret'] === undefined ? 'plain' : 'secret';
  response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json', 'x-hint': hint });
  response.end(JSON.stringify(isGood ? { sum } : {}));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const CONTRACT = `
openapi: 3.1.0
info: { title: Sums, version: 1.0.0 }
paths:
  /sum:
    get:
      operationId: sum
      parameters: [{ name: size, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 9 } }]
      x-invariants:
        - { id: sums, rule: response.status != 200 || response.body.sum * 2 == request.query.size * (request.query.size + 1) }
      responses:
        '200': { description: It., content: { application/json: { schema: { type: object, required: [sum], properties: { sum: { type: integer } } } } } }
        '410': { description: Never. }
        '400': { description: Not it., content: { application/json: { schema: { type: object } } } }
`;
const read = specFromText(CONTRACT, { file: join(folder, 'openapi.yaml'), name: 'sums' });

function run(options: Partial<VerifyOptions> = {}) {
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  return verify({
    spec: read.spec,
    subject: { kind: 'command', start: 'node server.mjs', cwd: folder },
    runs: 15,
    mutants: {},
    code: { root: folder, includes: () => true },
    ...options,
  });
}

beforeAll(() => writeFileSync(join(folder, 'server.mjs'), SERVICE));

// The score is worth something only if each outcome is what it says: a strong clause kills, a missing one lets live.
test('which small changes of a service its properties notice, and what is missing where they do not', async () => {
  const report = await run();
  const { mutation } = report;
  expect({
    verdict: report.verdict,
    warnings: report.warnings.filter((warning) => warning.includes('mutant')),
  }).toEqual({ verdict: 'pass', warnings: [] });
  const outcomes = (line: number) =>
    Object.fromEntries(
      mutation?.mutants.filter((one) => one.line === line).map((one) => [one.after, one.outcome]) ?? [],
    );
  // The sum is held by an invariant; the loop that never ends by the time.
  expect(outcomes(6)).toMatchObject({
    'sum -= left--': 'failed',
    'left++': 'timedOut',
    'left >= 0': 'survived',
    'left <= 0': 'timedOut',
  });
  expect(outcomes(5)).toMatchObject({ '/[0-9]$/': 'failed', '/^[^0-9]$/': 'failed' });
  // A header that the contract does not know: one side is never executed, the other never looked at.
  const hint = mutation?.mutants
    .filter((one) => one.line === 7 && one.mutator === 'string')
    .map((one) => [one.before, one.outcome, one.missing]);
  expect(hint).toEqual([
    ["'x-secret'", 'survived', expect.stringContaining('no clause of GET /sum')],
    ["'plain'", 'survived', expect.stringContaining('#/paths/~1sum/get/x-invariants')],
    ["'secret'", 'unspecified', expect.stringContaining('no property executes this code')],
  ]);
  // Where it listens is no matter of the contract.
  const equivalent = mutation?.mutants.filter((one) => one.outcome === 'likelyEquivalent');
  expect(equivalent?.map((one) => [one.line, one.before, one.equivalent])).toEqual([
    [10, "'127.0.0.1'", 'it is about where the service listens, which its start says'],
  ]);
  const { score, total, killed, timedOut, crashed, survived, unspecified, notTried } = mutation ?? {};
  expect(notTried).toBe(0);
  const counts = [killed, timedOut, crashed, survived, unspecified, mutation?.likelyEquivalent];
  expect(counts.reduce((sum = 0, count = 0) => sum + count, 0)).toBe(total);
  expect(score).toBeGreaterThan(0.6);
  expect(readFileSync(join(folder, 'server.mjs'), 'utf8')).toBe(SERVICE);
  // Of the spec itself: a status that never comes could be dropped, and nobody would know.
  expect(mutation?.spec?.unenforced.map(({ clause }) => clause)).toEqual(['#/paths/~1sum/get/responses/410']);
  expect(mutation?.spec?.enforced).toBeGreaterThan(8);
});

test('a sample follows from the seed, and no time means that nothing was tried', async () => {
  const report = await run({ mutants: { most: 5 }, timeMs: 30_000, seed: 3 });
  expect({ total: report.mutation?.total, more: (report.mutation?.sampledFrom ?? 0) > 20 }).toEqual({
    total: 5,
    more: true,
  });
});

test('code that does not pass is not mutated, and what could not be done is no pass', async () => {
  writeFileSync(join(folder, 'broken.mjs'), SERVICE.replace('sum += left--', 'sum += --left'));
  const broken = await run({ subject: { kind: 'command', start: 'node broken.mjs', cwd: folder } });
  expect({ verdict: broken.verdict, mutation: broken.mutation }).toEqual({ verdict: 'fail', mutation: undefined });
  expect(broken.warnings).toContain('no mutants were tried, as the code itself does not pass');
  const foreign = await run({ code: { root: folder, includes: () => false } });
  expect({ verdict: foreign.verdict, mutation: foreign.mutation }).toEqual({ verdict: 'error', mutation: undefined });
});
