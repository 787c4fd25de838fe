/** Services that misbehave: each is a clear verdict with its reason, in bounded time and memory, and leaves nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NOTES, notesRepository, startPlumb } from '../support/plumb.ts';

const SERVICE = fileURLToPath(new URL('./specs/misbehaving.mjs', import.meta.url));
const MEMORY_KIB = 500 * 1024;

async function verify(mode: string, ...more: string[]) {
  const args = ['verify', 'specs/notes.yaml', '--start', `node ${SERVICE} ${mode}`, '--runs', '5', ...more];
  const run = startPlumb(args, { cwd: notesRepository() });
  let peakKib = 0;
  const watch = setInterval(() => (peakKib = Math.max(peakKib, peakOf(run.pid))), 50);
  const end = await run.finished;
  clearInterval(watch);
  // A slow machine is told now and then how far it came.
  const stderr = end.stderr.replaceAll(/^plumb verify: \d+\/\d+ properties .*\n/gm, '');
  return { ...end, stderr, peakKib, leftNothing: await run.leftNothing() };
}

/** The most memory that a process ever held, in KiB; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

test.each([
  { mode: 'dies', reason: 'the start command ended before it was ready: exit code 7: DATABASE_URL is missing' },
  {
    mode: 'daemon',
    reason: 'the start command ended before it was ready: exit code 0; it must stay in the foreground',
  },
  { mode: 'never', reason: 'does it listen on the port in the environment variable PORT?' },
])('one that $mode: undecided, and why is told once', async ({ mode, reason }) => {
  const end = await verify(mode);
  expect({ code: end.code, stderr: end.stderr, left: end.leftNothing }).toEqual({ code: 3, stderr: '', left: true });
  expect(end.stdout.split(reason)).toHaveLength(2);
  expect(end.stdout).toMatch(/^error {2}0 passed, 0 failed, \d+ undecided; 0 cases /m);
  expect(end.stdout).not.toContain('\x1b');
});

test.each([
  { mode: 'middle', says: /the subject ended (\d+ times|.exit code 9.)/ },
  { mode: 'hangs', says: /no answer/ },
  { mode: 'floods', says: /404/ },
  { mode: 'garbage', says: /HTTP|parse/i },
  { mode: 'streams', says: /bytes|complete|large/ },
])('one that $mode: findings, in bounded memory', async ({ mode, says }) => {
  const end = await verify(mode);
  expect({ code: end.code, stderr: end.stderr, left: end.leftNothing }).toEqual({ code: 1, stderr: '', left: true });
  expect(end.stdout).toMatch(says);
  expect(end.stdout).toMatch(/^fail {2}\d+ passed, [1-9]\d* failed, /m);
  expect(end.stdout).not.toContain('\x1b');
  expect(end.peakKib).toBeGreaterThan(0);
  expect(end.peakKib).toBeLessThan(MEMORY_KIB);
});

test('a URL where nobody listens is undecided', async () => {
  const cwd = notesRepository({ 'copy.yaml': NOTES });
  const end = await startPlumb(['verify', 'copy.yaml', '--url', 'http://127.0.0.1:9', '--json'], { cwd }).finished;
  const report = JSON.parse(end.stdout) as { verdict: string; properties: { verdict: string }[] };
  expect({ code: end.code, verdict: report.verdict, stderr: end.stderr }).toEqual({
    code: 3,
    verdict: 'error',
    stderr: '',
  });
  expect(new Set(report.properties.map(({ verdict }) => verdict))).toEqual(new Set(['error']));
  expect(end.stdout).toContain('nothing answers at http://127.0.0.1:9');
});
