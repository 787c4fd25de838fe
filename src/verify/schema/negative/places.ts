/** The schemas around a place that is to be broken: how to reach it, and what the whole becomes with it replaced. */
import { at, isObject } from '../../../events/json.ts';
import type { JsonObject, JsonValue } from '../../../events/json.ts';
import type { Direction } from '../../schema-port.ts';
import { leftOut } from '../direction.ts';
import { discriminated } from '../discriminator.ts';
import { createRandom } from '../draw/random.ts';
import { keyword } from '../node.ts';
import type { Node } from '../node.ts';
import { prepare } from '../pattern/draw-pattern.ts';
import { compilePattern } from '../pattern/pattern.ts';
import type { Registry } from '../registry.ts';

export interface Inner {
  node: Node;
  /** Keyword under which the schema stands. */
  word: string;
  /** Name or index in the value; absent where the schema applies to the same value. */
  token?: string;
  /** The outer schema with the inner one replaced, so that the inner place is there. */
  put(inner: JsonValue): JsonObject;
  /** Set where the outer keyword fails along with the inner one. */
  clause?: string;
}

/** Alternatives looked into, and those beyond which the others are not denied one by one. */
const ALTERNATIVES = 60;
const LARGE = 100;
/** Alternatives beyond which none is looked into: each look would take them all along. */
const TOO_MANY = 1_000;

export function omit(schema: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

export function pick(schema: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => names.includes(name)));
}

function listOf(schema: JsonObject, name: string): JsonValue[] {
  const value = schema[name];
  return Array.isArray(value) ? value : [];
}

/** Whether a schema is only its `$ref` (up to draft 7). */
export function isBare({ schema, resource }: Node): boolean {
  return !resource.features.refSiblings && isObject(schema) && Object.hasOwn(schema, '$ref');
}

/** Schemas that apply to the same value. */
export function* inPlace(registry: Registry, node: Node): Generator<Inner> {
  const { schema } = node;
  if (!isObject(schema)) return;
  const reference = keyword(node, schema, '$ref');
  if (typeof reference === 'string') {
    const rest = isBare(node) ? [] : [omit(schema, ['$ref'])];
    yield {
      word: '$ref',
      node: registry.resolve(node, reference, '$ref'),
      put: (inner) => ({ allOf: [...rest, inner] }),
    };
    if (isBare(node)) return;
  }
  for (const word of ['allOf', 'anyOf', 'oneOf'] as const) yield* branches(registry, node, schema, word);
  yield* conditional(registry, node, schema);
  yield* dependent(registry, node, schema);
}

function* branches(
  registry: Registry,
  node: Node,
  schema: JsonObject,
  word: 'allOf' | 'anyOf' | 'oneOf',
): Generator<Inner> {
  const list = keyword(node, schema, word);
  if (!Array.isArray(list)) return;
  const nodes = list.map((_, index) => registry.child(node, word, index));
  const rest = omit(schema, [word, 'discriminator']);
  const tagged = word === 'allOf' ? undefined : discriminated(node, nodes, registry);
  for (const [tag, child] of tagged?.branches ?? []) {
    const property = tagged?.property ?? '';
    const tagging = { type: 'object', required: [property], properties: { [property]: { const: tag } } };
    const clause = word === 'anyOf' ? { clause: at(node.pointer, word) } : {};
    yield { word, node: child, ...clause, put: (inner) => ({ ...rest, allOf: [inner, tagging] }) };
  }
  if (tagged) return;
  const all = word === 'allOf';
  for (const [index, child] of nodes.entries()) {
    if (!all && (index >= ALTERNATIVES || list.length > TOO_MANY)) return;
    // Of very many alternatives, that the others do not match is left to the check of the value.
    const others = list.filter((_, other) => other !== index && (all || list.length <= LARGE));
    yield {
      word,
      node: child,
      ...(all ? {} : { clause: at(node.pointer, word) }),
      put: (inner) => ({
        ...rest,
        allOf: [
          ...(all ? [] : listOf(schema, 'allOf')),
          inner,
          ...(all ? others : others.map((other) => ({ not: other }))),
        ],
      }),
    };
  }
}

function* conditional(registry: Registry, node: Node, schema: JsonObject): Generator<Inner> {
  const test = keyword(node, schema, 'if');
  if (test === undefined) return;
  const rest = omit(schema, ['if', 'then', 'else']);
  for (const [word, condition] of [
    ['then', test],
    ['else', { not: test }],
  ] as const) {
    if (keyword(node, schema, word) === undefined) continue;
    yield {
      word,
      node: registry.child(node, word),
      put: (inner) => ({ ...rest, allOf: [...listOf(schema, 'allOf'), condition, inner] }),
    };
  }
}

function* dependent(registry: Registry, node: Node, schema: JsonObject): Generator<Inner> {
  for (const word of ['dependentSchemas', 'dependencies'] as const) {
    const map = keyword(node, schema, word);
    if (!isObject(map)) continue;
    for (const name of Object.keys(map)) {
      if (Array.isArray(map[name])) continue;
      const present = { type: 'object', required: [name] };
      yield {
        word,
        node: registry.child(node, word, name),
        put: (inner) => ({
          ...schema,
          [word]: omit(map, [name]),
          allOf: [...listOf(schema, 'allOf'), present, inner],
        }),
      };
    }
  }
}

/** Schemas that apply to a member of the value. */
export function* children(registry: Registry, direction: Direction, node: Node): Generator<Inner> {
  const { schema } = node;
  if (!isObject(schema) || isBare(node)) return;
  const properties = keyword(node, schema, 'properties');
  const named = isObject(properties) ? properties : {};
  for (const name of Object.keys(named)) {
    if (leftOut(registry, node, name, direction)) continue;
    const child = registry.child(node, 'properties', name);
    yield { word: 'properties', node: child, token: name, put: (inner) => member(schema, name, inner) };
  }
  yield* elements(registry, node, schema);
  for (const [word, name] of [
    ['additionalProperties', 'extra'],
    ['unevaluatedProperties', 'unforeseen'],
  ] as const) {
    const value = keyword(node, schema, word);
    // A closed schema is broken by any name: that is a way to break the keyword itself.
    const closed = word === 'additionalProperties' && value === false;
    if (value === undefined || closed || Object.hasOwn(named, name)) continue;
    const others = word === 'unevaluatedProperties' ? omit(schema, [word]) : schema;
    const child = registry.child(node, word);
    yield { word, node: child, token: name, put: (inner) => member(others, name, inner) };
  }
  const patterned = keyword(node, schema, 'patternProperties');
  if (!isObject(patterned)) return;
  for (const source of Object.keys(patterned)) {
    const pattern = compilePattern(source, at(node.pointer, 'patternProperties', source), 'patternProperties');
    const name = prepare(pattern, 1, 64)(createRandom(4));
    if (name === undefined || Object.hasOwn(named, name)) continue;
    const others = { ...schema, patternProperties: omit(patterned, [source]) };
    const child = registry.child(node, 'patternProperties', source);
    yield { word: 'patternProperties', node: child, token: name, put: (inner) => member(others, name, inner) };
  }
}

/** The schema with a property that must be there and has another schema. */
function member(schema: JsonObject, name: string, inner: JsonValue): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return {
    ...schema,
    type: 'object',
    required: [...listOf(schema, 'required'), name],
    properties: { ...properties, [name]: inner },
  };
}

/** Items of a list of schemas, one by one, and the first of those after them. */
function* elements(registry: Registry, node: Node, schema: JsonObject): Generator<Inner> {
  const word = node.resource.features.ignored.has('prefixItems') ? 'items' : 'prefixItems';
  const tuple = keyword(node, schema, word);
  const size = Array.isArray(tuple) ? tuple.length : 0;
  for (let index = 0; index < Math.min(size, 8); index++) {
    const child = registry.child(node, word, index);
    yield { word, node: child, token: String(index), put: (inner) => element(node, schema, inner, index) };
  }
  const rest = word === 'items' && size > 0 ? 'additionalItems' : 'items';
  for (const name of [rest, 'unevaluatedItems']) {
    if (keyword(node, schema, name) === undefined) continue;
    const others = name === rest ? schema : omit(schema, [name]);
    const child = registry.child(node, name);
    // What is evaluated may end further on: the first places are tried.
    const places = name === rest ? [size] : [size, size + 1, size + 2];
    for (const index of places) {
      yield { word: name, node: child, token: String(index), put: (inner) => element(node, others, inner, index) };
    }
  }
}

/** The schema with one item replaced, written the way its dialect has it. */
function element(node: Node, schema: JsonObject, inner: JsonValue, index: number): JsonObject {
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
  const base = { ...schema, type: 'array', minItems: Math.max(least, index + 1) };
  const old = node.resource.features.ignored.has('prefixItems');
  const tuple = listOf(schema, old ? 'items' : 'prefixItems');
  const filled = [...tuple, ...Array.from({ length: Math.max(0, index - tuple.length) }, () => true)];
  const changed = index < filled.length ? filled.with(index, inner) : [...filled, inner];
  if (!old) return { ...base, prefixItems: changed };
  const after = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
  return { ...base, items: changed, additionalItems: after ?? true };
}
