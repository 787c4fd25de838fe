import type { ClauseSummary, Event, EventOf } from '../events/index.ts';

export type SpecFinding = EventOf<'specLoaded'>['findings'][number];

/** The spec as it was loaded last. */
export interface SpecSlice {
  clauses: ClauseSummary[];
  findings: SpecFinding[];
}

export const initialSpec: SpecSlice = { clauses: [], findings: [] };

/** Folds the loaded spec. */
export function reduceSpec(spec: SpecSlice, event: Event): SpecSlice {
  return event.type === 'specLoaded' ? { clauses: event.clauses, findings: event.findings } : spec;
}
