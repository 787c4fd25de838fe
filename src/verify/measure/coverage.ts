/** What of the spec was tried: operations, responses, parameters, request-side keywords, invariants. */
import type { Coverage, Share } from '../../events/index.ts';
import type { Parameter, Spec } from '../../spec/model.ts';
import { documented } from '../checks/conformance.ts';
import type { Sent } from '../wire/execute.ts';
import { placeOf } from '../wire/serialise.ts';

export interface CoverageRecorder {
  see(sent: Sent): void;
  /** A keyword's violation was sent. */
  violated(property: string): void;
  /** A rule was applied. */
  applied(invariant: string): void;
  summary(keywords: readonly string[], invariants: readonly string[]): Coverage;
  /** Answers of valid calls, by operation and status. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Collects coverage over a run. */
export function createCoverageRecorder(spec: Spec): CoverageRecorder {
  const operations = new Set<string>();
  const responses = new Set<string>();
  const parameters = new Map<Parameter, Set<string>>();
  const known = new Map<string, Set<number>>();
  const keywords = new Set<string>();
  const invariants = new Set<string>();
  const answers = new Map<string, Map<number, number>>();
  return {
    answers,
    see(sent) {
      const { operation, answer } = sent;
      if (answer.kind === 'fault') return;
      const seen = known.get(operation.id) ?? new Set<number>();
      if (!seen.has(answer.status)) {
        known.set(operation.id, seen.add(answer.status));
        const response = documented(operation, answer.status);
        if (response !== undefined) responses.add(`${operation.id} ${response.status}`);
        if (response !== undefined && answer.status < 400) operations.add(operation.id);
      }
      if (sent.valid) {
        let statuses = answers.get(operation.id);
        if (statuses === undefined) answers.set(operation.id, (statuses = new Map()));
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }
      for (const parameter of operation.parameters) {
        const values = parameters.get(parameter) ?? new Set<string>();
        if (values.size > 1) continue;
        const value = sent.input[placeOf(parameter)][parameter.name];
        parameters.set(parameter, values.add(value === undefined ? '' : JSON.stringify(value)));
      }
    },
    violated: (property) => void keywords.add(property),
    applied: (invariant) => void invariants.add(invariant),
    summary(allKeywords, allInvariants) {
      const count = (total: number, covered: number): Share => ({ covered, total });
      const every = spec.operations.flatMap((one) => one.parameters);
      return {
        operations: count(spec.operations.length, operations.size),
        responses: count(
          spec.operations.reduce((sum, one) => sum + one.responses.length, 0),
          responses.size,
        ),
        parameters: count(every.length, every.filter((one) => (parameters.get(one)?.size ?? 0) > 1).length),
        keywords: count(allKeywords.length, allKeywords.filter((key) => keywords.has(key)).length),
        invariants: count(allInvariants.length, allInvariants.filter((key) => invariants.has(key)).length),
      };
    },
  };
}
