/**
 * The operations of a contract by what a search for producers asks: a contract of a thousand operations asks for each
 * of its thousands of parameters who could give it. All lists are in the order of the contract.
 */
import type { Link, Operation, ResponseSpec, Spec } from '../../spec/model.ts';
import { MAX_DEPTH } from './ids.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import { spelled, thingOf } from './names.ts';
import { parametersIn, segmentsOf, templateOf } from './paths.ts';
import { idSchema } from './id-schema.ts';
import { itemSchema, propertyNames, propertySchema } from './schema-walk.ts';

export interface OperationIndex {
  /** Operations of a method on a path template. */
  on(method: string, template: string): readonly Operation[];
  /** `POST` on a collection, or on its batch, of things that a name refers to; with the segment that names them. */
  makersOf(reference: string): readonly Collection[];
  /** `GET` of such a collection. */
  listsOf(reference: string): readonly Collection[];
  /** `POST` that makes many things of a collection at once. */
  batchesOn(collection: string): readonly Operation[];
  /** Operations of a method whose answer may show a thing: by one of these names, or as it searches for the thing. */
  showing(method: 'get' | 'post', names: Iterable<string>, thing: string): readonly Operation[];
  /** Operations of a method whose answer may hold a value of an id's own schema. */
  giving(method: 'get' | 'post', schema: string): readonly Operation[];
  /** Links that lead to an operation. */
  linksTo(operation: string): readonly IncomingLink[];
}

export interface Collection {
  operation: Operation;
  /** The segment that names the things, `orders`. */
  segment: string;
  thing: string;
}

interface IncomingLink {
  operation: Operation;
  response: ResponseSpec;
  link: Link;
}

const SEARCH = /search|find|query|lookup/i;
/** How operations are called that make many at once: `POST /orders/batch`, `POST /orders:import`. */
const BATCH = /(^|:)_?(batch|bulk|many|import|create|insert|add|register)([A-Z_-]?(create|insert|add|import))?$/i;

const indexes = new WeakMap<readonly Operation[], OperationIndex>();

/** The index of a contract's operations, made when first asked for. */
export function operationIndex(spec: Spec): OperationIndex {
  let index = indexes.get(spec.operations);
  if (index === undefined) indexes.set(spec.operations, (index = createIndex(spec)));
  return index;
}

/** True for an operation that looks for things by its path. */
export function searchesFor(operation: Operation, thing: string): boolean {
  return SEARCH.test(operation.path) && spelled(operation.path).includes(thing);
}

function createIndex(spec: Spec): OperationIndex {
  const { operations } = spec;
  const byPlace = grouped(operations, (one) => [`${one.method} ${templateOf(one.path)}`]);
  const makers = things(operations.flatMap(collectionMadeBy));
  const lists = things(operations.flatMap(collectionListedBy));
  const batches = grouped(operations, batchedCollections);
  const links = new Map<string, IncomingLink[]>();
  for (const operation of operations)
    for (const response of operation.responses)
      for (const link of response.links) push(links, link.operation, { operation, response, link });
  const holding = holdings(spec);
  const shown = {
    get: lazily(() => shownBy(spec, 'get', holding)),
    post: lazily(() => shownBy(spec, 'post', holding)),
  };
  return {
    on: (method, template) => byPlace.get(`${method} ${template}`) ?? [],
    makersOf: makers,
    listsOf: lists,
    batchesOn: (collection) => batches.get(collection) ?? [],
    showing(method, names, thing) {
      const { byName, searching } = shown[method]();
      const found = new Set(searching.filter((one) => searchesFor(one, thing)));
      for (const name of [...names, thing]) for (const one of byName.get(name) ?? []) found.add(one);
      return found.size === 0 ? [] : operations.filter((one) => found.has(one));
    },
    giving: (method, schema) => shown[method]().byName.get(schema) ?? [],
    linksTo: (operation) => links.get(operation) ?? [],
  };
}

function collectionMadeBy(operation: Operation): Collection[] {
  const segments = segmentsOf(operation.path);
  const segment = (BATCH.test(segments.at(-1) ?? '') ? collectionOf(segments) : segments.at(-1)) ?? '';
  if (operation.method !== 'post' || parametersIn(segment).length > 0 || segment.includes(':')) return [];
  return [{ operation, segment, thing: thingOf(segment) }];
}

function collectionListedBy(operation: Operation): Collection[] {
  const segment = segmentsOf(operation.path).at(-1) ?? '';
  if (operation.method !== 'get' || parametersIn(segment).length > 0) return [];
  return [{ operation, segment, thing: thingOf(segment) }];
}

/** The segment that names the collection of a batch: `orders` of `/orders:import` and of `/orders/batch`. */
function collectionOf(segments: readonly string[]): string | undefined {
  const [last = ''] = segments.slice(-1);
  return last.includes(':') ? last.slice(0, last.lastIndexOf(':')) : segments.at(-2);
}

/** The templates of which an operation may be the batch: each part of its own before a slash or a colon in its last segment. */
function batchedCollections({ method, path }: Operation): string[] {
  if (method !== 'post') return [];
  const own = templateOf(path);
  const found: string[] = [];
  for (let at = own.length - 1; at >= 0 && !/[{}]/.test(own[at] ?? ''); at--) {
    if (!/[/:]/.test(own[at] ?? '')) continue;
    if (at + 1 < own.length && BATCH.test(own.slice(at + 1))) found.push(own.slice(0, at));
    if (own[at] === '/') break;
  }
  return found;
}

/** Finds collections by what refers to their things: `order` is what `customer order` refers to, too. */
function things(collections: Collection[]): (reference: string) => readonly Collection[] {
  const byThing = new Map<string, Collection[]>();
  for (const one of collections) push(byThing, one.thing, one);
  const order = new Map(collections.map((one, index) => [one, index]));
  return (reference) => {
    const words = reference.split(' ');
    const found = words.flatMap((_, index) => byThing.get(words.slice(index).join(' ')) ?? []);
    return found.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  };
}

interface Shown {
  /** By the spelled name of a property, or by the pointer of an id's schema. */
  byName: Map<string, Operation[]>;
  /** Operations that look for something. */
  searching: Operation[];
}

function shownBy(spec: Spec, method: string, holding: (schema: string) => ReadonlySet<string>): Shown {
  const operations = spec.operations.filter((one) => one.method === method);
  return {
    byName: grouped(operations, (one) => {
      const answer = jsonSchemaOf(successOf(one)?.content ?? []);
      return answer === undefined ? [] : holding(answer);
    }),
    searching: operations.filter((one) => SEARCH.test(one.path)),
  };
}

/** What values of a schema hold, as deep as ids are looked for: names of properties, and pointers of schemas of ids. */
function holdings(spec: Spec): (schema: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  const hold = (pointer: string, levels: number): ReadonlySet<string> => {
    const final = spec.follow(pointer) ?? pointer;
    const key = `${levels} ${final}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = new Set<string>();
    known.set(key, found);
    const take = (inner: string): void => {
      if (levels > 0) for (const name of hold(inner, levels - 1)) found.add(name);
    };
    for (const name of propertyNames(spec, final)) {
      found.add(spelled(name));
      const property = propertySchema(spec, final, name);
      const id = property === undefined ? undefined : idSchema(spec, property);
      if (id !== undefined) found.add(id);
      if (property !== undefined) take(property);
    }
    const items = itemSchema(spec, final);
    if (items !== undefined) take(items);
    return found;
  };
  return (schema) => hold(schema, MAX_DEPTH);
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function grouped(
  operations: readonly Operation[],
  keysOf: (one: Operation) => Iterable<string>,
): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const one of operations) for (const key of keysOf(one)) push(groups, key, one);
  return groups;
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
