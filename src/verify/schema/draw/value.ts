import type { JsonValue } from '../../../events/json.ts';
import type { Goals } from '../canon/goals.ts';
import type { Goal } from '../canon/goal.ts';
import type { Shape } from '../canon/shape.ts';
import { copy, equal } from '../equal.ts';
import { LIMITS } from '../limits.ts';
import { Refused } from '../refused.ts';
import { ANY, ARRAY, BOOLEAN, FRACTION, INTEGER, NULL, NUMBER, OBJECT, STRING } from '../types.ts';
import { drawAny } from './any.ts';
import { drawArray } from './array.ts';
import { drawNumber } from './number.ts';
import { canHaveSome, drawObject } from './object.ts';
import type { Literals, Pen } from './pen.ts';
import { createRandom } from './random.ts';
import { drawString } from './string.ts';

/** Levels drawn freely; below them only what is demanded. */
const ROOM = 5;
/** Values of all levels after which only what is demanded is drawn. */
const ENOUGH = 48;

/** Draws one value of a goal; undefined where none was found. The same seed gives the same value. */
export function drawValue(
  goals: Goals,
  goal: Goal,
  seed: number,
  mode: Pen['mode'],
  literals: Literals,
): JsonValue | undefined {
  const pen: Pen = {
    random: createRandom(seed),
    goals,
    nodes: 0,
    mode,
    literals,
    draw: (child, room) => draw(child, pen, room),
  };
  return pen.draw(goal, ROOM);
}

function draw(goal: Goal, pen: Pen, room: number): JsonValue | undefined {
  if (++pen.nodes > LIMITS.nodes) {
    throw new Refused('minItems', goal.literals[0]?.node.pointer ?? '#', `a value has over ${LIMITS.nodes} parts`);
  }
  if (room < -LIMITS.depth || pen.goals.height(goal) === Infinity) return undefined;
  const tight = room <= 0 || pen.nodes > ENOUGH;
  if (goal.literals.length === 0 && pen.mode === 'free') return drawAny(pen.random, tight ? 0 : Math.min(room, 2));
  const shapes = pen.goals.shapes(goal);
  for (let attempt = 0; attempt < 4; attempt++) {
    const shape = shapes.length === 1 ? shapes[0] : pickShape(shapes, pen, tight);
    if (!shape) return undefined;
    const value = drawShape(shape, pen, tight ? 0 : room);
    if (value !== undefined && !shape.excluded.some((each) => equal(each, value))) return value;
  }
  return undefined;
}

function pickShape(shapes: Shape[], pen: Pen, tight: boolean): Shape | undefined {
  if (tight || pen.mode === 'small') {
    let best: Shape | undefined;
    let least = Infinity;
    for (const shape of shapes) {
      const height = heightOf(shape, pen);
      if (height < least) [best, least] = [shape, height];
    }
    if (best) return best;
  }
  for (let attempt = 0; attempt < 8; attempt++) {
    const shape = pen.random.pick(shapes);
    if (heightOf(shape, pen) < Infinity) return shape;
  }
  const viable = shapes.filter((shape) => heightOf(shape, pen) < Infinity);
  return viable.length === 0 ? undefined : pen.random.pick(viable);
}

function compositeHeights(shape: Shape, pen: Pen): { array: number; object: number } {
  return (shape.heights ??= {
    array: shape.types & ARRAY ? pen.goals.heightOf(shape, ARRAY) : Infinity,
    object: shape.types & OBJECT && canHaveSome(shape, pen) ? pen.goals.heightOf(shape, OBJECT) : Infinity,
  });
}

function heightOf(shape: Shape, pen: Pen): number {
  if (shape.values || shape.types & ~(ARRAY | OBJECT)) return 1;
  const { array, object } = compositeHeights(shape, pen);
  return Math.min(array, object);
}

function drawShape(shape: Shape, pen: Pen, room: number): JsonValue | undefined {
  if (shape.values) return copy(pen.mode === 'small' ? (shape.values[0] ?? null) : pen.random.pick(shape.values));
  const type = pickType(shape, pen, room);
  switch (type) {
    case NULL:
      return null;
    case BOOLEAN:
      return pen.mode === 'small' && shape.excluded.length === 0 ? false : pen.random.chance(0.5);
    case INTEGER:
      return drawNumber(shape.number, true, false, pen);
    case FRACTION:
      return drawNumber(shape.number, false, true, pen);
    case NUMBER:
      return drawNumber(shape.number, true, true, pen);
    case STRING:
      return drawString(shape.string, pen);
    case ARRAY:
      return drawArray(shape, pen, room);
    case OBJECT:
      return drawObject(shape, pen, room);
    default:
      return undefined;
  }
}

function pickType(shape: Shape, pen: Pen, room: number): number {
  let { types } = shape;
  const composite = types & (ARRAY | OBJECT);
  if (composite) {
    const { array, object } = compositeHeights(shape, pen);
    if (array === Infinity) types &= ~ARRAY;
    if (object === Infinity) types &= ~OBJECT;
    const scalars = types & ~(ARRAY | OBJECT);
    const few = room <= 0 || pen.mode === 'small' || (types === ANY && pen.random.chance(0.5));
    if (few && scalars) types = scalars;
    else if (few && types === (ARRAY | OBJECT)) types = array <= object ? ARRAY : OBJECT;
  }
  if (pen.mode === 'small') {
    for (const type of [NULL, BOOLEAN, INTEGER, NUMBER, FRACTION, STRING, ARRAY, OBJECT]) {
      if ((types & type) === type) return type === INTEGER && (types & NUMBER) === NUMBER ? NUMBER : type;
    }
  }
  const options: number[] = [];
  for (const type of [NULL, BOOLEAN, STRING, ARRAY, OBJECT]) if (types & type) options.push(type);
  if (types & NUMBER) options.push(types & NUMBER);
  return options.length === 0 ? 0 : pen.random.pick(options);
}
