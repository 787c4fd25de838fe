/**
 * Mutants that no request can tell from the code, by rules that say why. They are tried all the same; only one that
 * nothing noticed is set aside, with its reason, and it is counted apart from the survivors.
 */
import type { SyntaxNode } from '../code/syntax.ts';
import type { NodeContext, Proposal } from './mutant.ts';
import { source } from './mutant.ts';
import { sameToday } from './same-today.ts';

/** Why a mutant of a node does what the code does, as far as calls can see; undefined where nothing says so. */
export function whyEquivalent(node: SyntaxNode, proposal: Proposal, context: NodeContext): string | undefined {
  const { mutator, after } = proposal;
  const today = sameToday(node, proposal, context);
  if (today !== undefined || mutator !== 'condition') return today;
  return sameType(node, after, context) ?? sameJson(node, after, context);
}

/** Why nothing that is asked of a service can show what stands here: it is about where and how its process runs. */
export function whyOutOfSight(node: SyntaxNode, parents: SyntaxNode[]): string | undefined {
  let child = node;
  for (const parent of parents) {
    if (parent.type === 'CallExpression' && parent.callee !== child) {
      const called = memberOf(parent.callee);
      if (called?.name === 'listen') return 'it is about where the service listens, which its start says';
      if (called?.object === 'process' && /^(on|once|addListener)$/.test(called.name))
        return 'it is about the end of the process, which no call sees';
    }
    if (parent.type === 'AssignmentExpression' && parent.right === child && isPatience(parent.left))
      return 'it is about how long the server keeps connections, not about what it answers';
    child = parent;
  }
  return undefined;
}

/** The time-outs of a server of Node. */
function isPatience(node: SyntaxNode): boolean {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return false;
  return /^(keepAliveTimeout|headersTimeout|requestTimeout|connectionsCheckingInterval)$/.test(node.property.name);
}

/** True for a literal that stands in only where a value is absent: `?? 0`, `[a = 0]`, `(a = 0) => a`. */
export function isFallback(node: SyntaxNode, [parent]: SyntaxNode[]): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'LogicalExpression') return parent.operator === '??' && parent.right === node;
  return parent.type === 'AssignmentPattern' && parent.right === node;
}

/** `typeof x === 'number'` beside `Number.isInteger(x)`, which is false for all that is no number (ECMA-262 §21.1.2.3). */
function sameType(node: SyntaxNode, after: string, context: NodeContext): string | undefined {
  const [parent] = context.parents;
  if (node.type !== 'BinaryExpression' || parent?.type !== 'LogicalExpression') return undefined;
  const isKept = /^===?$/.test(node.operator) && parent.operator === '&&' && after === 'true';
  const isRefused = /^!==?$/.test(node.operator) && parent.operator === '||' && after === 'false';
  const { left, right } = node;
  if (!(isKept || isRefused) || left.type !== 'UnaryExpression' || left.operator !== 'typeof') return undefined;
  if (right.type !== 'StringLiteral' || right.value !== 'number') return undefined;
  const next = parent.left === node ? parent.right : undefined;
  const call = isRefused && next?.type === 'UnaryExpression' && next.operator === '!' ? next.argument : next;
  if (call?.type !== 'CallExpression' || (isRefused && call === next)) return undefined;
  const called = memberOf(call.callee);
  const [argument] = call.arguments;
  if (called?.object !== 'Number' || !/^is(Integer|SafeInteger|Finite|NaN)$/.test(called.name)) return undefined;
  if (argument === undefined || source(argument, context) !== source(left.argument, context)) return undefined;
  return `Number.${called.name} asks for a number as well`;
}

/** `x === undefined ? undefined : JSON.stringify(x)`, which is undefined for undefined by itself (ECMA-262 §25.5.2). */
function sameJson(node: SyntaxNode, after: string, context: NodeContext): string | undefined {
  const [parent] = context.parents;
  if (parent?.type !== 'ConditionalExpression' || parent.test !== node || node.type !== 'BinaryExpression')
    return undefined;
  const isAbsent = /^===?$/.test(node.operator);
  if (!isAbsent && !/^!==?$/.test(node.operator)) return undefined;
  const [absent, present] = isAbsent ? [parent.consequent, parent.alternate] : [parent.alternate, parent.consequent];
  if (after !== String(!isAbsent) || !isUndefined(absent) || !isUndefined(node.right)) return undefined;
  if (present.type !== 'CallExpression') return undefined;
  const called = memberOf(present.callee);
  const [argument, ...more] = present.arguments;
  if (called?.object !== 'JSON' || called.name !== 'stringify' || argument === undefined || more.length > 0)
    return undefined;
  return source(argument, context) === source(node.left, context)
    ? 'JSON.stringify of undefined is undefined as well'
    : undefined;
}

function isUndefined(node: SyntaxNode): boolean {
  return node.type === 'Identifier' && node.name === 'undefined';
}

function memberOf(callee: SyntaxNode): { object: string; name: string } | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined;
  const { object } = callee;
  return { object: object.type === 'Identifier' ? object.name : '', name: callee.property.name };
}
