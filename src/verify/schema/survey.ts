import { isObject } from '../../events/json.ts';
import type { Validator } from './check/validate.ts';
import { keyword } from './node.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';

/** Schemas looked at before the first value is drawn; what lies beyond is met, or not, when values are drawn. */
const MOST = 3_000;

/**
 * Makes the walk over all that a schema can reach, which refuses (by throwing) what cannot be served anywhere in it: a
 * dangling reference or a malformed keyword in an optional part is told, not left out of the values in silence.
 */
export function createSurvey(registry: Registry, validator: Validator): (root: Node) => void {
  const sound = new Set<Node>();
  return (root) => {
    const found = new Set<Node>([root]);
    for (const node of found) {
      if (found.size > MOST) return;
      if (sound.has(node) || typeof node.schema === 'boolean') continue;
      validator.prepare(node);
      for (const target of references(node, registry)) found.add(target);
      for (const child of node.children.values()) found.add(child);
    }
    for (const node of found) sound.add(node);
  };
}

function* references(node: Node, registry: Registry): Generator<Node> {
  if (!isObject(node.schema)) return;
  for (const name of ['$ref', '$dynamicRef', '$recursiveRef'] as const) {
    const reference = keyword(node, node.schema, name);
    if (typeof reference === 'string') yield registry.resolve(node, reference, name);
  }
}
