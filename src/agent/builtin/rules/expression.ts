/** CEL expressions as plain data, for analysis and compilation: a closed union instead of the parser's tuples. */
import type { ASTNode } from '@marcbachmann/cel-js';

export type Scalar = null | boolean | number | string;

export type Quantifier = 'all' | 'exists' | 'exists_one' | 'filter' | 'map';

export type Expression =
  | { kind: 'literal'; value: Scalar }
  | { kind: 'name'; name: string }
  | { kind: 'member'; of: Expression; name: string }
  | { kind: 'index'; of: Expression; at: Expression }
  | { kind: 'call'; name: string; args: Expression[] }
  | { kind: 'method'; name: string; of: Expression; args: Expression[] }
  | { kind: 'each'; name: Quantifier; of: Expression; variable: string; body: Expression }
  | { kind: 'bind'; variable: string; value: Expression; body: Expression }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'map'; entries: [Expression, Expression][] }
  | { kind: 'not'; of: Expression }
  | { kind: 'minus'; of: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'choice'; test: Expression; yes: Expression; no: Expression };

export type BinaryOperator = '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

export type ReadExpression = { kind: 'expression'; expression: Expression } | { kind: 'unsupported'; what: string };

const QUANTIFIERS: ReadonlySet<string> = new Set<Quantifier>(['all', 'exists', 'exists_one', 'filter', 'map']);

/** Reads a parsed rule; optional values and bytes are not supported. */
export function readExpression(ast: ASTNode): ReadExpression {
  try {
    return { kind: 'expression', expression: read(ast) };
  } catch (error) {
    if (error instanceof Unsupported) return { kind: 'unsupported', what: error.message };
    throw error;
  }
}

class Unsupported extends Error {}

function read(node: ASTNode): Expression {
  switch (node.op) {
    case 'value':
      return { kind: 'literal', value: scalar(node.args) };
    case 'id':
      return { kind: 'name', name: node.args };
    case '.':
      return { kind: 'member', of: read(node.args[0]), name: node.args[1] };
    case '[]':
      return { kind: 'index', of: read(node.args[0]), at: read(node.args[1]) };
    case 'call':
      return { kind: 'call', name: node.args[0], args: node.args[1].map(read) };
    case 'rcall':
      return readMethod(...node.args);
    case 'list':
      return { kind: 'list', items: node.args.map(read) };
    case 'map':
      return { kind: 'map', entries: node.args.map(([key, value]) => [read(key), read(value)]) };
    case '?:':
      return { kind: 'choice', test: read(node.args[0]), yes: read(node.args[1]), no: read(node.args[2]) };
    case '!_':
      return { kind: 'not', of: read(node.args) };
    case '-_':
      return { kind: 'minus', of: read(node.args) };
    case '.?':
    case '[?]':
      throw new Unsupported('optional values');
    default:
      return { kind: 'binary', operator: node.op, left: read(node.args[0]), right: read(node.args[1]) };
  }
}

function scalar(value: unknown): Scalar {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  const unsigned = typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined;
  if (typeof unsigned === 'bigint') return Number(unsigned);
  throw new Unsupported('bytes');
}

function readMethod(name: string, receiver: ASTNode, args: ASTNode[]): Expression {
  const [first, second, third] = args;
  if (first?.op === 'id' && second !== undefined) {
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && third !== undefined) {
      return { kind: 'bind', variable: first.args, value: read(second), body: read(third) };
    }
    if (isQuantifier(name)) {
      const of = read(receiver);
      if (third === undefined) return { kind: 'each', name, of, variable: first.args, body: read(second) };
      const kept: Expression = { kind: 'each', name: 'filter', of, variable: first.args, body: read(second) };
      return { kind: 'each', name, of: kept, variable: first.args, body: read(third) };
    }
  }
  return { kind: 'method', name, of: read(receiver), args: args.map(read) };
}

function isQuantifier(name: string): name is Quantifier {
  return QUANTIFIERS.has(name);
}

/** The parts of an expression, in order, each with the variable that it binds. */
export function partsOf(expression: Expression): { part: Expression; binds?: string }[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'member':
    case 'not':
    case 'minus':
      return [{ part: expression.of }];
    case 'index':
      return [{ part: expression.of }, { part: expression.at }];
    case 'call':
      return expression.args.map((part) => ({ part }));
    case 'method':
      return [expression.of, ...expression.args].map((part) => ({ part }));
    case 'each':
      return [{ part: expression.of }, { part: expression.body, binds: expression.variable }];
    case 'bind':
      return [{ part: expression.value }, { part: expression.body, binds: expression.variable }];
    case 'list':
      return expression.items.map((part) => ({ part }));
    case 'map':
      return expression.entries.flat().map((part) => ({ part }));
    case 'binary':
      return [{ part: expression.left }, { part: expression.right }];
    case 'choice':
      return [expression.test, expression.yes, expression.no].map((part) => ({ part }));
  }
}

/** Free names in order of first use. */
export function namesIn(expression: Expression): string[] {
  const found = new Set<string>();
  const visit = (one: Expression, bound: ReadonlySet<string>): void => {
    if (one.kind === 'name' && !bound.has(one.name)) found.add(one.name);
    for (const { part, binds } of partsOf(one)) visit(part, binds === undefined ? bound : new Set([...bound, binds]));
  };
  visit(expression, new Set());
  return [...found];
}

/** Replaces sub-expressions from the outside in; a replaced one is not looked into again. */
export function rewrite(expression: Expression, change: (one: Expression) => Expression | undefined): Expression {
  const changed = change(expression);
  if (changed !== undefined) return changed;
  const again = (one: Expression): Expression => rewrite(one, change);
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return expression;
    case 'member':
    case 'not':
    case 'minus':
      return { ...expression, of: again(expression.of) };
    case 'index':
      return { ...expression, of: again(expression.of), at: again(expression.at) };
    case 'call':
      return { ...expression, args: expression.args.map(again) };
    case 'method':
      return { ...expression, of: again(expression.of), args: expression.args.map(again) };
    case 'each':
      return { ...expression, of: again(expression.of), body: again(expression.body) };
    case 'bind':
      return { ...expression, value: again(expression.value), body: again(expression.body) };
    case 'list':
      return { ...expression, items: expression.items.map(again) };
    case 'map':
      return { ...expression, entries: expression.entries.map(([key, value]) => [again(key), again(value)]) };
    case 'binary':
      return { ...expression, left: again(expression.left), right: again(expression.right) };
    case 'choice':
      return { ...expression, test: again(expression.test), yes: again(expression.yes), no: again(expression.no) };
  }
}

/** `['response', 'body', 'minutes']` for `response.body.minutes`; undefined where it is no chain of members. */
export function chainOf(expression: Expression): string[] | undefined {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind === 'index' && expression.at.kind === 'literal' && typeof expression.at.value === 'string') {
    const inner = chainOf(expression.of);
    return inner === undefined ? undefined : [...inner, expression.at.value];
  }
  if (expression.kind !== 'member') return undefined;
  const inner = chainOf(expression.of);
  return inner === undefined ? undefined : [...inner, expression.name];
}

/** The chain of members that the words spell. */
export function chain(root: string, ...members: string[]): Expression {
  return members.reduce<Expression>((of, name) => ({ kind: 'member', of, name }), { kind: 'name', name: root });
}

/** `left operator right`. */
export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right };
}

const OPPOSITE: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<',
}; // prettier-ignore

/** The opposite of a condition, as plainly as it can be said. */
export function opposite(expression: Expression): Expression {
  if (expression.kind === 'not') return expression.of;
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    const turned = OPPOSITE[operator];
    if (turned !== undefined) return binary(turned, left, right);
    if (operator === '&&') return binary('||', opposite(left), opposite(right));
    if (operator === '||') return binary('&&', opposite(left), opposite(right));
  }
  return { kind: 'not', of: expression };
}

/** The operands of a chain of one logical operator. */
export function operandsOf(expression: Expression, operator: '&&' | '||'): Expression[] {
  if (expression.kind !== 'binary' || expression.operator !== operator) return [expression];
  return [...operandsOf(expression.left, operator), ...operandsOf(expression.right, operator)];
}
