/** The literals of code: what it compares its input with is where its behaviour changes. */
import type { JsonValue } from '../../events/index.ts';
import { collectLiterals } from '../cases/literals.ts';
import { drawValue } from '../draw.ts';
import { createSchemas } from '../schema/index.ts';
import { childrenOf, isTypeOnly, parseCode, type SyntaxNode } from './syntax.ts';

const MAX_LITERALS = 600;
const EXAMPLES_OF_A_PATTERN = 3;

export interface CodeText {
  file: string;
  text: string;
}

/**
 * Strings, numbers with their neighbours, dates with the days beside them, and texts that match its regular
 * expressions. Those that are compared, tested or looked up come first, as the number is bounded. A text that cannot be
 * parsed has none. The order of the texts decides, and nothing else.
 */
export function harvest(texts: readonly CodeText[]): JsonValue[] {
  const compared: JsonValue[] = [];
  const others: JsonValue[] = [];
  for (const { file, text } of texts) {
    const syntax = parseCode(file, text);
    if ('problem' in syntax) continue;
    const visit = (node: SyntaxNode, parent: SyntaxNode | undefined, tested: boolean): void => {
      if (isTypeOnly(node) || node.type === 'ImportDeclaration') return;
      const isKey = parent !== undefined && 'key' in parent && parent.key === node;
      const isTested = tested || (parent?.type === 'SwitchCase' && parent.test === node);
      const list = isTested ? compared : others;
      if (!isKey) list.push(...valuesOf(node, parent));
      const within = isTested || isTest(node);
      for (const child of childrenOf(node)) visit(child, node, within);
    };
    visit(syntax.program, undefined, false);
  }
  const { add, all } = collectLiterals(MAX_LITERALS);
  for (const value of [...compared, ...others]) add(value);
  return all();
}

/** What decides: comparisons, cases, the arguments of calls such as `includes`, and lists and tables of values. */
function isTest(node: SyntaxNode): boolean {
  if (node.type === 'BinaryExpression') return /[<>=]/.test(node.operator);
  if (node.type === 'NewExpression') return node.callee.type === 'Identifier' && /^(Set|Map)$/.test(node.callee.name);
  if (node.type === 'CallExpression')
    return (
      node.callee.type === 'MemberExpression' &&
      node.callee.property.type === 'Identifier' &&
      /^(includes|startsWith|endsWith|indexOf|has|get|test|match|split)$/.test(node.callee.property.name)
    );
  return false;
}

function valuesOf(node: SyntaxNode, parent: SyntaxNode | undefined): JsonValue[] {
  switch (node.type) {
    case 'StringLiteral':
      return node.value === '' ? [] : [node.value];
    case 'NumericLiteral':
      return [parent?.type === 'UnaryExpression' && parent.operator === '-' ? -node.value : node.value];
    case 'TemplateElement': {
      const text = node.value.cooked ?? '';
      return text.trim() === '' ? [] : [...new Set([text, text.trim()])];
    }
    case 'RegExpLiteral':
      return matching(node.pattern, node.flags);
    default:
      return [];
  }
}

/** A few texts that match, always the same ones; none where the pattern is more than can be drawn from. */
function matching(pattern: string, flags: string): JsonValue[] {
  if (/[gy]/.test(flags) && pattern.length < 3) return [];
  const schemas = createSchemas({ type: 'string', pattern }, { dialect: '2020-12' });
  const generator = schemas.generator('#', 'any');
  if (generator.kind !== 'generator') return [];
  try {
    return Array.from(
      { length: EXAMPLES_OF_A_PATTERN },
      (_, index) => drawValue(generator.arbitrary, 1, pattern, index).value,
    );
  } catch {
    return [];
  }
}
