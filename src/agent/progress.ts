/** Tells a loop that goes nowhere from one that still gets better. */
import type { VerifyReport } from '../events/index.ts';

/** What a round came to. */
export interface RoundOutcome {
  /** Hash of the code tree that was verified. */
  tree: string;
  /** Ids of the properties that did not pass, sorted; null where nothing could be checked at all. */
  unsatisfied: string[] | null;
}

/** Rounds in a row without fewer unsatisfied properties after which the loop ends. */
const PATIENCE = 3;

/** The outcome of a round whose tree got this report. */
export function roundOutcome(tree: string, report: VerifyReport): RoundOutcome {
  const ids = report.properties.filter((property) => property.verdict !== 'pass').map((property) => property.id);
  return { tree, unsatisfied: report.properties.length === 0 ? null : ids.toSorted() };
}

/** Why going on is pointless, for a person to read; null while there is progress. Rounds in order, the last one last. */
export function stalled(rounds: RoundOutcome[]): string | null {
  const last = rounds.at(-1);
  const before = rounds.at(-2);
  if (last === undefined || before === undefined) return null;
  if (last.tree === before.tree && same(last.unsatisfied, before.unsatisfied)) {
    return 'two rounds in a row ended with the same code and the same failing properties';
  }
  if (rounds.length <= PATIENCE) return null;
  const best = Math.min(...rounds.slice(0, -PATIENCE).map(count));
  const recent = Math.min(...rounds.slice(-PATIENCE).map(count));
  return recent < best ? null : `${PATIENCE} rounds in a row without fewer failing properties`;
}

function count(round: RoundOutcome): number {
  return round.unsatisfied === null ? Number.MAX_SAFE_INTEGER : round.unsatisfied.length;
}

function same(left: string[] | null, right: string[] | null): boolean {
  if (left === null || right === null) return left === right;
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
