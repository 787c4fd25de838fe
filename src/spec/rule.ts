/** Invariant rules: CEL (https://cel.dev) over JSON. Contract only; the implementation replaces this file. */
import type { JsonValue } from '../events/index.ts';

/** What a rule may see; JSON values, and named probe results `{ status, headers, body }`. */
export type RuleScope = Record<string, JsonValue>;

export type RuleOutcome = { kind: 'value'; value: JsonValue } | { kind: 'error'; message: string };

export interface Rule {
  source: string;
  /** Root names that the rule refers to: `request`, `response`, `constant`, probe names, `self`. */
  references: string[];
  /** JSON integers enter as CEL ints, fractions as doubles; the result leaves as JSON. Never throws. */
  evaluate(scope: RuleScope): RuleOutcome;
  /** The parsed expression, for those who compile it (the built-in agent). */
  ast: unknown;
}

export type CompiledRule = { kind: 'rule'; rule: Rule } | { kind: 'invalid'; message: string };

export declare function compileRule(source: string): CompiledRule;
