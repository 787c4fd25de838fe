/** A correct depot for `depot.yaml`, whose ids come by every way but a plain `id`; BUG plants one bug. */
import { randomUUID } from 'node:crypto';
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Order {
  number: string;
  quantity: number;
  cancelled: boolean;
  version: number;
  notes: string[];
}

const sites = new Map(['ber', 'lon'].map((code) => [code, { code, town: code.toUpperCase() }]));
const people = new Map<string, { site: string; uuid: string; name: string }>();
const parts = new Map<string, { id: string; name: string }>();
const vendors = new Set<string>();
const orders = new Map<string, Order>();
const account = randomUUID();
let last = 0;

const refused = (status: number, detail: string): Answer => ({ status, body: { detail } });
const unknown = (): Answer => refused(404, 'unknown');
const ok = (body: unknown, headers?: Record<string, string>): Answer => ({
  status: 200,
  body,
  ...(headers === undefined ? {} : { headers }),
});
const text = (body: unknown, name: string, least: number, most: number): string | undefined => {
  const value = isRecord(body) ? body[name] : undefined;
  return isText(value, least, most) ? value : undefined;
};

function order({ body }: Request): Answer {
  if (!isRecord(body) || !isInteger(body['quantity'], 1, 9) || !isRecord(body['part'])) return refused(422, 'body');
  if (typeof body['personId'] !== 'string' || typeof body['part']['id'] !== 'string') return refused(422, 'body');
  if (typeof body['supplier'] !== 'string' || body['supplier'] === '') return refused(422, 'supplier');
  if (!people.has(body['personId']) || !parts.has(body['part']['id']) || !vendors.has(body['supplier']))
    return refused(404, 'something that it names');
  const number = `o-${++last}`;
  orders.set(number, { number, quantity: body['quantity'], cancelled: false, version: 1, notes: [] });
  return { status: 201, headers: { location: `http://depot.example/v2/orders/${number}/?from=/me/` } };
}

function onOrder(one: Order, rest: string, request: Request): Answer {
  const { method, body } = request;
  const shown = { number: one.number, quantity: one.quantity, cancelled: one.cancelled };
  if (rest === ':cancel') {
    one.cancelled = true;
    one.version++;
    return ok({ ...shown, cancelled: true });
  }
  if (rest === '/notes') {
    const note = text(body, 'text', 0, 40);
    if (note === undefined) return refused(422, 'text');
    const index = one.notes.push(note) - 1;
    return { status: 201, headers: { 'content-location': `notes/${index}` } };
  }
  const note = /^\/notes\/(\d{1,6})$/.exec(rest)?.[1];
  if (note !== undefined) {
    const found = bug === 'notes-lost' ? undefined : one.notes[Number(note)];
    return found === undefined ? unknown() : ok({ text: found });
  }
  if (rest !== '') return unknown();
  if (method === 'GET') return ok(shown, { etag: `"${one.version}"` });
  if (request.malformed || !isRecord(body) || !isInteger(body['quantity'], 1, 9)) return refused(422, 'quantity');
  const condition = request.headers['if-match'];
  if (condition === undefined) return refused(428, 'If-Match');
  if (condition !== `"${one.version}"`) return refused(412, 'changed');
  one.quantity = body['quantity'];
  one.version++;
  return ok({ ...shown, quantity: one.quantity });
}

function batch({ body }: Request): Answer {
  if (!Array.isArray(body) || body.length < 1 || body.length > 3) return refused(422, 'list');
  const names = body.map((one) => text(one, 'name', 1, Infinity));
  if (names.includes(undefined)) return refused(422, 'name');
  const made = names.map((name) => ({ id: randomUUID(), name: name ?? '' }));
  for (const one of made) if (bug !== 'batch-loses-first' || one !== made[0]) parts.set(one.id, one);
  return { status: 201, body: { parts: made } };
}

const METHODS: [RegExp, string][] = [
  [/^\/(orders|parts:batch|vendors)$/, 'POST'],
  [/^\/orders\/[^/:]+(:cancel|\/notes)$/, 'POST'],
  [/^\/orders\/[^/:]+$/, 'GET, PATCH'],
  [/^\/sites\/[^/]+\/people$/, 'POST'],
];

serve((request) => {
  const path = decodeURIComponent(request.path);
  const allowed = METHODS.find(([route]) => route.test(path))?.[1] ?? 'GET';
  if (!allowed.split(', ').includes(request.method)) return { ...refused(405, 'method'), headers: { allow: allowed } };
  if (path === '/sites') return ok({ results: [...sites.values()] });
  if (path === '/me') return ok({ name: 'you', account: { id: account } });
  if (path === '/orders') return order(request);
  if (path === '/parts:batch') return batch(request);
  if (path === '/vendors') {
    const name = text(request.body, 'name', 1, Infinity);
    if (name === undefined) return refused(422, 'name');
    const ref = `v${++last}`;
    vendors.add(ref);
    return { status: 201, body: { vendor: { ref, name } } };
  }
  const [, number, rest] = /^\/orders\/([^/:]+)(.*)$/.exec(path) ?? [];
  if (number !== undefined) {
    const one = orders.get(number);
    return one === undefined ? unknown() : onOrder(one, rest ?? '', request);
  }
  const part = /^\/parts\/(.+)$/.exec(path)?.[1];
  if (part !== undefined) {
    const found = parts.get(part);
    return found === undefined ? unknown() : ok(found);
  }
  if (path.startsWith('/accounts/')) return path === `/accounts/${account}` ? ok({ limit: 3 }) : unknown();
  const [, code, staff, person] = /^\/sites\/([^/]+)(\/people(?:\/(.+))?)?$/.exec(path) ?? [];
  const site = sites.get(code ?? '');
  if (site === undefined) return unknown();
  if (staff === undefined) return ok(site);
  if (person !== undefined) {
    const found = people.get(person);
    return found?.site === site.code ? ok({ uuid: found.uuid, name: found.name }) : unknown();
  }
  const name = text(request.body, 'name', 1, 30);
  if (name === undefined) return refused(422, 'name');
  const one = { site: site.code, uuid: randomUUID(), name };
  people.set(one.uuid, one);
  return { status: 201, body: { data: { uuid: one.uuid, name } } };
});
