/** The ways to break one keyword of a schema while the others hold. */
import { at, isObject } from '../../../events/json.ts';
import type { JsonObject, JsonValue } from '../../../events/json.ts';
import { keyword } from '../node.ts';
import type { Node } from '../node.ts';
import { typeBits } from '../types.ts';
import { facesOf } from './faces.ts';
import type { Face } from './faces.ts';
import { MALFORMED } from './malformed.ts';
import { nearMisses } from './near-misses.ts';
import { isBare, omit, pick } from './places.ts';

/** A keyword that can perhaps be broken; naming it costs next to nothing. */
export interface Break {
  keyword: string;
  clause: string;
  build(): Broken;
  /** The most telling ways to break it. */
  faces(): readonly Face[];
  /** Set where only so many values break it. */
  few?: number;
}

/** One keyword broken: what the schema keeps, and what it must satisfy besides. */
export interface Broken {
  kept: JsonObject;
  demands: JsonObject[];
}

/** Keywords that `not` can break, with the siblings that they mean something with. */
const BREAKABLE: Record<string, readonly string[]> = {
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
  minItems: [],
  maxItems: [],
  uniqueItems: [],
  minProperties: [],
  maxProperties: [],
  additionalProperties: ['properties', 'patternProperties'],
  propertyNames: [],
  dependentRequired: [],
  not: [],
  anyOf: [],
};

/** Keywords that apply schemas: they are broken inside those, or not at all. */
const APPLY = new Set(['$ref', '$dynamicRef', '$recursiveRef', 'allOf', 'if', 'then', 'else', 'dependentSchemas']);

/** Every way to break a keyword of the schema, in written order; nothing for keywords that cannot be broken. */
export function* breaksOf(node: Node, word: string): Generator<Break> {
  const { schema } = node;
  if (schema === false)
    yield { keyword: word, clause: node.pointer, build: () => ({ kept: {}, demands: [] }), faces: () => [] };
  if (!isObject(schema) || isBare(node)) return;
  for (const name of Object.keys(schema)) {
    const value = keyword(node, schema, name);
    // To match none of very many alternatives takes more work than it is worth.
    if (
      value === undefined ||
      APPLY.has(name) ||
      (Array.isArray(value) && name.endsWith('Of') && value.length > 1_000)
    ) {
      continue;
    }
    yield* ofKeyword(node, schema, name, value);
  }
}

function* ofKeyword(node: Node, schema: JsonObject, name: string, value: JsonValue): Generator<Break> {
  const broken = (demands: () => JsonObject[], word = name, without: string[] = [name]): Break => ({
    keyword: word.split('/')[0] ?? word,
    clause: `${node.pointer}/${word}`,
    build: () => ({ kept: omit(schema, without), demands: demands() }),
    faces: () => facesOf(word, value),
  });
  switch (name) {
    case 'required':
      if (Array.isArray(value)) {
        for (const each of value) {
          if (typeof each === 'string') yield broken(() => [lacking(schema, each, value)]);
        }
      }
      return;
    case 'format': {
      const texts = typeof value === 'string' && Object.hasOwn(MALFORMED, value) ? MALFORMED[value] : undefined;
      if (texts) yield { ...broken(() => [{ enum: [...texts] }]), few: texts.length };
      return;
    }
    case 'pattern': {
      // What nearly fits is broken apart from what does not fit at all.
      for (const other of denied(schema, name, value, broken)) yield { ...other, faces: () => [] };
      if (typeof value === 'string') yield broken(() => [{ enum: nearMisses(value) }]);
      return;
    }
    case 'oneOf':
      yield broken(() => [{ not: { anyOf: value } }]);
      if (Array.isArray(value)) yield* pairs(value, (pair) => broken(() => [{ allOf: pair }]));
      return;
    case 'contains': {
      const only = pick(schema, ['contains']);
      const least = schema['minContains'];
      const without = ['contains', 'minContains', 'maxContains'];
      const most = schema['maxContains'];
      const counted = node.resource.features.ignored.has('minContains')
        ? {}
        : pick(schema, ['minContains', 'maxContains']);
      const few = typeof least === 'number' && 'minContains' in counted ? 'minContains' : 'contains';
      yield broken(() => [{ type: 'array', not: { ...only, ...pick(counted, ['minContains']) } }], few, without);
      if (typeof most === 'number' && 'maxContains' in counted) {
        yield broken(() => [{ type: 'array', ...only, minContains: most + 1 }], 'maxContains', without);
      }
      return;
    }
    case 'dependencies':
      if (isObject(value)) {
        for (const [trigger, others] of Object.entries(value)) {
          if (!Array.isArray(others)) continue;
          for (const other of others) {
            const word = at('', 'dependencies', trigger).slice(1);
            const demand = { type: 'object', required: [trigger], not: { required: [other] } };
            yield {
              ...broken(() => [], word),
              build: () => ({ kept: { ...schema, dependencies: omit(value, [trigger]) }, demands: [demand] }),
            };
          }
        }
      }
      return;
    default:
      yield* denied(schema, name, value, broken);
  }
}

/** What makes the presence of one member hang on another, or on what else there is. */
const ENTANGLING = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'maxProperties',
]);

/** An object without one of its required members, with the others wherever nothing ties them together. */
function lacking(schema: JsonObject, name: string, required: JsonValue[]): JsonObject {
  const isFree = Object.keys(schema).every((word) => !ENTANGLING.has(word));
  const others = isFree ? required.filter((one) => one !== name) : [];
  return { type: 'object', not: { required: [name] }, ...(others.length > 0 ? { required: others } : {}) };
}

function* denied(
  schema: JsonObject,
  name: string,
  value: JsonValue,
  broken: (demands: () => JsonObject[], word?: string, without?: string[]) => Break,
): Generator<Break> {
  const siblings = Object.hasOwn(BREAKABLE, name) ? BREAKABLE[name] : undefined;
  if (!siblings || (typeof value === 'boolean' && name.startsWith('exclusive'))) return;
  const denial = (): JsonObject => ({ not: pick(schema, [name, ...siblings]) });
  const without = name === 'type' ? ['type', 'nullable', 'x-nullable'] : [name];
  // A wrong word says more than a wrong type, which the `type` keyword is for.
  const listed = name === 'enum' && Array.isArray(value) ? value : name === 'const' ? [value] : [];
  yield broken(() => [denial(), ...alike(listed)], name, without);
  if (name !== 'type') return;
  if (((typeBits(value) ?? 1) & 1) === 0 && schema['nullable'] !== true && schema['x-nullable'] !== true) {
    const others = [...wrapped(schema), ...fractions(value)];
    const nulled = broken(() => [{ anyOf: [{ enum: [null] }, ...others] }], name, without);
    yield others.length === 0 ? { ...nulled, few: 1 } : nulled;
  }
}

/** A list of one fitting text or number, which turns into that wherever its type is not looked at. */
function wrapped(schema: JsonObject): JsonObject[] {
  const { type } = schema;
  const isScalar = type === 'string' || type === 'integer' || type === 'number';
  return isScalar ? [{ type: 'array', minItems: 1, maxItems: 1, items: schema }] : [];
}

/** Numbers between two integers, within whatever bounds there are. */
function fractions(type: JsonValue): JsonObject[] {
  return type === 'integer' ? [{ type: 'number', not: { type: 'integer' } }] : [];
}

function* pairs(list: JsonValue[], make: (pair: [JsonValue, JsonValue]) => Break): Generator<Break> {
  let count = 0;
  for (let first = 0; first < list.length; first++) {
    for (let second = first + 1; second < list.length; second++) {
      if (++count > 6) return;
      yield make([list[first] ?? true, list[second] ?? true]);
    }
  }
}

/** To be of one of the scalar types of listed values, where they have any. */
function alike(values: JsonValue[]): JsonObject[] {
  const names = new Set<string>();
  for (const value of values) if (value !== null && typeof value !== 'object') names.add(typeof value);
  names.delete('boolean');
  return names.size > 0 ? [{ type: [...names] }] : [];
}
