/** Goals and what follows from them: shapes, child goals, and how deep a value must at least be. */
import { isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import type { Direction } from '../../schema-port.ts';
import type { Validator } from '../check/validate.ts';
import { createRandom } from '../draw/random.ts';
import { LIMITS } from '../limits.ts';
import type { Node, Resource } from '../node.ts';
import { Refused } from '../refused.ts';
import type { Registry } from '../registry.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import { ARRAY, OBJECT } from '../types.ts';
import { besideReference, expand } from './expand.ts';
import type { Goal, Literal } from './goal.ts';
import { literalKey } from './goal.ts';
import type { Contained, Plan, Shape, Some } from './shape.ts';
import type { Context } from './state.ts';

export interface Goals {
  readonly direction: Direction;
  of(literals: readonly Literal[]): Goal;
  /** The goal of a property's name: the literals, and to be a string. */
  naming(literals: readonly Literal[]): Goal;
  shapes(goal: Goal): Shape[];
  /** Whether a value satisfies a goal, by the validator. */
  satisfies(goal: Goal, value: JsonValue): boolean;
  /** Fewest levels of a value; Infinity where none was found within {@link LIMITS.depth}. */
  height(goal: Goal): number;
  /** The same for one shape and one composite type, ARRAY or OBJECT. */
  heightOf(shape: Shape, type: number): number;
  property(shape: Shape, name: string): Goal;
  /** The goals, any of which will do for an item; `roles` are literals that it must satisfy too. */
  items(shape: Shape, index: number, roles: readonly Literal[]): Goal[];
  /** Whether a name may name a property. */
  nameable(shape: Shape, name: string): boolean;
  /** Members of shapes copied by its own expansions so far: a measure of work that no clock disturbs. */
  effort(): number;
  /** Does some work, in which so many members of shapes may be copied; refuses by throwing where that is not enough. */
  within<T>(most: number, work: () => T): T;
  /** Goals that share all that is known here; what is derived is known to them alone, and goes with them. */
  branch(): Goals;
}

/** Levels of children that an expansion looks ahead. */
const LOOKAHEAD = 4;

/** The literal at the end of schemas that only refer, so that all ways to a schema lead to one goal. */
function followed(literal: Literal, registry: Registry): Literal {
  let current = literal;
  for (let hop = 0; hop < 32; hop++) {
    const { node } = current;
    const name = onlyReference(node);
    if (!name || !isObject(node.schema)) return current;
    const reference = node.schema[name];
    if (typeof reference !== 'string') return current;
    const scope = registry.enter(current.scope, node);
    const target =
      name === '$ref' ? registry.resolve(node, reference, name) : registry.resolveDynamic(node, reference, name, scope);
    current = { ...current, node: target, scope };
  }
  return literal;
}

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'] as const;

function onlyReference(node: Node): (typeof REFERENCES)[number] | undefined {
  const { schema, resource } = node;
  if (!isObject(schema)) return undefined;
  if (!resource.features.refSiblings) {
    return Object.hasOwn(schema, '$ref') && besideReference(node).length === 0 ? '$ref' : undefined;
  }
  const name = REFERENCES.find((each) => Object.hasOwn(schema, each));
  if (!name || resource.features.ignored.has(name)) return undefined;
  return Object.keys(schema).every((key) => key === name || ANNOTATIONS.has(key)) ? name : undefined;
}

const ANNOTATIONS = new Set(['title', 'description', 'default', '$comment', 'example', 'examples', 'deprecated']);

/** Names that a demanded but unnamed property may have: those that the shape knows, and one that nobody knows. */
function namesFor(shape: Shape, some: Exclude<Some, { kind: 'name' }>): string[] {
  const { properties, additional, patterns } = shape.object;
  const drawn = patterns.flatMap(({ pattern }) => prepare(pattern, 0, 64)(createRandom(5)) ?? []);
  const known = [...properties.keys(), ...additional.flatMap(({ names }) => [...names]), ...drawn];
  if (some.kind === 'pattern') {
    const own = prepare(some.pattern, 0, 64);
    const fresh = [5, 6, 7].flatMap((seed) => own(createRandom(seed)) ?? []);
    return [...fresh, ...known.filter((name) => some.pattern.test(name))];
  }
  const apart = some.additional;
  const free = [...known, 'extra', 'x7', '7'];
  return [...new Set(free)].filter((name) => !apart.names.has(name) && !apart.patterns.some((each) => each.test(name)));
}

/** How deep expansions are inside one another now, and the steps taken since the outermost began. */
interface Looking {
  depth: number;
  folds: number;
  /** Members of shapes copied, and how many may be. */
  copied: number;
  most: number;
}

/** Makes the goals of one direction; `trunk` are those that they are a branch of, `looking` is what they share. */
export function createGoals(
  place: Omit<Context, 'feasible' | 'patient' | 'spend'>,
  validator: Validator,
  trunk?: Goals,
  looking: Looking = { depth: 0, folds: 0, copied: 0, most: Infinity },
): Goals {
  const goals = new Map<string, Goal>();
  const { direction, registry } = place;

  const of = (literals: readonly Literal[]): Goal => {
    const keys = new Map<string, Literal>();
    let isOwn = trunk === undefined;
    for (const each of literals) {
      const literal = followed(each, registry);
      if (literal.node.schema !== literal.positive) keys.set(literalKey(literal), literal);
      isOwn ||= literal.node.derived;
    }
    if (trunk && !isOwn) return trunk.of(literals);
    const key = [...keys.keys()].sort().join();
    let goal = goals.get(key);
    if (!goal) {
      goal = { key, literals: [...keys.values()], complete: true, busy: false, failedAt: 0 };
      goals.set(key, goal);
    }
    return goal;
  };

  const texts = new Map<Resource, Literal>();

  const naming = (literals: readonly Literal[]): Goal => {
    const [first] = literals;
    if (!first) return of(literals);
    if (trunk && !literals.some(isDerived)) return trunk.naming(literals);
    const { resource } = first.node;
    let text = texts.get(resource);
    if (!text) {
      text = { ...first, node: registry.derive(first.node, { type: 'string' }), positive: true };
      texts.set(resource, text);
    }
    return of([...literals, text]);
  };

  const satisfies = (goal: Goal, value: JsonValue): boolean =>
    goal.literals.every(({ node, scope, positive }) =>
      positive ? validator.pleases(node, scope, value, direction) : !validator.matches(node, scope, value, direction),
    );

  let effort = 0;

  const shapes = (goal: Goal): Shape[] =>
    (goal.shapes ??= trunk && !goal.literals.some(isDerived) ? trunk.shapes(goal) : look(goal, false));

  const look = (goal: Goal, reversed: boolean): Shape[] => {
    goal.busy = true;
    if (looking.depth === 0) looking.folds = 0;
    looking.depth++;
    try {
      return expand(goal, context, (value) => satisfies(goal, value), reversed);
    } finally {
      goal.busy = false;
      looking.depth--;
    }
  };

  /** Where the shapes found have no value and others were left out, looks for those from the other end; once. */
  const lookAgain = (goal: Goal): boolean => {
    if (goal.complete || goal.lookedAgain) return false;
    goal.lookedAgain = true;
    const more = look(goal, true);
    goal.shapes = [...more, ...shapes(goal)];
    return more.length > 0;
  };

  const context: Context = {
    ...place,
    feasible(literals) {
      const goal = of(literals);
      if (goal.busy || (!goal.shapes && (looking.depth > LOOKAHEAD || looking.folds > LIMITS.lookahead))) return true;
      return shapes(goal).length > 0 || !goal.complete;
    },
    patient: () => ++looking.folds <= LIMITS.lookahead,
    spend(units) {
      effort += units;
      looking.copied += units;
      if (looking.copied > looking.most)
        throw new Refused('allOf', '#', 'combining its subschemas takes too many steps');
    },
  };

  const planOf = (shape: Shape): Plan => {
    if (shape.plan) return shape.plan;
    const { prefix, rest, unseen, contained } = shape.array;
    let alike = prefix.length;
    for (const { from } of rest) alike = Math.max(alike, from);
    for (const { from } of contained) alike = Math.max(alike, from);
    for (const each of unseen) if (Number.isFinite(each.prefix)) alike = Math.max(alike, each.prefix);
    shape.plan = { properties: new Map(), items: new Map(), alike };
    return shape.plan;
  };

  const property = (shape: Shape, name: string): Goal => {
    const plan = planOf(shape);
    const known = plan.properties.get(name);
    if (known) return known;
    const { object } = shape;
    const literals = [...(object.properties.get(name) ?? [])];
    for (const { pattern, literal } of object.patterns) if (pattern.test(name)) literals.push(literal);
    for (const { names, patterns, literal } of object.additional) {
      if (!names.has(name) && !patterns.some((pattern) => pattern.test(name))) literals.push(literal);
    }
    for (const unseen of object.unseen) {
      if (!unseen.literal || unseen.all || unseen.names.has(name)) continue;
      if (!unseen.patterns.some((pattern) => pattern.test(name))) literals.push(unseen.literal);
    }
    const goal = of(literals);
    if (plan.properties.size < LIMITS.items) plan.properties.set(name, goal);
    return goal;
  };

  const items = (shape: Shape, index: number, roles: readonly Literal[]): Goal[] => {
    const plan = planOf(shape);
    const place = Math.min(index, plan.alike);
    const key = roles.length === 0 ? String(place) : `${place} ${roles.map(literalKey).join()}`;
    const known = plan.items.get(key);
    if (known) return known;
    const { prefix, rest, unseen } = shape.array;
    const literals = [...(prefix[place] ?? []), ...roles];
    for (const { from, literal } of rest) if (place >= from) literals.push(literal);
    const watching = unseen.filter((each) => each.literal && !each.all && place >= each.prefix);
    const marked = watching.filter(({ contains }) => !contains.some((each) => roles.includes(each)));
    const found = [of([...literals, ...marked.flatMap(({ literal }) => literal ?? [])])];
    for (const { contains } of marked) for (const each of contains) found.push(of([...literals, each]));
    plan.items.set(key, found);
    return found;
  };

  const nameable = (shape: Shape, name: string): boolean =>
    shape.object.names.every(({ node, scope }) => validator.matches(node, scope, name, direction)) &&
    !shape.object.forbidden.has(name);

  const least = (options: Goal[], limit: number): number =>
    options.reduce((best, goal) => Math.min(best, measure(goal, Math.min(limit, best))), Infinity);

  const containedHeight = (shape: Shape, { literal, from, to, min }: Contained, limit: number): number => {
    if (min === 0) return 0;
    let best = Infinity;
    const last = Math.min(to - 1, planOf(shape).alike, shape.array.max - 1);
    for (let index = from; index <= last; index++) best = Math.min(best, least(items(shape, index, [literal]), limit));
    return best;
  };

  const arrayHeight = (shape: Shape, limit: number): number => {
    const { array } = shape;
    let most = 0;
    const last = Math.min(array.min - 1, planOf(shape).alike);
    for (let index = 0; index <= last && most < Infinity; index++) {
      most = Math.max(most, least(items(shape, index, []), limit));
    }
    for (const each of array.contained) most = Math.max(most, containedHeight(shape, each, limit));
    return most;
  };

  const someHeight = (shape: Shape, some: Some, limit: number): number => {
    if (some.kind === 'name') return 0;
    const literal = some.kind === 'pattern' ? some.literal : some.additional.literal;
    let best = Infinity;
    for (const name of namesFor(shape, some)) {
      if (!nameable(shape, name)) continue;
      best = Math.min(best, measure(of([...property(shape, name).literals, literal]), Math.min(limit, best)));
    }
    return best;
  };

  const objectHeight = (shape: Shape, limit: number): number => {
    const { object } = shape;
    let most = 0;
    for (const name of object.required) {
      if (!nameable(shape, name)) return Infinity;
      most = Math.max(most, measure(property(shape, name), limit));
      if (most === Infinity) return most;
    }
    for (const each of object.some) most = Math.max(most, someHeight(shape, each, limit));
    return most;
  };

  const shapeHeight = (shape: Shape, type: number, limit: number): number =>
    1 + (type === ARRAY ? arrayHeight(shape, limit - 1) : objectHeight(shape, limit - 1));

  const measure = (goal: Goal, limit: number): number => {
    if (goal.height !== undefined) return goal.height <= limit ? goal.height : Infinity;
    if (limit <= goal.failedAt) return Infinity;
    let best = Infinity;
    for (const shape of shapes(goal)) {
      if (shape.values || shape.types & ~(ARRAY | OBJECT)) best = 1;
      else {
        const room = Math.min(limit, best - 1);
        if (shape.types & ARRAY) best = Math.min(best, shapeHeight(shape, ARRAY, room));
        if (shape.types & OBJECT) best = Math.min(best, shapeHeight(shape, OBJECT, Math.min(limit, best - 1)));
      }
      if (best === 1) break;
    }
    if (best > limit && lookAgain(goal)) return measure(goal, limit);
    if (best <= limit) goal.height = best;
    else goal.failedAt = Math.max(goal.failedAt, limit);
    return best <= limit ? best : Infinity;
  };

  const height = (goal: Goal): number => {
    if (goal.height !== undefined) return goal.height;
    for (let limit = 4; limit < LIMITS.depth; limit *= 4) {
      const found = measure(goal, limit);
      if (found < Infinity) return found;
    }
    return measure(goal, LIMITS.depth);
  };

  const goalsHere: Goals = {
    direction,
    of,
    naming,
    shapes,
    satisfies,
    height,
    heightOf: (shape, type) => {
      for (let limit = 5; limit < LIMITS.depth; limit *= 4) {
        const found = shapeHeight(shape, type, limit);
        if (found < Infinity) return found;
      }
      return shapeHeight(shape, type, LIMITS.depth);
    },
    property,
    items,
    nameable,
    effort: () => effort,
    within(most, work) {
      looking.copied = 0;
      looking.most = most;
      try {
        return work();
      } finally {
        looking.most = Infinity;
      }
    },
    branch: () => createGoals(place, validator, goalsHere, looking),
  };
  return goalsHere;
}

function isDerived({ node }: Literal): boolean {
  return node.derived;
}
