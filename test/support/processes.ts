import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Process ids, zombies left out, whose command line or environment holds the marker. Linux only. */
export function processesWith(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${name}/status`, 'utf8'))) return false;
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return command.includes(marker) || readFileSync(`/proc/${name}/environ`, 'utf8').includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until the condition holds; false after five seconds. */
export async function eventually(condition: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 250; attempt++) {
    if (condition()) return true;
    await sleep(20);
  }
  return condition();
}

/** SIGKILL, if there is still somebody to receive it. */
export function endIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
