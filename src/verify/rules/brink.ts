/**
 * Where a rule turns: the inputs for which one of its comparisons is met exactly, or by one more or less, given the state
 * that was looked at. `before.body.balance - request.body.amount >= 0 - before.body.overdraft` is solved for the amount,
 * or for what made the account; a day is held against the days of what is listed. Chance seldom finds them.
 */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Rule, RuleScope } from '../../spec/rule/rule.ts';
import { evaluatePart } from './part.ts';
import { chainOf, isNode, type RuleNode } from './rule-node.ts';

/** Two sides that a rule compares; inside a macro with the name that stands for an item of a list. */
interface Comparison {
  left: RuleNode;
  right: RuleNode;
  item?: { name: string; list: RuleNode };
}

/** A value that a rule reads, as the members on the way to it, and what it must become for a comparison to be met. */
export interface Brink {
  chain: string[];
  held: JsonValue;
  wanted: JsonValue;
}

const COMPARING = new Set(['<', '<=', '>', '>=', '==', '!=']);
const MACROS = new Set(['exists', 'exists_one', 'all', 'filter', 'map']);
/** Items of a list that a value is held against. */
const MOST_ITEMS = 3;
const MOST_BRINKS = 40;
const DAY_MS = 86_400_000;

/** The brinks of a rule where the scope is what is known before a call; `beside` shifts each by so much. */
export function brinksOf({ source, ast }: Rule, scope: RuleScope, beside: number): Brink[] {
  const found = new Map<string, Brink>();
  for (const comparison of comparisonsOf(ast)) {
    const chains = [...chainsIn(comparison.left), ...chainsIn(comparison.right)];
    for (const known of scopesOf(source, comparison, scope)) {
      const difference = differing(source, comparison, known);
      for (const chain of chains) {
        const wanted = wantedOf(difference, known, chain, beside);
        if (wanted === undefined) continue;
        found.set(JSON.stringify([chain, wanted.wanted]), wanted);
        if (found.size === MOST_BRINKS) return [...found.values()];
      }
    }
  }
  return [...found.values()];
}

/** True where some comparison can be told before the call, so that there is a brink to find; `known` are the names of looks. */
export function hasBrinks({ ast }: Rule, known: ReadonlySet<string>): boolean {
  return comparisonsOf(ast).some(({ left, right, item }) => {
    if (isWord(left) || isWord(right)) return false;
    const roots = [left, right, ...(item === undefined ? [] : [item.list])].flatMap((side) =>
      chainsIn(side).map(([root = '']) => root),
    );
    const isKnown = (root: string): boolean =>
      root === 'request' || root === 'constant' || root === item?.name || known.has(root);
    return roots.every(isKnown) && roots.some((root) => root !== 'constant');
  });
}

/** True for a literal that is neither a number nor a day. */
function isWord({ op, args }: RuleNode): boolean {
  return op === 'value' && (typeof args === 'string' ? numberOf(args) === undefined : typeof args === 'boolean');
}

/** How the difference of the two sides moves with the value says how far the value has to move. */
function wantedOf(difference: Difference, scope: RuleScope, chain: string[], beside: number): Brink | undefined {
  const [root = '', ...members] = chain;
  const held = scope[root] === undefined ? undefined : valueAt(scope[root], at('', ...members));
  const bumped = held === undefined ? undefined : shifted(held, 1);
  if (held === undefined || bumped === undefined) return undefined;
  const now = difference();
  const then = now === undefined ? undefined : difference(root, replaced(scope[root] ?? null, members, bumped));
  if (now === undefined || then === undefined || then === now) return undefined;
  const wanted = shifted(held, beside - now / (then - now));
  return wanted === undefined ? undefined : { chain, held, wanted };
}

/** What the left side is above the right one, as the scope is or with another value of one of its names. */
type Difference = (root?: string, value?: JsonValue) => number | undefined;

/** Each side is evaluated once for what does not concern it: a list may be long. */
function differing(source: string, { left, right }: Comparison, scope: RuleScope): Difference {
  const evaluate = (node: RuleNode, known: RuleScope): number | undefined => {
    const value = evaluated(source, node, known);
    return value === undefined ? undefined : numberOf(value);
  };
  const sides = [left, right].map((node) => ({ node, roots: new Set(chainsIn(node).map(([root]) => root)) }));
  let plain: (number | undefined)[] | undefined;
  return (root, value) => {
    plain ??= sides.map(({ node }) => evaluate(node, scope));
    const [one, other] =
      root === undefined || value === undefined
        ? plain
        : sides.map(({ node, roots }, index) =>
            roots.has(root) ? evaluate(node, { ...scope, [root]: value }) : plain?.[index],
          );
    return one === undefined || other === undefined ? undefined : one - other;
  };
}

/** A number as it is, a day as its number; undefined for anything else. */
function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined;
  const time = Date.parse(`${value}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : time / DAY_MS;
}

/** The number or day so much later. */
function shifted(value: JsonValue, by: number): JsonValue | undefined {
  const from = numberOf(value);
  if (from === undefined || !Number.isSafeInteger(from + by)) return undefined;
  if (typeof value === 'number') return from + by;
  const date = new Date((from + by) * DAY_MS);
  const year = Number.isNaN(date.getTime()) ? -1 : date.getUTCFullYear();
  return year < 1 || year > 9999 ? undefined : date.toISOString().slice(0, 10);
}

function scopesOf(source: string, { item }: Comparison, scope: RuleScope): RuleScope[] {
  if (item === undefined) return [scope];
  const [root, ...members] = chainOf(item.list) ?? [];
  const whole = root === undefined ? undefined : scope[root];
  const list = whole === undefined ? evaluated(source, item.list, scope) : valueAt(whole, at('', ...members));
  return (Array.isArray(list) ? list : []).slice(-MOST_ITEMS).map((one) => ({ ...scope, [item.name]: one }));
}

function evaluated(source: string, node: RuleNode, scope: RuleScope): JsonValue | undefined {
  const outcome = evaluatePart(source, node, scope);
  return outcome.kind === 'value' ? outcome.value : undefined;
}

const comparisons = new WeakMap<Rule['ast'], Comparison[]>();

function comparisonsOf(ast: Rule['ast']): Comparison[] {
  let known = comparisons.get(ast);
  if (known === undefined) comparisons.set(ast, (known = comparisonsIn(ast)));
  return known;
}

function comparisonsIn(value: unknown, item?: Comparison['item']): Comparison[] {
  if (Array.isArray(value)) return value.flatMap((one) => comparisonsIn(one, item));
  if (!isNode(value)) return [];
  const of = item === undefined ? {} : { item };
  const args: unknown[] = Array.isArray(value.args) ? value.args : [value.args];
  if (value.op === 'rcall') {
    const [name, list, inner] = args;
    const [variable, body]: unknown[] = Array.isArray(inner) ? inner : [];
    if (MACROS.has(String(name)) && isNode(list) && isNode(variable) && typeof variable.args === 'string')
      return [...comparisonsIn(list, item), ...comparisonsIn(body, { name: variable.args, list })];
    const sides: unknown[] = isNode(list) && list.op === 'list' && Array.isArray(list.args) ? list.args : [];
    const [left, right] = sides;
    // The greatest or least of two turns where both are one.
    const turns = (name === 'max' || name === 'min') && sides.length === 2 && isNode(left) && isNode(right);
    return [...(turns ? [{ left, right, ...of }] : []), ...comparisonsIn(args.slice(1), item)];
  }
  const [left, right] = args;
  const own = COMPARING.has(value.op) && isNode(left) && isNode(right) ? [{ left, right, ...of }] : [];
  return [...own, ...args.flatMap((one) => comparisonsIn(one, item))];
}

function chainsIn(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(chainsIn);
  if (!isNode(value)) return [];
  const whole = chainOf(value);
  return whole === undefined ? chainsIn(value.args) : whole.length > 1 ? [whole] : [];
}

function replaced(tree: JsonValue, [token, ...rest]: string[], value: JsonValue): JsonValue {
  if (token === undefined) return value;
  return isObject(tree) ? { ...tree, [token]: replaced(tree[token] ?? null, rest, value) } : tree;
}
