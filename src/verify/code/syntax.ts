/** JavaScript and TypeScript as a syntax tree whose offsets are those of the text. */
import { parse, type ParserOptions } from '@babel/parser';
import type { File, Node } from '@babel/types';

export type SyntaxNode = Node;

/** A piece of the text that is neither space nor comment. */
export interface Token {
  start: number;
  end: number;
  /** False for brackets, commas and semicolons, of which nothing can be said to run. */
  telling: boolean;
}

export interface Syntax {
  program: File['program'];
  tokens: Token[];
  comments: { start: number; end: number; text: string }[];
  /** Where the bodies of functions start, in order. */
  functions: number[];
}

/** Files that the parser reads. */
export function isCode(file: string): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx)$/.test(file) && !file.endsWith('.d.ts');
}

/** Parses a text without its byte order mark; a message where it cannot be read. */
export function parseCode(file: string, text: string): Syntax | { problem: string } {
  const parsed = parseFile(file, text, true);
  if ('problem' in parsed) return parsed;
  return {
    program: parsed.program,
    tokens: tokensOf(parsed.tokens ?? []),
    comments: commentsOf(parsed),
    functions: bodiesOf(parsed.program),
  };
}

/** The syntax tree of {@link parseCode} alone. */
export function parseFile(file: string, text: string, tokens = false): File | { problem: string } {
  const plugins: ParserOptions['plugins'] = ['decorators'];
  if (/\.[cm]?ts$/.test(file)) plugins.push('typescript');
  else if (file.endsWith('.tsx')) plugins.push('typescript', 'jsx');
  else plugins.push('jsx');
  const sourceType = /\.c[jt]s$/.test(file) ? 'commonjs' : 'unambiguous';
  try {
    return parse(text, {
      sourceType,
      plugins,
      tokens,
      attachComment: false,
      ...(sourceType === 'commonjs' ? {} : { allowReturnOutsideFunction: true }),
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function commentsOf(parsed: File): Syntax['comments'] {
  return (parsed.comments ?? []).flatMap(({ start, end, value }) =>
    typeof start === 'number' && typeof end === 'number' ? [{ start, end, text: value }] : [],
  );
}

function bodiesOf(node: SyntaxNode): number[] {
  if (isTypeOnly(node)) return [];
  const own =
    /Function|Method|ArrowFunctionExpression/.test(node.type) && 'body' in node && isNode(node.body)
      ? [node.body.start ?? 0]
      : [];
  return [...own, ...childrenOf(node).flatMap(bodiesOf)];
}

const SILENT = new Set(['{', '}', '(', ')', '[', ']', ',', ';', 'eof', '`', '${', '#{', '</', 'jsxTagEnd']);

function tokensOf(raw: unknown[]): Token[] {
  return raw.flatMap((one) => {
    if (typeof one !== 'object' || one === null || !('type' in one) || !('start' in one) || !('end' in one)) return [];
    const { type, start, end } = one;
    // Comments stand among the tokens with a text as their type.
    if (typeof type !== 'object' || type === null || !('label' in type)) return [];
    if (typeof start !== 'number' || typeof end !== 'number' || end <= start) return [];
    return [{ start, end, telling: typeof type.label === 'string' && !SILENT.has(type.label) }];
  });
}

/** Children in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const value of Object.values(node)) {
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const one of value) if (isNode(one)) found.push(one);
    } else if (isNode(value)) found.push(value);
  }
  return found.length < 2 ? found : found.sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value
  );
}

/** True for syntax that is gone when the types are stripped. */
export function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression' || node.type === 'TSNonNullExpression')
    return false;
  if (
    node.type === 'TSTypeAssertion' ||
    node.type === 'TSEnumDeclaration' ||
    node.type === 'TSEnumMember' ||
    node.type === 'TSEnumBody'
  )
    return false;
  if (node.type === 'TSModuleDeclaration' || node.type === 'TSModuleBlock')
    return 'declare' in node && node.declare === true;
  if (
    node.type === 'TSParameterProperty' ||
    node.type === 'TSExportAssignment' ||
    node.type === 'TSInstantiationExpression'
  )
    return false;
  if (node.type === 'TSImportEqualsDeclaration' || node.type === 'TSExternalModuleReference') return false;
  if (node.type.startsWith('TS')) return true;
  if (node.type === 'ImportDeclaration') return node.importKind === 'type';
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') return node.exportKind === 'type';
  return 'declare' in node && node.declare === true;
}
