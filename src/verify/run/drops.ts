/**
 * Connections that broke: what comes and goes by chance must not pass because it stayed away when it was tried again.
 * Of one property here, added up over a run by {@link unexplained}.
 */
import type { PropertyResult } from '../../events/index.ts';

export interface Drops {
  /** Requests that were answered, and those of them whose connection had been closed under them first. */
  answered: number;
  retried: number;
  /** How connections broke in cases that were then run again with the subject for themselves. */
  faults: string[];
}

/** Adds what another property, or an earlier try, saw. */
export function addDrops(sum: Drops, { answered, retried, faults }: Drops): void {
  sum.answered += answered;
  sum.retried += retried;
  sum.faults.push(...faults);
}

/** A connection may be closed at any time (RFC 9112 §9.3.1), but a service that does so all the time does not serve. */
const MOST_RETRIED = 0.02;
const FEWEST_RETRIED = 3;

/** Why a run without a failure decides nothing, where connections broke and no finding says so. */
export function unexplained(drops: Drops, restarts: number, results: readonly PropertyResult[]): string | undefined {
  if (results.some(showsBreak)) return undefined;
  const { answered, retried, faults } = drops;
  const advice = 'what comes and goes by chance is not decided; look into the log of the service';
  if (restarts > 0) return `the subject ended ${times(restarts)}, and no single case ends it again: ${advice}`;
  const [first] = faults;
  if (first !== undefined)
    return `${faults.length === 1 ? 'a case' : `${faults.length} cases`} lost the connection (${first}), and did not when run again alone: ${advice}`;
  if (retried >= FEWEST_RETRIED && retried >= answered * MOST_RETRIED)
    return `the service closed the connection of ${retried} of ${answered} requests without an answer: ${advice}`;
  return undefined;
}

function showsBreak({ verdict, counterexample }: PropertyResult): boolean {
  return verdict === 'fail' && counterexample?.exchanges.some(({ fault }) => fault !== undefined) === true;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
