/** Which part of an equation the service can set, and to what. */
import { binary, chain, chainOf, opposite, type Expression } from './expression.ts';

/** Something that the service can make true. */
export type Settable =
  /** A member of the answer; an empty path is the whole body. */
  | { kind: 'answer'; path: string[] }
  /** A member of what a probe after the call will read. */
  | { kind: 'probed'; probe: string; path: string[] }
  /** The sum of a member over the items that a probe after the call will list. */
  | {
      kind: 'sum';
      probe: string;
      path: string[];
      list: Expression;
      variable: string | null;
      predicate: Expression | null;
      member: string;
    };

export interface Solution {
  settable: Settable;
  value: Expression;
}

/** Reads what can be set off an expression; `thens` are the names of the probes after the call. */
export function settableOf(expression: Expression, thens: ReadonlySet<string>): Settable | null {
  const words = chainOf(expression);
  if (words !== undefined) {
    const [root, part, ...path] = words;
    if (part !== 'body' || root === undefined) return null;
    if (root === 'response') return { kind: 'answer', path };
    return thens.has(root) ? { kind: 'probed', probe: root, path } : null;
  }
  if (expression.kind !== 'method' || expression.name !== 'sum') return null;
  const mapped = expression.of;
  if (mapped.kind !== 'each' || mapped.name !== 'map') return null;
  const { body } = mapped;
  if (body.kind !== 'member' || body.of.kind !== 'name' || body.of.name !== mapped.variable) return null;
  const filtered = mapped.of.kind === 'each' && mapped.of.name === 'filter' ? mapped.of : null;
  const source = chainOf(filtered?.of ?? mapped.of);
  const [probe, part, ...path] = source ?? [];
  if (probe === undefined || part !== 'body' || !thens.has(probe)) return null;
  return {
    kind: 'sum',
    probe,
    path,
    list: mapped.of,
    variable: filtered?.variable ?? null,
    predicate: filtered?.body ?? null,
    member: body.name,
  };
}

/** Every way to make `left == right` true by setting one part of it, the plainest first. */
export function solutionsOf(left: Expression, right: Expression, thens: ReadonlySet<string>): Solution[] {
  const solutions: Solution[] = [];
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const settable = settableOf(one, thens);
    if (settable !== null) solutions.push({ settable, value: other });
  }
  if (solutions.length > 0) return solutions;
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const terms = termsOf(one, 1);
    terms.forEach(({ sign, term }, index) => {
      const settable = settableOf(term, thens);
      if (settable === null || terms.length < 2) return;
      const rest = terms.filter((_, position) => position !== index);
      const moved = rest.reduce<Expression>(
        (sum, other_) => binary(other_.sign > 0 ? '-' : '+', sum, other_.term),
        other,
      );
      solutions.push({ settable, value: sign > 0 ? moved : { kind: 'minus', of: moved } });
    });
  }
  return solutions;
}

interface Term {
  sign: 1 | -1;
  term: Expression;
}

function termsOf(expression: Expression, sign: 1 | -1): Term[] {
  if (expression.kind === 'minus') return termsOf(expression.of, sign === 1 ? -1 : 1);
  if (expression.kind === 'binary' && (expression.operator === '+' || expression.operator === '-')) {
    const turned = expression.operator === '-' ? (sign === 1 ? -1 : 1) : sign;
    return [...termsOf(expression.left, sign), ...termsOf(expression.right, turned)];
  }
  return [{ sign, term: expression }];
}

/** True where some part of an expression could be set so that it holds. */
export function canBeMade(expression: Expression, thens: ReadonlySet<string>): boolean {
  if (expression.kind === 'member') return settableOf(expression, thens) !== null;
  if (expression.kind === 'not') {
    const turned = opposite(expression.of);
    return turned.kind === 'not'
      ? expression.of.kind === 'member' && canBeMade(expression.of, thens)
      : canBeMade(turned, thens);
  }
  if (expression.kind === 'each') {
    const root = chainOf(expression.of)?.[0] ?? '';
    return thens.has(root) || root === 'response';
  }
  if (expression.kind === 'method') return expression.name === 'isSorted';
  if (expression.kind === 'choice') return canBeMade(expression.yes, thens) || canBeMade(expression.no, thens);
  if (expression.kind !== 'binary') return false;
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') return canBeMade(left, thens) || canBeMade(right, thens);
  if (!['==', '<=', '>=', 'in'].includes(operator)) return false;
  return solutionsOf(left, right, thens).length > 0;
}

/** True where a value is read from the very place that it would be written to. */
export function isOwn(value: Expression, settable: Settable): boolean {
  const root = settable.kind === 'answer' ? 'response' : settable.probe;
  const own = JSON.stringify(chain(root, 'body', ...settable.path));
  return JSON.stringify(value).includes(own.slice(0, -1));
}
