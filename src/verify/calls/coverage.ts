/** What of an OpenRPC contract was tried: methods, results and errors, parameters, keywords, invariants. */
import type { ClauseCoverage, Coverage, PropertyRef } from '../../events/index.ts';
import type { Method, Spec } from '../../spec/model.ts';
import { shareOf } from '../measure/coverage-map.ts';
import { declaredError } from './engine.ts';
import type { Made } from './scenario.ts';

export interface CallCoverage {
  see(made: Made): void;
  /** A keyword's violation was sent. */
  violated(property: string): void;
  /** A rule was applied. */
  applied(property: string): void;
  /** `rejections` are the properties that break one keyword each. */
  summary(rejections: readonly PropertyRef[]): { coverage: Coverage; map: ClauseCoverage[] };
}

/** Collects coverage over a run. */
export function createCallCoverage(spec: Spec): CallCoverage {
  const results = new Set<string>();
  const errors = new Set<string>();
  const values = new Map<string, Set<string>>();
  const violated = new Set<string>();
  const applied = new Set<string>();

  const ofMethod = (method: Method, rejections: readonly PropertyRef[]): ClauseCoverage[] => {
    const own = { operation: method.name };
    const full = (is: boolean): ClauseCoverage['state'] => (is ? 'full' : 'none');
    const returned = results.has(method.name);
    return [
      { clause: method.pointer, kind: 'operation', ...own, title: method.name, state: full(returned) },
      ...(method.result === undefined
        ? []
        : [
            {
              clause: method.result.pointer,
              kind: 'response' as const,
              ...own,
              title: 'result',
              state: full(returned),
            },
          ]),
      ...method.errors.map(({ pointer, code, message }): ClauseCoverage => ({
        clause: pointer,
        kind: 'response',
        ...own,
        title: `${code} ${message}`.trim(),
        state: full(errors.has(pointer)),
      })),
      ...method.parameters.map(({ pointer, name }): ClauseCoverage => ({
        clause: pointer,
        kind: 'parameter',
        ...own,
        title: name,
        state: (['none', 'partial', 'full'] as const)[values.get(pointer)?.size ?? 0] ?? 'full',
      })),
      ...rejections
        .filter(({ operation }) => operation === method.name)
        .map(({ id, clause }): ClauseCoverage => ({
          clause,
          kind: 'keyword',
          ...own,
          title: id.slice(`rejection ${method.name} `.length),
          state: violated.has(id) && returned ? 'full' : violated.has(id) || returned ? 'partial' : 'none',
        })),
    ];
  };

  return {
    see({ method, params, outcome, valid }) {
      if (outcome.kind === 'result' && valid) results.add(method.name);
      const declared = outcome.kind === 'error' ? declaredError(method, outcome) : undefined;
      if (declared !== undefined) errors.add(declared.pointer);
      if (!valid) return;
      for (const { name, pointer } of method.parameters) {
        const seen = values.get(pointer) ?? new Set<string>();
        if (seen.size > 1) continue;
        const value = params[name];
        values.set(pointer, seen.add(value === undefined ? '' : JSON.stringify(value)));
      }
    },
    violated: (property) => void violated.add(property),
    applied: (property) => void applied.add(property),
    summary(rejections) {
      const map = [
        ...spec.methods.filter(({ result }) => result !== undefined).flatMap((method) => ofMethod(method, rejections)),
        ...spec.invariants.map(({ id, pointer, operations }): ClauseCoverage => {
          const [only] = operations.length === 1 ? operations : [];
          const state = applied.has(`invariant ${id}`) ? 'full' : 'none';
          return {
            clause: pointer,
            kind: 'invariant',
            ...(only === undefined ? {} : { operation: only }),
            title: id,
            state,
          };
        }),
      ];
      const coverage = {
        operations: shareOf(map, 'operation'),
        responses: shareOf(map, 'response'),
        parameters: shareOf(map, 'parameter'),
        keywords: shareOf(map, 'keyword'),
        invariants: shareOf(map, 'invariant'),
      };
      return { coverage, map };
    },
  };
}
