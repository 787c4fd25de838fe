/** The launcher on an old Node, and the small commands that a person tries first. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER, plumb } from '../support/plumb.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OLD_NODES = ['/usr/bin/node', '/usr/local/bin/node', process.env['PLUMB_OLD_NODE'] ?? ''];

function oldNode(): string | undefined {
  return OLD_NODES.find((path) => {
    if (path === '' || !existsSync(path)) return false;
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' });
    return Number(/^v(\d+)/.exec(version)?.[1]) < 22;
  });
}

test('an old Node hands over to the one that npm brought, and ends as it does', async ({ skip }) => {
  const node = oldNode();
  if (node === undefined) return skip('needs a Node before 22 at /usr/bin/node, or PLUMB_OLD_NODE');
  const cwd = temporaryFolder();
  for (const args of [['--version'], ['spec', 'lint', 'x.yaml'], ['nonsense']])
    expect(await plumb(args, { cwd, node })).toEqual(await plumb(args, { cwd }));
});

test('an old Node alone is refused with one line that says what to do', async ({ skip }) => {
  const node = oldNode();
  if (node === undefined) return skip('needs a Node before 22 at /usr/bin/node, or PLUMB_OLD_NODE');
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  copyFileSync(LAUNCHER, join(folder, 'bin/plumb.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const { status, stdout, stderr } = spawnSync(node, ['bin/plumb.js', 'run', 'x'], { cwd: folder, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^plumb needs Node 22\.\d+ or newer; this is Node \d+\.\d+\.\d+\. [^\n]*npm ci[^\n]*\n$/);
});

test('version, help and wrong usage', async () => {
  const cwd = temporaryFolder();
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await plumb(['--version'], { cwd })).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  const help = await plumb(['--help'], { cwd });
  expect(help).toMatchObject({ code: 0, stderr: '' });
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name ?? '');
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    const one = await plumb([command, '--help'], { cwd });
    expect({ command, code: one.code, stderr: one.stderr }).toEqual({ command, code: 0, stderr: '' });
    expect(one.stdout).toContain(`plumb ${command}`);
  }
  for (const args of [['nonsense'], ['run', '--nonsense'], ['run', 'a', 'b'], ['run', 'a', '--max-usd', 'much']]) {
    const end = await plumb(args, { cwd });
    expect({ args, code: end.code, stdout: end.stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(end.stderr).toMatch(/^plumb[^\n]+\n$/);
  }
});

test('output that cannot be kept is told, and is no success', async ({ skip }) => {
  if (!existsSync('/dev/full')) return skip('needs /dev/full');
  const cwd = temporaryFolder();
  const shell = '"$0" "$1" --help > /dev/full';
  const { status, stderr } = spawnSync('sh', ['-c', shell, process.execPath, LAUNCHER], { cwd, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: expect.stringMatching(
      /^plumb: standard output could not be written \(ENOSPC.*\); what was printed is not whole\n$/,
    ),
  });
});

// Its objectives are undecided, exit 3, where the machine is too busy to tell: then it is tried again.
test('the demo without a terminal reaches its verdict and says what to try next', { retry: 2 }, async () => {
  const cwd = temporaryFolder();
  const end = await plumb(['demo', '--runs', '10'], { cwd });
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' });
  expect(end.stdout).not.toContain('\x1b');
  expect(end.stdout).toMatch(/^✓ pass {2}vacation-balance @ /m);
  const next = [...end.stdout.matchAll(/^ {2}plumb (.*?) +# /gm)].map(([, words]) => (words ?? '').split(' '));
  expect(next.map(([command]) => command)).toEqual(['replay', 'lineage', 'rollback']);
  // What is printed is for pasting, so it must work where it was printed.
  for (const args of next) expect(await plumb(args, { cwd }), args.join(' ')).toMatchObject({ code: 0, stderr: '' });
});
