/**
 * The schemas of one document, addressed by pointer, without fast-check: what the sampler draws from and what
 * `index.ts` makes arbitraries of. A schema is brought into a canonical typed form, one disjunct of which is drawn
 * from at a time, so that values are right by construction; a validator guards each value and counts what it throws
 * away. Nothing is dereferenced, fetched, or compiled before it is asked for.
 */
import type { JsonValue } from '../../events/json.ts';
import type { Direction, SchemaRefusal, SchemasOptions, Unsatisfiable, ValidationError } from '../schema-port.ts';
import { boundariesOf, edgesOf } from './boundaries.ts';
import type { Goal, Literal } from './canon/goal.ts';
import { createGoals } from './canon/goals.ts';
import type { Goals } from './canon/goals.ts';
import { createValidator } from './check/validate.ts';
import type { Literals } from './draw/pen.ts';
import { drawValue } from './draw/value.ts';
import { copy } from './equal.ts';
import { blame, explain } from './explain.ts';
import { keepSources, namingOf, negativesOf } from './negative/negatives.ts';
import type { Broken, Naming } from './negative/negatives.ts';
import { Refused, refusable } from './refused.ts';
import { createRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { drawAccepted } from './source.ts';
import type { Counts, Source } from './source.ts';
import { createSurvey } from './survey.ts';

/** A schema that values can be drawn of. */
export interface Drawable {
  kind: 'drawable';
  source: Source;
  counts: Counts;
  /** Read off the schema when first asked for; fresh copies. */
  boundaries(): JsonValue[];
  edges(): JsonValue[];
}

export interface OpenSchemas {
  drawable(pointer: string, direction: Direction): Drawable | SchemaRefusal | Unsatisfiable;
  /** What can perhaps be broken; nothing is built for it before it is asked for. */
  naming(pointer: string, direction: Direction): Naming;
  /** Made when first asked for; `most` is how many negatives are enough. */
  broken(pointer: string, direction: Direction, most?: number): Broken;
  validate(pointer: string, value: JsonValue, direction: Direction): ValidationError[];
}

/** Opens the schemas of a document. */
export function openSchemas(document: JsonValue, options: SchemasOptions): OpenSchemas {
  const registry = refusable('#', () => createRegistry(document, options.dialect, options.documents));
  return 'kind' in registry ? closed(registry) : over(registry, options);
}

/** The schemas of a document that is refused as a whole. */
function closed(refusal: SchemaRefusal): OpenSchemas {
  return {
    drawable: () => refusal,
    naming: () => NOTHING,
    broken: () => ({ negatives: [], unbreakable: [] }),
    validate: () => [unchecked(refusal)],
  };
}

const NOTHING: Naming = { named: [], more: false };

function unchecked({ pointer, keyword, reason }: SchemaRefusal): ValidationError {
  return { instancePath: '', clause: pointer, keyword, message: `could not be checked: ${reason}`, unchecked: true };
}

function over(registry: Registry, options: SchemasOptions): OpenSchemas {
  const validator = createValidator(registry);
  const survey = createSurvey(registry, validator);
  const literals = sort(options.literals ?? []);
  const broken = new Map<string, Broken>();
  const byDirection = new Map<Direction, Goals>();

  const goalsOf = (direction: Direction): Goals => {
    let goals = byDirection.get(direction);
    if (!goals) {
      goals = createGoals({ registry, direction }, validator);
      byDirection.set(direction, goals);
    }
    return goals;
  };

  const literalOf = (pointer: string): Literal => {
    const node = registry.at(pointer);
    if (!node) throw new Refused('$ref', pointer, 'nothing is at this pointer');
    return { node, scope: registry.enter(registry.start, node), positive: true };
  };

  // A pointer is asked for once for each answer that is checked; its way through the document is walked once.
  const places = new Map<string, Literal>();
  const literalAt = (pointer: string): Literal => {
    let place = places.get(pointer);
    if (place === undefined) places.set(pointer, (place = literalOf(pointer)));
    return place;
  };

  const kept = keepSources();
  const naming = (pointer: string, direction: Direction): Naming => {
    const result = refusable(pointer, () => {
      const literal = literalAt(pointer);
      survey(literal.node);
      return namingOf({ registry, validator, goals: goalsOf(direction), direction, literals }, literal, kept);
    });
    return 'named' in result ? result : NOTHING;
  };

  return {
    naming,
    drawable: (pointer, direction) =>
      refusable(pointer, () => {
        const literal = literalAt(pointer);
        survey(literal.node);
        const goals = goalsOf(direction);
        return makeDrawable(goals, goals.of([literal]), pointer, literals, registry);
      }),
    broken(pointer, direction, most) {
      const key = `${direction} ${pointer} ${most}`;
      let made = broken.get(key);
      if (made === undefined) broken.set(key, (made = negativesOf(naming(pointer, direction), kept.effort, most)));
      return made;
    },
    validate(pointer, value, direction) {
      const result = refusable(pointer, () => {
        const { node, scope } = literalAt(pointer);
        return validator.matches(node, scope, value, direction) ? [] : validator.errors(node, scope, value, direction);
      });
      return Array.isArray(result) ? result : [unchecked(result)];
    },
  };
}

function makeDrawable(
  goals: Goals,
  goal: Goal,
  pointer: string,
  literals: Literals,
  registry: Registry,
): Drawable | SchemaRefusal | Unsatisfiable {
  if (goals.height(goal) === Infinity) return explain(goals, goal, pointer, registry);
  const counts: Counts = { drawn: 0, rejected: 0 };
  const draw = (seed: number): JsonValue | undefined => drawValue(goals, goal, seed, 'free', literals);
  const accepts = (value: JsonValue): boolean => goals.satisfies(goal, value);
  const simple = drawValue(goals, goal, 1, 'small', literals);
  const model = simple !== undefined && accepts(simple) ? simple : drawAccepted({ draw, accepts }, counts, 0);
  if (model === undefined) return blame(goals, goal, pointer);
  let boundaries: JsonValue[] | undefined;
  let edges: JsonValue[] | undefined;
  return {
    kind: 'drawable',
    source: { draw, accepts, model },
    counts,
    boundaries() {
      boundaries ??= boundariesOf(goals, goal);
      return boundaries.map((value) => copy(value));
    },
    edges() {
      edges ??= edgesOf(goals, goal);
      return edges.map((value) => copy(value));
    },
  };
}

function sort(values: JsonValue[]): Literals {
  return {
    strings: values.filter((value) => typeof value === 'string'),
    numbers: values.filter((value) => typeof value === 'number'),
  };
}
