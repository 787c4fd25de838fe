/** Which rules outcomes are judged by. */
import type { HeldRule, RulePlan } from './plan.ts';

/** Those that no step makes hold, and that call nothing that changes anything. */
export function judged(plan: RulePlan): HeldRule[] {
  return plan.rules.filter((rule) => rule.isMade !== true && !rule.repeats);
}
