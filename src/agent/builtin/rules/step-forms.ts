/** In which form a step is written: as plainly as what is known of it allows. */
import type { Spec } from '../../../spec/model.ts';
import type { OperationDesign } from '../design.ts';
import { answerSchema } from '../resources.ts';
import { shapeOf } from '../shape.ts';
import { operandsOf, type Expression } from './expression.ts';
import { memberOf } from './facts.ts';
import type { Step } from './plan.ts';

type Entry = Extract<Step, { kind: 'ensureEntry' }>;
type Sum = Extract<Step, { kind: 'correctSum' }>;

/** True where the answer shows a record, which then must be the same. */
export function isStored(one: OperationDesign, step: Extract<Step, { kind: 'define' }>): boolean {
  return step.isStored && ['create', 'replace', 'patch', 'act'].includes(one.action.kind);
}

/** True where the rule names all that an entry must have, so that nothing is to be guessed. */
export function isComplete({ wanted, required, predicate, variable }: Entry): boolean {
  return (
    wanted.bounds.size === 0 &&
    [...required].every((name) => wanted.fields.has(name)) &&
    isOfFields(predicate, variable, wanted.fields)
  );
}

/** True where the predicate says no more than what members equal, or that there are some. */
function isOfFields(predicate: Expression, variable: string, fields: ReadonlyMap<string, Expression>): boolean {
  return operandsOf(predicate, '&&').every((part) => {
    if (part.kind === 'call' && part.name === 'has') {
      const name = part.args[0] === undefined ? null : memberOf(part.args[0], variable);
      return name !== null && fields.has(name);
    }
    if (part.kind !== 'binary' || part.operator !== '==') return false;
    const name = memberOf(part.left, variable) ?? memberOf(part.right, variable);
    return name !== null && fields.has(name);
  });
}

/** True where each call is a thing of its own, so that none of the entries that are there can be its. */
export function isNew(one: OperationDesign, { isUnique }: Entry): boolean {
  return one.action.kind === 'compute' && one.operation.method === 'post' && !isUnique;
}

/** True where the entry that makes up for others is one of them but for the sum. */
export function isCopied({ sum, target, wanted }: Sum): boolean {
  const isNothing = target.kind === 'literal' && target.value === 0;
  const isPlain =
    sum.predicate !== null && sum.variable !== null && isOfFields(sum.predicate, sum.variable, wanted.fields);
  return isNothing && isPlain && wanted.bounds.size === 0;
}

/** Names of the members that every entry of a list has, but for its id and the ids above it. */
export function requiredOfEntries(spec: Spec, lister: OperationDesign): Set<string> {
  const answer = answerSchema(lister.operation);
  const items = answer === null ? null : shapeOf(spec, answer).items;
  const { resource } = lister.action;
  const known = new Set([resource?.idField ?? '', ...(resource?.parents ?? [])]);
  return new Set(items === null ? [] : [...shapeOf(spec, items).required].filter((name) => !known.has(name)));
}
