import type { ClauseSummary } from '../events/index.ts';
import { type Standing, worse } from './marks.ts';
import { memoize } from './memoize.ts';
import { propertyRows } from './properties.ts';
import type { State } from './state.ts';
import type { SpecSlice } from './spec-slice.ts';
import type { VerificationSlice } from './verification-slice.ts';

/** A clause with the worst standing of the properties that were derived from it or from below it. */
export interface ClauseRow {
  clause: ClauseSummary;
  standing: Standing;
}

/** An operation with its clauses, or a group of clauses that belong to no operation. */
export interface ClauseGroup {
  /** Stable; the operation's id, or the group's name. */
  id: string;
  /** `GET /x`, `invariants`. */
  title: string;
  standing: Standing;
  clauses: ClauseRow[];
}

interface Grouped {
  groups: { id: string; title: string; own: ClauseSummary | null; clauses: ClauseSummary[] }[];
  pointers: Set<string>;
}

const ROOT_GROUPS: Partial<Record<ClauseSummary['kind'], string>> = {
  invariant: 'invariants',
  objective: 'objectives',
  schema: 'schemas',
};

const groupsOf = memoize((spec: SpecSlice): Grouped => {
  const groups = new Map<string, Grouped['groups'][number]>();
  const group = (id: string, title: string): Grouped['groups'][number] => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const fresh = { id, title, own: null, clauses: [] };
    groups.set(id, fresh);
    return fresh;
  };
  for (const clause of spec.clauses) {
    if (clause.kind === 'operation') {
      const own = group(clause.operation ?? clause.pointer, clause.title);
      own.own = clause;
      own.title = clause.route ?? clause.title;
    } else if (clause.operation === undefined) {
      const name = ROOT_GROUPS[clause.kind] ?? 'other';
      group(`#${name}`, name).clauses.push(clause);
    } else {
      group(clause.operation, clause.operation).clauses.push(clause);
    }
  }
  return { groups: [...groups.values()], pointers: new Set(spec.clauses.map(({ pointer }) => pointer)) };
});

const standings = memoize((slice: VerificationSlice) =>
  memoize((pointers: Set<string>): Map<string, Standing> => {
    const found = new Map<string, Standing>();
    for (const { state, standing } of propertyRows({ verification: slice })) {
      const pointer = nearest(pointers, state.property.clause);
      found.set(pointer, worse(found.get(pointer) ?? 'unchecked', standing));
    }
    return found;
  }),
);

const rowsOf = memoize((spec: SpecSlice) =>
  memoize((verification: VerificationSlice): ClauseGroup[] => {
    const { groups, pointers } = groupsOf(spec);
    const found = standings(verification)(pointers);
    return groups.map(({ id, title, own, clauses }) => {
      const rows = clauses.map((clause) => ({ clause, standing: found.get(clause.pointer) ?? 'unchecked' }));
      const ownStanding = own === null ? 'unchecked' : (found.get(own.pointer) ?? 'unchecked');
      const standing = rows.reduce<Standing>((worst, row) => worse(worst, row.standing), ownStanding);
      return { id, title, standing, clauses: rows };
    });
  }),
);

/** The spec's clauses by operation, in written order, each with its standing. */
export function clauseGroups(state: Pick<State, 'spec' | 'verification'>): ClauseGroup[] {
  return rowsOf(state.spec)(state.verification);
}

/** The clauses as one flat list. */
export function clauseRows(state: Pick<State, 'spec' | 'verification'>): ClauseRow[] {
  return clauseGroups(state).flatMap(({ clauses }) => clauses);
}

/** How many clauses stand where. A clause is decided by its properties; operations count by themselves. */
export function clauseCounts(
  state: Pick<State, 'spec' | 'verification'>,
): Record<Standing, number> & { total: number } {
  const counts = { pass: 0, fail: 0, error: 0, running: 0, stale: 0, unchecked: 0, total: 0 };
  for (const { standing } of clauseRows(state)) {
    counts[standing] += 1;
    counts.total += 1;
  }
  return counts;
}

/** The clause itself, or the nearest one above the pointer; the pointer where there is none. */
function nearest(pointers: Set<string>, pointer: string): string {
  let at = pointer;
  while (!pointers.has(at)) {
    const cut = at.lastIndexOf('/');
    if (cut < 0) return pointer;
    at = at.slice(0, cut);
  }
  return at;
}
