/** What of a GraphQL contract was tried: root fields, arguments, selected fields, violated clauses, rules. */
import { isAbstractType } from 'graphql';
import { at, isObject, type Coverage, type Share } from '../../events/index.ts';
import { responseOf } from './answer.ts';
import type { Selection, Sent } from './call.ts';
import type { GraphEngine } from './engine.ts';

export interface GraphCoverage {
  see(sent: Sent): void;
  violated(property: string): void;
  applied(property: string): void;
  summary(keywords: readonly string[], invariants: readonly string[]): Coverage;
  /** Reachable fields that no accepted call selected. */
  unselected(): string[];
}

/** Collects coverage over a run. */
export function graphCoverageOf(engine: GraphEngine): GraphCoverage {
  const { contract, skeletons } = engine;
  const operations = new Set<string>();
  const outcomes = new Set<string>();
  const values = new Map<string, Set<string>>();
  const fields = new Set<string>();
  const keywords = new Set<string>();
  const invariants = new Set<string>();
  const texts = new WeakSet<Selection[]>();
  const note = (pointer: string, value: unknown): void => {
    const seen = values.get(pointer) ?? new Set<string>();
    if (seen.size < 2) values.set(pointer, seen.add(JSON.stringify(value) ?? ''));
  };
  const walk = (select: readonly Selection[]): void => {
    for (const one of select) {
      if (one.kind === 'field' && one.name !== '__typename') {
        const clause = at('#', one.on, one.name);
        fields.add(clause);
        for (const argument of argumentsOf(engine, one.on, one.name)) note(at(clause, argument), one.args[argument]);
        // What is selected on an interface is answered by each of its types.
        for (const name of possible(engine, one.on)) fields.add(at('#', name, one.name));
      }
      walk(one.select ?? []);
    }
  };
  return {
    see(sent) {
      const { root, raw, select } = sent.step;
      if (raw !== undefined && sent.index < 0) return;
      const { data, errors } = responseOf(sent.answer);
      const good = errors.length === 0 && isObject(data);
      if (good) operations.add(root.id);
      if (good || errors.length > 0) outcomes.add(`${root.id} ${good}`);
      for (const { name } of root.field.args) note(at(root.pointer, name), sent.args[name]);
      if (!good || texts.has(select)) return;
      texts.add(select);
      walk(select);
    },
    violated: (property) => void keywords.add(property),
    applied: (property) => void invariants.add(property),
    unselected: () => [...skeletons.reachable].filter((clause) => !fields.has(clause)),
    summary(allKeywords, allInvariants) {
      const share = (total: number, covered: number): Share => ({ covered, total });
      const { roots } = contract;
      const parameters = [
        ...roots.flatMap((root) => root.field.args.map(({ name }) => at(root.pointer, name))),
        ...[...skeletons.reachable].flatMap((clause) => {
          const [, on = '', name = ''] = clause.split('/');
          return argumentsOf(engine, on, name).map((argument) => at(clause, argument));
        }),
      ];
      return {
        operations: share(roots.length, operations.size),
        responses: share(roots.length * 2, outcomes.size),
        parameters: share(parameters.length, parameters.filter((one) => (values.get(one)?.size ?? 0) > 1).length),
        keywords: share(allKeywords.length, allKeywords.filter((one) => keywords.has(one)).length),
        invariants: share(allInvariants.length, allInvariants.filter((one) => invariants.has(one)).length),
        fields: share(skeletons.reachable.size, [...skeletons.reachable].filter((one) => fields.has(one)).length),
      };
    },
  };
}

function argumentsOf({ contract }: GraphEngine, on: string, name: string): string[] {
  const type = contract.schema.getType(on);
  const field = type !== undefined && 'getFields' in type ? type.getFields()[name] : undefined;
  return field !== undefined && 'args' in field ? field.args.map((one) => one.name) : [];
}

function possible({ contract }: GraphEngine, on: string): string[] {
  const type = contract.schema.getType(on);
  return isAbstractType(type) ? contract.schema.getPossibleTypes(type).map((one) => one.name) : [];
}
