/**
 * Who gives out the id that a path, a query or a body asks for: explicit links first, then `POST` on the collection
 * and `PUT` on the item, then whatever shows that something of the kind is there already.
 */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { foundSource, idSource, isScalar, namedSource, type Producer, type Wanted } from './ids.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import { isIdLike, referredThing, refersTo, spelled, thingOf } from './names.ts';
import { normalised, parametersIn, resourceKey, segmentsOf, templateOf } from './paths.ts';
import { idSchema, type Reference } from './references.ts';
import { itemSchema, propertyNames, propertySchema } from './schema-walk.ts';

/** Who makes, or shows, the resource that a path parameter names; `busy` are the operations that ask already. */
export function producerOfPath(
  spec: Spec,
  operation: Operation,
  index: number,
  name: string,
  busy: string[],
): Producer | undefined {
  const segments = segmentsOf(operation.path);
  const item = resourceKey(segments, index);
  const collection = normalised(segments.slice(0, index));
  const wanted: Wanted = { parameter: name, thing: thingOf(segments[index - 1] ?? '') };
  const others = spec.operations.filter((one) => !busy.includes(one.id));
  // What is asked for by the id cannot show it.
  const shows = others.filter((one) => !`${templateOf(one.path)}/`.startsWith(`${item}/`));
  const on = (method: string, path: string): Operation[] =>
    others.filter((one) => one.method === method && templateOf(one.path) === path);
  const referred = referredThing(name);
  const schema = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema;
  const ids = schema === undefined ? undefined : idSchema(spec, schema);
  return (
    producerByLink(others, operation, name) ??
    first(on('post', collection), (one) => idSource(spec, one, wanted, item)) ??
    first(on('put', item), (one) => {
      const chosen = parametersIn(segmentsOf(one.path).at(-1) ?? '')[0];
      return chosen === undefined
        ? undefined
        : { operation: one, place: 'input', pointer: at('/path', chosen), chosen };
    }) ??
    (referred === undefined ? undefined : makerOf(spec, others, { parameter: name, thing: referred })) ??
    bySchema(spec, shows, ids) ??
    first(batchesOn(others, collection), (one) => idSource(spec, one, wanted)) ??
    (isChosen(operation, segments, index)
      ? undefined
      : (first(on('get', collection), (one) => foundSource(spec, one, wanted)) ??
        (referred === undefined ? undefined : listOf(spec, shows, { parameter: name, thing: referred })) ??
        shownBy(spec, shows, wanted)))
  );
}

/** Who makes, or shows, what a field of a query or a body refers to. */
export function producerOfReference(spec: Spec, reference: Reference, busy: string[]): Producer | undefined {
  const others = spec.operations.filter((one) => !busy.includes(one.id));
  const { thing, name, weak } = reference;
  const exactly = weak && !isIdLike(name, thing);
  const wanted: Wanted = { parameter: name, thing, ...(exactly ? { exactly } : {}) };
  const known = bySchema(spec, others, reference.schema, false) ?? makerOf(spec, others, wanted);
  return known ?? (weak ? undefined : listOf(spec, others, wanted));
}

/** True for a `PUT` that makes the item whose id its client chooses; one that only knows 404 needs what is there. */
function isChosen(operation: Operation, segments: readonly string[], index: number): boolean {
  if (operation.method !== 'put' || index < segments.length - 1) return false;
  const statuses = operation.responses.map(({ status }) => status);
  return statuses.includes('201') || !statuses.includes('404');
}

function first(candidates: Operation[], look: (one: Operation) => Producer | undefined): Producer | undefined {
  for (const candidate of candidates) {
    const found = look(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `POST` on a collection that holds things of the name. */
function makerOf(spec: Spec, others: Operation[], wanted: Wanted): Producer | undefined {
  return first(others, (candidate) => {
    const segments = segmentsOf(candidate.path);
    const last = (BATCH.test(segments.at(-1) ?? '') ? collectionOf(segments) : segments.at(-1)) ?? '';
    if (candidate.method !== 'post' || parametersIn(last).length > 0 || last.includes(':')) return undefined;
    const thing = thingOf(last);
    if (!refersTo(wanted.thing, thing)) return undefined;
    const parameter = wanted.exactly === true ? wanted.parameter : 'id';
    return idSource(spec, candidate, { ...wanted, parameter, thing }, `/${last}/{}`);
  });
}

/** `GET` of a collection that holds things of the name; it shows what is there. */
function listOf(spec: Spec, others: Operation[], wanted: Wanted): Producer | undefined {
  return first(others, (candidate) => {
    const last = segmentsOf(candidate.path).at(-1) ?? '';
    if (candidate.method !== 'get' || parametersIn(last).length > 0) return undefined;
    const thing = thingOf(last);
    return refersTo(wanted.thing, thing) ? foundSource(spec, candidate, { parameter: 'id', thing }) : undefined;
  });
}

/** How operations are called that make many at once: `POST /orders/batch`, `POST /orders:import`. */
const BATCH = /(^|:)_?(batch|bulk|many|import|create|insert|add|register)([A-Z_-]?(create|insert|add|import))?$/i;

/** The segment that names the collection of a batch: `orders` of `/orders:import` and of `/orders/batch`. */
function collectionOf(segments: readonly string[]): string | undefined {
  const [last = ''] = segments.slice(-1);
  return last.includes(':') ? last.slice(0, last.lastIndexOf(':')) : segments.at(-2);
}

function batchesOn(others: Operation[], collection: string): Operation[] {
  return others.filter(({ method, path }) => {
    const own = templateOf(path);
    const rest = own.startsWith(collection) ? own.slice(collection.length) : '';
    return method === 'post' && /^[/:][^/{}]+$/.test(rest) && BATCH.test(rest.slice(1));
  });
}

/** An operation whose answer gives a value of the very schema that stands for these ids. */
function bySchema(spec: Spec, others: Operation[], id: string | undefined, found = true): Producer | undefined {
  if (id === undefined) return undefined;
  const makers = others.filter((one) => one.method === 'post');
  const readers = others.filter((one) => one.method === 'get');
  const look = (one: Operation, isFound: boolean): Producer | undefined => {
    const answer = jsonSchemaOf(successOf(one)?.content ?? []);
    const pointer = answer === undefined ? undefined : pointerOfSchema(spec, answer, id, '', 0);
    if (pointer === undefined) return undefined;
    return { operation: one, place: 'body', pointer, ...(isFound ? { found: true } : {}) };
  };
  return first(makers, (one) => look(one, false)) ?? (found ? first(readers, (one) => look(one, true)) : undefined);
}

function pointerOfSchema(
  spec: Spec,
  schema: string,
  wanted: string,
  pointer: string,
  depth: number,
): string | undefined {
  if (depth > 3) return undefined;
  for (const name of propertyNames(spec, schema)) {
    const property = propertySchema(spec, schema, name);
    if (property !== undefined && spec.follow(property) === wanted) return `${pointer}${at('', name)}`;
  }
  const items = itemSchema(spec, schema);
  if (items !== undefined) return pointerOfSchema(spec, items, wanted, `${pointer}/0`, depth + 1);
  for (const name of propertyNames(spec, schema)) {
    const property = propertySchema(spec, schema, name);
    if (property === undefined || isScalar(spec, property)) continue;
    const inside = pointerOfSchema(spec, property, wanted, `${pointer}${at('', name)}`, depth + 1);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Any other answer that names such a thing: `accountId` in `GET /me`, or the results of a search. */
function shownBy(spec: Spec, others: Operation[], wanted: Wanted): Producer | undefined {
  const look = (one: Operation): Producer | undefined => {
    const listed = /search|find|query|lookup/i.test(one.path) && spelled(one.path).includes(wanted.thing);
    return namedSource(spec, one, wanted) ?? (listed ? foundSource(spec, one, wanted) : undefined);
  };
  const reading = others.filter((one) => one.method === 'get');
  // What posts to a collection makes things of its own; only a search or a login tells of others.
  const asking = others.filter((one) => one.method === 'post');
  return first(reading, look) ?? first(asking, look);
}

function producerByLink(others: Operation[], operation: Operation, name: string): Producer | undefined {
  for (const candidate of others)
    for (const response of candidate.responses)
      for (const link of response.links) {
        if (link.operation !== operation.id || !response.status.startsWith('2')) continue;
        const expression = link.parameters[name] ?? link.parameters[`path.${name}`];
        const source = typeof expression === 'string' ? sourceOf(expression) : undefined;
        if (source !== undefined) return { operation: candidate, ...source };
      }
  return undefined;
}

/** What a whole runtime expression says as a source of an earlier step (OpenAPI 3.1.1 §4.8.20.4). */
export function sourceOf(expression: string): Pick<Producer, 'place' | 'pointer'> | undefined {
  const body = /^\$response\.body#(\/.*)$/.exec(expression)?.[1];
  if (body !== undefined) return { place: 'body', pointer: body };
  const header = /^\$response\.header\.(.+)$/.exec(expression)?.[1]?.toLowerCase();
  if (header === 'location') return { place: 'location', pointer: '' };
  if (header !== undefined) return { place: 'header', pointer: header };
  const sent = /^\$request\.(?:(path|query|header)\.(.+)|body#(\/.*))$/.exec(expression);
  if (sent?.[3] !== undefined) return { place: 'input', pointer: `/body${sent[3]}` };
  if (sent?.[1] === undefined || sent[2] === undefined) return undefined;
  return { place: 'input', pointer: at(`/${sent[1] === 'header' ? 'headers' : sent[1]}`, sent[2]) };
}
