import type { JsonValue } from '../../../events/json.ts';
import type { Contained, Shape } from '../canon/shape.ts';
import type { Goal, Literal } from '../canon/goal.ts';
import { copy, keyOf } from '../equal.ts';
import type { Pen } from './pen.ts';

const UNIQUE_TRIES = 40;
const NO_ROLES: Literal[][] = [];
const NONE: Literal[] = [];

/** An array of a shape; undefined where none was found. */
export function drawArray(shape: Shape, pen: Pen, room: number): JsonValue[] | undefined {
  const { array } = shape;
  const size = sizeOf(shape, pen, room);
  if (size === undefined) return undefined;
  const roles = rolesOf(array.contained, size, pen);
  if (!roles) return undefined;
  const items: JsonValue[] = [];
  const keys = new Set<string>();
  for (let index = 0; index < size; index++) {
    const options = viable(pen.goals.items(shape, index, roles[index] ?? NONE), pen);
    const item = drawItem(options, array.unique ? keys : null, pen, room);
    if (item !== undefined) {
      items.push(item);
      continue;
    }
    // A shorter array will do where nothing further is promised.
    const promised = array.contained.some(({ min }) => min > 0) || array.repeated;
    if (index >= array.min && !promised) break;
    return undefined;
  }
  return array.repeated ? repeat(items, shape, pen) : items;
}

function viable(options: Goal[], pen: Pen): Goal[] {
  if (options.length === 1 && options[0] && pen.goals.height(options[0]) < Infinity) return options;
  return options.filter((goal) => pen.goals.height(goal) < Infinity);
}

function drawItem(options: Goal[], keys: Set<string> | null, pen: Pen, room: number): JsonValue | undefined {
  if (options.length === 0) return undefined;
  for (let attempt = 0; attempt < (keys ? UNIQUE_TRIES : 2); attempt++) {
    // Two small items are the same item: after the first try, uniqueness needs variety.
    const mode = pen.mode;
    if (attempt > 0) pen.mode = 'free';
    const item = pen.draw(pen.random.pick(options), room - 1);
    pen.mode = mode;
    if (item === undefined) continue;
    if (!keys) return item;
    const key = keyOf(item);
    if (keys.has(key)) continue;
    keys.add(key);
    return item;
  }
  return undefined;
}

function sizeOf(shape: Shape, pen: Pen, room: number): number | undefined {
  const { array } = shape;
  const { random } = pen;
  const demanded = array.contained.reduce((most, { from, min }) => Math.max(most, min > 0 ? from + min : 0), 0);
  const least = Math.max(array.min, demanded);
  if (least > array.max) return undefined;
  if (pen.mode === 'small' || room <= 0) return least;
  const reach = Math.max(4, array.prefix.length + 1);
  const most = Math.min(array.max, least + reach);
  if (pen.mode === 'full') return Math.max(least, Math.min(array.max, 1));
  if (random.chance(0.08) && array.max <= 50 && room > 2) return array.max;
  if (array.prefix.length > 0 && random.chance(0.5)) return Math.min(most, Math.max(least, array.prefix.length));
  return random.chance(0.15) ? least : random.between(least, most);
}

/** Which items must satisfy, or must not satisfy, which `contains`. */
function rolesOf(contained: Contained[], size: number, pen: Pen): Literal[][] | undefined {
  if (contained.length === 0) return NO_ROLES;
  const roles: Literal[][] = Array.from({ length: size }, () => []);
  for (const { literal, from, to, min, max } of contained) {
    const places: number[] = [];
    for (let index = from; index < Math.min(to, size); index++) places.push(index);
    if (places.length < min) return undefined;
    const most = Math.min(max, places.length);
    const count = min === most || pen.mode === 'small' ? min : pen.random.between(min, Math.min(most, min + 2));
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(pen.random.pick(places));
    for (const index of places) {
      if (chosen.has(index)) roles[index]?.push(literal);
      else if (max !== Infinity) roles[index]?.push({ ...literal, positive: !literal.positive });
    }
  }
  return roles;
}

/** Makes two items equal, at places that allow it. */
function repeat(items: JsonValue[], shape: Shape, pen: Pen): JsonValue[] | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const [from, to] = [pen.random.below(items.length), pen.random.below(items.length)];
    const item = items[from];
    if (from === to || item === undefined) continue;
    if (!pen.goals.items(shape, to, []).some((goal) => pen.goals.satisfies(goal, item))) continue;
    return items.with(to, copy(item));
  }
  return undefined;
}
