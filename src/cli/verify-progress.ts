import { sanitize } from '../events/sanitize.ts';
import type { VerifyEvent } from '../verify/model.ts';
import type { Io } from './io.ts';

/** Without a terminal, a log gets one line in so many ms. */
const LOG_EVERY_MS = 15_000;

/**
 * Progress on standard error: one line that is written over while a person looks on, else a line now and then, so that
 * a long run in CI does not look dead. `now` is monotonic, in ms.
 */
export function progressOn(io: Io, now: () => number = () => performance.now()): (event: VerifyEvent) => void {
  let decided = 0;
  let total = 0;
  let logged = now();
  const show = (text: string): void => {
    const line = sanitize(text).slice(0, Math.max(10, io.columns - 1));
    if (io.isTty) return io.stderr(`\r\x1b[K${line}`);
    if (now() - logged < LOG_EVERY_MS) return;
    logged = now();
    io.stderr(`plumb verify: ${line}\n`);
  };
  return (event) => {
    if (event.type === 'started') total = event.properties.length;
    if (event.type === 'decided') decided++;
    if (event.type === 'progress') {
      const left = event.leftMs === undefined ? '' : ` · ${timeLeft(event.leftMs)} left`;
      show(`${decided}/${total} properties · ${event.casesPerSecond} cases/s${left} · ${event.property}`);
    }
    if (event.type === 'mutants') show(mutantsLine(event));
  };
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

function mutantsLine({ done, total, survived, perSecond }: Extract<VerifyEvent, { type: 'mutants' }>): string {
  const leftSeconds = perSecond === 0 ? '?' : Math.ceil((total - done) / perSecond);
  return `${done}/${total} mutants · ${perSecond.toFixed(1)}/s · ${survived} survived · ${leftSeconds} s left`;
}
