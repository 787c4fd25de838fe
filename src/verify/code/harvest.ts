/** The literals of code: what it compares its input with is where its behaviour changes. */
import type { JsonValue } from '../../events/index.ts';
import { collectLiterals } from '../cases/literals.ts';
import { drawValue } from '../draw.ts';
import { createSchemas } from '../schema/index.ts';
import { childrenOf, isTypeOnly, parseFile, type SyntaxNode } from './syntax.ts';

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
    const syntax = parseFile(file, text);
    if ('problem' in syntax) continue;
    const named = new Map<string, number | undefined>();
    const visit = (node: SyntaxNode, parent: SyntaxNode | undefined, tested: boolean): void => {
      if (isTypeOnly(node) || node.type === 'ImportDeclaration') return;
      const isKey = parent !== undefined && 'key' in parent && parent.key === node;
      const isTested = tested || (parent?.type === 'SwitchCase' && parent.test === node);
      const list = isTested ? compared : others;
      if (!isKey) list.push(...valuesOf(node, parent));
      if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init != null) {
        // A name that is given twice stands for neither.
        const { name } = node.id;
        named.set(name, named.has(name) ? undefined : computed(node.init, named));
      }
      if (node.type === 'BinaryExpression') {
        const value = computed(node, named);
        if (value !== undefined) compared.push(value);
      }
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

/** The number that an expression of numbers and named numbers comes to: `60 * 60 * second`. */
function computed(node: SyntaxNode, named: ReadonlyMap<string, number | undefined>): number | undefined {
  switch (node.type) {
    case 'NumericLiteral':
      return node.value;
    case 'Identifier':
      return named.get(node.name);
    case 'BinaryExpression': {
      const [left, right] = [computed(node.left, named), computed(node.right, named)];
      if (left === undefined || right === undefined) return undefined;
      const values: Partial<Record<string, number>> = {
        '+': left + right,
        '-': left - right,
        '*': left * right,
        '/': left / right,
        '**': left ** right,
      };
      const value = values[node.operator];
      return value !== undefined && Number.isFinite(value) ? value : undefined;
    }
    default:
      return undefined;
  }
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
