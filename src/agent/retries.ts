/** When a failed request is tried again: a growing pause, what the server asks for, and an allowance that never refills. */
import type { Event } from '../events/index.ts';

/** Attempts of one request, the first included. */
export const MOST_ATTEMPTS = 6;
/** Retries of a session; an outage must not be paid for all night. */
export const MOST_RETRIES_OF_SESSION = 40;
/** The longest pause that a server may ask for; one that asks for more is not asked again. */
export const LONGEST_PAUSE_MS = 300_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_OWN_PAUSE_MS = 8_000;

/** The pause after a failed attempt, in ms; a quarter of it is random, so that clients do not come back together. */
export function pauseAfter(attempt: number, askedMs: number | null, random: () => number): number {
  if (askedMs !== null && askedMs > 0) return Math.ceil(askedMs);
  const full = Math.min(LONGEST_OWN_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.round(full * (1 - random() / 4));
}

/** Retries that a session has had. */
export function retriesOf(events: readonly Event[]): number {
  return events.filter((event) => event.type === 'providerFailed' && event.retryInMs !== null).length;
}

/** Waits, or until the signal is aborted; true when the whole time passed. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
