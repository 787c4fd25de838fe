/** A small change of the code under test that its properties ought to notice. */
import type { SyntaxNode } from '../code/syntax.ts';

/** What a mutator proposes for a node. */
export interface Proposal {
  /** `equality`, `boundary`, `string`. */
  mutator: string;
  /** Text that takes the place of the node; an expression for an expression, statements for a block. */
  code: string;
  /** What a person reads: the part that changes, and what it becomes. */
  before: string;
  after: string;
  /** Where the part that changes starts, for a person; the node's start where absent. */
  at?: number;
}

export interface NodeContext {
  text: string;
  /** Nearest first. */
  parents: SyntaxNode[];
}

/** Proposes changes of a node; none where it is not of its kind. */
export type Mutator = (node: SyntaxNode, context: NodeContext) => Proposal[];

/** A change of one file, with the node that it stands in. */
export interface Mutant extends Proposal {
  /** Unique in a run; counts from 1. */
  id: number;
  file: string;
  /** Where the changed node starts, which tells whether it runs. */
  from: number;
  /** Offsets of the node that `code` takes the place of. */
  start: number;
  end: number;
  form: 'expression' | 'function body' | 'block';
  /** Why calls cannot tell it from the code, where a rule says so. */
  equivalent?: string;
  /** True where it stands in only for what is absent. */
  fallback?: true;
}

/** The text of a node. */
export function source(node: SyntaxNode, { text }: NodeContext): string {
  return text.slice(node.start ?? 0, node.end ?? 0);
}
