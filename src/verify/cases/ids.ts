/** Where an answer, or what was sent, carries the id by which a resource is asked for. */
import { at } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import { isIdLike, spelled, wordsOf } from './names.ts';
import { itemSchema, propertyNames, propertySchema, typesOf } from './schema-walk.ts';
import type { Source } from './scenario.ts';

/** Who gives out an id, and where in what it sends or answers. */
export interface Producer {
  operation: Operation;
  place: Source['place'];
  pointer: string;
  /** Path parameter that the client chooses, for a `PUT` on the item. */
  chosen?: string;
  /** True where the resource was there before: the id is read, not made, and may be missing. */
  found?: boolean;
}

/** The id that is wanted: by the name of the parameter that takes it, and by what it is the id of. */
export interface Wanted {
  parameter: string;
  thing: string;
  /** True where only a field of that very name will do. */
  exactly?: boolean;
}

/** An object in an answer, and where. */
interface Place {
  pointer: string;
  schema: string;
}

const WRAPPERS = ['data', 'item', 'result', 'resource', 'entity', 'payload', 'value', 'attributes'];
const LISTS = ['items', 'data', 'results', 'values', 'records', 'entries', 'content', 'list', 'rows', 'elements'];
const GENERIC = ['id', 'uuid', 'guid'];
const LOOSE = ['identifier', 'key', 'code', 'slug', 'number', 'no', 'ref', 'reference', 'sku', 'handle', 'name'];

type Match = (property: string) => boolean;

/** Where the answer of a creating operation carries the id of what it made; `item` is the path that takes the id. */
export function idSource(spec: Spec, operation: Operation, wanted: Wanted, item?: string): Producer | undefined {
  const success = successOf(operation);
  if (success === undefined) return undefined;
  const { exact, generic, loose } = matches(wanted);
  const schema = jsonSchemaOf(success.content);
  const answered = schema === undefined ? [] : containers(spec, schema, wanted.thing);
  const idLike = isIdLike(wanted.parameter, wanted.thing);
  const inAnswer = (match: Match[]): Producer | undefined => {
    const pointer = firstIn(spec, answered, match);
    return pointer === undefined ? undefined : { operation, place: 'body', pointer };
  };
  const inRequest = (): Producer | undefined => {
    const request = jsonSchemaOf(operation.requestBody?.content ?? []);
    const pointer = request === undefined ? undefined : firstIn(spec, [{ pointer: '/body', schema: request }], [exact]);
    return pointer === undefined ? undefined : { operation, place: 'input', pointer };
  };
  const located = (): Producer | undefined =>
    success.headers.some(({ name }) => name === 'location' || name === 'content-location')
      ? { operation, place: 'location', pointer: segmentBefore(item) }
      : undefined;
  // RFC 9110 §15.3.2: what was created is named by the Location header, documented or not.
  const unsaid = (): Producer | undefined =>
    operation.method === 'post' && success.status === '201' && item !== undefined
      ? { operation, place: 'location', pointer: segmentBefore(item) }
      : undefined;
  if (wanted.exactly === true) return inAnswer([exact]) ?? inRequest();
  return (
    inAnswer(idLike ? [exact, generic] : [exact]) ??
    inRequest() ??
    located() ??
    inAnswer([generic, loose]) ??
    batched(spec, operation, schema, wanted) ??
    unsaid()
  );
}

/** Where a list, or any other answer, carries the id of something that is there. */
export function foundSource(spec: Spec, operation: Operation, wanted: Wanted): Producer | undefined {
  const schema = jsonSchemaOf(successOf(operation)?.content ?? []);
  const source = batched(spec, operation, schema, wanted);
  return source === undefined ? undefined : { ...source, found: true };
}

/** Where an answer names something by a field that can only mean it: `accountId` in the answer of `GET /me`. */
export function namedSource(spec: Spec, operation: Operation, wanted: Wanted): Producer | undefined {
  const schema = jsonSchemaOf(successOf(operation)?.content ?? []);
  if (schema === undefined) return undefined;
  const names = namesMeaning(wanted);
  const pointer = deep(spec, { pointer: '', schema }, (property) => names.has(spelled(property)), wanted, 0);
  return pointer === undefined ? undefined : { operation, place: 'body', pointer, found: true };
}

/** Names that can only mean what is wanted, wherever they stand. */
export function namesMeaning({ parameter, thing }: Wanted): Set<string> {
  const name = spelled(parameter);
  const full = name.includes(' ') || !isIdLike(parameter, thing) ? [name] : [];
  return new Set([...full, `${thing} id`, `${thing} ${name}`]);
}

/** Pointer of the object in an operation's answer that is the resource: the answer itself, or what wraps it. */
export function resourceIn(spec: Spec, operation: Operation, thing: string): string {
  const schema = jsonSchemaOf(successOf(operation)?.content ?? []);
  if (schema === undefined) return '';
  const places = containers(spec, schema, thing);
  const id = firstIn(spec, places, [matches({ parameter: 'id', thing }).generic]);
  if (id !== undefined) return id.slice(0, id.lastIndexOf('/'));
  const wrapped = places.find(({ pointer }) => pointer !== '');
  return wrapped !== undefined && propertyNames(spec, schema).length === 1 ? wrapped.pointer : '';
}

/** Where the list is in an operation's answer, and its items; undefined where the answer holds no list of objects. */
export function listIn(
  spec: Spec,
  operation: Operation,
  thing: string,
): { pointer: string; items: string; schema: string } | undefined {
  const schema = jsonSchemaOf(successOf(operation)?.content ?? []);
  if (schema === undefined) return undefined;
  const owners = [{ pointer: '', schema }, ...containers(spec, schema, thing).slice(1)];
  for (const list of owners.flatMap((owner) => [owner, ...ranked(spec, owner, thing)])) {
    const items = itemSchema(spec, list.schema);
    if (items !== undefined && propertyNames(spec, items).length > 0)
      return { pointer: list.pointer, items, schema: list.schema };
  }
  return undefined;
}

function matches({ parameter, thing }: Wanted): { exact: Match; generic: Match; loose: Match } {
  const name = spelled(parameter);
  const bare = name.startsWith(`${thing} `) ? name.slice(thing.length + 1) : name;
  // The `number` of an order is what another operation calls `orderNumber`.
  const aliases = new Set([name, ...(GENERIC.includes(bare) ? [] : [bare, `${thing} ${bare}`])]);
  const ids = new Set([...GENERIC, ...GENERIC.map((id) => `${thing} ${id}`), `${wordsOf(thing).at(-1) ?? thing} id`]);
  const others = new Set([...LOOSE, ...LOOSE.map((id) => `${thing} ${id}`)]);
  return {
    exact: (property) => aliases.has(spelled(property)),
    generic: (property) => ids.has(spelled(property)),
    loose: (property) => others.has(spelled(property)),
  };
}

/** The answer itself, then the objects one level below it that may be the resource: known wrappers, or the only one. */
function containers(spec: Spec, schema: string, thing: string): Place[] {
  const objects = propertyNames(spec, schema).flatMap((name): (Place & { name: string })[] => {
    const inner = propertySchema(spec, schema, name);
    return inner !== undefined && propertyNames(spec, inner).length > 0
      ? [{ name: spelled(name), pointer: at('', name), schema: inner }]
      : [];
  });
  const known = objects.filter(({ name }) => name === thing || WRAPPERS.includes(name));
  return [{ pointer: '', schema }, ...known, ...(objects.length === 1 ? objects : [])];
}

/** The first entry of an array that the answer is, or that stands in it or in its only wrapper. */
function batched(spec: Spec, operation: Operation, schema: string | undefined, wanted: Wanted): Producer | undefined {
  if (schema === undefined) return undefined;
  const { exact, generic, loose } = matches(wanted);
  const lists = [{ pointer: '', schema }, ...containers(spec, schema, wanted.thing).slice(1)].flatMap((owner) => [
    owner,
    ...ranked(spec, owner, wanted.thing),
  ]);
  for (const list of lists) {
    const items = itemSchema(spec, list.schema);
    if (items === undefined) continue;
    const entry: Place[] = containers(spec, items, wanted.thing).map((place) => ({
      pointer: `${list.pointer}/0${place.pointer}`,
      schema: place.schema,
    }));
    const pointer = firstIn(spec, entry, [exact, generic, loose]);
    if (pointer !== undefined) return { operation, place: 'body', pointer };
    if (isScalar(spec, items) && typesOf(spec, items).length > 0 && /\bids?$/.test(spelled(wanted.parameter)))
      return { operation, place: 'body', pointer: `${list.pointer}/0` };
  }
  return undefined;
}

/** Array members of an object, those called like the thing first. */
function ranked(spec: Spec, owner: Place, thing: string): Place[] {
  const rank = (name: string): number => {
    const words = spelled(name);
    return words.startsWith(thing) ? 0 : LISTS.includes(words) ? 1 : 2;
  };
  return propertyNames(spec, owner.schema)
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((name) => {
      const schema = propertySchema(spec, owner.schema, name);
      return schema === undefined || itemSchema(spec, schema) === undefined
        ? []
        : [{ pointer: `${owner.pointer}${at('', name)}`, schema }];
    });
}

function firstIn(spec: Spec, places: Place[], wished: Match[]): string | undefined {
  for (const match of wished)
    for (const { pointer, schema } of places)
      for (const name of propertyNames(spec, schema)) {
        const property = match(name) ? propertySchema(spec, schema, name) : undefined;
        if (property !== undefined && isScalar(spec, property)) return `${pointer}${at('', name)}`;
      }
  return undefined;
}

/** Levels below the answer that are looked into. */
export const MAX_DEPTH = 3;

/** A scalar of the wanted name, or the `id` of an object that is called like the thing, at most three levels down. */
function deep(spec: Spec, place: Place, match: Match, wanted: Wanted, depth: number): string | undefined {
  const direct = firstIn(spec, [place], [match]);
  if (direct !== undefined || depth >= MAX_DEPTH) return direct;
  const items = itemSchema(spec, place.schema);
  if (items !== undefined)
    return deep(spec, { pointer: `${place.pointer}/0`, schema: items }, match, wanted, depth + 1);
  for (const name of propertyNames(spec, place.schema)) {
    const schema = propertySchema(spec, place.schema, name);
    if (schema === undefined) continue;
    const inner = { pointer: `${place.pointer}${at('', name)}`, schema };
    const own = spelled(name) === wanted.thing ? firstIn(spec, [inner], [matches(wanted).generic]) : undefined;
    const found = own ?? deep(spec, inner, match, wanted, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The literal segment before the parameter that the path ends in: `books` of `/shelves/{}/books/{}`. */
function segmentBefore(item: string | undefined): string {
  const segment = item?.split('/').at(-2) ?? '';
  return segment.includes('{') ? '' : segment;
}

/** True where a value can stand in a path. */
export function isScalar(spec: Spec, pointer: string): boolean {
  const types = typesOf(spec, pointer);
  if (types.length === 0) return propertyNames(spec, pointer).length === 0 && itemSchema(spec, pointer) === undefined;
  return types.includes('string') || types.includes('integer') || types.includes('number');
}
