import type { Verdict } from '../events/index.ts';

/**
 * How a clause or property stands: its verdict, or why it has none. `implied` is a clause without a property of its own
 * whose operation's properties all hold: nothing broke it, which is less than a pass.
 */
export type Standing = Verdict | 'running' | 'stale' | 'implied' | 'unchecked';

/** Glyph of a standing; a word always stands beside it or in the column's title. */
export const GLYPH: Record<Standing, string> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  running: '◌',
  stale: '~',
  implied: '○',
  unchecked: '·',
};

/** The word for a standing. */
export const WORD: Record<Standing, string> = {
  pass: 'holds',
  fail: 'fails',
  error: 'undecided',
  running: 'running',
  stale: 'stale',
  implied: 'no breach',
  unchecked: 'unchecked',
};

const RANK: Standing[] = ['unchecked', 'implied', 'pass', 'stale', 'running', 'error', 'fail'];

/** The standing that matters more: a failure before an error before anything that holds. */
export function worse(a: Standing, b: Standing): Standing {
  return RANK.indexOf(a) >= RANK.indexOf(b) ? a : b;
}
