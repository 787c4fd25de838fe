import { isObject, tokensOf } from '../../events/json.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';

export interface Discriminated {
  property: string;
  /** Schema by the value of the property. */
  branches: Map<string, Node>;
}

/**
 * What an OpenAPI `discriminator` says about the alternatives (OpenAPI 3.1 §4.8.25): a mapping's keys, and for a
 * target that the mapping leaves out the last token of its reference. Undefined where there is none.
 */
export function discriminated(node: Node, alternatives: Node[], registry: Registry): Discriminated | undefined {
  if (!node.resource.features.openapi || !isObject(node.schema)) return undefined;
  const discriminator = node.schema['discriminator'];
  if (!isObject(discriminator) || typeof discriminator['propertyName'] !== 'string') return undefined;
  const branches = new Map<string, Node>();
  const mapped = new Set<Node>();
  const mapping = isObject(discriminator['mapping']) ? discriminator['mapping'] : {};
  for (const [key, target] of Object.entries(mapping)) {
    const found = typeof target === 'string' ? targetOf(node, target, registry) : undefined;
    if (!found) continue;
    branches.set(key, found);
    mapped.add(found);
  }
  for (const alternative of alternatives) {
    const reference = isObject(alternative.schema) ? alternative.schema['$ref'] : undefined;
    if (typeof reference !== 'string') continue;
    const target = registry.resolve(alternative, reference, '$ref');
    const name = tokensOf(reference.slice(Math.max(0, reference.indexOf('#')))).at(-1);
    if (!mapped.has(target) && name !== undefined && !branches.has(name)) branches.set(name, target);
  }
  return branches.size === 0 ? undefined : { property: discriminator['propertyName'], branches };
}

function targetOf(node: Node, target: string, registry: Registry): Node | undefined {
  const bare = /^[A-Za-z0-9._-]+$/.test(target);
  const candidates = bare ? [`#/components/schemas/${target}`, target] : [target];
  for (const candidate of candidates) {
    try {
      return registry.resolve(node, candidate, 'discriminator');
    } catch {
      continue;
    }
  }
  return undefined;
}
