/**
 * How long a person waits: `plumb --version`, and the first readable frame of `plumb open` on a pty (tmux), beside
 * their limits. `node test/bench/start.ts [TIMES]`, on a built checkout.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

/** Milliseconds from Enter in a shell to the first whole frame, and to the frame that shows the spec's version. */
function frameMs(folder: string, attempt: number): { frame: number; spec: number } {
  const socket = `plumb-bench-${process.pid}-${attempt}`;
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  // Started once before, so that the terminal's own start is not counted.
  tmux('new-session', '-d', '-x', '120', '-y', '40', '-c', folder, 'sh');
  try {
    const command = `PATH=${dirname(process.execPath)}:$PATH node ${LAUNCHER} open vacation-balance`;
    const startedAt = performance.now();
    tmux('send-keys', command, 'Enter');
    let frame: number | null = null;
    for (;;) {
      const now = tmux('capture-pane', '-p');
      const ms = performance.now() - startedAt;
      if (/\? keys/.test(now)) frame ??= ms;
      if (frame !== null && /^ ?vacation-balance .*[0-9a-f]{12}/m.test(now)) return { frame, spec: ms };
      if (ms > 20_000) throw new Error(`no frame came:\n${now}`);
    }
  } finally {
    tmux('kill-server');
  }
}

const times = Array.from({ length: TIMES }, (_, at) => at);
versionMs();
reportMs('plumb --version', times.map(versionMs), LIMITS_MS.version);
if (spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status !== 0)
  console.log('first readable frame: not measured, tmux is missing');
else {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-bench-'));
  try {
    // The first start fills the compile cache.
    frameMs(folder, -1);
    const values = times.map((at) => frameMs(folder, at));
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
