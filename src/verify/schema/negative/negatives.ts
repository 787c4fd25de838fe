/**
 * Inputs that break a schema at exactly one keyword of one place. Each is built by construction too: the schema is
 * rewritten so that the place must satisfy everything but the keyword and must violate the keyword, and the validator
 * must then report that clause and no other.
 */
import { escapeToken } from '../../../events/json.ts';
import type { JsonObject, JsonValue } from '../../../events/json.ts';
import type { Direction, Negative, Unbreakable } from '../../schema-port.ts';
import type { Literal } from '../canon/goal.ts';
import type { Goals } from '../canon/goals.ts';
import type { Validator } from '../check/validate.ts';
import type { Literals } from '../draw/pen.ts';
import { drawValue } from '../draw/value.ts';
import { LIMITS } from '../limits.ts';
import type { Node } from '../node.ts';
import { Refused } from '../refused.ts';
import type { Registry } from '../registry.ts';
import { drawAccepted } from '../source.ts';
import type { Counts, Source } from '../source.ts';
import { breaksOf } from './breaks.ts';
import type { Break } from './breaks.ts';
import { children, inPlace } from './places.ts';

export interface NegativeSource {
  registry: Registry;
  validator: Validator;
  goals: Goals;
  direction: Direction;
  literals: Literals;
}

/** A negative as something to draw from. */
export interface BreakingSource extends Omit<Negative, 'arbitrary'> {
  source: Source;
  counts: Counts;
}

export interface Broken {
  negatives: BreakingSource[];
  /** Clauses that no value breaks alone. */
  unbreakable: Unbreakable[];
}

const MOST = 200;
const DEPTH = 4;
/** Keywords tried, found breakable or not. */
const ATTEMPTS = 600;
/** Schemas applied to one value inside one another, and alternatives among them, that are looked into. */
const NESTED = 12;
const ALTERNATIVES = 3;

/** Wraps the broken place into the schemas around it. */
type Wrap = (inner: JsonObject, origin: Node) => Node;

/** A place that may be broken. */
interface Place {
  node: Node;
  /** Keyword under which its schema stands. */
  word: string;
  wrap: Wrap;
  path: string;
  /** Clauses of combinators around the place, which fail along with it. */
  along: string[];
  depth: number;
  seen: Node[];
}

/** The negatives of a schema, in written order, outermost place first; each with at least one confirmed value. */
export function negativesOf(source: NegativeSource, root: Literal): Broken {
  const { registry, direction } = source;
  const negatives: BreakingSource[] = [];
  const stubborn = new Map<string, Unbreakable>();
  const whole: Wrap = (inner, origin) => registry.derive(origin, inner);
  const queue: Place[] = [{ node: root.node, word: 'schema', wrap: whole, path: '', along: [], depth: 0, seen: [] }];
  const visited = new Set<string>();
  const { effort } = source.goals;
  const before = effort();
  const isSpent = (): boolean => effort() - before > LIMITS.negatives;
  let attempts = 0;
  for (
    let place = queue.shift();
    place && negatives.length < MOST && attempts <= ATTEMPTS && !isSpent();
    place = queue.shift()
  ) {
    const { node, word, wrap, path, along, depth, seen } = place;
    const key = `${path} ${node.id}`;
    if (node.schema === true || visited.has(key) || seen.filter((each) => each === node).length > 1) continue;
    visited.add(key);
    for (const each of breaksOf(node, word)) {
      if (negatives.length >= MOST || ++attempts > ATTEMPTS || isSpent()) break;
      const made = confirmed(source, root, each, place);
      if ('source' in made) negatives.push(made);
      else if (!stubborn.has(made.clause)) stubborn.set(made.clause, made);
    }
    if (seen.length > NESTED || along.length > ALTERNATIVES) continue;
    const next = { along, seen: [...seen, node] };
    const wrapped =
      (put: (inner: JsonValue) => JsonObject): Wrap =>
      (broken, origin) =>
        wrap(put(registry.derive(origin, broken).schema), node);
    for (const inner of inPlace(registry, node)) {
      const failing = inner.clause === undefined ? along : [...along, inner.clause];
      queue.push({
        ...next,
        along: failing,
        node: inner.node,
        word: inner.word,
        path,
        depth,
        wrap: wrapped(inner.put),
      });
    }
    if (depth >= DEPTH) continue;
    for (const inner of children(registry, direction, node)) {
      const inside = `${path}/${escapeToken(inner.token ?? '')}`;
      queue.push({
        ...next,
        node: inner.node,
        word: inner.word,
        path: inside,
        depth: depth + 1,
        wrap: wrapped(inner.put),
      });
    }
  }
  for (const { clause } of negatives) stubborn.delete(clause);
  return { negatives, unbreakable: [...stubborn.values()] };
}

/** The negative of a break, if a value can be drawn that breaks the clause and nothing else; else why there is none. */
function confirmed(
  source: NegativeSource,
  root: Literal,
  { keyword, clause, kept, demands }: Break,
  { node, wrap, path, along }: Place,
): BreakingSource | Unbreakable {
  const { goals, validator, direction, literals, registry } = source;
  const failing = new Set([clause, ...along]);
  const isOwn = (other: string): boolean => failing.has(other) || other.startsWith(`${clause}/`);
  let others = '';
  const breaksIt = (value: JsonValue): boolean => {
    if (validator.matches(root.node, root.scope, value, direction)) return false;
    const errors = validator.errors(root.node, root.scope, value, direction);
    const other = errors.find((error) => !isOwn(error.clause));
    if (other) others = other.clause;
    return !other && (along.length > 0 || errors.some((error) => isOwn(error.clause)));
  };
  const stubborn = (reason: string): Unbreakable => ({ keyword, clause, reason });
  try {
    const parts = [kept, ...demands].map((part) => registry.derive(node, part).schema);
    const schema = wrap({ allOf: parts }, node);
    const goal = goals.of([{ node: schema, scope: root.scope, positive: true }]);
    if (goals.height(goal) === Infinity) return stubborn('no value breaks it while its siblings hold');
    const draw = (seed: number): JsonValue | undefined => drawValue(goals, goal, seed, 'free', literals);
    const accepts = (value: JsonValue): boolean => breaksIt(value) && goals.satisfies(goal, value);
    const counts = { drawn: 0, rejected: 0 };
    const simple = drawValue(goals, goal, 1, 'small', literals);
    const model = simple !== undefined && accepts(simple) ? simple : drawAccepted({ draw, accepts }, counts, 1);
    if (model === undefined) {
      return stubborn(others === '' ? 'no value was found that breaks it' : `what breaks it breaks ${others} too`);
    }
    return { keyword, clause, instancePath: path, source: { draw, accepts, model }, counts };
  } catch (error) {
    if (error instanceof Refused) return stubborn(error.message);
    throw error;
  }
}
