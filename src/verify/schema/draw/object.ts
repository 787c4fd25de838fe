import type { JsonObject } from '../../../events/json.ts';
import type { Goal, Literal } from '../canon/goal.ts';
import type { Shape, Some } from '../canon/shape.ts';
import { VARIED, varietyOf } from '../canon/variety.ts';
import { put } from '../equal.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { Pen } from './pen.ts';
import { createRandom } from './random.ts';

const WORDS = ['extra', 'other', 'name', 'value', 'x', 'key', 'item', 'b2', 'note', 'data'];
const TRIES = 40;

/** An object of a shape; undefined where none was found. */
export function drawObject(shape: Shape, pen: Pen, room: number): JsonObject | undefined {
  const { object } = shape;
  const chosen = new Map<string, Literal[]>();
  for (const name of object.required) chosen.set(name, []);
  for (const some of object.some) if (!addSome(some, shape, chosen, pen)) return undefined;
  if (!close(shape, chosen, pen)) return undefined;
  addOptional(shape, chosen, pen, room);
  for (let attempt = 0; chosen.size < object.min; attempt++) {
    if (attempt > TRIES + object.min * 2) return undefined;
    addOne(shape, chosen, pen, attempt);
  }
  if (chosen.size > object.max) return undefined;
  return values(shape, chosen, pen, room);
}

function values(shape: Shape, chosen: Map<string, Literal[]>, pen: Pen, room: number): JsonObject | undefined {
  const { object } = shape;
  const result: JsonObject = {};
  const written = [...object.properties.keys()].filter((name) => chosen.has(name));
  const others = [...chosen.keys()].filter((name) => !object.properties.has(name));
  let left = chosen.size;
  for (const name of [...written, ...others]) {
    const roles = chosen.get(name) ?? [];
    const goal = pen.goals.property(shape, name);
    const value = pen.draw(roles.length === 0 ? goal : pen.goals.of([...goal.literals, ...roles]), room - 1);
    if (value !== undefined) {
      put(result, name, value);
      continue;
    }
    left--;
    const needed = object.required.has(name) || roles.length > 0 || left < object.min || needs(shape, chosen, name);
    if (needed) return undefined;
  }
  return result;
}

function needs(shape: Shape, chosen: Map<string, Literal[]>, name: string): boolean {
  return [...shape.object.dependents].some(([trigger, others]) => chosen.has(trigger) && others.includes(name));
}

function usable(shape: Shape, name: string, pen: Pen): Goal | undefined {
  if (!pen.goals.nameable(shape, name)) return undefined;
  const goal = pen.goals.property(shape, name);
  return pen.goals.height(goal) < Infinity ? goal : undefined;
}

/** Adds what the chosen names bring with them; false where that is impossible. */
function close(shape: Shape, chosen: Map<string, Literal[]>, pen: Pen): boolean {
  const { dependents } = shape.object;
  if (dependents.size === 0) return true;
  const open = [...chosen.keys()];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const other of dependents.get(name) ?? []) {
      if (chosen.has(other)) continue;
      if (!usable(shape, other, pen)) return false;
      chosen.set(other, []);
      open.push(other);
    }
  }
  return true;
}

function addOptional(shape: Shape, chosen: Map<string, Literal[]>, pen: Pen, room: number): void {
  const { object } = shape;
  const { random, mode } = pen;
  if (mode === 'small' || room <= 0) return;
  const names = [...object.properties.keys()].filter((name) => !chosen.has(name));
  const share = shareOf(names.length, pen, room);
  if (names.length + chosen.size > object.max) shuffle(names, pen);
  for (const name of names) if (share === 1 || random.chance(share)) addWith(name, shape, chosen, pen);
  if (mode === 'full') return;
  const poor = pen.goals.direction === 'any' && (shape.poor ??= varietyOf(pen.goals, shape) < VARIED);
  const unnamed = object.properties.size === 0;
  if (!poor && !object.invited && !unnamed) return;
  const extras = poor || unnamed ? random.below(3) : random.chance(0.2) ? 1 : 0;
  for (let count = 0; count < extras; count++) addOne(shape, chosen, pen, count);
}

/** How likely an optional property is: mostly a dozen at the most, now and then none or all of them. */
function shareOf(count: number, { random, mode }: Pen, room: number): number {
  if (mode === 'full') return 1;
  if (random.chance(0.1)) return 0;
  if (random.chance(0.2) && (count <= 12 || room > 4)) return 1;
  return random.unit() * Math.min(1, 12 / count);
}

/** Adds a name with all that it brings, where that is possible and leaves room. */
function addWith(name: string, shape: Shape, chosen: Map<string, Literal[]>, pen: Pen): void {
  if (chosen.has(name) || chosen.size >= shape.object.max || !usable(shape, name, pen)) return;
  if (shape.object.dependents.size === 0) {
    chosen.set(name, []);
    return;
  }
  const trial = new Map(chosen).set(name, []);
  if (!close(shape, trial, pen) || trial.size > shape.object.max) return;
  for (const [added, roles] of trial) chosen.set(added, roles);
}

/** Tries one more property: a written one, one of a pattern, or a fresh name. */
function addOne(shape: Shape, chosen: Map<string, Literal[]>, pen: Pen, attempt: number): void {
  const { object } = shape;
  const optional = [...object.properties.keys()].filter((name) => !chosen.has(name));
  const name =
    attempt % 3 === 0 && optional.length > 0 ? pen.random.pick(optional) : freshName(shape, pen, attempt % 2 === 0);
  if (name !== undefined) addWith(name, shape, chosen, pen);
}

function drawName(pattern: Pattern, pen: Pen): string | undefined {
  pattern.asName ??= prepare(pattern, 0, 64);
  return pattern.asName(pen.random);
}

function freshName(shape: Shape, pen: Pen, matching: boolean): string | undefined {
  const { patterns, names, additional, unseen } = shape.object;
  const { random } = pen;
  const sources = [
    ...patterns.map(({ pattern }) => pattern),
    ...additional.flatMap((each) => each.patterns),
    ...unseen.flatMap((each) => each.patterns),
  ];
  if (sources.length > 0 && matching) return drawName(random.pick(sources), pen);
  if (names.length > 0) {
    const name = pen.draw(pen.goals.naming(names), 1);
    return typeof name === 'string' ? name : undefined;
  }
  const listed = additional.flatMap((each) => [...each.names]);
  if (listed.length > 0 && random.chance(0.3)) return random.pick(listed);
  return random.chance(0.5) ? random.pick(WORDS) : `${random.pick(WORDS)}${random.below(1_000)}`;
}

/** Whether the properties that a shape demands without naming them can be found; tried once, with a seed of its own. */
export function canHaveSome(shape: Shape, pen: Pen): boolean {
  const probe = { ...pen, random: createRandom(3) };
  return shape.object.some.every((some) => addSome(some, shape, new Map(), probe));
}

/** A property that must exist for the shape to hold. */
function addSome(some: Some, shape: Shape, chosen: Map<string, Literal[]>, pen: Pen): boolean {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = nameFor(some, shape, pen, attempt);
    if (name === undefined || !pen.goals.nameable(shape, name)) continue;
    const roles =
      some.kind === 'pattern' ? [some.literal] : some.kind === 'additional' ? [some.additional.literal] : [];
    const before = chosen.get(name) ?? [];
    const goal = pen.goals.of([...pen.goals.property(shape, name).literals, ...before, ...roles]);
    if (pen.goals.height(goal) === Infinity) continue;
    chosen.set(name, [...before, ...roles]);
    return true;
  }
  return false;
}

function nameFor(some: Some, shape: Shape, pen: Pen, attempt: number): string | undefined {
  const known = [...shape.object.properties.keys()];
  switch (some.kind) {
    case 'pattern': {
      const name = attempt % 2 === 1 && known.length > 0 ? pen.random.pick(known) : drawName(some.pattern, pen);
      return name !== undefined && some.pattern.test(name) ? name : undefined;
    }
    case 'additional': {
      const name = freshName(shape, pen, attempt % 3 === 2);
      const { names, patterns } = some.additional;
      if (name === undefined || names.has(name) || patterns.some((pattern) => pattern.test(name))) return undefined;
      return name;
    }
    case 'name': {
      const name = pen.draw(pen.goals.naming([some.literal, ...shape.object.names]), 1);
      return typeof name === 'string' ? name : undefined;
    }
  }
}

function shuffle(names: string[], { random }: Pen): void {
  for (let index = names.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    const [a, b] = [names[index], names[other]];
    if (a !== undefined && b !== undefined) [names[index], names[other]] = [b, a];
  }
}
