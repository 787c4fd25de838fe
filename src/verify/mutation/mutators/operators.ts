/** Operators become their neighbours: comparisons at their boundary, sums as differences, and as or. */
import type { Mutator, NodeContext, Proposal } from '../mutant.ts';
import { source } from '../mutant.ts';
import type { SyntaxNode } from '../../code/syntax.ts';

const BINARY: Record<string, [mutator: string, others: string[]]> = {
  '<': ['boundary', ['<=', '>=']],
  '<=': ['boundary', ['<', '>']],
  '>': ['boundary', ['>=', '<=']],
  '>=': ['boundary', ['>', '<']],
  '===': ['equality', ['!==']],
  '!==': ['equality', ['===']],
  '==': ['equality', ['!=']],
  '!=': ['equality', ['==']],
  '+': ['arithmetic', ['-']],
  '-': ['arithmetic', ['+']],
  '*': ['arithmetic', ['/']],
  '/': ['arithmetic', ['*']],
  '%': ['arithmetic', ['*']],
  '**': ['arithmetic', ['*']],
  '&': ['arithmetic', ['|']],
  '|': ['arithmetic', ['&']],
  '^': ['arithmetic', ['&']],
  '<<': ['arithmetic', ['>>']],
  '>>': ['arithmetic', ['<<']],
  '>>>': ['arithmetic', ['<<']],
};
const LOGICAL: Record<string, string> = { '&&': '||', '||': '&&', '??': '&&' };
const ASSIGNMENT: Record<string, string> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '<<=': '>>=',
  '>>=': '<<=',
  '&=': '|=',
  '|=': '&=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '&&=',
};

/** Binary, logical, assignment, update and unary operators. */
export const operators: Mutator = (node, context) => {
  switch (node.type) {
    case 'BinaryExpression': {
      const [mutator, others] = BINARY[node.operator] ?? ['', []];
      if (node.operator === '+' && (isText(node.left) || isText(node.right))) return [];
      return others.map((other) => ({ mutator, ...between(node.left, node.right, node.operator, other, context) }));
    }
    case 'LogicalExpression':
      return [
        {
          mutator: 'logical',
          ...between(node.left, node.right, node.operator, LOGICAL[node.operator] ?? '&&', context),
        },
      ];
    case 'AssignmentExpression': {
      const other = ASSIGNMENT[node.operator];
      if (other === undefined || (node.operator === '+=' && isText(node.right))) return [];
      return [{ mutator: 'assignment', ...between(node.left, node.right, node.operator, other, context, true) }];
    }
    case 'UpdateExpression': {
      const argument = source(node.argument, context);
      const other = node.operator === '++' ? '--' : '++';
      const code = node.prefix ? other + argument : argument + other;
      return [{ mutator: 'update', code, before: source(node, context), after: code }];
    }
    case 'UnaryExpression': {
      const argument = source(node.argument, context);
      const before = source(node, context);
      if (node.operator === '!') return [{ mutator: 'negation', code: argument, before, after: argument }];
      if (node.operator === '-' && node.argument.type !== 'NumericLiteral')
        return [{ mutator: 'sign', code: `+(${argument})`, before, after: `+${argument}` }];
      if (node.operator === '~') return [{ mutator: 'sign', code: argument, before, after: argument }];
      return [];
    }
    default:
      return [];
  }
};

function isText(node: SyntaxNode): boolean {
  if (node.type === 'BinaryExpression' && node.operator === '+') return isText(node.left) || isText(node.right);
  return node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
}

/** The operands keep their own brackets, as the other operator may bind differently. */
function between(
  left: SyntaxNode,
  right: SyntaxNode,
  operator: string,
  other: string,
  context: NodeContext,
  isTarget = false,
): Omit<Proposal, 'mutator'> {
  const [a, b] = [source(left, context), source(right, context)];
  const code = `${isTarget ? a : `(${a})`} ${other} (${b})`;
  const gap = context.text.slice(left.end ?? 0, right.start ?? 0);
  return {
    code,
    before: `${a} ${operator} ${b}`,
    after: `${a} ${other} ${b}`,
    at: (left.end ?? 0) + Math.max(0, gap.indexOf(operator)),
  };
}
