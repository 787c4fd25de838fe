/**
 * How long a person waits: `plumb --version`, and the first readable frame of `plumb open` on a pty, beside
 * their limits. `node test/bench/start.ts [TIMES]`, on a built checkout.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { report } from './figure.ts';

const TIMES = Number(process.argv[2] ?? 10);
const LIMITS_MS = { version: 100, frame: 400, spec: 1500 };
const LAUNCHER = resolve(import.meta.dirname, '../../bin/plumb.js');

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function reportMs(what: string, values: readonly number[], limitMs: number): void {
  const range = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
  const figure = `${what}, median of ${values.length} (${range})`;
  report({ figure, value: median(values), unit: 'ms', limit: { atMost: limitMs } });
}

function versionMs(): number {
  const startedAt = performance.now();
  execFileSync(process.execPath, [LAUNCHER, '--version'], { stdio: 'ignore' });
  return performance.now() - startedAt;
}

/** Milliseconds from the start of the process to the first whole frame, and to the frame that shows the spec's version. */
async function frameMs(folder: string): Promise<{ frame: number; spec: number }> {
  const command = `stty cols 120 rows 40; exec ${process.execPath} ${LAUNCHER} open vacation-balance`;
  const startedAt = performance.now();
  const child = spawn('script', ['-qfc', command, '/dev/null'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    let frame: number | null = null;
    let text = '';
    for await (const chunk of child.stdout) {
      text += stripVTControlCharacters(String(chunk));
      const ms = performance.now() - startedAt;
      if (text.includes('? keys')) frame ??= ms;
      if (frame !== null && /vacation-balance[^\n]{0,40}[0-9a-f]{12}/.test(text)) return { frame, spec: ms };
    }
    throw new Error(`no frame came:\n${text}`);
  } finally {
    child.kill('SIGKILL');
  }
}

const times = Array.from({ length: TIMES }, (_, at) => at);
versionMs();
reportMs('plumb --version', times.map(versionMs), LIMITS_MS.version);
if (spawnSync('script', ['--version'], { stdio: 'ignore' }).status !== 0)
  console.log('first readable frame: not measured, the program script (util-linux) is missing');
else {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-'));
  try {
    // The first start fills the compile cache.
    await frameMs(folder);
    const values: { frame: number; spec: number }[] = [];
    for (const _ of times) values.push(await frameMs(folder));
    reportMs(
      'first readable frame',
      values.map(({ frame }) => frame),
      LIMITS_MS.frame,
    );
    reportMs(
      'the spec on the screen',
      values.map(({ spec }) => spec),
      LIMITS_MS.spec,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
