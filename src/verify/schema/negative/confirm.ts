/**
 * From a named keyword to values that break it. They are built by construction too: the schema is rewritten so that the
 * place must satisfy everything but the keyword and must violate the keyword, and the validator must then report that
 * clause and no other.
 */
import type { JsonValue } from '../../../events/json.ts';
import type { Direction, Unbreakable } from '../../schema-port.ts';
import type { Literal } from '../canon/goal.ts';
import type { Goals } from '../canon/goals.ts';
import type { Validator } from '../check/validate.ts';
import type { Literals } from '../draw/pen.ts';
import { drawValue } from '../draw/value.ts';
import { LIMITS } from '../limits.ts';
import { refusable } from '../refused.ts';
import type { Registry } from '../registry.ts';
import { drawAccepted } from '../source.ts';
import type { Source } from '../source.ts';
import type { Candidate } from './naming.ts';

export interface NegativeParts {
  registry: Registry;
  validator: Validator;
  goals: Goals;
  direction: Direction;
  literals: Literals;
}

/** What breaks a keyword, with all that was derived for it. */
export interface Confirmed {
  source: Source;
  /** Work that it took, in members of shapes copied; it grows with the memory that it holds. */
  effort: number;
}

/** Values that break the clause and nothing else, if one can be drawn; else why there are none. */
export function confirm(
  { goals: trunk, validator, direction, literals, registry }: NegativeParts,
  root: Literal,
  { broken, place: { node, wrap, along } }: Candidate,
): Confirmed | Unbreakable {
  const { keyword, clause } = broken;
  const goals = trunk.branch();
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
  const attempt = (): Confirmed | Unbreakable => {
    const { kept, demands } = broken.build();
    const parts = [kept, ...demands].map((part) => registry.derive(node, part).schema);
    const schema = wrap({ allOf: parts }, node);
    const goal = goals.of([{ node: schema, scope: root.scope, positive: true }]);
    if (goals.height(goal) === Infinity) return stubborn('no value breaks it while its siblings hold');
    const draw = (seed: number): JsonValue | undefined => drawValue(goals, goal, seed, 'free', literals);
    const accepts = (value: JsonValue): boolean => breaksIt(value) && goals.satisfies(goal, value);
    const simple = drawValue(goals, goal, 1, 'small', literals);
    const drawn = { drawn: 0, rejected: 0 };
    const model = simple !== undefined && accepts(simple) ? simple : drawAccepted({ draw, accepts }, drawn, 1);
    if (model === undefined) {
      return stubborn(others === '' ? 'no value was found that breaks it' : `what breaks it breaks ${others} too`);
    }
    return { source: { draw, accepts, model }, effort: goals.effort() };
  };
  const made = refusable(clause, () => goals.within(LIMITS.confirming, attempt));
  return 'kind' in made ? stubborn(`${made.keyword} at ${made.pointer}: ${made.reason}`) : made;
}
