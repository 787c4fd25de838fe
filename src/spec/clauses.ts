/** The clauses of a spec in document order: what properties, coverage, counterexamples and diff hunks refer to. */
import type { ClauseSummary } from '../events/index.ts';
import type { Invariant, Objective, Operation, ResponseSpec } from './model.ts';

/** Clauses of the operations, each followed by its own; then the invariants of root and schemas. */
export function clausesOf(operations: Operation[], invariants: Invariant[]): ClauseSummary[] {
  const shown = new Set<Invariant>();
  const clauses = operations.flatMap((operation) => {
    const mine = operation.invariants.filter(
      (invariant) => invariant.scope === 'operation' && invariant.pointer.startsWith(`${operation.pointer}/`),
    );
    for (const invariant of mine) shown.add(invariant);
    return operationClauses(operation, mine);
  });
  const rest = invariants.filter((invariant) => !shown.has(invariant));
  return [...clauses, ...rest.map((invariant) => invariantClause(invariant))];
}

function operationClauses(operation: Operation, invariants: Invariant[]): ClauseSummary[] {
  const id = { operation: operation.id };
  return [
    {
      pointer: operation.pointer,
      kind: 'operation',
      title: operation.id,
      ...id,
      route: `${operation.method.toUpperCase()} ${operation.path}`,
    },
    ...operation.parameters.map(({ pointer, name, in: place }): ClauseSummary => ({
      pointer,
      kind: 'parameter',
      title: `${name} (${place})`,
      ...id,
    })),
    ...(operation.requestBody === undefined
      ? []
      : [
          { pointer: operation.requestBody.pointer, kind: 'requestBody', title: 'body', ...id } satisfies ClauseSummary,
        ]),
    ...operation.responses.map(({ pointer, status, description }): ClauseSummary => ({
      pointer,
      kind: 'response',
      title: `${status} ${firstSentence(description)}`.trim(),
      ...id,
    })),
    ...invariants.map((invariant) => ({ ...invariantClause(invariant), ...id })),
    ...(operation.objective === undefined ? [] : [{ ...objectiveClause(operation.objective), ...id }]),
  ];
}

/** The clause on what the contract does not document, where there is one. */
export function undocumentedClauses(undocumented: ResponseSpec | undefined): ClauseSummary[] {
  if (undocumented === undefined) return [];
  return [{ pointer: undocumented.pointer, kind: 'response', title: '404 or 405 for anything that is not documented' }];
}

/** The clause of an invariant. */
export function invariantClause({ pointer, id, operations }: Invariant): ClauseSummary {
  const [only] = operations.length === 1 ? operations : [];
  return { pointer, kind: 'invariant', title: id, ...(only === undefined ? {} : { operation: only }) };
}

/** The clause of an objective. */
export function objectiveClause({ pointer, p99Ms, ratePerSecond }: Objective): ClauseSummary {
  const rate = ratePerSecond === null ? '' : ` at ${ratePerSecond}/s`;
  return { pointer, kind: 'objective', title: `p99 ${p99Ms} ms${rate}` };
}

/** The first sentence of a description's first line. */
export function firstSentence(text: string): string {
  const line = text.split('\n')[0] ?? '';
  const end = line.search(/\.(\s|$)/);
  return (end < 0 ? line : line.slice(0, end)).trim();
}
