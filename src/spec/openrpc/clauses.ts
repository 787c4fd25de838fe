/** The clauses of an OpenRPC contract, in document order. A method is an operation to all who show clauses. */
import type { ClauseSummary } from '../../events/index.ts';
import { firstSentence, invariantClause, objectiveClause } from '../clauses.ts';
import type { Invariant, Method } from '../model.ts';

/** Clauses of the methods, each followed by its own; then the invariants of root and schemas. */
export function methodClauses(methods: Method[], invariants: Invariant[]): ClauseSummary[] {
  const shown = new Set<Invariant>();
  const clauses = methods.flatMap((method) => {
    const mine = method.invariants.filter(
      ({ scope, pointer }) => scope === 'method' && pointer.startsWith(`${method.pointer}/`),
    );
    for (const invariant of mine) shown.add(invariant);
    return clausesOf(method, mine);
  });
  return [...clauses, ...invariants.filter((one) => !shown.has(one)).map((one) => invariantClause(one))];
}

/** `transfer(from, to, cents?)`. */
export function signatureOf({ name, parameters }: Method): string {
  return `${name}(${parameters.map((one) => `${one.name}${one.required ? '' : '?'}`).join(', ')})`;
}

function clausesOf(method: Method, invariants: Invariant[]): ClauseSummary[] {
  const id = { operation: method.name };
  return [
    { pointer: method.pointer, kind: 'operation', title: method.name, ...id, route: signatureOf(method) },
    ...method.parameters.map(({ pointer, name }): ClauseSummary => ({
      pointer,
      kind: 'parameter',
      title: name,
      ...id,
    })),
    ...(method.result === undefined
      ? []
      : [{ pointer: method.result.pointer, kind: 'response' as const, title: 'result', ...id }]),
    ...method.errors.map(({ pointer, code, message }): ClauseSummary => ({
      pointer,
      kind: 'response',
      title: `${code} ${firstSentence(message)}`.trim(),
      ...id,
    })),
    ...invariants.map((invariant) => ({ ...invariantClause(invariant), ...id })),
    ...(method.objective === undefined ? [] : [{ ...objectiveClause(method.objective), ...id }]),
  ];
}
