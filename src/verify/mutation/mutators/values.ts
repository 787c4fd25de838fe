/** Values become others of their type. */
import type { Mutator, Proposal } from '../mutant.ts';
import { source } from '../mutant.ts';
import type { SyntaxNode } from '../../code/syntax.ts';

const OTHER_TEXT = '"another text"';

/** Booleans, texts, numbers, lists, objects and optional chaining. */
export const values: Mutator = (node, context) => {
  const before = source(node, context);
  const propose = (mutator: string, code: string): Proposal[] => [{ mutator, code, before, after: code }];
  switch (node.type) {
    case 'BooleanLiteral':
      return propose('boolean', String(!node.value));
    case 'StringLiteral':
      return isName(node, context.parents) ? [] : propose('string', node.value === '' ? OTHER_TEXT : '""');
    case 'TemplateLiteral':
      if (context.parents[0]?.type === 'TaggedTemplateExpression') return [];
      return propose('string', before === '``' ? OTHER_TEXT : '""');
    case 'NumericLiteral':
      return Number.isSafeInteger(node.value) && !isName(node, context.parents)
        ? propose('number', String(node.value + 1))
        : [];
    case 'ArrayExpression':
      return propose('list', node.elements.length === 0 ? `[${OTHER_TEXT}]` : '[]');
    case 'ObjectExpression':
      return node.properties.length === 0 ? [] : propose('object', '({})').map((one) => ({ ...one, after: '{}' }));
    default:
      return [];
  }
};

/** Where a literal names something instead of being a value: keys, modules, types. */
function isName(node: SyntaxNode, [parent]: SyntaxNode[]): boolean {
  // `void 0` is undefined whatever the number.
  if (parent === undefined || (parent.type === 'UnaryExpression' && parent.operator === 'void')) return true;
  if ('key' in parent && parent.key === node && !('computed' in parent && parent.computed === true)) return true;
  if (parent.type === 'CallExpression') {
    const { callee } = parent;
    return callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require');
  }
  return (
    /^(Import|Export(All|Named)|JSX|TS|ModuleDeclaration)/.test(parent.type) &&
    parent.type !== 'TSAsExpression' &&
    parent.type !== 'TSSatisfiesExpression'
  );
}
