import { createRandom } from '../draw/random.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import { ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING } from '../types.ts';
import type { Goal } from './goal.ts';
import type { Goals } from './goals.ts';
import type { Shape, StringBounds } from './shape.ts';

/** Fewer values than this are a poor choice. */
export const VARIED = 5;
const DEPTH = 6;

/**
 * Roughly how many values a shape has without properties that nobody wrote down; {@link VARIED} stands for many. Where
 * it is less, such properties are all that can vary.
 */
export function varietyOf(goals: Goals, shape: Shape, depth = DEPTH): number {
  if (shape.values) return Math.min(VARIED, shape.values.length);
  if (depth === 0) return VARIED;
  const { types } = shape;
  let count = (types & NULL ? 1 : 0) + (types & BOOLEAN ? 2 : 0);
  if (types & NUMBER) count += numbers(shape);
  if (count < VARIED && types & STRING) count += texts(shape.string);
  if (count < VARIED && types & ARRAY) count += lists(goals, shape, depth);
  if (count < VARIED && types & OBJECT) count += objects(goals, shape, depth);
  return Math.min(VARIED, count);
}

function ofGoal(goals: Goals, goal: Goal, depth: number): number {
  if (goal.literals.length === 0) return VARIED;
  if (goals.height(goal) === Infinity) return 0;
  let count = 0;
  for (const shape of goals.shapes(goal)) {
    count += varietyOf(goals, shape, depth - 1);
    if (count >= VARIED) return VARIED;
  }
  return count;
}

function numbers({ number: { low, high } }: Shape): number {
  return high - low < VARIED ? Math.floor(high) - Math.ceil(low) + 1 : VARIED;
}

function texts({ max, patterns, min }: StringBounds): number {
  const [pattern] = patterns;
  if (max === 0) return 1;
  if (!pattern) return VARIED;
  const draw = prepare(pattern, min, max);
  const random = createRandom(1);
  return new Set(Array.from({ length: VARIED * 2 }, () => draw(random))).size;
}

function lists(goals: Goals, shape: Shape, depth: number): number {
  const { array } = shape;
  if (array.max === 0) return 1;
  if (array.max === Infinity && array.rest.length === 0) return VARIED;
  let count = 1;
  let total = array.min === 0 ? 1 : 0;
  for (let index = 0; index < Math.min(array.max, VARIED) && total < VARIED; index++) {
    const most = goals.items(shape, index, []).map((goal) => ofGoal(goals, goal, depth));
    count = Math.min(VARIED, count * Math.max(...most));
    if (index + 1 >= array.min) total += count;
  }
  return total;
}

function objects(goals: Goals, shape: Shape, depth: number): number {
  const { object } = shape;
  if (object.invited || object.max === 0) return object.max === 0 ? 1 : VARIED;
  if (object.properties.size === 0 && object.required.size === 0) return VARIED;
  let count = 1;
  for (const name of new Set([...object.properties.keys(), ...object.required])) {
    if (object.forbidden.has(name)) continue;
    const own = ofGoal(goals, goals.property(shape, name), depth);
    count *= object.required.has(name) ? Math.max(1, own) : own + 1;
    if (count >= VARIED) return VARIED;
  }
  return count;
}
