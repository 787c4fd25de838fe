import type { Node, Scope } from '../node.ts';
import type { Shape } from './shape.ts';

/** A schema that a value must satisfy, or (not positive) must violate. */
export interface Literal {
  node: Node;
  scope: Scope;
  positive: boolean;
}

/** A conjunction of literals, interned: equal conjunctions are the same goal. What is known about it grows. */
export interface Goal {
  readonly key: string;
  readonly literals: readonly Literal[];
  /** Its disjunctive form; each shape can be drawn from alone. Undefined until it is asked for. */
  shapes?: Shape[];
  /** True while its shapes are being found. */
  busy: boolean;
  /** False where the disjunctive form was cut short. */
  complete: boolean;
  /** True where shapes were looked for from the other end too. */
  lookedAgain?: boolean;
  /** Fewest levels of a value that satisfies it; undefined while unknown. */
  height?: number;
  /** Levels up to which no value was found. */
  failedAt: number;
  /** Why a limit, not the schema, keeps it from having a value. */
  blocked?: { keyword: string; pointer: string; reason: string };
}

export function literalKey({ node, scope, positive }: Literal): string {
  return `${positive ? '' : '-'}${node.id}.${scope.id}`;
}
