/** Which outcomes of an operation its rules can come to. */
import type { Spec } from '../../../spec/model.ts';
import type { OperationDesign } from '../design.ts';
import { answerSchema } from '../resources.ts';
import { judged } from './judged.ts';
import { chainOf, namesIn, partsOf, type Expression } from './expression.ts';
import { staysAsIs } from './made.ts';
import { expressionsOf } from './order.ts';
import type { RulePlan } from './plan.ts';

/** The statuses that are tried after the usual one: no refusal behind one that no rule speaks against. */
export function outcomesOf(spec: Spec, one: OperationDesign, plan: RulePlan): number[] {
  if (judged(plan).length === 0 && !needsSoundness(spec, one, plan) && !mayFail(plan)) return [];
  const spoken = new Set(judged(plan).flatMap(({ rule }) => statusesIn(rule)));
  const used: number[] = [];
  for (const status of one.outcomes) {
    used.push(status);
    if (status >= 300 && !spoken.has(status)) break;
  }
  return used;
}

/** True where a defined member may be what the schema of the answer does not take. */
export function needsSoundness(spec: Spec, one: OperationDesign, plan: RulePlan): boolean {
  return plan.define.some(
    (step) => step.kind !== 'define' || !staysAsIs(spec, answerSchema(one.operation), step.path, step.value),
  );
}

/** True where a step may have nothing to work with: where a probe asks for what the client names in its body. */
export function mayFail(plan: RulePlan): boolean {
  const probes = [...plan.givens, ...plan.thens];
  const used = new Set([
    ...judged(plan).flatMap(({ rule }) => namesIn(rule)),
    ...[...plan.define, ...plan.effects].flatMap(expressionsOf).flatMap(namesIn),
  ]);
  const asked = probes.filter((probe) => used.has(probe.name)).flatMap((probe) => [...probe.parameters.values()]);
  return !asked.every(isOfPath);
}

/** True for what hangs on the path and the query alone, without which an operation is refused. */
function isOfPath(value: Expression): boolean {
  const words = chainOf(value);
  if (words !== undefined) return words[0] === 'request' && (words[1] === 'path' || words[1] === 'query');
  return partsOf(value).every(({ part }) => isOfPath(part));
}

function statusesIn(expression: Expression): number[] {
  if (expression.kind === 'binary' && chainOf(expression.left)?.join('.') === 'response.status') {
    const { right } = expression;
    if (right.kind === 'literal') return [Number(right.value)];
    if (right.kind === 'list')
      return right.items.flatMap((item) => (item.kind === 'literal' ? [Number(item.value)] : []));
  }
  return partsOf(expression).flatMap(({ part }) => statusesIn(part));
}
