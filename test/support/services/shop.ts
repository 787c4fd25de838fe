/**
 * A correct shop for `shop.yaml` with the habits of third parties' frameworks: what is no JSON is refused with a 400 that
 * the contract does not name, no body is an empty one and null is none, a final newline passes a pattern that ends in `$`, and cursors
 * are the shop's own. BUG plants one bug.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Maker {
  id: number;
  name: string;
  country: string;
}

interface Good {
  id: number;
  title: string;
  makerId: number;
  price: number;
  shelf: string;
  tags: string[];
}

const makers = new Map<number, Maker>();
const goods = new Map<number, Good>();
const reviews = new Map<number, { id: number; stars: number }[]>();
const ids = { maker: 0, good: 0, review: 0 };

const invalid = (detail: string): Answer => ({ status: 422, body: { detail } });
const unknown = (): Answer => ({ status: 404 });
const ok = (body: unknown, status = 200): Answer => ({ status, body });

/** An integer within bounds, the fallback where it is not given, undefined where it is none. */
function whole(text: string | null, fallback: number, least: number, most: number): number | undefined {
  if (text === null || text === '') return fallback;
  const value = Number(text);
  return /^\s*[+-]?\d+\s*$/.test(text) && value >= least && value <= most ? value : undefined;
}

function listMakers({ query }: Request): Answer {
  const limit = whole(query.get('limit'), 10, 1, 50);
  const offset = whole(query.get('offset'), 0, 0, 1_000_000);
  if (limit === undefined || offset === undefined) return invalid('limit or offset');
  const data = [...makers.values()].slice(offset, offset + limit);
  return ok({ data, total: bug === 'total-of-piece' ? data.length : makers.size });
}

function addMaker({ body }: Request): Answer {
  if (!isRecord(body) || !isText(body['name'], 1, 40)) return invalid('name');
  const { name, country } = body;
  if (typeof country !== 'string' || !/^[A-Z]{2}\n?$/.test(country)) return invalid('country');
  if (bug !== 'same-maker-twice' && [...makers.values()].some((one) => one.name === name)) return { status: 409 };
  const made: Maker = { id: ++ids.maker, name, country };
  makers.set(made.id, made);
  return ok(made, 201);
}

function listGoods({ query }: Request): Answer {
  const limit = whole(query.get('limit'), 20, 1, 100);
  const makerId = whole(query.get('makerId'), 0, -Number.MAX_VALUE, Number.MAX_VALUE);
  const price = query.get('minPrice') ?? '';
  const least = Number(price);
  const [shelf, sort] = [query.get('shelf') ?? '', query.get('sort') ?? ''];
  if (limit === undefined || makerId === undefined || !(least >= 0 && least < Infinity)) return invalid('query');
  if (!['', 'null', 'low', 'middle', 'high'].includes(shelf) || !['', 'price', '-price'].includes(sort))
    return invalid('query');
  const cursor = query.get('cursor') ?? '';
  const from = cursor === '' ? 0 : Number(/^after-(\d{1,9})$/.exec(cursor)?.[1] ?? NaN);
  if (Number.isNaN(from)) return { status: 400 };
  let found = [...goods.values()];
  if (query.get('makerId') && bug !== 'maker-ignored') found = found.filter((one) => one.makerId === makerId);
  if (price !== '') found = found.filter((one) => one.price >= least || bug === 'bound-ignored');
  if (['low', 'middle', 'high'].includes(shelf)) found = found.filter((one) => one.shelf === shelf);
  const turned = (sort === '-price') !== (bug === 'sorts-backwards');
  if (sort !== '') found.sort((a, b) => (turned ? b.price - a.price : a.price - b.price));
  if (bug === 'newest-missing' && found.length > 2) found.pop();
  const start = bug === 'cursor-skips' && from > 0 ? from + 1 : bug === 'cursor-repeats' && from > 0 ? from - 1 : from;
  const isLast = bug === 'ends-early' ? true : start + limit >= found.length && bug !== 'never-ends';
  return ok({ items: found.slice(start, start + limit), nextCursor: isLast ? null : `after-${start + limit}` });
}

function goodIn(body: unknown): Omit<Good, 'id'> | undefined {
  if (!isRecord(body) || !isText(body['title'], 1, 60)) return undefined;
  const { title, makerId, price, shelf } = body;
  const tags = body['tags'] ?? [];
  if (!isInteger(makerId, -Infinity, Infinity) || typeof price !== 'number' || price < 0 || price > 100_000)
    return undefined;
  if (shelf !== 'low' && shelf !== 'middle' && shelf !== 'high') return undefined;
  if (!Array.isArray(tags) || tags.length > 4 || !tags.every((tag) => isText(tag, 0, 20))) return undefined;
  return { title, makerId, price, shelf, tags };
}

function altered(good: Omit<Good, 'id'>): Partial<Good> {
  if (bug === 'drops-tags') return { tags: [] };
  if (bug === 'cuts-tags') return { tags: good.tags.slice(0, 1) };
  return bug === 'adds-tax' ? { price: good.price * 2 + 1 } : {};
}

function addGood({ body }: Request): Answer {
  const good = goodIn(body);
  if (good === undefined) return invalid('good');
  if (!makers.has(good.makerId)) return unknown();
  const made: Good = { id: ++ids.good, ...good, ...altered(good) };
  goods.set(made.id, made);
  return ok(made, 201);
}

const waiting = new Set<number>();

async function replace(good: Good, body: unknown): Promise<Answer> {
  const next = goodIn(body);
  if (next === undefined) return invalid('good');
  if (!makers.has(next.makerId)) return unknown();
  if (bug === 'put-revives') await sleep(40);
  if (bug === 'put-keeps-price') next.price = good.price;
  if (bug !== 'puts-mix') {
    goods.set(good.id, { id: good.id, ...next });
    return ok({ id: good.id, ...next });
  }
  good.title = next.title;
  // Who comes first waits longest, so that the title is of one and the rest of the other.
  const isFirst = !waiting.has(good.id);
  waiting.add(good.id);
  await sleep(isFirst ? 60 : 1);
  if (isFirst) waiting.delete(good.id);
  Object.assign(good, next, { title: good.title });
  return ok({ id: good.id, ...next });
}

function change(good: Good, body: unknown): Answer {
  if (!isRecord(body) && body !== undefined) return invalid('body');
  const { title, price } = body ?? {};
  if (title !== undefined && !isText(title, 1, 60)) return invalid('title');
  if (price !== undefined && (typeof price !== 'number' || price < 0 || price > 100_000)) return invalid('price');
  if (title !== undefined) good.title = title;
  if (bug === 'patch-moves-shelf' && price !== undefined) good.shelf = 'low';
  if (price !== undefined && bug !== 'patch-ignores-price') good.price = price;
  return ok(good);
}

function one(request: Request, good: Good): Answer | Promise<Answer> {
  if (request.method === 'GET') return ok(good);
  if (request.method === 'PUT') return replace(good, request.body);
  if (request.method === 'PATCH') return change(good, request.body);
  goods.delete(good.id);
  return { status: 204 };
}

function review({ method, body }: Request, good: Good): Answer {
  const own = reviews.get(good.id) ?? [];
  if (method === 'GET') return ok(bug === 'reviews-late' ? own.slice(0, -1) : own);
  if (!isRecord(body) || !isInteger(body['stars'], 1, 5)) return invalid('stars');
  const made = { id: ++ids.review, stars: body['stars'] };
  reviews.set(good.id, [...own, made]);
  return ok(made, 201);
}

const METHODS: [path: RegExp, methods: string][] = [
  [/^\/api\/(makers|goods)$/, 'GET, POST'],
  [/^\/api\/makers\/[^/]+$/, 'GET'],
  [/^\/api\/goods\/[^/]+$/, 'GET, PUT, PATCH, DELETE'],
  [/^\/api\/goods\/[^/]+\/reviews$/, 'GET, POST'],
];

function answer(request: Request): Answer | Promise<Answer> {
  const { method, path } = request;
  const allow = METHODS.find(([pattern]) => pattern.test(path))?.[1];
  if (allow === undefined) return unknown();
  if (!allow.split(', ').includes(method)) return { status: 405, headers: { allow } };
  if (request.malformed) return ok({ detail: 'no JSON' }, 400);
  if (path === '/api/makers') return method === 'GET' ? listMakers(request) : addMaker(request);
  if (path === '/api/goods') return method === 'GET' ? listGoods(request) : addGood(request);
  const id = whole(decodeURIComponent(path.split('/')[3] ?? ''), NaN, -Number.MAX_VALUE, Number.MAX_VALUE);
  if (id === undefined || Number.isNaN(id)) return invalid('id');
  if (path.startsWith('/api/makers/')) {
    const maker = makers.get(id);
    return maker === undefined ? unknown() : ok(maker);
  }
  const good = goods.get(id);
  if (good === undefined) return unknown();
  return path.endsWith('/reviews') ? review(request, good) : one(request, good);
}

serve((request) => {
  const given = answer(request);
  return given instanceof Promise ? given : Promise.resolve(given);
});
