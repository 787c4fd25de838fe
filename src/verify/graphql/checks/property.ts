/** What every GraphQL property is made of. */
import type { Arbitrary } from 'fast-check';
import type { PropertyRef } from '../../../events/index.ts';
import type { Case, Sent } from '../call.ts';

/** What one case says. `discarded` says nothing. */
export type Judgement =
  | { kind: 'passed'; sent: Sent[] }
  | { kind: 'discarded'; sent: Sent[]; reason: string }
  | { kind: 'undecided'; sent: Sent[]; reason: string }
  | Failed;

export interface Failed extends Fault {
  kind: 'failed';
  sent: Sent[];
}

/** A departure from the contract in some answers. */
export interface Fault {
  actual: string;
  expected: string;
  /** Index in `sent` of the call that is the input of the counterexample. */
  focus: number;
  /** JavaScript over `answers` (`{ status, type, body }`, by index in `sent`) that is true where the fault shows. */
  test: string;
}

/** A property that draws cases of its own. */
export interface Property {
  ref: PropertyRef;
  runs: number;
  /** True where cases would see each other's effects; `to fail` where only a failure needs a run alone to be believed. */
  serial: boolean | 'to fail';
  /** True where it needs a subject with little in it. */
  fresh?: boolean;
  /** Asked before its first case: why there is nothing to check, which its turn alone shows. */
  moot?(): string | undefined;
  arbitrary(index: number): Arbitrary<Case>;
  judge(drawn: Case): Promise<Judgement>;
  /** Last word when no case failed: why that says nothing, or warnings. */
  conclude?(): { reason?: string; warnings?: string[] };
}

/** A property that rides along on the answers to the cases of others. */
export interface Passive {
  ref: PropertyRef;
  /** How often it had something to say, and what is wrong. `index` is that of the answer in `sent`. */
  look(sent: Sent, index: number): { seen: number; fault?: Fault; doubt?: string };
}

/** A property that cannot be checked, and why. */
export interface Undecidable {
  ref: PropertyRef;
  reason: string;
}
