/** What can be read off the syntax of a rule: the names it needs, the members it reads, how its cost grows. */
import type { ASTNode } from '@marcbachmann/cel-js';

/** Members that a rule reads of a value: all of it, or some members. */
export interface Reads {
  whole: boolean;
  members: Map<string, Reads>;
}

/** Names of CEL types, and its namespace of macros; they are no variables. */
const BUILT_IN = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'type',
  'null_type',
  'dyn',
  'google',
  'cel',
]);

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Calls whose cost grows with their list or text. */
const LINEAR_CALLS = new Set([
  'sum',
  'min',
  'max',
  'isSorted',
  'indexOf',
  'distinct',
  'matches',
  'join',
  'split',
  'contains',
]);

/** True for names that mean something to CEL itself. */
export function isBuiltInName(name: string): boolean {
  return BUILT_IN.has(name);
}

/** The sub-expressions of a node, each with the variables that it binds anew. */
export function childrenOf(node: ASTNode): { node: ASTNode; binds?: string }[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [{ node: node.args[0] }];
    case 'call':
      return node.args[1].map((arg) => ({ node: arg }));
    case 'rcall': {
      const variable = boundVariable(node);
      const [, receiver, args] = node.args;
      if (variable === undefined) return [receiver, ...args].map((arg) => ({ node: arg }));
      const [, ...rest] = args;
      if (node.args[0] !== 'bind') return [{ node: receiver }, ...rest.map((arg) => ({ node: arg, binds: variable }))];
      const [value, ...body] = rest;
      return [
        ...(value === undefined ? [] : [{ node: value }]),
        ...body.map((arg) => ({ node: arg, binds: variable })),
      ];
    }
    case 'map':
      return node.args.flat().map((item) => ({ node: item }));
    case '!_':
    case '-_':
      return [{ node: node.args }];
    default:
      return node.args.map((item) => ({ node: item }));
  }
}

/** The variable of a comprehension or of `cel.bind`. */
function boundVariable(node: ASTNode): string | undefined {
  if (node.op !== 'rcall') return undefined;
  const [name, receiver, args] = node.args;
  const isBind = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && args.length === 3;
  const variable = args[0];
  return (isBind || (COMPREHENSIONS.has(name) && args.length >= 2)) && variable?.op === 'id'
    ? variable.args
    : undefined;
}

/** What a rule reads of each free variable, in order of first use. */
export function readsOf(ast: ASTNode): Map<string, Reads> {
  const roots = new Map<string, Reads>();
  const visit = (node: ASTNode, bound: ReadonlySet<string>): void => {
    const path = memberPath(node);
    if (path !== undefined && !bound.has(path[0]) && !BUILT_IN.has(path[0])) {
      note(roots, path);
      return;
    }
    for (const { node: child, binds } of childrenOf(node))
      visit(child, binds === undefined ? bound : new Set([...bound, binds]));
  };
  visit(ast, new Set());
  return roots;
}

function note(roots: Map<string, Reads>, path: string[]): void {
  let members = roots;
  let reads: Reads | undefined;
  for (const name of path) {
    reads = members.get(name);
    if (reads === undefined) members.set(name, (reads = { whole: false, members: new Map() }));
    members = reads.members;
  }
  if (reads !== undefined) reads.whole = true;
}

/** `['request', 'body', 'minutes']` for `request.body.minutes`; undefined where the chain does not begin with a name. */
export function memberPath(node: ASTNode): [string, ...string[]] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return undefined;
  const inner = memberPath(node.args[0]);
  return inner === undefined ? undefined : [...inner, node.args[1]];
}

/** The power of the size of its input with which the time of a rule grows: nested comprehensions and list calls. */
export function costDegree(ast: ASTNode): number {
  let degree = 0;
  const visit = (node: ASTNode, depth: number): void => {
    const variable = boundVariable(node);
    const isComprehension = variable !== undefined && node.op === 'rcall' && node.args[0] !== 'bind';
    const isLinear =
      node.op === 'in' ||
      node.op === '==' ||
      node.op === '!=' ||
      (node.op === 'rcall' && LINEAR_CALLS.has(node.args[0]));
    degree = Math.max(degree, depth + (isComprehension || isLinear ? 1 : 0));
    for (const { node: child, binds } of childrenOf(node))
      visit(child, depth + (isComprehension && binds !== undefined ? 1 : 0));
  };
  visit(ast, 0);
  return degree;
}

/** The longest list or map that is written in the rule itself. */
export function longestLiteral(ast: ASTNode): number {
  const own = ast.op === 'list' || ast.op === 'map' ? ast.args.length : 0;
  return childrenOf(ast).reduce((longest, { node }) => Math.max(longest, longestLiteral(node)), own);
}

/** Renames the calls of a method throughout an expression, in place. */
export function renameCalls(ast: ASTNode, from: string, to: string): void {
  if (ast.op === 'rcall' && ast.args[0] === from) ast.args[0] = to;
  for (const { node } of childrenOf(ast)) renameCalls(node, from, to);
}
