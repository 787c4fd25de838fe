/** Whether a rule ever said anything: how often it was evaluated, and how often one of its guards settled it. */
import type { RuleOutcome, RuleScope } from '../../spec/rule/rule.ts';
import type { BookedRule } from './rules.ts';

export interface Applications {
  /** Takes note of one evaluation. */
  note(scope: RuleScope): void;
  /** A reason why all evaluations together say nothing, or warnings. */
  conclude(): { reason?: string; warnings?: string[] };
}

/** Begins to count for one rule. */
export function createApplications({ guards, invariant }: BookedRule): Applications {
  let evaluated = 0;
  // By number of guards that were false before one was true; the last entry counts full applications.
  const depth = guards.map(() => 0).concat(0);
  return {
    note(scope) {
      evaluated++;
      const settled = guards.findIndex((guard) => isTrue(guard.evaluate(scope)));
      const reached = settled < 0 ? guards.length : settled;
      depth[reached] = (depth[reached] ?? 0) + 1;
    },
    conclude() {
      if (evaluated === 0) return { reason: 'the rule was never evaluated: no call could be made' };
      if ((depth.at(-1) ?? 0) > 0) return {};
      const reached = depth.findLastIndex((count) => count > 0);
      const text = `the rule was only ever true through its guard: ${guards[reached]?.source ?? invariant.rule}`;
      // A guard on the status alone means that the operation never did what the rule is about.
      const status = guards.slice(0, reached + 1).every((one) => aboutStatus(one.source));
      return status ? { reason: `${text} (in all ${evaluated} cases)` } : { warnings: [`${invariant.id}: ${text}`] };
    },
  };
}

function aboutStatus(source: string): boolean {
  return /^[\s()!]*(response\.status|error)\s*(==|!=|<|>|<=|>=|in)[^|&?]*$/.test(source);
}

function isTrue(outcome: RuleOutcome): boolean {
  return outcome.kind === 'value' && outcome.value === true;
}
