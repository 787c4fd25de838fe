/** Which subject a contract is held against is told by flags or plumb.yaml; what does not fit is wrong usage, told in one line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driftCommand } from '../../src/cli/commands/drift.ts';
import { runCommand } from '../../src/cli/commands/run.ts';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { captureIo } from '../support/captured-io.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RPC = `
openrpc: 1.3.2
info: { title: Sum, version: '1' }
methods:
  - name: add
    params:
      - { name: a, required: true, schema: { type: integer, minimum: 0, maximum: 9 } }
      - { name: b, required: true, schema: { type: integer, minimum: 0, maximum: 9 } }
    result: { name: sum, schema: { type: integer, minimum: 0 } }
    x-invariants: [{ id: sum, rule: result == params.a + params.b }]
`;

async function plumb(args: string[], files: Record<string, string> = {}) {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  for (const [name, text] of Object.entries({
    'sum.yaml': RPC,
    'sum.mjs': 'export const add = (a, b) => a + b;',
    ...files,
  }))
    writeFileSync(join(cwd, name), text);
  const { io, out, err } = captureIo(cwd);
  const [command, ...rest] = args;
  const exit = await ({ run: runCommand, drift: driftCommand }[command ?? ''] ?? verifyCommand)(rest, io);
  return { exit, out: out(), err: err() };
}

describe('plumb verify', () => {
  it('holds an OpenRPC contract against the module of a flag or of plumb.yaml', async () => {
    const flag = await plumb(['verify', 'sum.yaml', '--module', 'sum.mjs', '--json']);
    expect([flag.exit, flag.err]).toEqual([0, '']);
    expect(JSON.parse(flag.out)).toMatchObject({ subject: 'sum.mjs', verdict: 'pass' });
    const manifest = await plumb(['verify', 'sum', '--json'], {
      'plumb.yaml': 'specs: { sum: { contract: sum.yaml, subject: { module: sum.mjs } } }',
    });
    expect([manifest.exit, manifest.err]).toEqual([0, '']);
  });

  it('exits 1 with a script where a function is wrong', async () => {
    const files = { 'sum.mjs': 'export const add = (a, b) => a + b + (a === 7 && b === 3 ? 1 : 0);' };
    const { exit, out } = await plumb(['verify', 'sum.yaml', '--module', 'sum.mjs', '--runs', '400'], files);
    expect(exit).toBe(1);
    expect(out).toContain('await call("add", [7, 3]);');
  });

  it.each([
    [['verify', 'sum.yaml'], 'an OpenRPC contract needs --module FILE or --command CMD, or a subject in plumb.yaml'],
    [['verify', 'sum.yaml', '--url', 'http://x'], 'an OpenRPC contract is not held against --url: use --module FILE'],
    [['verify', 'sum.yaml', '--module', 'a', '--command', 'b'], '--module or --command, not both'],
    [['verify', 'sum.yaml', '--module', 'gone.mjs'], '--module gone.mjs: there is no such file in /'],
    [
      ['verify', 'sum.yaml', '--module', 'sum.mjs', '--endpoint', '/x'],
      '--endpoint is for GraphQL: an OpenRPC contract',
    ],
    [['drift', 'sum.yaml'], 'drift is for HTTP services: an OpenRPC contract has no routes and statuses'],
    [['verify', 'sum.yaml', '--clause', '#/methods/ad'], 'the nearest are #/methods/add, '],
    [['verify', 'sum.yaml', '--clause', 'add'], 'no such clause; the nearest are #/methods/add, '],
    [
      ['verify', 'sum.yaml', '--module', 'sum.mjs', '--html', 'no/where.html'],
      'no cannot be written to: it is not there',
    ],
  ])('refuses what does not fit: %j', async (args, message) => {
    const { exit, err } = await plumb(args);
    expect([exit, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('is undecided where the module is not there or does not load', async () => {
    const manifest = { 'plumb.yaml': 'specs: { sum: { contract: sum.yaml, subject: { module: gone.mjs } } }' };
    const gone = await plumb(['verify', 'sum'], manifest);
    expect([gone.exit, gone.out]).toEqual([3, expect.stringContaining('there is no module gone.mjs')]);
    const broken = await plumb(['verify', 'sum.yaml', '--module', 'sum.mjs'], { 'sum.mjs': 'export const add = (' });
    expect([broken.exit, broken.out]).toEqual([3, expect.stringContaining('cannot be loaded')]);
  });
});

describe('plumb run', () => {
  it('says that the built-in agent writes services only', async () => {
    const { exit, err } = await plumb(['run', 'sum.yaml']);
    expect([exit, err]).toEqual([4, expect.stringContaining('the built-in agent writes HTTP services only')]);
  });
});
