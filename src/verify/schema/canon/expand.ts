/** From a goal to its shapes: fold what is certain, branch on what is not, keep what does not contradict itself. */
import { at, isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import { isBefore31, isNullable } from '../dialect.ts';
import { discriminated, isDescendant } from '../discriminator.ts';
import { equal } from '../equal.ts';
import { LIMITS } from '../limits.ts';
import type { Node } from '../node.ts';
import { Refused } from '../refused.ts';
import { ANY, ARRAY, NULL, OBJECT, typeBits, noType } from '../types.ts';
import { arrays } from './arrays.ts';
import { combine } from './combine.ts';
import type { Goal, Literal } from './goal.ts';
import { literalKey } from './goal.ts';
import { numbers } from './numbers.ts';
import { objects } from './objects.ts';
import { copyShape, newShape, settle } from './shape.ts';
import type { Shape, Unseen } from './shape.ts';
import type { Alternative, Choice, Context, Demand, Denial, Place, State, Task } from './state.ts';
import { allow, childLiteral, require } from './state.ts';
import { strings } from './strings.ts';

const FAMILIES = [numbers, strings, arrays, objects, combine];
const DEMAND: Record<string, Demand> = Object.assign({}, ...FAMILIES.map((family) => family.demand));
const DENY: Record<string, Denial> = Object.assign({}, ...FAMILIES.map((family) => family.deny));

/** Branches tried one after another before the search looks ahead, which costs more and misses less. */
const PATIENCE = 100;

/**
 * Finds shapes of a goal. `satisfies` is the validator's word on a value; `reversed` tries the ways of each choice from
 * the last, which finds other shapes where the form is cut short.
 */
export function expand(
  goal: Goal,
  context: Context,
  satisfies: (value: JsonValue) => boolean,
  reversed: boolean,
): Shape[] {
  const found: Shape[] = [];
  let branches = 0;
  let tasks = 0;
  let looks = true;

  const drain = (state: State): void => {
    for (let task = state.tasks.pop(); task && !state.dead; task = state.tasks.pop()) {
      if (++tasks > LIMITS.tasks) {
        const [first] = goal.literals;
        throw new Refused('allOf', first?.node.pointer ?? '#', 'combining its subschemas takes too many steps');
      }
      looks = context.patient();
      fold(task, context, state);
    }
    if (state.dead) return;
    const limited = settle(state.shape);
    if (state.shape.types === 0) state.dead = true;
    for (const name of state.shape.object.required) {
      if (state.dead) break;
      const literals = state.shape.object.properties.get(name);
      if (!literals || literals.length < 2 || state.feasible.get(name) === literals.length) continue;
      if (context.feasible(literals)) state.feasible.set(name, literals.length);
      else allow(state, ~OBJECT);
    }
    if (limited) goal.blocked ??= { ...limited, pointer: at(goal.literals[0]?.node.pointer ?? '#', limited.keyword) };
  };

  const search = (state: State, quota: number): number => {
    drain(state);
    if (!state.dead && looks && branches > PATIENCE) propagate(state);
    if (state.dead) return 0;
    const ways = state.choices.shift();
    if (!ways) return finish(state.shape) ? 1 : 0;
    const known = typeof ways === 'function' ? ways(state) : ways;
    if (Array.isArray(known)) return branch(state, known, quota);
    return branch(copyState(state, context), known.ways, quota) || branch(state, known.otherwise, quota);
  };

  /** Takes what has become the only way on, drops what leads nowhere at once, and puts the fewest ways first. */
  const propagate = (state: State): void => {
    for (let index = 0; index < state.choices.length && !state.dead; index++) {
      const ways = state.choices[index];
      if (!Array.isArray(ways)) continue;
      const open = ways.filter((way) => {
        // A trial costs a copy of all that is known so far.
        for (let size = state.shape.object.properties.size; size >= 0; size -= 32) looks = context.patient();
        if (!looks) return true;
        const trial = { ...copyState(state, context), choices: [] };
        way(trial);
        drain(trial);
        return !trial.dead;
      });
      const [only] = open;
      if (only === undefined) state.dead = true;
      else if (open.length > 1) state.choices[index] = open;
      else {
        state.choices.splice(index, 1);
        only(state);
        drain(state);
        index = -1;
      }
    }
    state.choices.sort((a, b) => sizeOf(a) - sizeOf(b));
  };

  const branch = (state: State, options: Alternative[], quota: number): number => {
    let count = 0;
    for (const [index, option] of (reversed ? options.toReversed() : options).entries()) {
      if (count >= quota) break;
      if (++branches > (found.length === 0 ? LIMITS.branches : looks ? LIMITS.enough : 0)) {
        goal.complete = false;
        break;
      }
      const last = index === options.length - 1;
      const next = last ? state : copyState(state, context);
      option(next);
      count += search(next, Math.ceil((quota - count) / (options.length - index)));
    }
    return count;
  };

  const finish = (shape: Shape): boolean => {
    if (shape.values) {
      shape.values = shape.values.filter(satisfies);
      if (shape.values.length === 0) return false;
    }
    found.push(shape);
    return true;
  };

  const state: State = { shape: newShape(), tasks: [], choices: [], seen: new Set(), feasible: new Map(), dead: false };
  for (const literal of goal.literals.toReversed()) require(state, literal, []);
  search(state, LIMITS.shapes);
  return found;
}

function sizeOf(choice: Choice): number {
  return Array.isArray(choice) ? choice.length : Number.MAX_SAFE_INTEGER;
}

function copyState(state: State, context: Context): State {
  context.spend(20 + state.seen.size + state.shape.object.properties.size + state.choices.length);
  return {
    shape: copyShape(state.shape),
    tasks: [...state.tasks],
    choices: [...state.choices],
    seen: new Set(state.seen),
    feasible: new Map(state.feasible),
    dead: state.dead,
  };
}

function fold({ literal, watchers }: Task, context: Context, state: State): void {
  const { node, positive } = literal;
  const { schema } = node;
  if (typeof schema === 'boolean') {
    if (schema !== positive) state.dead = true;
    return;
  }
  if (!isObject(schema)) throw new Refused('schema', node.pointer, 'a schema must be an object or a boolean');
  // A reference that leads back in place opens one watch after the other, for ever.
  if (watchers.length > LIMITS.depth) throw new Refused('$ref', node.pointer, 'it applies itself to the same value');
  const scope = context.registry.enter(literal.scope, node);
  const key = `${literalKey({ node, scope, positive })} ${watchers.join()}`;
  if (state.seen.has(key)) return;
  state.seen.add(key);
  const place: Place = { node, schema, scope, watchers, context };
  if (positive) demand(place, state);
  else deny(place, state);
}

function demand(outer: Place, state: State): void {
  const { node, schema } = outer;
  const place = watch(outer, state);
  demandAll(keywords(outer), place, state);
  const beside = besideReference(node);
  if (beside.length > 0) {
    state.choices.push({ ways: [(next) => demandAll(beside, place, next)], otherwise: [() => undefined] });
  }
  if (node.resource.features.openapi && Object.hasOwn(schema, 'discriminator')) inherit(place, state);
}

function demandAll(names: string[], place: Place, state: State): void {
  for (const name of names) {
    const value = place.schema[name] ?? null;
    if (name === 'type') allow(state, bitsOf(place, value));
    else if (name === 'enum') list(state, Array.isArray(value) ? value : []);
    else if (name === 'const') list(state, [value]);
    else DEMAND[name]?.(value, place, state);
    if (state.dead) return;
  }
}

/**
 * Keywords beside a `$ref` say nothing up to draft 7, but authors mean them and many validators heed them: a value that
 * pleases both readings is drawn where there is one.
 */
export function besideReference({ schema, resource: { features } }: Node): string[] {
  if (features.refSiblings || !isObject(schema) || !Object.hasOwn(schema, '$ref')) return [];
  return Object.keys(schema).filter(
    (name) => name !== '$ref' && !features.ignored.has(name) && (Object.hasOwn(DEMAND, name) || VALUES.has(name)),
  );
}

const VALUES = new Set(['type', 'enum', 'const']);

function deny(place: Place, state: State): void {
  const { schema, node } = place;
  const { features } = node.resource;
  if (isBefore31(features) && isNullable(features, schema)) allow(state, ~NULL);
  const ways: Alternative[] = [];
  // Many a validator takes `format` for a remark: what breaks nothing but a format is drawn where there is no other way.
  let remarks: Alternative[] = [];
  for (const name of keywords(place)) {
    const value = schema[name] ?? null;
    if (name === 'type') ways.push((next) => allow(next, ANY & ~bitsOf(place, value)));
    else if (name === 'enum')
      ways.push((next) => void next.shape.excluded.push(...(Array.isArray(value) ? value : [])));
    else if (name === 'const') ways.push((next) => void next.shape.excluded.push(value));
    else if (name === 'unevaluatedItems' || name === 'unevaluatedProperties') ways.push(unlooked(name, place));
    else if (name === 'format') remarks = DENY['format']?.(value, place) ?? [];
    else ways.push(...(DENY[name]?.(value, place) ?? []));
  }
  if (ways.length === 0) ways.push(...remarks);
  if (ways.length === 0) state.dead = true;
  else if (ways.length === 1) ways[0]?.(state);
  else state.choices.push(ways);
}

/** A member that nobody else is likely to look at and that violates; the validator has the last word. */
function unlooked(name: 'unevaluatedItems' | 'unevaluatedProperties', place: Place): Alternative {
  const literal = childLiteral(place, name, undefined, false);
  return ({ shape }) => {
    shape.types &= name === 'unevaluatedItems' ? ARRAY : OBJECT;
    if (name === 'unevaluatedItems')
      shape.array.contained.push({ literal, from: 0, to: Infinity, min: 1, max: Infinity });
    else shape.object.some.push({ kind: 'additional', additional: { names: new Set(), patterns: [], literal } });
  };
}

/** The keywords that count, in written order. */
function keywords({ node, schema }: Place): string[] {
  const { features } = node.resource;
  if (!features.refSiblings && Object.hasOwn(schema, '$ref')) return ['$ref'];
  return Object.keys(schema).filter((name) => !features.ignored.has(name));
}

function bitsOf({ node, schema }: Place, value: JsonValue): number {
  const bits = typeBits(value);
  if (bits === undefined) throw new Refused('type', at(node.pointer, 'type'), noType(value));
  return isNullable(node.resource.features, schema) ? bits | NULL : bits;
}

function list(state: State, values: JsonValue[]): void {
  const { shape } = state;
  const before = shape.values;
  shape.values = before ? before.filter((value) => values.some((other) => equal(value, other))) : values;
  if (shape.values.length === 0) state.dead = true;
}

/** Opens a watch where the schema has `unevaluated*`, and tells the outer watches that all is looked at. */
function watch(place: Place, state: State): Place {
  const own = keywords(place);
  const properties = own.includes('unevaluatedProperties');
  const items = own.includes('unevaluatedItems');
  if (!properties && !items) return place;
  const { array, object } = state.shape;
  for (const watcher of place.watchers) {
    const [outerItems, outerProperties] = [array.unseen[watcher], object.unseen[watcher]];
    if (items && outerItems) outerItems.all = true;
    if (properties && outerProperties) outerProperties.all = true;
  }
  const index = object.unseen.length;
  array.unseen.push(newUnseen(items ? childLiteral(place, 'unevaluatedItems') : null));
  object.unseen.push(newUnseen(properties ? childLiteral(place, 'unevaluatedProperties') : null));
  return { ...place, watchers: [...place.watchers, index] };
}

function newUnseen(literal: Literal | null): Unseen {
  return { literal, all: false, prefix: 0, contains: [], names: new Set(), patterns: [] };
}

/**
 * `discriminator` on a base schema: a value drawn for a schema that refers to the base gets that schema's tag, and a
 * value drawn for the base itself becomes one of the mapped schemas (OpenAPI 3.1 §4.8.25).
 */
function inherit(place: Place, state: State): void {
  const { node, schema, scope, context, watchers } = place;
  if (Object.hasOwn(schema, 'oneOf') || Object.hasOwn(schema, 'anyOf')) return;
  const tagged = discriminated(node, [], context.registry);
  if (!tagged) return;
  const tag = (next: State, value: string): void => {
    allow(next, OBJECT);
    const { object } = next.shape;
    const constant = context.registry.derive(node, { const: value });
    object.required.add(tagged.property);
    object.properties.set(tagged.property, [
      ...(object.properties.get(tagged.property) ?? []),
      { node: constant, scope, positive: true },
    ]);
  };
  state.choices.push((current) => {
    const keyOf = (target: Literal): string =>
      `${literalKey({ ...target, scope: context.registry.enter(target.scope, target.node) })} `;
    const all = [...tagged.branches].map(([value, target]) => ({
      value,
      target: { node: target, scope, positive: true },
    }));
    const drawn = all.filter(({ target }) => [...current.seen].some((key) => key.startsWith(keyOf(target))));
    // Of a whole line of descent only the last names the value.
    const last = drawn.filter(
      ({ target }) => !drawn.some((other) => isDescendant(other.target.node, target.node, context.registry)),
    );
    const others = last.filter(({ target }) => target.node !== node);
    const own = others.length > 0 ? others : drawn.length === all.length ? drawn : all;
    const ways = own.map(({ value, target }): Alternative => (next) => {
      tag(next, value);
      require(next, target, watchers);
    });
    return tagged.implied ? { ways, otherwise: [() => undefined] } : ways;
  });
}
