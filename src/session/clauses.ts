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
  /** The standing of the operation's own clause, without those below it; null where no operation has the group. */
  own: Standing | null;
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

/** The worst standing of the properties that belong to each clause, and to each operation as a whole. */
interface Standings {
  clauses: Map<string, Standing>;
  operations: Map<string, Standing>;
}

const standings = memoize((slice: VerificationSlice) =>
  memoize((pointers: Set<string>): Standings => {
    const clauses = new Map<string, Standing>();
    const operations = new Map<string, Standing>();
    for (const { state, standing } of propertyRows({ verification: slice })) {
      const { clause, operation } = state.property;
      const pointer = nearest(pointers, clause);
      if (pointer !== null) clauses.set(pointer, worse(clauses.get(pointer) ?? 'unchecked', standing));
      if (operation !== undefined) {
        operations.set(operation, worse(operations.get(operation) ?? 'unchecked', standing));
      }
    }
    return { clauses, operations };
  }),
);

const rowsOf = memoize((spec: SpecSlice) =>
  memoize((verification: VerificationSlice): ClauseGroup[] => {
    const { groups, pointers } = groupsOf(spec);
    const found = standings(verification)(pointers);
    return groups.map(({ id, title, own, clauses }) => {
      const whole = found.operations.get(own?.operation ?? id) ?? 'unchecked';
      const unlessFound = whole === 'pass' ? 'implied' : 'unchecked';
      const rows = clauses.map((clause) => ({
        clause,
        standing: found.clauses.get(clause.pointer) ?? unlessFound,
      }));
      const ownStanding = own === null ? null : (found.clauses.get(own.pointer) ?? unlessFound);
      const top = worse(ownStanding ?? 'unchecked', whole);
      const standing = rows.reduce<Standing>((worst, row) => worse(worst, row.standing), top);
      return { id, title, standing, own: ownStanding, clauses: rows };
    });
  }),
);

/** The spec's clauses by operation, in written order, each with its standing. */
export function clauseGroups(state: Pick<State, 'spec' | 'verification'>): ClauseGroup[] {
  return rowsOf(state.spec)(state.verification);
}

/** How many clauses stand where. A clause is decided by its properties; operations count by themselves. */
export function clauseCounts(
  state: Pick<State, 'spec' | 'verification'>,
): Record<Standing, number> & { total: number } {
  const counts = { pass: 0, fail: 0, error: 0, running: 0, stale: 0, implied: 0, unchecked: 0, total: 0 };
  for (const { own, clauses } of clauseGroups(state)) {
    for (const standing of [...(own === null ? [] : [own]), ...clauses.map((row) => row.standing)]) {
      counts[standing] += 1;
      counts.total += 1;
    }
  }
  return counts;
}

/** The clause itself, or the nearest one above the pointer; null where there is none. */
function nearest(pointers: Set<string>, pointer: string): string | null {
  let at = pointer;
  while (!pointers.has(at)) {
    const cut = at.lastIndexOf('/');
    if (cut < 0) return null;
    at = at.slice(0, cut);
  }
  return at;
}
