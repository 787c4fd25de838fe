/** What is planned for the rules of one operation. */
import type { Spec } from '../../../spec/model.ts';
import type { Design, OperationDesign } from '../design.ts';
import type { Expression } from './expression.ts';
import type { Wanted } from './facts.ts';
import type { ReadProbe } from './read-rule.ts';
import type { Settable, Solution } from './solve.ts';

/** Something to be made true when the conditions hold. */
export type Step = { rule: string; conditions: Expression[] } & (
  | { kind: 'define'; path: string[]; value: Expression; isStored: boolean }
  | { kind: 'defineItems'; path: string[]; variable: string; member: string; value: Expression }
  | { kind: 'keepItems'; path: string[]; variable: string; predicate: Expression }
  | { kind: 'setMember'; reader: OperationDesign; probe: ReadProbe; path: string[]; value: Expression }
  | {
      kind: 'ensureEntry';
      lister: OperationDesign;
      probe: ReadProbe;
      list: Expression;
      variable: string;
      predicate: Expression;
      wanted: Wanted;
      /** Members that every entry has, but for its id and those of its parents. */
      required: Set<string>;
      /** True where the rule asks for exactly one. */
      isUnique: boolean;
    }
  | {
      kind: 'correctSum';
      lister: OperationDesign;
      probe: ReadProbe;
      sum: Extract<Settable, { kind: 'sum' }>;
      target: Expression;
      wanted: Wanted;
    }
);

export interface HeldRule {
  id: string;
  message: string | null;
  rule: Expression;
  /** True where a probe after the call changes something itself, so that asking it would be another call. */
  repeats: boolean;
  /** True where the steps alone make it hold, so that nothing is left to judge. */
  isMade?: boolean;
}

export interface RulePlan {
  /** Probes before the call. */
  givens: ReadProbe[];
  /** Probes after the call. */
  thens: ReadProbe[];
  define: Step[];
  effects: Step[];
  rules: HeldRule[];
  /** What the answer's list is sorted by, the first key first. */
  order: SortKey[];
}

/** The list's items are in ascending order of `key`, in which an item is called `variable`. */
export interface SortKey {
  rule: string;
  variable: string;
  key: Expression;
}

/** An equation with the ways in which it can be made true. */
export interface Equation {
  rule: string;
  conditions: Expression[];
  solutions: Solution[];
  /** Names of the probes after the call that its rule sees. */
  thens: ReadonlySet<string>;
}

/** What is known while the rules of an operation are planned. */
export interface Planning {
  spec: Spec;
  design: Design;
  one: OperationDesign;
  plan: RulePlan;
  equations: Equation[];
  thens: Set<string>;
  /** Id of the rule that is being read. */
  rule: string;
}

/** A text that is equal exactly for probes that ask the same. */
export function textOf(probe: ReadProbe): string {
  return JSON.stringify([probe.operation, [...probe.parameters], probe.body]);
}
