/**
 * The directives that a contract may use. Ours say what SDL cannot: `@invariant`, `@objective`, `@fails`, `@example`,
 * `@scalarSchema`, `@constant`, and the constraints that many servers know. They are read off the syntax tree and taken
 * out of it before graphql-js sees it, so that a contract need not define them.
 */
import type { ConstDirectiveNode } from 'graphql';
import { valueFromASTUntyped } from 'graphql';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';

/** Directives with a meaning to us, each with the arguments that it knows. */
export const OURS: Readonly<Record<string, readonly string[]>> = {
  invariant: ['id', 'rule', 'message', 'severity', 'source', 'given', 'then'],
  objective: ['p99', 'rate', 'critical'],
  fails: ['code', 'when', 'message'],
  example: ['value'],
  scalarSchema: ['schema'],
  constant: ['name', 'value', 'from'],
  // The vocabulary of graphql-constraint-directive, and its one-keyword relatives.
  constraint: [
    'minLength',
    'maxLength',
    'startsWith',
    'endsWith',
    'contains',
    'notContains',
    'pattern',
    'format',
    'min',
    'max',
    'exclusiveMin',
    'exclusiveMax',
    'multipleOf',
    'minItems',
    'maxItems',
    'uniqueItems',
    'uniqueTypeName',
    'differsFrom',
  ],
  length: ['min', 'max'],
  range: ['min', 'max'],
  pattern: ['regexp', 'pattern'],
  min: ['value'],
  max: ['value'],
  minLength: ['value'],
  maxLength: ['value'],
  minItems: ['value'],
  maxItems: ['value'],
  format: ['value', 'name'],
  multipleOf: ['value'],
};

/** Directives of graphql-js itself. */
export const BUILT_IN = new Set(['skip', 'include', 'deprecated', 'specifiedBy', 'oneOf', 'defer', 'stream']);

/** Directives of Apollo Federation 1 and 2 and of its composed supergraphs; they say nothing of what one service answers. */
export const FEDERATION = new Set([
  'authenticated',
  'cacheControl',
  'composeDirective',
  'connect',
  'context',
  'cost',
  'extends',
  'external',
  'fromContext',
  'inaccessible',
  'interfaceObject',
  'key',
  'link',
  'listSize',
  'override',
  'policy',
  'provides',
  'requires',
  'requiresScopes',
  'shareable',
  'source',
  'tag',
]);

/** True for `@link`, `@federation__key`, `@join__type` and the like. */
export function isForeign(name: string): boolean {
  return FEDERATION.has(name) || name.includes('__');
}

/** Arguments of a directive as JSON; enum values are texts. */
export function argumentsOf(node: ConstDirectiveNode): JsonObject {
  const values: JsonObject = {};
  for (const argument of node.arguments ?? [])
    values[argument.name.value] = jsonOf(valueFromASTUntyped(argument.value));
  return values;
}

/** What graphql-js makes of a constant literal, as plain JSON. */
export function jsonOf(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item)]));
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? value : null;
}
