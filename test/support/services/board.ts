/**
 * A correct board for `board.yaml`: nested resources, pages, entity tags, idempotency keys, and a budget that two must
 * not spend at once; BUG plants one bug.
 */
import { randomUUID } from 'node:crypto';
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Card {
  id: string;
  title: string;
  column: string;
  points: number;
  urgent: boolean;
}

interface Board {
  id: string;
  name: string;
  budget: number;
  cards: Map<string, Card>;
  versions: Map<string, number>;
  members: string[];
  labels: Map<string, number>;
  keys: Map<string, { payload: string; card: Card }>;
}

const boards = new Map<string, Board>();
const teams = new Map<string, number>();
const graves = new Map<string, Board>();

const refused = (status: number, detail: string): Answer => ({ status, body: { detail } });
const invalid = (detail: string): Answer => refused(400, detail);
const unknown = (): Answer => refused(404, 'unknown');
const shown = ({ id, name, budget }: Board): object => ({ id, name, budget });
/** Where a careless service waits for its database between looking and writing. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

type NewCard = Pick<Card, 'title' | 'column'> & Partial<Card>;

const DEFAULTS = { points: 1, urgent: false };
const COLUMNS = ['todo', 'doing', 'done'];

function cardProblem(body: unknown, whole: boolean): string | undefined {
  if (!isRecord(body)) return 'body';
  const allowed = whole ? ['title', 'column', 'points', 'urgent'] : ['title', 'points', 'urgent'];
  if (Object.keys(body).some((name) => !allowed.includes(name))) return 'unknown field';
  if (!whole && Object.keys(body).length === 0) return 'nothing to change';
  if ((whole || 'title' in body) && !isText(body['title'], 1, 40)) return 'title';
  if (whole && !COLUMNS.includes(String(body['column']))) return 'column';
  if (whole && typeof body['column'] !== 'string') return 'column';
  if ('points' in body && !isInteger(body['points'], 0, 13)) return 'points';
  if ('urgent' in body && typeof body['urgent'] !== 'boolean') return 'urgent';
  return undefined;
}

function boardProblem(body: unknown, whole: boolean): string | undefined {
  if (!isRecord(body)) return 'body';
  if (Object.keys(body).some((name) => name !== 'name' && name !== 'budget')) return 'unknown field';
  if (!whole && Object.keys(body).length === 0) return 'nothing to change';
  if ((whole || 'name' in body) && !isText(body['name'], 1, Infinity)) return 'name';
  return 'budget' in body && !isInteger(body['budget'], 0, 100) ? 'budget' : undefined;
}

function number(request: Request, name: string, least: number, most: number, otherwise: number): number | undefined {
  const text = request.query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  return /^-?\d+$/.test(text) && isInteger(value, least, most) ? value : undefined;
}

function onBoards(request: Request): Answer {
  if (request.method === 'GET') {
    const limit = number(request, 'limit', 1, 50, 20);
    const page = number(request, 'page', 1, 1000, 1);
    if (limit === undefined || page === undefined) return invalid('page');
    const start = (page - 1) * limit - (bug === 'pages-overlap' && page > 1 ? 1 : 0);
    return { status: 200, body: { boards: [...boards.values()].slice(start, start + limit).map(shown) } };
  }
  const reason = boardProblem(request.body, true);
  if (reason !== undefined || !isRecord(request.body)) return invalid(reason ?? 'body');
  const { name, budget } = request.body as { name: string; budget?: number };
  const id = randomUUID();
  const lists = { cards: new Map(), versions: new Map(), members: [], labels: new Map(), keys: new Map() };
  const board: Board = { id, name, budget: budget ?? 100, ...lists };
  boards.set(id, board);
  return { status: 201, body: bug === 'link-to-nowhere' ? { ...shown(board), id: randomUUID() } : shown(board) };
}

async function spend(board: Board, body: unknown): Promise<Answer> {
  const amount = isRecord(body) ? body['amount'] : undefined;
  if (!isInteger(amount, 1, 60)) return invalid('amount');
  const left = board.budget - amount;
  if (left < 0) return refused(409, 'not enough');
  if (bug === 'spends-twice') await pause();
  board.budget = left;
  return { status: 200, body: shown(board) };
}

async function join(board: Board, request: Request): Promise<Answer> {
  if (request.method === 'GET') return { status: 200, body: board.members.map((handle) => ({ handle })) };
  const { body } = request;
  const handle = isRecord(body) && Object.keys(body).length === 1 ? body['handle'] : undefined;
  if (typeof handle !== 'string' || !/^[a-z]{2,12}$/.test(handle)) return invalid('handle');
  if (board.members.includes(handle)) return refused(409, 'is a member');
  if (bug === 'joins-twice') await pause();
  board.members.push(handle);
  return { status: 201, body: { handle } };
}

function onCards(board: Board, request: Request): Answer {
  if (request.method === 'GET') {
    const column = request.query.get('column');
    if (column !== null && !COLUMNS.includes(column)) return invalid('column');
    const limit = number(request, 'limit', 1, 50, 50);
    const offset = number(request, 'offset', 0, 1000, 0);
    if (limit === undefined || offset === undefined) return invalid('page');
    const all = [...board.cards.values()].filter((card) => column === null || card.column === column);
    if (bug === 'filter-leaks' && column === 'doing')
      all.push(...board.cards.values().filter((one) => one.column === 'done'));
    const start = bug === 'offset-skips' && offset > 0 ? offset + 1 : offset;
    return {
      status: 200,
      body: { items: all.slice(start, start + (bug === 'limit-ignored' ? 50 : limit)), total: all.length },
    };
  }
  const reason = cardProblem(request.body, true);
  if (reason !== undefined) return invalid(reason);
  const key = request.headers['idempotency-key'];
  const payload = JSON.stringify(request.body);
  if (typeof key === 'string') {
    if (key.length < 8 || key.length > 64) return invalid('key');
    const known = bug === 'ignores-key' ? undefined : board.keys.get(key);
    if (known !== undefined && known.payload === payload) return { status: 201, body: known.card };
    if (known !== undefined && bug !== 'key-of-another') return { status: 422 };
  }
  const others = [...board.cards.keys()];
  const id = bug === 'ids-repeat' && others.length === 2 ? (others[1] ?? '') : randomUUID();
  const card: Card = { ...DEFAULTS, ...(request.body as NewCard), id };
  board.cards.set(id, card);
  board.versions.set(id, 1);
  if (typeof key === 'string') board.keys.set(key, { payload, card: { ...card } });
  return { status: 201, body: card };
}

async function onCard(board: Board, id: string, action: string | undefined, request: Request): Promise<Answer> {
  const card = board.cards.get(id);
  const { method, body } = request;
  const version = board.versions.get(id) ?? 0;
  const ghost = card === undefined && version > 0;
  if (action === 'move') {
    const column = isRecord(body) ? body['column'] : undefined;
    if (typeof column !== 'string' || !COLUMNS.includes(column)) return invalid('column');
    if (ghost && bug === 'moves-the-dead')
      return { status: 200, body: { id, title: '?', column, points: 0, urgent: false } };
    if (card === undefined) return unknown();
    if (bug === 'move-forgets') return { status: 200, body: { ...card, column } };
    card.column = column;
    board.versions.set(id, version + 1);
    return { status: 200, body: card };
  }
  if (method === 'HEAD') return { status: card === undefined || bug === 'head-is-404' ? 404 : 200 };
  if (method === 'DELETE') {
    if (ghost && bug === 'second-delete-breaks') return { status: 500, body: { detail: 'no row' } };
    if (card === undefined) return unknown();
    if (bug === 'removes-twice') await pause();
    if (bug === 'delete-takes-two') for (const other of board.cards.keys()) if (other !== id) board.cards.delete(other);
    board.cards.delete(id);
    return { status: 204 };
  }
  if (ghost && method === 'PATCH' && bug === 'patch-revives') {
    const revived = { id, title: '?', column: 'todo', points: 1, urgent: false, ...(isRecord(body) ? body : {}) };
    return { status: 200, body: revived };
  }
  if (card === undefined) return unknown();
  if (method === 'GET') {
    if (bug === 'reading-costs' && card.points > 0) card.points--;
    return { status: 200, body: card, headers: { etag: `"${version}"` } };
  }
  const reason = cardProblem(body, method === 'PUT');
  if (request.malformed || reason !== undefined || !isRecord(body)) return invalid(reason ?? 'body');
  if (method === 'PUT') {
    const condition = request.headers['if-match'];
    if (condition === undefined) return refused(428, 'If-Match');
    if (condition !== `"${version}"`) return refused(412, 'changed');
    if (bug === 'loses-updates') await pause();
    const changed: Card = { ...DEFAULTS, ...(body as NewCard), id };
    board.cards.set(id, changed);
    board.versions.set(id, version + 1);
    return { status: 200, body: changed };
  }
  const base = bug === 'patch-resets' ? { ...card, points: 1 } : card;
  const changed = { ...base, ...body };
  board.cards.set(id, changed);
  if (bug === 'update-hits-all') for (const [other, one] of board.cards) board.cards.set(other, { ...one, ...body });
  board.versions.set(id, version + 1);
  return { status: 200, body: changed };
}

function onLabel(board: Board, label: string, { method, body }: Request): Answer {
  if (!/^[a-z]{3,9}$/.test(label)) return invalid('label');
  const known = board.labels.get(label);
  if (method === 'PUT') {
    const shade = isRecord(body) ? body['shade'] : undefined;
    if (!isInteger(shade, 0, 255)) return invalid('shade');
    const kept = bug === 'put-adds' && known !== undefined ? known + shade : shade;
    board.labels.set(label, kept);
    return { status: known === undefined ? 201 : 200, body: { label, shade: kept } };
  }
  if (known === undefined) return unknown();
  if (method === 'GET') return { status: 200, body: { label, shade: known } };
  if (bug !== 'label-stays') board.labels.delete(label);
  return { status: 204 };
}

async function onTeams(known: string | undefined, { body }: Request): Promise<Answer> {
  if (known !== undefined) {
    const size = teams.get(known);
    return size === undefined ? unknown() : { status: 200, body: { slug: known, size } };
  }
  if (!isRecord(body) || Object.keys(body).length !== 2 || !isInteger(body['size'], 1, 99)) return invalid('size');
  const { slug, size } = body;
  if (typeof slug !== 'string' || !/^[a-z]{6,16}$/.test(slug)) return invalid('slug');
  if (teams.has(slug)) return refused(409, 'taken');
  if (bug === 'teams-race') await pause();
  teams.set(slug, size);
  return { status: 201, body: { slug, size } };
}

const METHODS: [RegExp, string][] = [
  [/^\/teams$/, 'POST'],
  [/^\/teams\/[^/]+$/, 'GET'],
  [/^\/boards$/, 'GET, POST'],
  [/^\/boards\/[^/]+$/, 'GET, PATCH, DELETE'],
  [/^\/boards\/[^/]+\/spending$/, 'POST'],
  [/^\/boards\/[^/]+\/(members|cards)$/, 'GET, POST'],
  [/^\/boards\/[^/]+\/cards\/[^/]+$/, 'GET, HEAD, PUT, PATCH, DELETE'],
  [/^\/boards\/[^/]+\/cards\/[^/]+\/move$/, 'POST'],
  [/^\/boards\/[^/]+\/labels\/[^/]+$/, 'GET, PUT, DELETE'],
];

serve((request) => {
  const allowed = METHODS.find(([path]) => path.test(request.path))?.[1];
  if (allowed !== undefined && !allowed.split(', ').includes(request.method))
    return { status: 405, body: { detail: 'method' }, headers: { allow: allowed } };
  if (request.malformed) return invalid('malformed');
  const [collection, id, part, item, action] = request.path.split('/').slice(1).map(decodeURIComponent);
  if (collection === 'teams') return onTeams(id, request);
  if (collection !== 'boards') return unknown();
  if (id === undefined) return onBoards(request);
  const board = boards.get(id) ?? (bug === 'cards-outlive' && part === 'cards' ? graves.get(id) : undefined);
  if (board === undefined) return unknown();
  if (part === 'spending') return spend(board, request.body);
  if (part === 'members') return join(board, request);
  if (part === 'cards') return item === undefined ? onCards(board, request) : onCard(board, item, action, request);
  if (part === 'labels' && item !== undefined) return onLabel(board, item, request);
  if (part !== undefined) return unknown();
  if (request.method === 'GET') return { status: 200, body: shown(board) };
  if (request.method === 'DELETE') {
    boards.delete(id);
    graves.set(id, board);
    return { status: 204 };
  }
  const reason = boardProblem(request.body, false);
  if (reason !== undefined || !isRecord(request.body)) return invalid(reason ?? 'body');
  Object.assign(board, request.body);
  return { status: 200, body: shown(board) };
});
