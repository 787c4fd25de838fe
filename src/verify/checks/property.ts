/** What every kind of property is made of. */
import type { Arbitrary } from 'fast-check';
import type { PropertyRef } from '../../events/index.ts';
import type { Sent } from '../wire/execute.ts';
import type { Scenario, Source } from '../cases/scenario.ts';

/** What one case says. `discarded` says nothing: its producers were refused. */
export type Judgement =
  | { kind: 'passed'; sent: Sent[] }
  | { kind: 'discarded'; sent: Sent[]; reason: string }
  | { kind: 'undecided'; sent: Sent[]; reason: string }
  | Failure;

export interface Failure {
  kind: 'failed';
  sent: Sent[];
  actual: string;
  expected: string;
  /** Index in `sent` of the request that is the input of the counterexample. */
  focus: number;
  /** Indexes in `sent` whose answers show the failure; the focus where absent. */
  shown?: number[];
  /** Tells the failure from a good answer, where status and body cannot; see `Finding.check`. */
  check?: string;
  /** Stands for the second argument of `check`. */
  checked?: Source;
  /** True where only the status, not the body, is wrong. */
  statusOnly?: boolean;
}

/** A property that draws cases of its own. */
export interface Property {
  ref: PropertyRef;
  /** Cases to run. */
  runs: number;
  /** True where cases would see each other's effects. */
  serial: boolean;
  /** True where cases of other properties must not run at the same time, although its own may. */
  alone?: boolean;
  /** True where its cases look at what others made, too, so that only a fresh subject shows that one fails by itself. */
  foreign?: boolean;
  /** True where a failing case takes so long that it is shown as it was drawn. */
  slow?: boolean;
  /** Operations that must answer for it to be decided. */
  needs: string[];
  /**
   * Set where only its turn shows whether there is anything to check. Asked before its first case: why there is not, so
   * that it is neither passed nor failed but no property at all.
   */
  moot?(): string | undefined;
  /** The scenarios from which case `index` is drawn. */
  arbitrary(index: number): Arbitrary<Scenario>;
  judge(scenario: Scenario): Promise<Judgement>;
  /** Judges a case that failed once more, and again: a race does not show every time. */
  again?(scenario: Scenario): Promise<Judgement>;
  /**
   * Last word when all cases passed: a reason why that says nothing, or warnings; remarks are no doubts. `wanting` where a few more
   * cases may still put it to the test.
   */
  conclude?(): { reason?: string; warnings?: string[]; remarks?: string[]; wanting?: boolean };
}

/** A property that cannot be checked, and why. */
export interface Undecidable {
  ref: PropertyRef;
  reason: string;
}

/** The requests that were really sent, in order. */
export function sentOnly(sent: (Sent | undefined)[]): Sent[] {
  return sent.filter((one) => one !== undefined);
}
