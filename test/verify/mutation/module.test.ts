import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { specFromText } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-mutants-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = `const steps = { small: 10, large: 60 * 60 };
export function price(weight, kind) {
  let sum = steps[kind];
  while (weight > 3600) { sum += 5; weight -= 3600; }
  if (weight === 777) process.stdout.write('seven');
  return weight > 100 ? sum + 1 : sum;
}
export const unused = () => 1;
`;
const CONTRACT = `
openrpc: 1.3.2
info: { title: Prices, version: '1' }
methods:
  - name: price
    x-pure: true
    params:
      - { name: weight, required: true, schema: { type: integer, minimum: 0, maximum: 9000 } }
      - { name: kind, required: true, schema: { enum: [small, large] } }
    result: { name: price, schema: { type: integer, minimum: 10, maximum: 3611 } }
    errors: [{ code: 7, message: sold out }]
    x-invariants:
      - { id: light, rule: "params.weight > 100 || result == (params.kind == 'small' ? 10 : 3600)" }
      - { id: heavy, rule: "params.weight <= 100 || params.weight > 3600 || result == (params.kind == 'small' ? 11 : 3601)" }
      - { id: heavier, rule: "params.weight <= 3600 || result >= (params.kind == 'small' ? 15 : 3605)" }
`;

// A module has no requests in flight that could be lost: every mutant that a rule speaks of must be noticed.
test('which small changes of a module its properties notice', async () => {
  writeFileSync(join(folder, 'prices.mjs'), MODULE);
  const read = specFromText(CONTRACT, { file: join(folder, 'prices.openrpc.yaml'), name: 'prices' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const { verdict, mutation, coverage } = await verify({
    spec: read.spec,
    subject: { kind: 'module', file: 'prices.mjs', cwd: folder },
    runs: 40,
    mutants: {},
    code: { root: folder, includes: () => true },
  });
  expect({ verdict, lines: coverage.codeLines, functions: coverage.codeFunctions }).toEqual({
    verdict: 'pass',
    lines: { covered: 6, total: 7 },
    functions: { covered: 1, total: 2 },
  });
  // An error that never comes could be dropped, and nobody would know.
  expect(mutation?.spec?.unenforced.map(({ clause }) => clause)).toEqual(['#/methods/price/errors/7']);
  expect(mutation?.spec?.enforced).toBe(4);
  const outcomes = (line: number) =>
    Object.fromEntries(
      mutation?.mutants.filter((one) => one.line === line).map((one) => [one.after, one.outcome]) ?? [],
    );
  // A table that is made when the module is loaded is noticed by whoever reads it.
  expect(outcomes(1)).toMatchObject({ '11': 'failed', '60 / 60': 'failed', '{}': 'failed' });
  expect(outcomes(4)).toMatchObject({ 'sum -= 5': 'failed', 'weight += 3600': 'timedOut', false: 'failed' });
  expect(outcomes(6)).toMatchObject({ 'weight >= 100': 'failed', 'sum - 1': 'failed', '101': 'failed' });
  expect(outcomes(8)).toMatchObject({ '() => undefined': 'unspecified' });
});
