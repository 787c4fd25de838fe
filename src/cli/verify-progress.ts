import { sanitize } from '../events/sanitize.ts';
import type { VerifyEvent } from '../verify/model.ts';
import type { Io } from './io.ts';

/** Progress on standard error while a person looks on: one line that is written over. */
export function progressOn(io: Io): (event: VerifyEvent) => void {
  if (!io.isTty) return () => {};
  let decided = 0;
  let total = 0;
  const show = (text: string): void => io.stderr(`\r\x1b[K${sanitize(text).slice(0, Math.max(10, io.columns - 1))}`);
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
