/** In which order the steps of an operation are taken, so that each finds what it builds on. */
import { chainOf, namesIn, partsOf, type Expression } from './expression.ts';
import type { RulePlan, Step } from './plan.ts';

export interface OrderedSteps {
  steps: Step[];
  /** True where steps build on each other in a circle, so that they are taken more than once. */
  isCircular: boolean;
}

/** What the answer is must be known before anything is written because of it, and that before it is read again. */
export function orderedSteps(plan: RulePlan): OrderedSteps {
  const thens = new Set(plan.thens.map((probe) => probe.name));
  const late = (step: Step): boolean =>
    expressionsOf(step).some((part) => namesIn(part).some((name) => thens.has(name)));
  const early = sorted(plan.define.filter((step) => !late(step)));
  const after = sorted(plan.define.filter(late));
  const readsLate = [...early.steps, ...plan.effects].some((step) =>
    after.steps.some((other) => buildsOn(step, other)),
  );
  return {
    steps: [...early.steps, ...plan.effects, ...after.steps],
    isCircular: early.isCircular || after.isCircular || readsLate,
  };
}

function sorted(steps: Step[]): OrderedSteps {
  const done: Step[] = [];
  const open = [...steps];
  while (open.length > 0) {
    const index = open.findIndex((step) => !open.some((other) => other !== step && buildsOn(step, other)));
    const [next] = open.splice(Math.max(0, index), 1);
    if (next !== undefined) done.push(next);
    if (index < 0) return { steps: [...done, ...open], isCircular: true };
  }
  return { steps: done, isCircular: false };
}

/** True where a step reads the member of the answer that the other one defines. */
function buildsOn(step: Step, other: Step): boolean {
  if (!('path' in other) || other.kind === 'setMember') return false;
  return expressionsOf(step).some((part) => reads(part, other.path));
}

function reads(expression: Expression, path: string[]): boolean {
  const [root, member, ...rest] = chainOf(expression) ?? [];
  if (root === 'response')
    return member === 'body' && rest.every((name, index) => path[index] === undefined || path[index] === name);
  return partsOf(expression).some(({ part }) => reads(part, path));
}

/** Everything that a step computes with. */
export function expressionsOf(step: Step): Expression[] {
  switch (step.kind) {
    case 'define':
    case 'defineItems':
    case 'setMember':
      return [...step.conditions, step.value];
    case 'keepItems':
      return [...step.conditions, step.predicate];
    case 'ensureEntry':
      return [...step.conditions, step.list, step.predicate];
    case 'correctSum':
      return [
        ...step.conditions,
        step.sum.list,
        step.target,
        ...(step.sum.predicate === null ? [] : [step.sum.predicate]),
      ];
  }
}
