import { at, isObject, type JsonValue, tokensOf } from '../../events/json.ts';
import type { Node } from './node.ts';
import type { Registry } from './registry.ts';

export interface Discriminated {
  property: string;
  /** Schema by the value of the property. */
  branches: Map<string, Node>;
  /** What holds where the property is absent or its value is no branch (`defaultMapping`, OpenAPI 3.2 §4.25). */
  fallback?: Node;
  /** True where only the names of schemas say what the values are: a contract may mean others. */
  implied: boolean;
}

/**
 * What an OpenAPI `discriminator` says about the alternatives (OpenAPI 3.1 §4.8.25): a mapping's keys, and for a
 * target that the mapping leaves out the last token of its reference. Without alternatives and mapping they are the
 * schema itself and those whose `allOf` leads to it, by their names (Swagger 2.0, Schema Object). Undefined where there
 * is none.
 */
export function discriminated(node: Node, alternatives: Node[], registry: Registry): Discriminated | undefined {
  if (!node.resource.features.openapi || !isObject(node.schema)) return undefined;
  const found = discriminatorOf(node.schema['discriminator'], node);
  if (found === undefined) return undefined;
  const { property, mapping, target } = found;
  const branches = new Map<string, Node>();
  const mapped = new Set<Node>();
  for (const [key, reference] of mapping) {
    const branch = targetOf(node, reference, registry);
    if (!branch) continue;
    branches.set(key, branch);
    mapped.add(branch);
  }
  for (const alternative of alternatives) {
    const reference = isObject(alternative.schema) ? alternative.schema['$ref'] : undefined;
    if (typeof reference !== 'string') continue;
    const branch = registry.resolve(alternative, reference, '$ref');
    const name = tokensOf(reference.slice(Math.max(0, reference.indexOf('#')))).at(-1);
    if (!mapped.has(branch) && name !== undefined && !branches.has(name)) branches.set(name, branch);
  }
  const implied = alternatives.length === 0 && mapping.length === 0;
  if (implied) for (const [name, member] of familyOf(node, registry)) branches.set(name, member);
  const fallback = target === undefined ? undefined : targetOf(node, target, registry);
  if (branches.size === 0) return undefined;
  return { property, branches, implied, ...(fallback === undefined ? {} : { fallback }) };
}

function discriminatorOf(
  value: JsonValue | undefined,
  { resource }: Node,
): { property: string; mapping: [string, string][]; target?: string } | undefined {
  // Swagger 2.0 has the name of the property alone.
  if (typeof value === 'string' && resource.features.dialect === 'swagger-2.0') return { property: value, mapping: [] };
  if (!isObject(value) || typeof value['propertyName'] !== 'string') return undefined;
  const { propertyName: property, mapping, defaultMapping } = value;
  const texts = Object.entries(isObject(mapping) ? mapping : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { property, mapping: texts, ...(typeof defaultMapping === 'string' ? { target: defaultMapping } : {}) };
}

const NAMED = ['#/components/schemas', '#/definitions'];
const families = new WeakMap<Registry, Map<Node, [name: string, member: Node][]>>();

/** A schema and all whose `allOf` leads to it, by name; empty where it has no name, or stands alone. */
function familyOf(node: Node, registry: Registry): [string, Node][] {
  let known = families.get(registry);
  if (known === undefined) families.set(registry, (known = allFamilies(registry)));
  const family = known.get(node) ?? [];
  return family.length < 2 ? [] : family;
}

function allFamilies(registry: Registry): Map<Node, [string, Node][]> {
  const found = new Map<Node, [string, Node][]>();
  for (const place of NAMED) {
    const named = registry.at(place)?.schema;
    if (!isObject(named)) continue;
    for (const name of Object.keys(named)) {
      const member = registry.at(at(place, name));
      if (member === undefined) continue;
      for (const ancestor of ancestorsOf(member, registry)) {
        const family = found.get(ancestor) ?? [];
        family.push([name, member]);
        found.set(ancestor, family);
      }
    }
  }
  return found;
}

/** True where the `allOf`s of a schema lead to another one. */
export function isDescendant(node: Node, ancestor: Node, registry: Registry): boolean {
  return node !== ancestor && ancestorsOf(node, registry).has(ancestor);
}

/** The schema itself, and those that its `allOf`s refer to. */
function ancestorsOf(node: Node, registry: Registry): Set<Node> {
  const seen = new Set<Node>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const list = isObject(next.schema) ? next.schema['allOf'] : undefined;
    for (const part of Array.isArray(list) ? list : []) {
      const reference = isObject(part) ? part['$ref'] : undefined;
      const parent = typeof reference === 'string' ? targetOf(next, reference, registry) : undefined;
      if (parent !== undefined) open.push(parent);
    }
  }
  return seen;
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
