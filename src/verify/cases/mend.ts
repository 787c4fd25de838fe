/**
 * Inputs that the rules let succeed, where chance seldom finds one: `request.body.confirm == request.body.password`. A
 * drawn input that the rules forbid is changed in one member so that an equation holds, or two members change places.
 */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { compileRule, type Rule } from '../../spec/rule/rule.ts';
import { withValue } from './resolve.ts';
import type { RuleBook } from '../rules/rules.ts';
import type { Input } from './scenario.ts';
import { chainOf, isNode } from '../rules/rule-node.ts';

type Change = { kind: 'set'; member: string[]; to: Rule } | { kind: 'swap'; members: [string[], string[]] };

const ORDERS = new Set(['<', '<=', '>', '>=']);
const MAX_CHANGES = 12;

/** A function that mends inputs of the operation; undefined where its rules give no hint how. */
export function mendingOf(
  operation: Operation,
  rules: RuleBook,
  accepts: (input: Input) => boolean,
): ((input: Input) => Input) | undefined {
  const changes = rules
    .of(operation)
    .flatMap(({ rule }) => (rule === undefined ? [] : changesIn(rule.source, rule.ast)))
    .slice(0, MAX_CHANGES);
  if (changes.length === 0) return undefined;
  return (input) => {
    let mended = input;
    for (const change of changes) {
      if (rules.mayAccept(operation, mended)) return mended;
      const changed = changedBy(change, operation, rules, mended);
      if (changed !== mended && accepts(changed)) mended = changed;
    }
    return rules.mayAccept(operation, mended) ? mended : input;
  };
}

function changedBy(change: Change, operation: Operation, rules: RuleBook, input: Input): Input {
  if (change.kind === 'set') {
    const outcome = change.to.evaluate(rules.requestScope(operation, input));
    return outcome.kind === 'value' ? withValue(input, at('', ...change.member), outcome.value) : input;
  }
  const [one, other] = change.members;
  const [a, b] = [memberOf(input, one), memberOf(input, other)];
  if (a === undefined || b === undefined) return input;
  return withValue(withValue(input, at('', ...one), b), at('', ...other), a);
}

function memberOf(input: Input, words: string[]): JsonValue | undefined {
  return words.reduce<JsonValue | undefined>(
    (value, word) => (isObject(value) && Object.hasOwn(value, word) ? value[word] : undefined),
    { ...input },
  );
}

function changesIn(source: string, value: unknown): Change[] {
  if (Array.isArray(value)) return value.flatMap((item) => changesIn(source, item));
  if (!isNode(value)) return [];
  const inner = changesIn(source, value.args);
  if (!Array.isArray(value.args)) return inner;
  const [left, right]: unknown[] = value.args;
  const [one, other] = [sentMember(left), sentMember(right)];
  if (ORDERS.has(value.op) && one !== undefined && other !== undefined)
    return [{ kind: 'swap', members: [one, other] }, ...inner];
  if (value.op !== '==') return inner;
  const set = (member: string[] | undefined, by: unknown): Change[] => {
    if (member === undefined || !isNode(by)) return [];
    const compiled = compileRule(source.slice(by.start, by.end));
    const isKnown =
      compiled.kind === 'rule' && compiled.rule.references.every((name) => name === 'request' || name === 'constant');
    return isKnown ? [{ kind: 'set', member, to: compiled.rule }] : [];
  };
  return [...set(one, right), ...set(other, left), ...inner];
}

/** `['body', 'confirm']` for `request.body.confirm`. */
function sentMember(node: unknown): string[] | undefined {
  const words = chainOf(node);
  const [root, part, ...members] = words ?? [];
  if (root !== 'request' || (part !== 'body' && part !== 'query') || members.length === 0) return undefined;
  return [part, ...members];
}
