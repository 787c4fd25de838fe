import { once } from 'node:events';

/** Waits until standard output takes more, or the command is to end. */
export async function drained(signal: AbortSignal): Promise<void> {
  try {
    await once(process.stdout, 'drain', { signal });
  } catch {
    // The reader went away or we are to end; both are seen through the signal.
  }
}
