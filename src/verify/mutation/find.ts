/** Finds the mutants of a file. */
import { childrenOf, isTypeOnly, parseCode, type SyntaxNode } from '../code/syntax.ts';
import { isFallback, whyEquivalent, whyOutOfSight } from './equivalent.ts';
import type { Mutant, Mutator, Proposal } from './mutant.ts';
import { blocks, conditions } from './mutators/conditions.ts';
import { methods } from './mutators/methods.ts';
import { operators } from './mutators/operators.ts';
import { patterns } from './mutators/patterns.ts';
import { values } from './mutators/values.ts';

const MUTATORS: Mutator[] = [operators, conditions, blocks, values, methods, patterns];

/** All mutants of a text in the order of the text, with ids from `first` on; a message where it cannot be parsed. */
export function findMutants(file: string, text: string, first: number): Mutant[] | { problem: string } {
  const syntax = parseCode(file, text);
  if ('problem' in syntax) return syntax;
  const found: Omit<Mutant, 'id'>[] = [];
  const visit = (node: SyntaxNode, parents: SyntaxNode[]): void => {
    if (isTypeOnly(node) || isSilent(node, parents)) return;
    const context = { text, parents };
    const host = hostOf(node, parents);
    if (host !== undefined)
      for (const proposal of MUTATORS.flatMap((mutator) => mutator(node, context))) {
        const equivalent = whyOutOfSight(node, parents) ?? whyEquivalent(node, proposal, context);
        const mutant = {
          ...hosted(file, node, host, proposal, text),
          form: formOf(host, parents),
          ...(equivalent === undefined ? {} : { equivalent }),
          ...(isFallback(node, parents) ? { fallback: true as const } : {}),
        };
        const isKnown = found.some(
          (one) => one.start === mutant.start && one.end === mutant.end && one.code === mutant.code,
        );
        if (!isKnown && mutant.code !== text.slice(mutant.start, mutant.end)) found.push(mutant);
      }
    for (const child of childrenOf(node)) visit(child, [node, ...parents]);
  };
  visit(syntax.program, []);
  return found
    .toSorted((a, b) => (a.at ?? a.start) - (b.at ?? b.start))
    .map((mutant, index) => ({ ...mutant, id: first + index }));
}

/** What is only written to a log reaches no answer; declarations for other tools are not run. */
function isSilent(node: SyntaxNode, [parent]: SyntaxNode[]): boolean {
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    const { object } = node.callee;
    if (object.type === 'Identifier' && object.name === 'console') return true;
  }
  if (node.type === 'TSEnumDeclaration' || node.type === 'TSImportEqualsDeclaration' || node.type === 'Decorator')
    return true;
  if (
    node.type.startsWith('JSX') &&
    node.type !== 'JSXExpressionContainer' &&
    node.type !== 'JSXElement' &&
    node.type !== 'JSXFragment'
  )
    return node.type === 'JSXAttribute' && node.value?.type !== 'JSXExpressionContainer';
  return parent !== undefined && (parent.type === 'ImportDeclaration' || parent.type === 'ExportAllDeclaration');
}

/**
 * The node that takes the switch: the node itself, or, inside a chain of `?.` or as what is called, deleted or assigned
 * to, the first node around it of which a value is taken, as brackets there would change what the code means.
 */
function hostOf(node: SyntaxNode, parents: SyntaxNode[]): SyntaxNode | undefined {
  if (node.type === 'BlockStatement') return node;
  let host = node;
  for (const parent of parents) {
    const isChain =
      (parent.type === 'OptionalMemberExpression' && parent.object === host) ||
      (parent.type === 'OptionalCallExpression' && parent.callee === host);
    const isCalled = parent.type === 'CallExpression' && parent.callee === host;
    const isTemplate = parent.type === 'TaggedTemplateExpression' && parent.tag === host;
    const isMemberCalled = isChain || isCalled || isTemplate;
    const isOperand =
      (parent.type === 'UnaryExpression' && parent.operator === 'delete') || parent.type === 'UpdateExpression';
    const isTarget =
      (parent.type === 'AssignmentExpression' ||
        parent.type === 'ForOfStatement' ||
        parent.type === 'ForInStatement') &&
      parent.left === host;
    if (isTarget) return parent.type === 'AssignmentExpression' ? parent : undefined;
    if (!isMemberCalled && !isOperand) return host;
    host = parent;
  }
  return host;
}

function formOf(host: SyntaxNode, [parent]: SyntaxNode[]): Mutant['form'] {
  if (host.type !== 'BlockStatement') return 'expression';
  return parent !== undefined && /Function|Method/.test(parent.type) ? 'function body' : 'block';
}

function hosted(
  file: string,
  node: SyntaxNode,
  host: SyntaxNode,
  proposal: Proposal,
  text: string,
): Omit<Mutant, 'id' | 'form'> {
  const [start, end] = [host.start ?? 0, host.end ?? 0];
  const code =
    host === node
      ? proposal.code
      : `${text.slice(start, node.start ?? 0)}${proposal.code}${text.slice(node.end ?? 0, end)}`;
  return { ...proposal, code, at: proposal.at ?? node.start ?? 0, from: node.start ?? 0, file, start, end };
}
