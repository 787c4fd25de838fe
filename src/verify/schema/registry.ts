/**
 * Where schemas live: nodes by place, resources by URI, `$ref`s resolved when first asked for. Nothing is copied,
 * dereferenced or fetched.
 */
import { at, isObject, tokensOf } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/json.ts';
import type { Dialect } from '../../spec/model.ts';
import { featuresByVocabulary, dialectOf, featuresOf, isBefore31 } from './dialect.ts';
import type { Features } from './dialect.ts';
import { metaschema } from './metaschemas.ts';
import type { Node, Resource, Scope } from './node.ts';
import { Refused } from './refused.ts';

export interface Registry {
  /** The node at a pointer of the main document; undefined where nothing is. */
  at(pointer: string): Node | undefined;
  /** The subschema under a keyword, or under a keyword's member. */
  child(node: Node, key: string, member?: string | number): Node;
  /** The target of a `$ref`; refuses a dangling one. */
  resolve(node: Node, reference: string, keyword: string): Node;
  /** The target of a `$dynamicRef` or `$recursiveRef` in a scope. */
  resolveDynamic(node: Node, reference: string, keyword: '$dynamicRef' | '$recursiveRef', scope: Scope): Node;
  /** A schema that is not written anywhere but stands where `origin` does. */
  derive(origin: Node, schema: JsonObject): Node;
  /** The scope after a node's resource is entered. */
  enter(scope: Scope, node: Node): Scope;
  readonly start: Scope;
}

/** A pointer, or the node and the tokens that it is written from when it is first needed. */
type Pointer = string | { from: Node; key: string; member: string | number | undefined };

class PlacedNode implements Node {
  readonly id: number;
  readonly schema: JsonValue;
  readonly resource: Resource;
  readonly derived: boolean;
  #pointer: Pointer;
  #children: Map<string, Node> | undefined;

  constructor(id: number, schema: JsonValue, pointer: Pointer, resource: Resource, derived: boolean) {
    this.id = id;
    this.schema = schema;
    this.#pointer = pointer;
    this.resource = resource;
    this.derived = derived;
  }

  get pointer(): string {
    if (typeof this.#pointer !== 'string') this.#pointer = written(this.#pointer);
    return this.#pointer;
  }

  get children(): Map<string, Node> {
    return (this.#children ??= new Map());
  }
}

function written(pointer: Pointer): string {
  if (typeof pointer === 'string') return pointer;
  const { from, key, member } = pointer;
  return member === undefined ? at(from.pointer, key) : at(from.pointer, key, member);
}

const BASE = 'schema:///';
const CONTRACT = 'https://contract.invalid/';
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);
const DATA = new Set(['enum', 'const', 'default', 'example', 'examples']);

/** Makes the registry of a document and of the others that it may refer to. */
export function createRegistry(
  document: JsonValue,
  dialect: Dialect,
  documents: Record<string, JsonValue> = {},
): Registry {
  const nodes = new Map<object, Node>();
  // What is derived goes when nobody asks for it any more.
  const derived = new WeakMap<object, Node>();
  const resources = new Map<string, Resource>();
  const indexed = new Set<Resource>();
  const references = new Map<string, Node>();
  let count = 0;
  let scopes = 0;
  let scanned = false;

  const resourceOf = (uri: string, features: Features, makeRoot: (resource: Resource) => Node): Resource => {
    const resource: { -readonly [K in keyof Resource]: Resource[K] } = {
      id: ++count,
      uri,
      features,
      anchors: new Map(),
      dynamicAnchors: new Map(),
      root: undefined as never,
    };
    resource.root = makeRoot(resource);
    if (!resources.has(uri)) resources.set(uri, resource);
    return resource;
  };

  const create = (schema: JsonValue, pointer: Pointer, resource: Resource, isDerived = false): Node => {
    const node = new PlacedNode(++count, schema, pointer, resource, isDerived);
    if (typeof schema === 'object' && schema !== null) (isDerived ? derived : nodes).set(schema, node);
    return node;
  };

  const nodeOf = (schema: JsonValue, pointer: Pointer, resource: Resource, isDerived = false): Node => {
    if (typeof schema !== 'object' || schema === null) return create(schema, pointer, resource, isDerived);
    const known = nodes.get(schema) ?? (isDerived ? derived.get(schema) : undefined);
    if (known) return known;
    const uri = isObject(schema) ? ownUri(schema, resource) : undefined;
    if (uri === undefined) return create(schema, pointer, resource, isDerived);
    const inner = isObject(schema) ? dialectOf(schema['$schema']) : undefined;
    const features = inner ? featuresOf(inner) : resource.features;
    return resourceOf(uri, features, (own) => create(schema, pointer, own)).root;
  };

  /** What the `$schema` of a document says, be it a draft or a metaschema at hand with a `$vocabulary`. */
  const declared = (value: JsonValue, pointer: string): Features | undefined => {
    const named = isObject(value) ? value['$schema'] : undefined;
    const draft = dialectOf(named);
    if (draft) return featuresOf(draft);
    const uri = typeof named === 'string' ? named.replace(/#$/, '') : '';
    const own = Object.hasOwn(documents, uri) ? documents[uri] : undefined;
    const features = own === undefined ? undefined : featuresByVocabulary(own);
    if (typeof features !== 'string') return features;
    throw new Refused('$schema', at(pointer, '$schema'), `its metaschema demands the vocabulary ${features}`);
  };

  const documentAt = (value: JsonValue, uri: string, prefix: string, fallback: Features): Resource => {
    const features = (fallback.openapi ? undefined : declared(value, prefix)) ?? fallback;
    let outer = uri;
    if (isObject(value) && !fallback.openapi) {
      const own = value[features.id];
      const beside = !features.refSiblings && Object.hasOwn(value, '$ref');
      if (typeof own === 'string' && !own.startsWith('#') && !beside) outer = absolute(own, uri) ?? uri;
    }
    const resource = resourceOf(outer, features, (made) => create(value, prefix, made));
    if (!resources.has(uri)) resources.set(uri, resource);
    return resource;
  };

  const main = documentAt(document, `${BASE}main`, '#', featuresOf(dialect));
  // Joined files refer to places in the contract by this name from inside schemas with an `$id`.
  if (!resources.has(CONTRACT)) resources.set(CONTRACT, main);

  const descend = (from: Node, tokens: string[]): Node | undefined => {
    let { schema: value, pointer, resource } = from;
    for (const token of tokens) {
      let next: JsonValue | undefined;
      if (Array.isArray(value)) next = /^(0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
      else if (isObject(value)) next = Object.hasOwn(value, token) ? value[token] : undefined;
      if (next === undefined) return undefined;
      value = next;
      pointer = at(pointer, token);
      if (isObject(value)) resource = nodes.get(value)?.resource ?? resource;
      if (isObject(value) && ownUri(value, resource) !== undefined)
        resource = nodeOf(value, pointer, resource).resource;
    }
    return nodeOf(value, pointer, resource);
  };

  const index = (resource: Resource): void => {
    if (indexed.has(resource)) return;
    indexed.add(resource);
    const stack: { value: JsonValue; pointer: string; resource: Resource; map: boolean }[] = [
      { value: resource.root.schema, pointer: resource.root.pointer, resource, map: false },
    ];
    for (let task = stack.pop(); task; task = stack.pop()) {
      const { value, pointer, map } = task;
      if (Array.isArray(value)) {
        value.forEach((item, position) =>
          stack.push({ value: item, pointer: at(pointer, position), resource: task.resource, map: false }),
        );
        continue;
      }
      if (!isObject(value)) continue;
      let owner = task.resource;
      if (!map) {
        if (ownUri(value, owner) !== undefined || nodes.get(value)) {
          const found = nodeOf(value, pointer, owner).resource;
          if (found !== owner) indexed.add(found);
          owner = found;
        }
        anchorsOf(value, owner, pointer);
      }
      for (const [name, member] of Object.entries(value)) {
        if (typeof member !== 'object' || member === null) continue;
        if (!map && DATA.has(name)) continue;
        stack.push({ value: member, pointer: at(pointer, name), resource: owner, map: !map && MAPS.has(name) });
      }
    }
  };

  const anchorsOf = (schema: JsonObject, resource: Resource, pointer: string): void => {
    const { features } = resource;
    const add = (into: Map<string, Node>, name: unknown): void => {
      if (typeof name === 'string' && !into.has(name)) into.set(name, nodeOf(schema, pointer, resource));
    };
    if (features.anchorInId) {
      const id = schema[features.id];
      const beside = Object.hasOwn(schema, '$ref');
      if (typeof id === 'string' && !beside && id.includes('#')) add(resource.anchors, id.slice(id.indexOf('#') + 1));
    }
    if (!features.ignored.has('$anchor')) add(resource.anchors, schema['$anchor']);
    if (!features.ignored.has('$dynamicAnchor')) {
      add(resource.anchors, schema['$dynamicAnchor']);
      add(resource.dynamicAnchors, schema['$dynamicAnchor']);
    }
  };

  const open = (value: JsonValue, uri: string, features: Features): Resource => {
    const resource = documentAt(value, uri, `${uri}#`, features);
    index(resource);
    return resource;
  };

  const find = (uri: string, from: Resource): Resource | undefined => {
    const known = resources.get(uri);
    if (known) return known;
    const exact = Object.hasOwn(documents, uri) ? documents[uri] : undefined;
    if (exact !== undefined) return open(exact, uri, main.features);
    index(main);
    const inner = resources.get(uri);
    if (inner) return inner;
    const meta = metaschema(uri);
    if (meta !== undefined) return open(meta, uri, from.features);
    if (scanned) return undefined;
    scanned = true;
    for (const [name, value] of Object.entries(documents)) {
      const place = absolute(name, BASE)?.replace(/#.*$/, '');
      if (place !== undefined && !resources.has(place)) open(value, place, main.features);
    }
    return resources.get(uri);
  };

  const resolve = (node: Node, reference: string, keyword: string): Node => {
    const { resource } = node;
    const key = `${resource.id} ${reference}`;
    const known = references.get(key);
    if (known) return known;
    const refuse = (reason: string): never => {
      throw new Refused(keyword, at(node.pointer, keyword), reason);
    };
    const hash = reference.indexOf('#');
    const place = hash < 0 ? reference : reference.slice(0, hash);
    let fragment = hash < 0 ? '' : reference.slice(hash + 1);
    let target = resource;
    if (place !== '') {
      const uri = absolute(place, resource.uri)?.replace(/#.*$/, '');
      const found = uri === undefined ? undefined : find(uri, resource);
      if (!found) return refuse(`${reference} is not in the documents at hand, and nothing is fetched`);
      target = found;
    }
    let result: Node | undefined;
    if (fragment === '') result = target.root;
    else if (fragment.startsWith('/')) result = descend(target.root, tokensOf(`#${fragment}`));
    else {
      try {
        fragment = decodeURIComponent(fragment);
      } catch {
        return refuse(`${reference} is not a URI reference`);
      }
      index(documentRoot(target));
      result = target.anchors.get(fragment);
    }
    if (!result) return refuse(`${reference} leads nowhere`);
    references.set(key, result);
    return result;
  };

  // Anchors are found by a walk from the top of the document that holds the resource.
  const documentRoot = (resource: Resource): Resource => {
    if (indexed.has(resource)) return resource;
    index(main);
    return resource;
  };

  // Only the outermost resource with an anchor of a name counts, so most resources leave a scope as it is; without
  // this, every order of entering them would be a scope of its own.
  const changes = (scope: Scope, resource: Resource): boolean => {
    if (scope.resources.includes(resource)) return false;
    if (scope.resources.length === 0) return true;
    for (const each of [...scope.resources, resource]) index(documentRoot(each));
    const names = [...resource.dynamicAnchors.keys()];
    if (names.some((name) => !scope.resources.some((outer) => outer.dynamicAnchors.has(name)))) return true;
    return recursive(resource) && !scope.resources.some(recursive);
  };

  const start: Scope = { id: ++scopes, resources: [], next: new Map() };

  const registry: Registry = {
    start,
    at: (pointer) => descend(main.root, tokensOf(pointer)),
    child(node, key, member) {
      const place = member === undefined ? key : `${key}/${member}`;
      const known = node.children.get(place);
      if (known) return known;
      const held = isObject(node.schema) ? node.schema[key] : undefined;
      let value = held;
      if (member !== undefined) {
        value = Array.isArray(held) ? held[Number(member)] : isObject(held) ? held[String(member)] : undefined;
      }
      const pointer = { from: node, key, member };
      if (value === undefined) throw new Refused(key, written(pointer), 'a schema is missing here');
      const made = nodeOf(value, pointer, node.resource, node.derived);
      node.children.set(place, made);
      return made;
    },
    resolve,
    resolveDynamic(node, reference, name, scope) {
      const target = resolve(node, reference, name);
      if (!isObject(target.schema)) return target;
      if (name === '$recursiveRef') {
        if (target.schema['$recursiveAnchor'] !== true) return target;
        return scope.resources.find(recursive)?.root ?? target;
      }
      const anchor = reference.slice(reference.indexOf('#') + 1);
      if (anchor === '' || anchor.startsWith('/') || target.schema['$dynamicAnchor'] !== anchor) return target;
      for (const resource of scope.resources) {
        index(documentRoot(resource));
        const found = resource.dynamicAnchors.get(anchor);
        if (found) return found;
      }
      return target;
    },
    derive: (origin, schema) => create(schema, origin.pointer, origin.resource, true),
    enter(scope, node) {
      const { resource } = node;
      const known = scope.next.get(resource);
      if (known) return known;
      const next = changes(scope, resource)
        ? { id: ++scopes, resources: [...scope.resources, resource], next: new Map() }
        : scope;
      scope.next.set(resource, next);
      return next;
    },
  };
  return registry;
}

function recursive({ root }: Resource): boolean {
  return isObject(root.schema) && root.schema['$recursiveAnchor'] === true;
}

/** The URI that a schema gives itself, relative to the resource around it; undefined where it gives none. */
function ownUri(schema: JsonObject, outer: Resource): string | undefined {
  const inner = dialectOf(schema['$schema']);
  const features = inner && !outer.features.openapi ? featuresOf(inner) : outer.features;
  const id = schema[features.id];
  if (typeof id !== 'string' || id.startsWith('#')) return undefined;
  if (!features.refSiblings && Object.hasOwn(schema, '$ref')) return undefined;
  if (isBefore31(features)) return undefined;
  return absolute(id, outer.uri)?.replace(/#.*$/, '');
}

function absolute(reference: string, base: string): string | undefined {
  return (URL.parse(reference, base) ?? URL.parse(reference))?.href;
}
