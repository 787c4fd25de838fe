/** Which rules an operation could break as it is, and which hold by themselves. */
import type { OperationDesign } from '../design.ts';
import { chainOf, namesIn, operandsOf, partsOf, type Expression } from './expression.ts';
import type { RulePlan, Step } from './plan.ts';

/** `plan` is that of one rule alone. What it asks of refusals, of sums and of what is echoed mostly holds already. */
export function couldBreak(one: OperationDesign, plan: RulePlan): boolean {
  const steps = [...plan.define, ...plan.effects];
  if (steps.length > 0) return steps.some((step) => step.kind !== 'correctSum' && !isEcho(one, step));
  if (plan.order.length > 0) return true;
  const thens = new Set(plan.thens.map((probe) => probe.name));
  return plan.rules.some(
    ({ rule, repeats }) =>
      !repeats && isOnSuccess(rule) && (isBound(rule) || !namesIn(rule).some((name) => thens.has(name))),
  );
}

/** True where the answer is made of what was sent anyway. */
function isEcho({ action }: OperationDesign, step: Step): boolean {
  if (step.kind !== 'define' || (action.kind !== 'compute' && action.kind !== 'read')) return false;
  const [root, part, name, ...more] = chainOf(step.value) ?? [];
  return (
    root === 'request' && part !== undefined && more.length === 0 && name === step.path[0] && step.path.length === 1
  );
}

/** `response.status != 201 || …` */
function isOnSuccess(rule: Expression): boolean {
  return operandsOf(rule, '||').some(
    (part) =>
      part.kind === 'binary' &&
      chainOf(part.left)?.join('.') === 'response.status' &&
      part.right.kind === 'literal' &&
      Number(part.right.value) < 300,
  );
}

/** True where something must be more or less than something else. */
function isBound(expression: Expression): boolean {
  if (expression.kind === 'binary' && ['<', '<=', '>', '>='].includes(expression.operator)) return true;
  return partsOf(expression).some(({ part }) => isBound(part));
}
