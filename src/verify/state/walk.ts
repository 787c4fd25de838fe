/** A list that comes in pieces, gone through to its end: by number, by offset, or by what each piece says of the next. */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { spelled } from '../cases/names.ts';
import { facets, typesOf } from '../cases/schema-walk.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import type { ListOf } from './kinds.ts';

/** How many items a piece has. */
export const LIMIT = /^(limit|per_?page|page_?size|max_?results|size|take|top|count|first)$/i;
/** How many items come before it. */
export const OFFSET = /^(offset|skip|start|start_?index|from)$/i;
/** Its number. */
export const PAGE = /^(page|page_?number|page_?index)$/i;
/** A text that only the service can read, or give out. */
export const TOKEN =
  /(cursor|(page|continuation|next|sync|scroll)_?token|^(starting|ending)_(after|before)$|^(after|before)$)/i;
const ORDER = /^(sort|order|sort_?by|order_?by|direction|fields|expand|include|lang|locale|format)$/i;

/** How one goes on to the next piece. */
export interface Stride {
  limit: string | undefined;
  /** True where the contract says how large a piece may be, so that the subject must not make it smaller by itself. */
  isBounded: boolean;
  /** Items of a piece: as many as are allowed, at most a hundred where others follow. */
  size: number | undefined;
  by: 'offset' | 'page' | 'token' | 'nothing';
  /** The parameter; '' where there is none. */
  parameter: string;
  /** Of the first page. */
  first: number;
}

const SIZES = [100, 50, 25, 20, 10, 5, 2];
/** Where there is only one piece to look at. */
const WIDE_SIZES = [1000, 500, 200];

/** How a list is gone through; undefined where it leaves out some by itself, so that its whole cannot be known. */
export function strideOf(engine: Engine, { operation }: ListOf): Stride | undefined {
  const query = operation.parameters.filter((one) => one.in === 'query');
  const isCut = ({ name }: Parameter): boolean => [LIMIT, OFFSET, PAGE, TOKEN].some((kind) => kind.test(name));
  const filters = query.filter((one) => !isCut(one) && !ORDER.test(one.name));
  if (filters.some((one) => one.required || (hasDefault(engine, one) && !isChosen(engine, one)))) return undefined;
  const find = (kind: RegExp): Parameter | undefined => query.find((one) => kind.test(one.name));
  const [limit, start, page] = [find(LIMIT), find(OFFSET), find(PAGE)];
  // A start that takes no number is a text that only the service can give out.
  const offset = start !== undefined && allows(engine, start, 0) ? start : undefined;
  const token = find(TOKEN) ?? (offset === undefined ? start : undefined);
  const isOne = offset === undefined && page === undefined && token === undefined;
  const sizes = isOne ? [...WIDE_SIZES, ...SIZES] : SIZES;
  const size = limit === undefined ? undefined : sizes.find((one) => allows(engine, limit, one));
  if (limit !== undefined && size === undefined) return undefined;
  const isBounded = limit?.schema !== undefined && states(engine, limit.schema, 'maximum');
  const base = { limit: limit?.name, size, isBounded };
  if (token !== undefined) return { ...base, by: 'token', parameter: token.name, first: 0 };
  if (offset !== undefined) return { ...base, by: 'offset', parameter: offset.name, first: 0 };
  if (page !== undefined) {
    // Whether the first page has the number 0 or 1 is not certain where both are allowed.
    const first = !allows(engine, page, 0) ? 1 : defaultOf(engine, page);
    return typeof first === 'number' ? { ...base, by: 'page', parameter: page.name, first } : undefined;
  }
  return limit === undefined ? undefined : { ...base, by: 'nothing', parameter: '', first: 0 };
}

/** True where the pieces of a list may have a size. */
export function allowsSize(engine: Engine, { operation }: ListOf, { limit }: Stride, size: number): boolean {
  const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === limit);
  return parameter === undefined || allows(engine, parameter, size);
}

function allows(engine: Engine, { schema }: Parameter, value: JsonValue): boolean {
  return schema === undefined || engine.schemas.validate(schema, value, 'request').length === 0;
}

function states(engine: Engine, schema: string, keyword: string): boolean {
  return [...facets(engine.spec, schema)].some((facet) => facet.schema[keyword] !== undefined);
}

function defaultOf(engine: Engine, { schema }: Parameter): JsonValue | undefined {
  if (schema === undefined) return undefined;
  return [...facets(engine.spec, schema)].map((facet) => facet.schema['default']).find((one) => one !== undefined);
}

function hasDefault(engine: Engine, parameter: Parameter): boolean {
  const value = defaultOf(engine, parameter);
  return value !== undefined && value !== null;
}

/** True for a truth value or a choice: what is alike in those is left out by its default altogether, or not at all. */
function isChosen(engine: Engine, { schema }: Parameter): boolean {
  if (schema === undefined) return false;
  return typesOf(engine.spec, schema).join() === 'boolean' || states(engine, schema, 'enum');
}

/** The query of the first piece. */
export function firstQuery(stride: Stride, size = stride.size): JsonObject {
  return {
    ...(stride.limit === undefined || size === undefined ? {} : { [stride.limit]: size }),
    ...(stride.by === 'page' || stride.by === 'offset' ? { [stride.parameter]: stride.first } : {}),
  };
}

/**
 * The query of the piece after one that was answered, `isLed` where the one before it said where to go on; `end` after the
 * last, undefined where that cannot be told.
 */
export function nextQuery(
  engine: Engine,
  list: ListOf,
  stride: Stride,
  sent: Sent,
  got: number,
  isLed = false,
): JsonObject | 'end' | undefined {
  const { query } = sent.input;
  const said = saidNext(list, sent);
  if (said === 'none') return 'end';
  if (said !== undefined) {
    const link = queryOfLink(engine, list.operation, said);
    if (link !== undefined) return { ...query, ...link };
    return stride.by === 'token' ? { ...query, [stride.parameter]: said } : undefined;
  }
  const size = stride.limit === undefined ? undefined : Number(query[stride.limit]);
  // A piece that is not full, or that says nothing where others before it did, is the last one.
  if (stride.by === 'token') return isLed || (size !== undefined && got < size) ? 'end' : undefined;
  if (stride.by === 'nothing') return size === undefined || got < size ? 'end' : undefined;
  if (got === 0) return 'end';
  const now = Number(query[stride.parameter] ?? stride.first);
  const far = stride.isBounded ? (size ?? got) : got;
  return { ...query, [stride.parameter]: stride.by === 'page' ? now + 1 : now + far };
}

const NEXT =
  /^(next|next (page|cursor|token|link|url|page token|page cursor|page url|href)|end cursor|cursor|continuation token)$/;

/** What a piece says of the next one: a token or a link; `none` where it says that there is none. */
function saidNext(list: ListOf, { answer }: Sent): string | number | 'none' | undefined {
  if (answer.kind !== 'answer') return undefined;
  const header = answer.headers['link'];
  if (header !== undefined && /;\s*rel="?(next|prev|first|last)\b/.test(header))
    return /<([^>]*)>[^,]*;\s*rel="?next\b/.exec(header)?.[1] ?? 'none';
  const owner = answer.json === undefined ? undefined : valueAt(answer.json, list.pointer.replace(/\/[^/]*$/, ''));
  for (const place of [owner, answer.json]) {
    if (!isObject(place) || list.pointer === '') continue;
    const inner = Object.values(place).filter((one): one is JsonObject => isObject(one));
    for (const object of [place, ...inner]) {
      const name = Object.keys(object).find((one) => NEXT.test(spelled(one)));
      const value = name === undefined ? undefined : object[name];
      if (value === undefined) continue;
      if (isObject(value)) return typeof value['href'] === 'string' ? value['href'] : undefined;
      if (value === null || value === '' || value === false) return 'none';
      return typeof value === 'string' || typeof value === 'number' ? value : undefined;
    }
  }
  return undefined;
}

/** The member of a piece that says, with `null`, that no other comes. */
export function endIn({ answer }: Sent): string | undefined {
  if (answer.kind !== 'answer' || !isObject(answer.json)) return undefined;
  return Object.entries(answer.json).find(([name, value]) => value === null && NEXT.test(spelled(name)))?.[0];
}

/** The parameters of an operation that a link holds; undefined where it is none. */
function queryOfLink(engine: Engine, operation: Operation, text: string | number): JsonObject | undefined {
  if (typeof text === 'number' || !/^(https?:\/)?\/|^\?/.test(text)) return undefined;
  const query = new URL(text, 'http://list.example/').searchParams;
  const found: JsonObject = {};
  for (const { name, schema } of operation.parameters.filter((one) => one.in === 'query')) {
    const value = query.get(name);
    if (value === null) continue;
    const types = schema === undefined ? [] : typesOf(engine.spec, schema);
    found[name] = types.includes('integer') || types.includes('number') ? Number(value) : value;
  }
  return found;
}

const TOTAL = /^(total|count|total (count|items|results|elements|size|records)|(item|result|record)s? (count|total))$/;

/** Where a piece says how many items there are in all; the name of a header or a pointer into the body. */
export function totalIn(
  list: ListOf,
  { answer }: Sent,
): { place: 'header' | 'body'; at: string; count: number } | undefined {
  if (answer.kind !== 'answer') return undefined;
  for (const name of ['x-total-count', 'x-total', 'total-count', 'x-total-items']) {
    const value = answer.headers[name];
    if (value !== undefined && /^\d+$/.test(value)) return { place: 'header', at: name, count: Number(value) };
  }
  if (list.pointer === '' || !isObject(answer.json)) return undefined;
  const places: [string, JsonValue][] = [
    ['', answer.json],
    ...Object.entries(answer.json).map(([name, value]): [string, JsonValue] => [at('', name), value]),
  ];
  for (const [pointer, object] of places) {
    if (!isObject(object)) continue;
    // Of `count` and `total` in one answer, `count` is how many items the piece holds.
    const names = Object.keys(object).filter((one) => TOTAL.test(spelled(one)));
    const name = names.find((one) => spelled(one) !== 'count') ?? names[0];
    const value = name === undefined ? undefined : object[name];
    if (name !== undefined && typeof value === 'number')
      return { place: 'body', at: `${pointer}${at('', name)}`, count: value };
  }
  return undefined;
}
