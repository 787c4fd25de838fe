import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * The truth value that an expression has whatever its names stand for, as far as its form tells: `true`, `x || true`,
 * `x == x`, `!(y && false)`. Undefined where it depends on something. A rule that is always true checks nothing.
 */
export function constantTruth(ast: ASTNode): boolean | undefined {
  switch (ast.op) {
    case 'value':
      return typeof ast.args === 'boolean' ? ast.args : undefined;
    case '!_': {
      const inner = constantTruth(ast.args);
      return inner === undefined ? undefined : !inner;
    }
    case '||':
      return joined(ast.args.map(constantTruth), true);
    case '&&':
      return joined(ast.args.map(constantTruth), false);
    case '?:': {
      const [condition, yes, no] = ast.args;
      const known = constantTruth(condition);
      if (known !== undefined) return constantTruth(known ? yes : no);
      const truth = constantTruth(yes);
      return truth === constantTruth(no) ? truth : undefined;
    }
    case '==':
    case '!=':
    case '<=':
    case '>=': {
      const [left, right] = ast.args;
      return sourceOf(left) === sourceOf(right) ? ast.op !== '!=' : undefined;
    }
    default:
      return undefined;
  }
}

/** One operand may settle the whole; else all must be known. */
function joined(truths: (boolean | undefined)[], settling: boolean): boolean | undefined {
  if (truths.includes(settling)) return settling;
  return truths.includes(undefined) ? undefined : !settling;
}

function sourceOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end).trim();
}
