import { isObject } from '../../events/json.ts';
import type { Direction } from '../schema-port.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';

/** Whether a property of an object schema does not travel in a direction (OpenAPI 3.1 §4.8.24.4 readOnly, writeOnly). */
export function leftOut(registry: Registry, node: Node, name: string, direction: Direction): boolean {
  if (direction === 'any' || !isObject(node.schema)) return false;
  const properties = node.schema['properties'];
  if (!isObject(properties) || !Object.hasOwn(properties, name)) return false;
  const word = direction === 'request' ? 'readOnly' : 'writeOnly';
  return marked(registry, registry.child(node, 'properties', name), word, 8);
}

function marked(registry: Registry, node: Node, word: string, depth: number): boolean {
  const { schema } = node;
  if (!isObject(schema) || depth === 0) return false;
  const reference = schema['$ref'];
  const bare = typeof reference === 'string' && !node.resource.features.refSiblings;
  if (!bare && schema[word] === true) return true;
  if (typeof reference === 'string' && marked(registry, registry.resolve(node, reference, '$ref'), word, depth - 1)) {
    return true;
  }
  const parts = schema['allOf'];
  if (bare || !Array.isArray(parts)) return false;
  return parts.some((_, index) => marked(registry, registry.child(node, 'allOf', index), word, depth - 1));
}
