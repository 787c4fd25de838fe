/** What every property on methods is made of. */
import type { Arbitrary } from 'fast-check';
import type { PropertyRef } from '../../events/index.ts';
import type { CallScenario, Made } from './scenario.ts';
import { asSeen } from './shown.ts';

/** What one case says. `discarded` says nothing: what had to come before it did not work. */
export type CallJudgement =
  | { kind: 'passed'; made: Made[] }
  | { kind: 'discarded' | 'undecided'; made: Made[]; reason: string }
  | ({ kind: 'failed' } & CallFinding);

/** How a case fails, whichever property it belongs to. */
export interface CallFinding {
  made: Made[];
  /** Index in `made` of the call that is the input of the counterexample. */
  focus: number;
  actual: string;
  expected: string;
  /** Lines that were sent as they are, for something that reads lines. */
  lines?: string[];
  /** JavaScript that is true where it shows, see `shown.ts`; where absent, the answers from the call on are as they were. */
  test?: string;
}

export interface CallProperty {
  ref: PropertyRef;
  runs: number;
  /** True where cases would see each other's effects. */
  serial: boolean;
  /** Methods that must answer for it to be decided. */
  needs: string[];
  /** Asked before its first case: why there is nothing to check, which its turn alone shows. */
  moot?(): string | undefined;
  arbitrary(index: number): Arbitrary<CallScenario>;
  judge(scenario: CallScenario): Promise<CallJudgement>;
  /** Last word when all cases passed: a reason why that says nothing, or warnings. */
  conclude?(): { reason?: string; warnings?: string[] };
}

/** A check that rides on every valid call of a run. */
export interface CallRider {
  ref: PropertyRef;
  /** True where a property with cases of its own has the same reference and the last word. */
  shared?: boolean;
  methods: string[];
  /** How many values it looked at, and what is wrong with the first bad one. */
  check(made: Made): { seen: number; finding?: RiderFinding; doubt?: string };
}

/** What a rider finds wrong with one call; `test` is told the index of the call. */
export interface RiderFinding {
  actual: string;
  expected: string;
  test?: (index: number) => string;
}

/** The finding of a failed judgement. */
export function findingOf(judgement: CallJudgement): CallFinding | undefined {
  if (judgement.kind !== 'failed') return undefined;
  const { kind: _, ...finding } = judgement;
  return finding;
}

/** What a rider says of all that a case called. */
export function riderFinding(rider: CallRider, made: Made[]): { seen: number; finding?: CallFinding; doubt?: string } {
  let seen = 0;
  for (const [focus, one] of made.entries()) {
    if (!one.valid || !rider.methods.includes(one.method.name)) continue;
    const checked = rider.check(one);
    seen += checked.seen;
    if (checked.doubt !== undefined) return { seen, doubt: checked.doubt };
    if (checked.finding !== undefined) {
      const { actual, expected, test = asSeen } = checked.finding;
      return { seen, finding: { made: made.slice(0, focus + 1), focus, actual, expected, test: test(focus) } };
    }
  }
  return { seen };
}
