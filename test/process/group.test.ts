/** Whatever ends us, what we started ends too. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTail, scrubbedEnvironment, startGroup } from '../../src/process/index.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const linux = process.platform === 'linux';
// Ignores SIGTERM, has a child in the background and one in another session: the hard case.
const stubborn = "trap '' TERM; sleep 300 & setsid sleep 300 & while :; do sleep 300; done";

function marker(): string {
  return `PLUMB_MARK_${randomBytes(6).toString('hex')}`;
}

describe.skipIf(!linux)('a process group (needs /proc)', () => {
  it('is gone after stop, although it ignores SIGTERM', async () => {
    const mark = marker();
    const group = startGroup({
      command: stubborn,
      cwd: '/',
      env: { ...scrubbedEnvironment(), [mark]: '1' },
      onOutput: () => {},
    });
    expect(await eventually(() => processesWith(mark).length >= 5)).toBe(true);
    await group.stop(50);
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
    await group.stop(50);
  });

  it('is gone although it goes on starting what leaves the group', async () => {
    const mark = marker();
    const group = startGroup({
      // Each starts the next as soon as it runs, sixty in all, so that a single look would always miss the last.
      command:
        'export LEFT NEXT=\'LEFT=$((LEFT - 1)); [ $LEFT -gt 0 ] || exit; setsid sh -c "$NEXT" & sleep 20\'; sh -c "$NEXT"',
      cwd: '/',
      env: { ...scrubbedEnvironment(), [mark]: '1', LEFT: '60' },
      onOutput: () => {},
    });
    expect(await eventually(() => processesWith(mark).length >= 10)).toBe(true);
    await group.stop(0);
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
  });

  it('takes its background children with it when the command ends by itself', async () => {
    const mark = marker();
    const output: Buffer[] = [];
    const group = startGroup({
      command: 'sleep 300 & echo started; exit 7',
      cwd: '/',
      env: { ...scrubbedEnvironment(), [mark]: '1' },
      onOutput: (chunk) => output.push(chunk),
    });
    expect(await group.ended).toEqual({ kind: 'code', code: 7 });
    expect(Buffer.concat(output).toString()).toBe('started\n');
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
  });

  it.each([
    ['SIGKILL', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['SIGINT', (pid: number) => process.kill(pid, 'SIGINT')],
    ['SIGTERM', (pid: number) => process.kill(pid, 'SIGTERM')],
    ['an uncaught error', (pid: number) => process.kill(pid, 'SIGUSR2')],
  ])('does not survive its parent, ended by %s', async (_name, end) => {
    const mark = marker();
    const script = join(temporaryFolder(), 'parent.ts');
    writeFileSync(
      script,
      `import { startGroup } from ${JSON.stringify(join(import.meta.dirname, '../../src/process/index.ts'))};
       process.on('SIGUSR2', () => { throw new Error('uncaught'); });
       startGroup({ command: ${JSON.stringify(stubborn)}, cwd: '/', env: { PATH: process.env.PATH, ${mark}: '1' }, onOutput() {} });`,
    );
    const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
    const ended = new Promise((resolve) => parent.once('exit', resolve));
    expect(await eventually(() => processesWith(mark).length >= 5)).toBe(true);
    end(parent.pid ?? 0);
    await ended;
    expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
  });
});

describe('the environment for untrusted code', () => {
  it('holds no secret by name, by value, nor in a URL, and keeps what is given', () => {
    const env = scrubbedEnvironment(
      { MY_API_KEY: 'given on purpose' },
      {
        PATH: '/bin',
        HOME: '/home/u',
        ANTHROPIC_BASE_URL: 'http://x',
        GITHUB_TOKEN: 'ghp_0123456789',
        db_password: 'hunter22222',
        COPY: 'prefix ghp_0123456789 suffix',
        DATABASE_URL: 'postgres://u:pw@host/db',
        HOMEPAGE: 'https://example.com/a@b',
        NODE_OPTIONS: '--inspect',
      },
    );
    expect(env).toEqual({
      HOME: '/home/u',
      HOMEPAGE: 'https://example.com/a@b',
      MY_API_KEY: 'given on purpose',
      PATH: expect.stringMatching(/^\/bin:\//),
    });
  });
});

describe('a tail', () => {
  it('keeps the last bytes only, from a whole line on', () => {
    const tail = createTail(10);
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) tail.push(Buffer.from(line));
    expect(tail.bytes().toString()).toBe('hree\nfour\n');
    expect(tail.text()).toBe('four\n');
  });
});
