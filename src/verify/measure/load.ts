/**
 * Open-loop load: calls go out at a fixed rate, whether the earlier ones have been answered or not, and each is timed
 * from the moment at which it should have gone out. A service that stalls delays all calls of that time, and shows it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What became of one call. */
export type Called =
  | { kind: 'answered' }
  /** It says nothing of the latency of success. */
  | { kind: 'refused' }
  /** No answer in its time, or a broken connection. */
  | { kind: 'lost'; reason: string };

export interface Timed {
  called: Called;
  /** From the moment at which it should have gone out. */
  ms: number;
  /** From the moment at which it did go out. */
  sentMs: number;
}

export interface Load {
  /** In the order of the calls; shorter where the run had to end. */
  timed: Timed[];
  /** How late we were ourselves, 99th percentile, in ms: with sending, and with anything else. */
  lateMs: number;
  lagMs: number;
}

/** The run may have to end while the next call is far away. */
const LOOK_EVERY_MS = 100;
/** Timers fire up to so late; the rest of the way is waited for turn by turn, where it matters. */
const TIMER_MS = 2;
const RESOLUTION_MS = 5;

export interface LoadOptions {
  calls: readonly (() => Promise<Called | undefined>)[];
  ratePerSecond: number;
  /** Whether a millisecond matters; meeting it takes time from the processor. */
  precise: boolean;
  stop: () => string | undefined;
}

/** Makes the calls; those that answer undefined were not made after all. */
export async function runLoad({ calls, ratePerSecond, precise, stop }: LoadOptions): Promise<Load> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const lates: number[] = [];
  const pending: Promise<Timed | undefined>[] = [];
  const startedAt = performance.now() + TIMER_MS;
  delay.enable();
  for (const [index, call] of calls.entries()) {
    const intendedAt = startedAt + (index * 1000) / ratePerSecond;
    await until(intendedAt, precise, stop);
    if (stop() !== undefined) break;
    const sentAt = performance.now();
    lates.push(Math.max(0, sentAt - intendedAt));
    pending.push(
      call().then((called) => {
        const now = performance.now();
        return called === undefined ? undefined : { called, ms: now - intendedAt, sentMs: now - sentAt };
      }),
    );
  }
  const timed = (await Promise.all(pending)).filter((one) => one !== undefined);
  delay.disable();
  lates.sort((a, b) => a - b);
  return {
    timed,
    lateMs: lates[Math.ceil(lates.length * 0.99) - 1] ?? 0,
    lagMs: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS),
  };
}

async function until(time: number, precise: boolean, stop: () => string | undefined): Promise<void> {
  const spare = precise ? TIMER_MS : 0;
  for (let wait = time - performance.now(); wait > spare; wait = time - performance.now()) {
    if (stop() !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, wait - spare)));
  }
  if (!precise) return;
  while (performance.now() < time) await new Promise((resolve) => setImmediate(resolve));
}
