/** Runs the script of a counterexample. */
import { spawn } from 'node:child_process';

/** Its exit status: 1 where the failure shows, 0 where it does not. */
export function scriptStatus(script: string, env: Record<string, string>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script], { env: { ...process.env, ...env }, stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
