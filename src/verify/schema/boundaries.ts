import { isObject } from '../../events/json.ts';
import type { JsonValue } from '../../events/json.ts';
import type { Goals } from './canon/goals.ts';
import type { Goal } from './canon/goal.ts';
import type { Shape, StringBounds } from './canon/shape.ts';
import { edges } from './draw/number.ts';
import type { Literals } from './draw/pen.ts';
import { createRandom } from './draw/random.ts';
import { drawValue } from './draw/value.ts';
import { copy, keyOf, put } from './equal.ts';
import { edgesOfFormat } from './format/edges.ts';
import { prepare } from './pattern/draw-pattern.ts';
import { refusable } from './refused.ts';
import { burden } from './shrink.ts';
import { ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING } from './types.ts';

const MOST = 64;
/** Characters of all candidates together, after which no more are tried: of a very wide object there are fewer. */
const MOST_WORK = 2_000_000;
const LONGEST = 2_000;
const NO_LITERALS: Literals = { strings: [], numbers: [] };

/**
 * Values at the edges of a schema: ends of ranges and lengths, each listed value, with and without each optional
 * property, short and full arrays. Each satisfies the goal; simplest first; at most {@link MOST}.
 */
export function boundariesOf(goals: Goals, goal: Goal): JsonValue[] {
  const found = collected(goals, goal, candidates(goals, goal, 3), MOST * 2);
  const weighed = found.map((value) => ({ value, weight: burden(value) }));
  weighed.sort((a, b) => a.weight - b.weight);
  return weighed.slice(0, MOST).map(({ value }) => value);
}

/**
 * A few values that hold each edge of each member at least once, several at a time; then what lies beside: objects
 * without one of their members. Each satisfies the goal; at most {@link MOST}.
 */
export function edgesOf(goals: Goals, goal: Goal): JsonValue[] {
  return collected(goals, goal, candidates(goals, goal, 3, rows), MOST);
}

/** Those that satisfy the goal, each once. */
function collected(goals: Goals, goal: Goal, values: Iterator<JsonValue>, most: number): JsonValue[] {
  const found = new Map<string, JsonValue>();
  let work = 0;
  for (const value of asFarAsPossible(values)) {
    const key = keyOf(value);
    work += key.length;
    if (!found.has(key) && refusable('#', () => goals.satisfies(goal, value)) === true) found.set(key, value);
    if (found.size >= most || work > MOST_WORK) break;
  }
  return [...found.values()];
}

/** Where a part is refused only when it is met, as a pattern that takes too long, what came before it stands. */
function* asFarAsPossible(values: Iterator<JsonValue>): Generator<JsonValue> {
  for (;;) {
    const next = refusable('#', () => values.next());
    if ('kind' in next || next.done === true) return;
    yield next.value;
  }
}

type Members = typeof members;

function* candidates(goals: Goals, goal: Goal, depth: number, ofMembers: Members = members): Generator<JsonValue> {
  const small = drawValue(goals, goal, 1, 'small', NO_LITERALS);
  if (small !== undefined) yield small;
  const full = drawValue(goals, goal, 2, 'full', NO_LITERALS);
  if (full !== undefined) yield full;
  if (depth === 0 || goals.height(goal) === Infinity) return;
  for (const shape of goals.shapes(goal).slice(0, 12)) yield* ofShape(goals, goal, shape, full, depth, ofMembers);
}

function* ofShape(
  goals: Goals,
  goal: Goal,
  shape: Shape,
  full: JsonValue | undefined,
  depth: number,
  ofMembers: Members,
): Generator<JsonValue> {
  const { types } = shape;
  if (shape.values) {
    yield* shape.values.slice(0, MOST).map(copy);
    return;
  }
  if (types & NULL) yield null;
  if (types & BOOLEAN) yield* [false, true];
  if (types & NUMBER) {
    if (types & INTEGER) yield* edges(shape.number, true);
    if (types & (NUMBER & ~INTEGER)) yield* edges(shape.number, false);
  }
  if (types & STRING) yield* texts(shape.string);
  if (types & ARRAY) yield* lists(goals, shape, depth, ofMembers);
  if (types & OBJECT && isObject(full)) yield* ofMembers(goals, goal, shape, full, depth);
}

function* texts(bounds: StringBounds): Generator<JsonValue> {
  const { min, max } = bounds;
  const sizes = [min, min + 1, max - 1, max].filter((size) => size >= min && size <= max && size <= LONGEST);
  const random = createRandom(7);
  for (const format of bounds.formats) yield* edgesOfFormat(format);
  for (const size of new Set(sizes)) {
    const [pattern] = bounds.patterns;
    if (!pattern) {
      yield 'a'.repeat(size);
      // As many characters in twice as many bytes.
      if (size === max) yield 'é'.repeat(size);
    } else {
      const text = prepare(pattern, size, size)(random);
      if (text !== undefined) yield text;
    }
  }
  // Blank is not empty.
  if (bounds.patterns.length === 0 && max > 0 && min <= MOST) yield ' '.repeat(Math.max(1, min));
}

function* lists(goals: Goals, shape: Shape, depth: number, ofMembers: Members): Generator<JsonValue> {
  const { array } = shape;
  if (array.min === 0) yield [];
  const [goal] = goals.items(shape, 0, []);
  if (!goal || array.max === 0) return;
  const values = [...candidates(goals, goal, depth - 1, ofMembers)].slice(0, 12);
  const size = Math.max(array.min, 1);
  if (!array.unique && size <= 20) for (const value of values) yield Array.from({ length: size }, () => copy(value));
  else if (size === 1) for (const value of values) yield [value];
  for (const length of [array.min, array.min + 1, array.max - 1, array.max]) {
    if (length > array.max || length < array.min || length > 60) continue;
    const items: JsonValue[] = [];
    for (let seed = 0; items.length < length && seed < length * 5; seed++) {
      const options = goals.items(shape, items.length, []);
      const item = options[0] && drawValue(goals, options[0], seed, 'free', NO_LITERALS);
      if (item !== undefined) items.push(item);
    }
    yield items;
  }
}

function* members(
  goals: Goals,
  goal: Goal,
  shape: Shape,
  full: { [name: string]: JsonValue },
  depth: number,
): Generator<JsonValue> {
  const bases = [drawValue(goals, goal, 1, 'small', NO_LITERALS), full].filter(isObject);
  const names = new Set([...shape.object.properties.keys(), ...shape.object.required]);
  for (const name of names) {
    if (shape.object.forbidden.has(name)) continue;
    for (const value of [...candidates(goals, goals.property(shape, name), depth - 1)].slice(0, 14)) {
      for (const base of bases.slice(0, depth === 3 && names.size <= 60 ? 2 : 1)) {
        const next = copy(base);
        put(next, name, value);
        yield next;
      }
    }
    const without = Object.entries(full).filter(([other]) => other !== name);
    if (names.size <= 60 && !shape.object.required.has(name))
      yield Object.fromEntries(without.map(([key, value]) => [key, copy(value)]));
  }
}

/** Edges of one member that are looked at. */
const MOST_EDGES = 20;

/** Objects whose members are all at an edge, each at another one in each object. */
function* rows(
  goals: Goals,
  goal: Goal,
  shape: Shape,
  full: { [name: string]: JsonValue },
  depth: number,
): Generator<JsonValue> {
  const names = new Set([...shape.object.properties.keys(), ...shape.object.required]);
  const open = [...names].filter((name) => !shape.object.forbidden.has(name));
  const columns = open.map((name) => {
    const member = goals.property(shape, name);
    const edges = new Map<string, JsonValue>();
    for (const value of candidates(goals, member, depth - 1, rows)) {
      if (goals.satisfies(member, value)) edges.set(keyOf(value), value);
      if (edges.size >= MOST_EDGES) break;
    }
    return { name, edges: [...edges.values()] };
  });
  const longest = Math.max(0, ...columns.map(({ edges }) => edges.length));
  for (let row = 0; row < longest; row++) {
    const whole = copy(full);
    for (const { name, edges } of columns) {
      const edge = edges[row % edges.length];
      if (edge !== undefined) put(whole, name, copy(edge));
    }
    if (goals.satisfies(goal, whole)) yield whole;
    else yield* apart(full, columns, row);
  }
  for (const name of open) {
    if (names.size > 60 || shape.object.required.has(name)) continue;
    const others = Object.entries(full).filter(([other]) => other !== name);
    yield Object.fromEntries(others.map(([key, value]) => [key, copy(value)]));
  }
}

/** The edges of a row one at a time, where they do not go together. */
function* apart(
  full: { [name: string]: JsonValue },
  columns: { name: string; edges: JsonValue[] }[],
  row: number,
): Generator<JsonValue> {
  for (const { name, edges } of columns) {
    const edge = edges[row];
    if (edge === undefined) continue;
    const next = copy(full);
    put(next, name, copy(edge));
    yield next;
  }
}
