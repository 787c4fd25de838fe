/** A module that lacks functions is one cause, told once: not each keyword of each method fails with it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../../src/cli/commands/verify.ts';
import { captureIo } from '../../support/captured-io.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const param = { name: 'a', required: true, schema: { type: 'integer', minimum: 0 } };
const method = (name: string): object => ({
  name,
  params: [param],
  result: { name: 'sum', schema: { type: 'integer' } },
  errors: [{ code: 1, message: 'no' }],
});
const contract = {
  openrpc: '1.3.2',
  info: { title: 'Sums', version: '1' },
  methods: ['add', 'negate', 'twice'].map(method),
};

test('functions that a module does not export are named together, and nothing else is said of them', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'sums.json'), JSON.stringify(contract));
  writeFileSync(
    join(folder, 'sums.mjs'),
    'export const add = (a) => { if (!Number.isInteger(a) || a < 0) throw Object.assign(new Error("no"), { code: 1 }); return a; };',
  );
  const { io, out } = captureIo(folder);
  expect(await verifyCommand(['sums.json', '--module', 'sums.mjs', '--seed', '3', '--runs', '20'], io)).toBe(1);
  const told = out()
    .split('\n')
    .filter((line) => /^(✗|\? error|  (actual|also|reason|these))/.test(line));
  expect(told).toMatchInlineSnapshot(`
    [
      "✗ fail   acceptance negate",
      "  actual    error -32601: the module exports no such function",
      "  also      1 more finding of the same cause: acceptance twice (--json has each)",
      "? error   2 properties for one reason",
      "  reason  it calls a function that the module does not export",
      "  these   conformance negate, conformance twice",
    ]
  `);
});
