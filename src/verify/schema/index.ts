/**
 * JSON Schema to fast-check: schemas of one document, addressed by pointer. A schema is brought into a canonical typed
 * form, one disjunct of which is drawn from at a time, so that values are right by construction; a validator guards
 * each value and counts what it throws away. Nothing is dereferenced, fetched, or compiled before it is asked for.
 */
import type { JsonValue } from '../../events/index.ts';
import type {
  CreateSchemas,
  Direction,
  Generator,
  Negative,
  SchemaRefusal,
  Unsatisfiable,
  ValidationError,
} from '../schema-port.ts';
import { boundariesOf } from './boundaries.ts';
import { createGoals } from './canon/goals.ts';
import type { Goals } from './canon/goals.ts';
import type { Goal } from './canon/goal.ts';
import { createValidator } from './check/validate.ts';
import type { Literals } from './draw/pen.ts';
import { drawValue } from './draw/value.ts';
import { copy } from './equal.ts';
import { drawAccepted, JsonArbitrary } from './generator.ts';
import type { Counts } from './generator.ts';
import { negativesOf } from './negatives.ts';
import { Refused, refusable } from './refused.ts';
import { createRegistry } from './registry.ts';
import { blame, explain } from './explain.ts';

/** Makes the schemas of a document. */
export const createSchemas: CreateSchemas = (document, options) => {
  const registry = createRegistry(document, options.dialect, options.documents);
  const validator = createValidator(registry);
  const literals = sort(options.literals ?? []);
  const byDirection = new Map<Direction, Goals>();
  const generators = new Map<string, Generator | SchemaRefusal | Unsatisfiable>();
  const negatives = new Map<string, Negative[]>();

  const goalsOf = (direction: Direction): Goals => {
    let goals = byDirection.get(direction);
    if (!goals) {
      goals = createGoals({ registry, direction }, validator);
      byDirection.set(direction, goals);
    }
    return goals;
  };

  const nodeAt = (pointer: string) => {
    const node = registry.at(pointer);
    if (!node) throw new Refused('$ref', pointer, 'nothing is at this pointer');
    return node;
  };

  const places = new Map<string, ReturnType<typeof literalOf>>();
  const literalOf = (pointer: string) => {
    const node = nodeAt(pointer);
    return { node, scope: registry.enter(registry.start, node), positive: true };
  };
  // A pointer is asked for once for each answer that is checked; its way through the document is walked once.
  const literalAt = (pointer: string) => {
    let place = places.get(pointer);
    if (place === undefined) places.set(pointer, (place = literalOf(pointer)));
    return place;
  };

  return {
    generator(pointer, direction) {
      const key = `${direction} ${pointer}`;
      const known = generators.get(key);
      if (known) return known;
      const goals = goalsOf(direction);
      const made = refusable(pointer, () => makeGenerator(goals, goals.of([literalAt(pointer)]), pointer, literals));
      generators.set(key, made);
      return made;
    },
    negatives(pointer, direction) {
      const key = `${direction} ${pointer}`;
      const known = negatives.get(key);
      if (known) return known;
      const goals = goalsOf(direction);
      const made = refusable(pointer, () =>
        negativesOf({ registry, validator, goals, direction, literals }, literalAt(pointer)),
      );
      const list = Array.isArray(made) ? made : [];
      negatives.set(key, list);
      return list;
    },
    validate(pointer, value, direction): ValidationError[] {
      const result = refusable(pointer, () => {
        const { node, scope } = literalAt(pointer);
        return validator.matches(node, scope, value, direction) ? [] : validator.errors(node, scope, value, direction);
      });
      if (Array.isArray(result)) return result;
      const message = `could not be checked: ${result.reason}`;
      return [{ instancePath: '', clause: result.pointer, keyword: result.keyword, message }];
    },
  };
};

function makeGenerator(
  goals: Goals,
  goal: Goal,
  pointer: string,
  literals: Literals,
): Generator | SchemaRefusal | Unsatisfiable {
  if (goals.height(goal) === Infinity) return explain(goals, goal, pointer);
  const counts: Counts = { drawn: 0, rejected: 0 };
  const draw = (seed: number): JsonValue | undefined => drawValue(goals, goal, seed, 'free', literals);
  const accepts = (value: JsonValue): boolean => goals.satisfies(goal, value);
  const simple = drawValue(goals, goal, 1, 'small', literals);
  const model = simple !== undefined && accepts(simple) ? simple : drawAccepted({ draw, accepts }, counts, 0);
  if (model === undefined) {
    return blame(goals, goal, pointer);
  }
  let boundaries: JsonValue[] | undefined;
  return {
    kind: 'generator',
    arbitrary: new JsonArbitrary({ draw, accepts, fallback: model, model }, counts),
    get boundaries() {
      boundaries ??= boundariesOf(goals, goal);
      return boundaries.map((value) => copy(value));
    },
    get drawn() {
      return counts.drawn;
    },
    get rejected() {
      return counts.rejected;
    },
  };
}

function sort(values: JsonValue[]): Literals {
  return {
    strings: values.filter((value) => typeof value === 'string'),
    numbers: values.filter((value) => typeof value === 'number'),
  };
}
