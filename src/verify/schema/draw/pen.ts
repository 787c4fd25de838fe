import type { JsonValue } from '../../../events/json.ts';
import type { Goals } from '../canon/goals.ts';
import type { Goal } from '../canon/goal.ts';
import type { Random } from './random.ts';

/** What one drawing carries along. */
export interface Pen {
  random: Random;
  goals: Goals;
  /** Values drawn so far, all levels together. */
  nodes: number;
  /** `small`: the least and simplest; `full`: all optional members; `free`: anything. */
  mode: 'free' | 'small' | 'full';
  literals: Literals;
  /** Draws a child; undefined where none was found. */
  draw(goal: Goal, room: number): JsonValue | undefined;
}

/** Values found in code or spec, by type. */
export interface Literals {
  strings: string[];
  numbers: number[];
}
