import { isObject } from '../../events/json.ts';
import type { JsonObject } from '../../events/json.ts';
import type { Goal, Literal } from './canon/goal.ts';
import type { Goals } from './canon/goals.ts';
import type { Node } from './node.ts';
import { Refused } from './refused.ts';
import type { Registry } from './registry.ts';

const MOST = 40;

/** One keyword with the siblings that it means something with, as a schema of its own. */
interface Part {
  keyword: string;
  pointer: string;
  literal: Literal;
}

const WITH: Record<string, readonly string[]> = {
  type: ['nullable', 'x-nullable'],
  minimum: ['exclusiveMinimum'],
  maximum: ['exclusiveMaximum'],
  additionalProperties: ['properties', 'patternProperties'],
  items: ['prefixItems'],
  additionalItems: ['items'],
  contains: ['minContains', 'maxContains'],
  if: ['then', 'else'],
  oneOf: ['discriminator'],
  anyOf: ['discriminator'],
};
const BESIDE = new Set(['then', 'else', 'minContains', 'maxContains', 'nullable', 'x-nullable', 'discriminator']);

/**
 * The fewest keywords that contradict one another, such as `minimum at #/minimum and maximum at #/maximum`; undefined
 * where the contradiction is not among keywords that apply to one value.
 */
export function conflictOf(goals: Goals, goal: Goal, registry: Registry): string | undefined {
  try {
    let parts = goal.literals.flatMap((literal) => [...partsOf(literal, registry, 6)]).slice(0, MOST);
    if (parts.length === 0 || !contradict(parts, goals)) return undefined;
    for (const part of parts.slice()) {
      const fewer = parts.filter((each) => each !== part);
      if (fewer.length > 0 && contradict(fewer, goals)) parts = fewer;
    }
    if (parts.length > 4) return undefined;
    // Bounds that cross speak of one type only, which goes without saying.
    const telling = parts.filter(({ keyword }) => keyword !== 'type');
    const named = (telling.length > 1 ? telling : parts).map(({ keyword, pointer }) => `${keyword} at ${pointer}`);
    return named.length === 1 ? `no value satisfies ${named[0]}` : `${named.join(' and ')} contradict each other`;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** The `required` that demands a property of a goal's values; undefined where only some alternatives demand it. */
export function demandOf(goal: Goal, name: string, registry: Registry): string | undefined {
  for (const literal of goal.literals)
    for (const { keyword, pointer, literal: part } of partsOf(literal, registry, 6)) {
      const { schema } = part.node;
      const names = keyword === 'required' && isObject(schema) ? schema['required'] : undefined;
      if (Array.isArray(names) && names.includes(name)) return pointer;
    }
  return undefined;
}

function contradict(parts: readonly Part[], goals: Goals): boolean {
  const goal = goals.of(parts.map(({ literal }) => literal));
  return goals.height(goal) === Infinity && goal.complete && !goal.blocked;
}

function* partsOf(literal: Literal, registry: Registry, depth: number): Generator<Part> {
  const { node, scope, positive } = literal;
  const { schema } = node;
  if (!positive || !isObject(schema)) {
    yield { keyword: positive ? 'false' : 'not', pointer: node.pointer, literal };
    return;
  }
  const inner = registry.enter(scope, node);
  const at = (next: Node): Literal => ({ node: next, scope: inner, positive: true });
  const bare = !node.resource.features.refSiblings && Object.hasOwn(schema, '$ref');
  for (const keyword of bare ? ['$ref'] : Object.keys(schema)) {
    if (BESIDE.has(keyword)) continue;
    const value = schema[keyword];
    if (depth > 0 && keyword === '$ref' && typeof value === 'string') {
      yield* partsOf(at(registry.resolve(node, value, '$ref')), registry, depth - 1);
    } else if (depth > 0 && keyword === 'allOf' && Array.isArray(value)) {
      for (const index of value.keys()) yield* partsOf(at(registry.child(node, 'allOf', index)), registry, depth - 1);
    } else {
      const own = only(schema, [keyword, ...(WITH[keyword] ?? [])]);
      yield { keyword, pointer: `${node.pointer}/${keyword}`, literal: at(registry.derive(node, own)) };
    }
  }
}

function only(schema: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => names.includes(name)));
}
