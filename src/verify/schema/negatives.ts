/**
 * Inputs that break a schema at exactly one keyword of one place. Each is built by construction too: the schema is
 * rewritten so that the place must satisfy everything but the keyword and must violate the keyword, and the validator
 * must then report that clause and no other.
 */
import { at, escapeToken, isObject } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/json.ts';
import type { Direction, Negative } from '../schema-port.ts';
import type { Goals } from './canon/goals.ts';
import type { Literal } from './canon/goal.ts';
import type { Validator } from './check/validate.ts';
import { isNullable } from './dialect.ts';
import { leftOut } from './direction.ts';
import { discriminated } from './discriminator.ts';
import type { Literals } from './draw/pen.ts';
import { drawValue } from './draw/value.ts';
import { keyword } from './node.ts';
import type { Node } from './node.ts';
import { Refused } from './refused.ts';
import type { Registry } from './registry.ts';
import { drawAccepted } from './source.ts';
import type { Counts, Source } from './source.ts';
import { typeBits } from './types.ts';

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

const MOST = 200;
const DEPTH = 4;
/** Keywords tried, found breakable or not. */
const ATTEMPTS = 600;
/** Schemas applied to one value inside one another, and alternatives among them, that are looked into. */
const NESTED = 12;
const ALTERNATIVES = 3;

/** Keywords that can be broken alone, with the siblings that they mean something with. */
const BREAKABLE: Record<string, string[]> = {
  type: ['nullable', 'x-nullable'],
  enum: [],
  const: [],
  minimum: ['exclusiveMinimum'],
  maximum: ['exclusiveMaximum'],
  exclusiveMinimum: [],
  exclusiveMaximum: [],
  multipleOf: [],
  minLength: [],
  maxLength: [],
  pattern: [],
  format: [],
  minItems: [],
  maxItems: [],
  uniqueItems: [],
  contains: ['minContains', 'maxContains'],
  required: ['properties'],
  minProperties: [],
  maxProperties: [],
  additionalProperties: ['properties', 'patternProperties'],
  propertyNames: [],
  dependentRequired: [],
  not: [],
  anyOf: [],
  oneOf: [],
};

/** Names of the scalar types of listed values. */
function alike(values: JsonValue[]): string[] {
  const names = new Set<string>();
  for (const value of values) if (value !== null && typeof value !== 'object') names.add(typeof value);
  return [...names].filter((name) => name !== 'boolean');
}

/** Values that no reading of a format takes for it. */
const MALFORMED: Record<string, string[]> = {
  date: ['not-a-date', '2024-13-45', '2023-02-30', '99', ''],
  'date-time': ['not-a-date-time', '2024-13-45T99:99:99Z', 'yesterday', ''],
  uuid: ['not-a-uuid', '00000000-0000-0000-0000-00000000000g', '1234', ''],
  email: ['not-an-email', '@', 'a@', 'a b@c d', ''],
};

/** One keyword to break: the whole schema rewritten, and what the validator must then say. */
interface Attempt {
  keyword: string;
  clause: string;
  instancePath: string;
  schema: Node;
  /** Clauses of combinators around the place, which fail along with it. */
  along: string[];
}

/** Wraps the broken place into the schemas around it. */
type Wrap = (inner: JsonObject, origin: Node) => Node;

/** The negatives of a schema, in written order, outermost place first; each with at least one confirmed value. */
export function negativesOf(source: NegativeSource, root: Literal): BreakingSource[] {
  const found: BreakingSource[] = [];
  const queue: { node: Node; wrap: Wrap; path: string; along: string[]; depth: number; seen: Node[] }[] = [
    {
      node: root.node,
      wrap: (inner, origin) => source.registry.derive(origin, inner),
      path: '',
      along: [],
      depth: 0,
      seen: [],
    },
  ];
  const visited = new Set<string>();
  let attempts = 0;
  for (let place = queue.shift(); place && found.length < MOST && attempts <= ATTEMPTS; place = queue.shift()) {
    const { node, wrap, path, along, depth, seen } = place;
    const { schema } = node;
    const key = `${path} ${node.id}`;
    if (!isObject(schema) || visited.has(key) || seen.filter((each) => each === node).length > 1) continue;
    visited.add(key);
    for (const attempt of breaks(source, node, wrap, path, along)) {
      if (found.length >= MOST || ++attempts > ATTEMPTS) break;
      const made = confirmed(source, root, attempt);
      if (made) found.push(made);
    }
    if (seen.length > NESTED || along.length > ALTERNATIVES) continue;
    const next = { along, seen: [...seen, node] };
    for (const inner of inPlace(source, node)) {
      queue.push({
        ...next,
        along: inner.clause ? [...along, inner.clause] : along,
        node: inner.node,
        path,
        depth,
        wrap: (broken, origin) => wrap(inner.put(source.registry.derive(origin, broken).schema), node),
      });
    }
    if (depth >= DEPTH) continue;
    for (const inner of children(source, node)) {
      queue.push({
        ...next,
        node: inner.node,
        path: `${path}/${escapeToken(inner.token)}`,
        depth: depth + 1,
        wrap: (broken, origin) => wrap(inner.put(source.registry.derive(origin, broken).schema), node),
      });
    }
  }
  return found;
}

function* breaks(
  { registry }: NegativeSource,
  node: Node,
  wrap: Wrap,
  path: string,
  along: string[],
): Generator<Attempt> {
  const { schema } = node;
  if (!isObject(schema)) return;
  if (!node.resource.features.refSiblings && Object.hasOwn(schema, '$ref')) return;
  for (const name of Object.keys(schema)) {
    const siblings = Object.hasOwn(BREAKABLE, name) ? BREAKABLE[name] : undefined;
    const value = keyword(node, schema, name);
    if (!siblings || value === undefined || (typeof value === 'boolean' && name.startsWith('exclusive'))) continue;
    const rest = omit(schema, [
      name,
      ...(name === 'contains' ? siblings : []),
      ...(name === 'type' ? ['nullable', 'x-nullable'] : []),
    ]);
    const make = (demand: JsonObject, word = name, more: JsonObject[] = []): Attempt => {
      const kept = registry.derive(node, rest).schema;
      const broken = { allOf: [kept, demand, ...more] };
      registry.derive(node, demand);
      return { keyword: word, clause: at(node.pointer, word), instancePath: path, schema: wrap(broken, node), along };
    };
    const only = pick(schema, [name, ...siblings]);
    const denied = { not: registry.derive(node, only).schema };
    if (name === 'required' && Array.isArray(value)) {
      for (const each of value) if (typeof each === 'string') yield make({ type: 'object', not: { required: [each] } });
    } else if (name === 'format') {
      const values = typeof value === 'string' && Object.hasOwn(MALFORMED, value) ? MALFORMED[value] : undefined;
      if (values) yield make({ enum: values });
    } else {
      const like =
        name === 'enum' || name === 'const' ? alike(Array.isArray(value) && name === 'enum' ? value : [value]) : [];
      // A wrong word says more than a wrong type, which the `type` keyword is for.
      yield make(denied, name, like.length > 0 ? [{ type: like }] : []);
      if (name === 'type' && ((typeBits(value) ?? 1) & 1) === 0 && !isNullable(node.resource.features, schema))
        yield make({ enum: [null] });
    }
  }
}

interface Inner {
  node: Node;
  token: string;
  /** The outer schema with the inner one replaced, so that the inner place is there. */
  put(inner: JsonValue): JsonObject;
  /** Set where the outer keyword fails along with the inner one. */
  clause?: string;
}

/** Schemas that apply to the same value. */
function inPlace({ registry }: NegativeSource, node: Node): Inner[] {
  const { schema } = node;
  if (!isObject(schema)) return [];
  const found: Inner[] = [];
  const reference = keyword(node, schema, '$ref');
  const bare = !node.resource.features.refSiblings;
  if (typeof reference === 'string') {
    const target = registry.resolve(node, reference, '$ref');
    const rest = bare ? [] : [omit(schema, ['$ref'])];
    found.push({ node: target, token: '', put: (inner) => ({ allOf: [...rest, inner] }) });
    if (bare) return found;
  }
  for (const [word, all] of [
    ['allOf', true],
    ['anyOf', false],
    ['oneOf', false],
  ] as const) {
    const list = keyword(node, schema, word);
    if (!Array.isArray(list)) continue;
    const nodes = list.map((_, index) => registry.child(node, word, index));
    const tagged = all ? undefined : discriminated(node, nodes, registry);
    if (tagged) {
      for (const [tag, child] of tagged.branches) {
        const tagging = {
          type: 'object',
          required: [tagged.property],
          properties: { [tagged.property]: { const: tag } },
        };
        found.push({
          node: child,
          token: '',
          ...(word === 'anyOf' ? { clause: at(node.pointer, word) } : {}),
          put: (inner) => ({ ...omit(schema, [word, 'discriminator']), allOf: [inner, tagging] }),
        });
      }
      continue;
    }
    list.forEach((_, index) => {
      const child = registry.child(node, word, index);
      const others = list.filter((__, other) => other !== index);
      found.push({
        node: child,
        token: '',
        ...(all ? {} : { clause: at(node.pointer, word) }),
        put: (inner) => ({
          ...omit(schema, [word, 'discriminator']),
          allOf: [
            ...(all || !Array.isArray(schema['allOf']) ? [] : schema['allOf']),
            inner,
            ...(all ? others : others.map((other) => ({ not: other }))),
          ],
        }),
      });
    });
  }
  return found;
}

/** Schemas that apply to a member of the value. */
function children({ registry, direction }: NegativeSource, node: Node): Inner[] {
  const { schema } = node;
  if (!isObject(schema)) return [];
  if (!node.resource.features.refSiblings && Object.hasOwn(schema, '$ref')) return [];
  const found: Inner[] = [];
  const properties = keyword(node, schema, 'properties');
  if (isObject(properties)) {
    for (const name of Object.keys(properties)) {
      if (leftOut(registry, node, name, direction)) continue;
      const required = Array.isArray(schema['required']) ? schema['required'] : [];
      found.push({
        node: registry.child(node, 'properties', name),
        token: name,
        put: (inner) => ({
          ...schema,
          type: 'object',
          required: [...required, name],
          properties: { ...properties, [name]: inner },
        }),
      });
    }
  }
  const items = keyword(node, schema, 'items');
  if (isObject(items)) {
    const prefix = keyword(node, schema, 'prefixItems');
    const index = Array.isArray(prefix) ? prefix.length : 0;
    const min = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
    found.push({
      node: registry.child(node, 'items'),
      token: String(index),
      put: (inner) => first(node, schema, inner, index, Math.max(min, index + 1)),
    });
  }
  const additional = keyword(node, schema, 'additionalProperties');
  if (isObject(additional)) {
    found.push({
      node: registry.child(node, 'additionalProperties'),
      token: 'extra',
      put: (inner) => ({
        ...schema,
        type: 'object',
        required: [...(Array.isArray(schema['required']) ? schema['required'] : []), 'extra'],
        properties: { ...(isObject(properties) ? properties : {}), extra: inner },
      }),
    });
  }
  return found;
}

/** The schema with one item replaced, written the way its dialect has it. */
function first(node: Node, schema: JsonObject, inner: JsonValue, index: number, min: number): JsonObject {
  const items = schema['items'] ?? true;
  const base = { ...schema, type: 'array', minItems: min };
  if (node.resource.features.ignored.has('prefixItems')) return { ...base, items: [inner], additionalItems: items };
  const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  return { ...base, prefixItems: [...prefix.slice(0, index), inner] };
}

/** The negative of an attempt, if a value can be drawn that breaks the clause and nothing else. */
function confirmed(source: NegativeSource, root: Literal, attempt: Attempt): BreakingSource | undefined {
  const { goals, validator, direction, literals } = source;
  const along = new Set([attempt.clause, ...attempt.along]);
  const breaksIt = (value: JsonValue): boolean => {
    if (validator.matches(root.node, root.scope, value, direction)) return false;
    const errors = validator.errors(root.node, root.scope, value, direction);
    const named = errors.some(({ clause }) => clause === attempt.clause) || attempt.along.length > 0;
    return named && errors.every(({ clause }) => along.has(clause) || clause.startsWith(`${attempt.clause}/`));
  };
  try {
    const goal = goals.of([{ node: attempt.schema, scope: root.scope, positive: true }]);
    if (goals.height(goal) === Infinity) return undefined;
    const draw = (seed: number): JsonValue | undefined => drawValue(goals, goal, seed, 'free', literals);
    const accepts = (value: JsonValue): boolean => breaksIt(value) && goals.satisfies(goal, value);
    const counts = { drawn: 0, rejected: 0 };
    const simple = drawValue(goals, goal, 1, 'small', literals);
    const model = simple !== undefined && accepts(simple) ? simple : drawAccepted({ draw, accepts }, counts, 1);
    if (model === undefined) return undefined;
    const { keyword: word, clause, instancePath } = attempt;
    return { keyword: word, clause, instancePath, source: { draw, accepts, model }, counts };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function omit(schema: JsonObject, names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

function pick(schema: JsonObject, names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => names.includes(name)));
}
