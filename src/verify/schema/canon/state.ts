import type { JsonObject, JsonValue } from '../../../events/json.ts';
import type { Direction } from '../../schema-port.ts';
import type { Node, Scope } from '../node.ts';
import type { Registry } from '../registry.ts';
import type { Literal } from './goal.ts';
import type { Shape } from './shape.ts';

/** What every step of an expansion may ask. */
export interface Context {
  registry: Registry;
  direction: Direction;
  /** False only where no value satisfies all of the literals; looks one level down. */
  feasible(literals: readonly Literal[]): boolean;
  /** Counts a step of work; false when what an expansion and its looks ahead may take together is used up. */
  patient(): boolean;
  /** Told how much is copied, so that whoever asked can stop in time. */
  spend(units: number): void;
}

/** A literal still to be folded into a shape, and the `unevaluated*` schemas around it that watch what it looks at. */
export interface Task {
  literal: Literal;
  watchers: readonly number[];
}

/** One way on from a choice. */
export type Alternative = (state: State) => void;

/** Ways on, known at once or only when all that is certain is folded in; `otherwise` counts where none of them leads on. */
export type Choice = Ways | ((state: State) => Ways);

/** Alternatives, or those that are wanted and those that will do. */
export type Ways = Alternative[] | { ways: Alternative[]; otherwise: Alternative[] };

/** A shape in the making. `watchers` are indices into `unseen` of the shape's array and object bounds, which grow together. */
export interface State {
  shape: Shape;
  tasks: Task[];
  choices: Choice[];
  seen: Set<string>;
  /** Properties whose literals, this many, were seen to have a value together. */
  feasible: Map<string, number>;
  dead: boolean;
}

/** Where a keyword stands. */
export interface Place {
  node: Node;
  schema: JsonObject;
  scope: Scope;
  watchers: readonly number[];
  context: Context;
}

/** Folds a keyword that must hold into the state. */
export type Demand = (value: JsonValue, place: Place, state: State) => void;

/** The ways in which a keyword can fail to hold; an empty list where it always holds. */
export type Denial = (value: JsonValue, place: Place) => Alternative[];

export interface Family {
  demand: Record<string, Demand>;
  deny: Record<string, Denial>;
}

/** A literal for a child of a place, entered from its scope. */
export function childLiteral(place: Place, key: string, member?: string | number, positive = true): Literal {
  return { node: place.context.registry.child(place.node, key, member), scope: place.scope, positive };
}

/** Adds an in-place literal. */
export function require(state: State, literal: Literal, watchers: readonly number[]): void {
  state.tasks.push({ literal, watchers });
}

/** Keeps only some types. */
export function allow(state: State, types: number): void {
  state.shape.types &= types;
  if (state.shape.types === 0) state.dead = true;
}
