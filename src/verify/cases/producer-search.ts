/**
 * Who gives out the id that a path, a query or a body asks for: explicit links first, then `POST` on the collection
 * and `PUT` on the item, then whatever shows that something of the kind is there already.
 */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { foundSource, idSource, isScalar, namedSource, namesMeaning, type Producer, type Wanted } from './ids.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import { isIdLike, referredThing, thingOf } from './names.ts';
import { operationIndex, searchesFor } from './operation-index.ts';
import { normalised, parametersIn, resourceKey, segmentsOf, templateOf } from './paths.ts';
import { idSchema } from './id-schema.ts';
import type { Reference } from './references.ts';
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
  const all = operationIndex(spec);
  const isFree: Free = (one) => !busy.includes(one.id);
  // What is asked for by the id cannot show it.
  const shows: Free = (one) => isFree(one) && !`${templateOf(one.path)}/`.startsWith(`${item}/`);
  const on = (method: string, path: string): Operation[] => all.on(method, path).filter(isFree);
  const referred = referredThing(name);
  const schema = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema;
  const ids = schema === undefined ? undefined : idSchema(spec, schema);
  return (
    producerByLink(spec, isFree, operation, name) ??
    first(on('post', collection), (one) => idSource(spec, one, wanted, item)) ??
    first(on('put', item), (one) => {
      const chosen = parametersIn(segmentsOf(one.path).at(-1) ?? '')[0];
      return chosen === undefined
        ? undefined
        : { operation: one, place: 'input', pointer: at('/path', chosen), chosen };
    }) ??
    (referred === undefined ? undefined : makerOf(spec, isFree, { parameter: name, thing: referred })) ??
    bySchema(spec, shows, ids) ??
    first(all.batchesOn(collection).filter(isFree), (one) => idSource(spec, one, wanted)) ??
    (isChosen(operation, segments, index)
      ? undefined
      : (first(on('get', collection), (one) => foundSource(spec, one, wanted)) ??
        (referred === undefined ? undefined : listOf(spec, shows, { parameter: name, thing: referred })) ??
        shownBy(spec, shows, wanted)))
  );
}

/** Whether an operation may be asked: it does not itself wait for what is wanted. */
type Free = (one: Operation) => boolean;

/** Who makes, or shows, what a field of a query or a body refers to. */
export function producerOfReference(spec: Spec, reference: Reference, busy: string[]): Producer | undefined {
  const isFree: Free = (one) => !busy.includes(one.id);
  const { thing, name, weak } = reference;
  const exactly = weak && !isIdLike(name, thing);
  const wanted: Wanted = { parameter: name, thing, ...(exactly ? { exactly } : {}) };
  const known = bySchema(spec, isFree, reference.schema, false) ?? makerOf(spec, isFree, wanted);
  return known ?? (weak ? undefined : listOf(spec, isFree, wanted));
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
function makerOf(spec: Spec, isFree: Free, wanted: Wanted): Producer | undefined {
  for (const { operation, segment, thing } of operationIndex(spec).makersOf(wanted.thing)) {
    if (!isFree(operation)) continue;
    const parameter = wanted.exactly === true ? wanted.parameter : 'id';
    const found = idSource(spec, operation, { ...wanted, parameter, thing }, `/${segment}/{}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `GET` of a collection that holds things of the name; it shows what is there. */
function listOf(spec: Spec, isFree: Free, wanted: Wanted): Producer | undefined {
  for (const { operation, thing } of operationIndex(spec).listsOf(wanted.thing)) {
    const found = isFree(operation) ? foundSource(spec, operation, { parameter: 'id', thing }) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An operation whose answer gives a value of the very schema that stands for these ids. */
function bySchema(spec: Spec, isFree: Free, id: string | undefined, found = true): Producer | undefined {
  if (id === undefined) return undefined;
  const { giving } = operationIndex(spec);
  const look = (one: Operation, isFound: boolean): Producer | undefined => {
    const answer = jsonSchemaOf(successOf(one)?.content ?? []);
    const pointer = answer === undefined ? undefined : pointerOfSchema(spec, answer, id, '', 0);
    if (pointer === undefined) return undefined;
    return { operation: one, place: 'body', pointer, ...(isFound ? { found: true } : {}) };
  };
  return (
    first(giving('post', id).filter(isFree), (one) => look(one, false)) ??
    (found ? first(giving('get', id).filter(isFree), (one) => look(one, true)) : undefined)
  );
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
function shownBy(spec: Spec, isFree: Free, wanted: Wanted): Producer | undefined {
  const { showing } = operationIndex(spec);
  const names = namesMeaning(wanted);
  const look = (one: Operation): Producer | undefined =>
    namedSource(spec, one, wanted) ?? (searchesFor(one, wanted.thing) ? foundSource(spec, one, wanted) : undefined);
  // What posts to a collection makes things of its own; only a search or a login tells of others.
  return (
    first(showing('get', names, wanted.thing).filter(isFree), look) ??
    first(showing('post', names, wanted.thing).filter(isFree), look)
  );
}

function producerByLink(spec: Spec, isFree: Free, operation: Operation, name: string): Producer | undefined {
  for (const { operation: candidate, response, link } of operationIndex(spec).linksTo(operation.id)) {
    if (!isFree(candidate) || !response.status.startsWith('2')) continue;
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
