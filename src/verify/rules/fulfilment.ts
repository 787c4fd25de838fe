/**
 * Whether a service can keep a rule by what it does, whatever was asked: "the forfeit stands in the ledger afterwards"
 * is a duty, while "the balance afterwards is not below the limit" may leave nothing but a refusal.
 */
import type { Rule, RuleScope } from '../../spec/rule/rule.ts';
import { evaluatePart } from './part.ts';
import { isNode, type RuleNode } from './rule-node.ts';

/** Macros over a list, with what they ask of its items. */
const EXISTS = 'exists';
const ALL = 'all';

/** True where some answer and some state afterwards keep the rule, as far as its form tells; `scope` holds what is known. */
export function canBeKept({ source, ast }: Rule, scope: RuleScope): boolean {
  const parts = createParts(source, scope);
  return isNode(ast) && isPossible(ast, true, parts);
}

interface Parts {
  /** The truth of a part, where what is known decides it. */
  truth(node: RuleNode): boolean | undefined;
}

function createParts(source: string, scope: RuleScope): Parts {
  return {
    truth(node) {
      const outcome = evaluatePart(source, node, scope);
      return outcome.kind === 'value' && typeof outcome.value === 'boolean' ? outcome.value : undefined;
    },
  };
}

function isPossible(node: RuleNode, wanted: boolean, parts: Parts): boolean {
  const known = parts.truth(node);
  if (known !== undefined) return known === wanted;
  const args = (Array.isArray(node.args) ? node.args : [node.args]).filter(isNode);
  const each = (one: RuleNode): boolean => isPossible(one, wanted, parts);
  switch (node.op) {
    case '||':
      return wanted ? args.some(each) : args.every(each);
    case '&&':
      return wanted ? args.every(each) : args.some(each);
    case '!_':
      return args.every((one) => isPossible(one, !wanted, parts));
    case '?:': {
      const [condition, yes, no] = args;
      if (condition === undefined || yes === undefined || no === undefined) return false;
      const chosen = parts.truth(condition);
      return chosen === undefined ? each(yes) || each(no) : each(chosen ? yes : no);
    }
    // An equation is met by answering, or entering, what it asks for.
    case '==':
    case '!=':
    case '.':
    case 'id':
      return true;
    case 'call':
      return Array.isArray(node.args) && node.args[0] === 'has';
    case 'rcall':
      return isMacroPossible(node, wanted, parts);
    default:
      return false;
  }
}

/** What is asked of some, or of all, items of a list can be kept where it can be kept of one. */
function isMacroPossible({ args }: RuleNode, wanted: boolean, parts: Parts): boolean {
  if (!Array.isArray(args)) return false;
  const [name, , inner]: unknown[] = args;
  const body: unknown = Array.isArray(inner) ? inner.at(-1) : undefined;
  return (name === EXISTS || name === ALL) && isNode(body) && isPossible(body, wanted, parts);
}
