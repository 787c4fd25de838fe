/** However a process ends, short of kill -9, the terminal is given back, and first. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../support/host-process.ts', import.meta.url));
const LEAVE = '\u001b[?1049l';

function run(
  how: string,
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; error: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, how], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (signal !== undefined && text.includes('ready')) child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.on('close', (code, ended) => resolve({ code, signal: ended, out, error }));
  });
}

it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s gives it back and still ends the process', async (signal) => {
  const result = await run('wait', signal);
  expect(result.out.endsWith(LEAVE)).toBe(true);
  expect(result.signal).toBe(signal);
});

it('an uncaught exception is told where a person can read it', async () => {
  const result = await run('throw');
  expect(result.out.split(LEAVE)).toHaveLength(2);
  expect(result.error).toContain('a bug of ours');
  expect(result.code).toBe(1);
});

it('exit gives it back', async () => {
  const result = await run('exit');
  expect(result.out.endsWith(LEAVE)).toBe(true);
  expect(result.code).toBe(7);
});
