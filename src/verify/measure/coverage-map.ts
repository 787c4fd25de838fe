/** The coverage of a spec clause by clause: what the shares of a report count, and what the map of a page shows. */
import type { ClauseCoverage, PropertyRef, Share } from '../../events/index.ts';
import type { Operation, Parameter, Spec } from '../../spec/model.ts';

export interface Tried {
  spec: Spec;
  /** True where a documented success of the operation was seen. */
  succeeded(operation: Operation): boolean;
  /** True where the documented answer was seen. */
  answered(operation: Operation, status: string): boolean;
  /** How many different values were sent: 0, 1, or 2 for more. */
  values(parameter: Parameter): number;
  /** The properties that break one keyword of a request each. */
  rejections: readonly PropertyRef[];
  /** True where the violation of a rejection property was sent. */
  violated(property: string): boolean;
  /** True where the rule of an invariant was applied. */
  applied(invariant: string): boolean;
  /** Of each operation the keywords that its answers could meet, and whether one did. */
  met: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
}

/** One entry for each operation, answer, parameter, keyword and invariant, operation by operation. */
export function coverageMapOf(tried: Tried): ClauseCoverage[] {
  const { spec } = tried;
  const rejections = Map.groupBy(tried.rejections, ({ operation }) => operation);
  const map = spec.operations.flatMap((operation) => ofOperation(tried, operation, rejections.get(operation.id) ?? []));
  const invariants = spec.invariants.map((invariant): ClauseCoverage => {
    const [only] = invariant.operations.length === 1 ? invariant.operations : [];
    return {
      clause: invariant.pointer,
      kind: 'invariant',
      ...(only === undefined ? {} : { operation: only }),
      title: invariant.id,
      state: tried.applied(`invariant ${invariant.id}`) ? 'full' : 'none',
    };
  });
  return [...map, ...invariants];
}

/** How many clauses of a kind were tried in full. */
export function shareOf(map: readonly ClauseCoverage[], kind: ClauseCoverage['kind']): Share {
  const all = map.filter((one) => one.kind === kind);
  return { covered: all.filter((one) => one.state === 'full').length, total: all.length };
}

function ofOperation(tried: Tried, operation: Operation, rejections: readonly PropertyRef[]): ClauseCoverage[] {
  const own = { operation: operation.id };
  const succeeded = tried.succeeded(operation);
  const keywords = new Map<string, ClauseCoverage>();
  for (const { id, clause } of rejections) {
    const violated = tried.violated(id);
    const state = violated && succeeded ? 'full' : violated || succeeded ? 'partial' : 'none';
    const title = id.slice(`rejection ${operation.id} `.length);
    keywords.set(clause, { clause, kind: 'keyword', ...own, title, state });
  }
  // A keyword that requests and answers share is tried where it was broken; an answer can only keep it.
  for (const [clause, met] of tried.met.get(operation.id) ?? [])
    if (!keywords.has(clause))
      keywords.set(clause, { clause, kind: 'keyword', ...own, title: titleOf(clause), state: met ? 'full' : 'none' });
  return [
    { clause: operation.pointer, kind: 'operation', ...own, title: operation.id, state: succeeded ? 'full' : 'none' },
    ...operation.responses.map(({ pointer, status }): ClauseCoverage => ({
      clause: pointer,
      kind: 'response',
      ...own,
      title: status,
      state: tried.answered(operation, status) ? 'full' : 'none',
    })),
    ...operation.parameters.map((parameter): ClauseCoverage => ({
      clause: parameter.pointer,
      kind: 'parameter',
      ...own,
      title: `${parameter.name} (${parameter.in})`,
      state: (['none', 'partial', 'full'] as const)[Math.min(2, tried.values(parameter))] ?? 'none',
    })),
    ...keywords.values(),
  ];
}

/** The last steps of a pointer, which say where in the answer: `items/properties/id/format`. */
function titleOf(clause: string): string {
  return `answer ${clause.split('/').slice(-3).join('/')}`;
}
