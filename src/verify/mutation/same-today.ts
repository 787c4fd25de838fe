/**
 * Changes of an expression of literals and the present time that comes to the same all day: `new Date() < '2099…'` is
 * no other with another far day, and what stands in the branch that is not taken is nothing.
 */
import { createContext, Script } from 'node:vm';
import type { SyntaxNode } from '../code/syntax.ts';
import type { NodeContext, Proposal } from './mutant.ts';

const DAY_MS = 86_400_000;
/** Moments of the day around now; none is a full minute or second, so that no part of a time stays the same. */
const MOMENTS = 61;
const APART_MS = 1_416_461;
const LIMIT_MS = 20;

/** Why a mutant does the same today; undefined where the present time is not in it, or makes a difference. */
export function sameToday(node: SyntaxNode, { code }: Proposal, context: NodeContext): string | undefined {
  let closed: SyntaxNode | undefined;
  for (const one of [node, ...context.parents]) {
    if (!isClosed(one)) break;
    closed = one;
  }
  if (closed === undefined) return undefined;
  const textOf = (from: number, to: number): string => context.text.slice(from, to);
  const [start, end] = [closed.start ?? 0, closed.end ?? 0];
  const before = textOf(start, end);
  if (!/\bDate\b/.test(before)) return undefined;
  const after = textOf(start, node.start ?? 0) + code + textOf(node.end ?? 0, end);
  const now = Date.now();
  for (let index = 0; index < MOMENTS; index++) {
    const moment = now - DAY_MS / 2 + index * APART_MS;
    const [one, other] = [before, after].map((text) => valueAt(text, moment));
    if (one === undefined || one !== other) return undefined;
  }
  return 'it comes to the same on this day';
}

/** The value as JSON of an expression at a moment; undefined where it has none. */
function valueAt(text: string, moment: number): string | undefined {
  const script = `(() => {
    const Real = Date;
    class Then extends Real {
      constructor(...of) { super(...(of.length > 0 ? of : [${moment}])); }
      static now() { return ${moment}; }
    }
    globalThis.Date = Then;
    try { return JSON.stringify((${text})); } finally { globalThis.Date = Real; }
  })()`;
  try {
    const value: unknown = new Script(script).runInContext(world, { timeout: LIMIT_MS });
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const world = createContext({});

/** True for an expression of literals, operators, and calls on `Date` and on what these make. */
function isClosed(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
      return true;
    case 'UnaryExpression':
      return node.operator !== 'delete' && isClosed(node.argument);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return isClosed(node.left) && isClosed(node.right);
    case 'ConditionalExpression':
      return [node.test, node.consequent, node.alternate].every(isClosed);
    case 'ParenthesizedExpression':
      return isClosed(node.expression);
    case 'NewExpression':
      return isDate(node.callee) && node.arguments.every(isClosed);
    case 'CallExpression':
      return (isDate(node.callee) || isMember(node.callee)) && node.arguments.every(isClosed);
    case 'MemberExpression':
      return isMember(node);
    default:
      return false;
  }
}

function isMember(node: SyntaxNode): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return false;
  return (isDate(node.object) || isClosed(node.object)) && !/constructor|prototype|__/.test(node.property.name);
}

function isDate(node: SyntaxNode): boolean {
  return node.type === 'Identifier' && node.name === 'Date';
}
