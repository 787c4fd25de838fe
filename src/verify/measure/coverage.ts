/** What of the spec was tried: operations, responses, parameters, keywords, invariants. */
import type { ClauseCoverage, Coverage, PropertyRef, Share } from '../../events/index.ts';
import type { Operation, Parameter, Spec } from '../../spec/model.ts';
import { linkName } from '../state/link-name.ts';
import { documented } from '../checks/conformance.ts';
import type { Schemas } from '../schema-port.ts';
import type { Sent } from '../wire/execute.ts';
import { placeOf } from '../wire/serialise.ts';
import { createAnswerKeywords } from './answer-keywords.ts';
import { createMediaTried } from './media-tried.ts';
import { coverageMapOf, shareOf } from './coverage-map.ts';

export interface CoverageRecorder {
  see(sent: Sent): void;
  /** A keyword's violation was sent. */
  violated(property: string): void;
  /** A rule was applied. */
  applied(invariant: string): void;
  /** `rejections` are the properties that break one keyword each. */
  summary(rejections: readonly PropertyRef[]): Summary;
  /** What was tried, to be added to another recorder of the same spec. */
  facts(): CoverageFacts;
  add(facts: CoverageFacts): void;
}

export interface Summary {
  coverage: Coverage;
  map: ClauseCoverage[];
  /** What the shares leave out, as warnings. */
  cut?: string[];
}

/** Plain data. */
export interface CoverageFacts {
  operations: string[];
  responses: string[];
  /** By operation and parameter: up to two different values, as JSON. */
  parameters: [key: string, values: string[]][];
  keywords: string[];
  invariants: string[];
  mediaTypes: string[];
  /** By operation id, the clauses of keywords that an answer met. */
  met: [operation: string, clauses: string[]][];
}

/** Collects coverage over a run. */
export function createCoverageRecorder(spec: Spec, schemas: Schemas): CoverageRecorder {
  const answerKeywords = createAnswerKeywords(spec, schemas);
  const operations = new Set<string>();
  const responses = new Set<string>();
  const parameters = new Map<Parameter, Set<string>>();
  const known = new Map<string, Set<number>>();
  const keywords = new Set<string>();
  const invariants = new Set<string>();
  const media = createMediaTried(spec);
  return {
    see(sent) {
      const { operation, answer } = sent;
      if (answer.kind === 'fault') return;
      media.see(sent);
      if (answer.json !== undefined) answerKeywords.see(operation, answer.status, answer.headers, answer.json);
      const seen = known.get(operation.id) ?? new Set<number>();
      if (!seen.has(answer.status)) {
        known.set(operation.id, seen.add(answer.status));
        const response = documented(operation, answer.status);
        if (response !== undefined) responses.add(`${operation.id} ${response.status}`);
        if (response !== undefined && answer.status < 400) operations.add(operation.id);
      }
      for (const parameter of operation.parameters) {
        const values = parameters.get(parameter) ?? new Set<string>();
        if (values.size > 1) continue;
        const value = sent.input[placeOf(parameter)][parameter.name];
        parameters.set(parameter, values.add(value === undefined ? '' : JSON.stringify(value)));
      }
    },
    facts: () => ({
      operations: [...operations],
      responses: [...responses],
      parameters: spec.operations.flatMap((operation) =>
        operation.parameters.map((one): [string, string[]] => [
          keyOf(operation, one),
          [...(parameters.get(one) ?? [])],
        ]),
      ),
      keywords: [...keywords],
      invariants: [...invariants],
      mediaTypes: [...media.tried],
      met: [...answerKeywords.met()].map(([operation, clauses]) => [
        operation,
        [...clauses].flatMap(([clause, isMet]) => (isMet ? [clause] : [])),
      ]),
    }),
    add(facts) {
      for (const one of facts.operations) operations.add(one);
      for (const one of facts.responses) responses.add(one);
      const values = new Map(facts.parameters);
      for (const operation of spec.operations)
        for (const one of operation.parameters)
          parameters.set(one, new Set([...(parameters.get(one) ?? []), ...(values.get(keyOf(operation, one)) ?? [])]));
      for (const one of facts.keywords) keywords.add(one);
      for (const one of facts.invariants) invariants.add(one);
      for (const one of facts.mediaTypes) media.tried.add(one);
      const met = answerKeywords.met();
      for (const [operation, clauses] of facts.met) for (const one of clauses) met.get(operation)?.set(one, true);
    },
    violated: (property) => void keywords.add(property),
    applied: (invariant) => void invariants.add(invariant),
    summary(rejections) {
      const map = coverageMapOf({
        spec,
        succeeded: (operation) => operations.has(operation.id),
        answered: (operation, status) => responses.has(`${operation.id} ${status}`),
        values: (parameter) => parameters.get(parameter)?.size ?? 0,
        rejections,
        violated: (property) => keywords.has(property),
        applied: (invariant) => invariants.has(invariant),
        met: answerKeywords.met(),
      });
      const coverage = {
        operations: shareOf(map, 'operation'),
        responses: shareOf(map, 'response'),
        parameters: shareOf(map, 'parameter'),
        keywords: shareOf(map, 'keyword'),
        invariants: shareOf(map, 'invariant'),
        ...media.share(),
        ...linksTried(spec, invariants),
        ...workflowsTried(spec, invariants),
      };
      return { coverage, map, cut: cutText(answerKeywords.cut(), spec) };
    },
  };
}

const MOST_NAMED = 3;

/** What the share of keywords leaves out. */
function cutText(operations: readonly string[], spec: Spec): string[] {
  if (operations.length === 0) return [];
  const rest = operations.length > MOST_NAMED ? ` and ${operations.length - MOST_NAMED} more` : '';
  return [
    `the coverage of keywords counts only the first, outermost keywords of the answers of ${operations.length} of ${spec.operations.length} operations, as there are too many: ${operations.slice(0, MOST_NAMED).join(', ')}${rest}`,
  ];
}

/** Links that were followed, of all that the contract documents; nothing where it documents none. */
function linksTried(spec: Spec, applied: ReadonlySet<string>): { links?: Share } {
  const names = spec.operations.flatMap((operation) =>
    operation.responses.flatMap((response) => response.links.map((link) => linkName(operation, response, link))),
  );
  if (names.length === 0) return {};
  return { links: { covered: names.filter((name) => applied.has(`stateful ${name}`)).length, total: names.length } };
}

/** Workflows that ran to their end; nothing where there are none. */
function workflowsTried({ workflows = [] }: Spec, applied: ReadonlySet<string>): { workflows?: Share } {
  if (workflows.length === 0) return {};
  const covered = workflows.filter(({ id }) => applied.has(`stateful workflow ${id}`)).length;
  return { workflows: { covered, total: workflows.length } };
}

function keyOf(operation: Operation, { in: place, name }: Parameter): string {
  return `${operation.id} ${place} ${name}`;
}
