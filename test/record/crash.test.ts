/** kill -9 at any moment loses nothing that was acknowledged, and the next process goes on with a whole chain. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../src/record/sqlite-log.ts';

const ROUNDS = Number(process.env['PLUMB_CRASH_ROUNDS'] ?? 25);
const SESSION = 'crash00000';
const SCRIPT = join(import.meta.dirname, 'append-until-killed.ts');

test(
  `no acknowledged event is missing after ${ROUNDS} rounds of kill -9`,
  { timeout: 60_000 + ROUNDS * 3_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumb-crash-'));
    const file = join(folder, 'plumb.db');
    let state = 42;
    let acknowledged = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        state = (state * 1103515245 + 12345) % 2147483648;
        const printed = await appendThenKill(file, 1 + (state % 60));
        expect(printed.length).toBeGreaterThan(0);
        expect(printed[0]).toBeGreaterThan(acknowledged);
        acknowledged = printed.at(-1) ?? 0;
        const log = openLog(file, { now: Date.now, random: Math.random });
        expect(log.notices).toEqual([]);
        // Reading checks that there is no gap and that the chain holds.
        const seqs = log.read(SESSION).map((event) => event.seq);
        expect(seqs.length).toBeGreaterThanOrEqual(acknowledged);
        expect(seqs.at(-1)).toBe(seqs.length);
        acknowledged = seqs.length;
        // The killed process held the lease; it must not lock anybody out.
        expect(log.append(SESSION, { type: 'sessionResumed', fromSeq: acknowledged, reason: 'killed' }).seq).toBe(
          acknowledged + 1,
        );
        acknowledged += 1;
        log.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Starts the appender, kills it some milliseconds after its first word, and returns the whole lines that it printed. */
function appendThenKill(file: string, afterMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, file, SESSION], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    let armed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (armed) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    child.on('error', reject);
    child.on('close', () =>
      resolve(
        text
          .slice(0, text.lastIndexOf('\n') + 1)
          .split('\n')
          .filter(Boolean)
          .map(Number),
      ),
    );
  });
}
