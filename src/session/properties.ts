import { items } from './chunked.ts';
import type { Standing } from './marks.ts';
import { memoize } from './memoize.ts';
import type { State } from './state.ts';
import type { PropertyState, VerificationSlice } from './verification-slice.ts';

/** Where a property stands now. */
export function standingOf(row: PropertyState, running: boolean): Standing {
  if (row.stale && running) return 'running';
  if (row.verdict === null) return running ? 'running' : 'unchecked';
  return row.stale ? 'stale' : row.verdict;
}

export interface PropertyRow {
  state: PropertyState;
  standing: Standing;
}

const ORDER: Standing[] = ['fail', 'error', 'running', 'stale', 'unchecked', 'pass'];

const rowsOf = memoize((slice: VerificationSlice): PropertyRow[] => {
  const rows = [...items(slice.properties)].map((state) => ({
    state,
    standing: standingOf(state, slice.running !== null),
  }));
  return ORDER.flatMap((standing) => rows.filter((row) => row.standing === standing));
});

/** Every property, what needs attention first; within one standing in the engine's order. */
export function propertyRows(state: Pick<State, 'verification'>): PropertyRow[] {
  return rowsOf(state.verification);
}

const countsOf = memoize((slice: VerificationSlice): Record<Standing, number> => {
  const counts = { pass: 0, fail: 0, error: 0, running: 0, stale: 0, implied: 0, unchecked: 0 };
  for (const row of rowsOf(slice)) counts[row.standing] += 1;
  return counts;
});

/** How many properties stand where. */
export function propertyCounts(state: Pick<State, 'verification'>): Record<Standing, number> {
  return countsOf(state.verification);
}

/** The slowest operation of the last verification by p99; null before one measured. */
export function slowestOperation(
  state: State,
): { operation: string; p99Ms: number; objectiveMs: number | null } | null {
  const rows = Object.entries(state.verification.last?.latency ?? {}).filter(([, latency]) => latency.samples > 0);
  const slowest = rows.reduce<(typeof rows)[number] | null>(
    (worst, row) => (worst === null || row[1].p99Ms > worst[1].p99Ms ? row : worst),
    null,
  );
  return slowest === null
    ? null
    : { operation: slowest[0], p99Ms: slowest[1].p99Ms, objectiveMs: slowest[1].objectiveMs ?? null };
}

/** Share of the spec's pieces that the last verification reached, 0 to 1; null before one finished or with none. */
export function coverageShare(state: State): number | null {
  const coverage = state.verification.last?.coverage;
  if (coverage === undefined) return null;
  const { codeLines: _lines, codeFunctions: _functions, ...ofSpec } = coverage;
  const shares = Object.values(ofSpec);
  const total = shares.reduce((sum, share) => sum + share.total, 0);
  return total === 0 ? null : shares.reduce((sum, share) => sum + share.covered, 0) / total;
}
