/** What is asked is always so, or never; what is done is left out. */
import type { Mutator, Proposal } from '../mutant.ts';
import { source } from '../mutant.ts';
import type { SyntaxNode } from '../../code/syntax.ts';

const COMPARISONS = new Set(['<', '<=', '>', '>=', '===', '!==', '==', '!=', 'in', 'instanceof']);

/** Tests and comparisons become true and false; a loop's test only false, as a loop without end says nothing new. */
export const conditions: Mutator = (node, context) => {
  const [parent] = context.parents;
  const before = source(node, context);
  const fixed = (...values: string[]): Proposal[] =>
    values.map((value) => ({ mutator: 'condition', code: value, before, after: value }));
  if (parent !== undefined && 'test' in parent && parent.test === node && node.type !== 'BooleanLiteral') {
    if (parent.type === 'SwitchCase') return [];
    const isLoop =
      parent.type === 'WhileStatement' || parent.type === 'DoWhileStatement' || parent.type === 'ForStatement';
    return isLoop ? fixed('false') : fixed('true', 'false');
  }
  if (node.type === 'BinaryExpression' && COMPARISONS.has(node.operator)) return fixed('true', 'false');
  return [];
};

/** Blocks are emptied, and functions give nothing. */
export const blocks: Mutator = (node, context) => {
  const [parent] = context.parents;
  if (node.type === 'BlockStatement') {
    if (node.body.length === 0 || parent === undefined) return [];
    // Without its call of super a constructor only throws.
    if (parent.type === 'ClassMethod' && parent.kind === 'constructor' && /\bsuper\s*\(/.test(source(node, context)))
      return [];
    return [{ mutator: 'block', code: '{}', before: brief(source(node, context)), after: '{}' }];
  }
  if (parent?.type === 'ArrowFunctionExpression' && parent.body === node && !isNothing(node))
    return [
      {
        mutator: 'arrow',
        code: 'undefined',
        before: `() => ${brief(source(node, context))}`,
        after: '() => undefined',
      },
    ];
  return [];
};

function isNothing(node: SyntaxNode): boolean {
  return (node.type === 'Identifier' && node.name === 'undefined') || node.type === 'NullLiteral';
}

function brief(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
