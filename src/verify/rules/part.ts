/** Parts of a rule, evaluated on their own. */
import { compileRule, type RuleOutcome, type RuleScope } from '../../spec/rule/rule.ts';
import { balanced } from './guards.ts';
import type { RuleNode } from './rule-node.ts';

/** Compiling takes longer than evaluating; the parts of a rule live as long as it does. */
const compiled = new WeakMap<RuleNode, ReturnType<typeof compileRule>>();

/** The outcome of one part of the rule with a source. */
export function evaluatePart(source: string, node: RuleNode, scope: RuleScope): RuleOutcome {
  let known = compiled.get(node);
  if (known === undefined) compiled.set(node, (known = compileRule(balanced(source.slice(node.start, node.end)))));
  return known.kind === 'rule' ? known.rule.evaluate(scope) : { kind: 'error', message: known.message };
}
