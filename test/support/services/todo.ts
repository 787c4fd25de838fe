/** A correct todo service for `todo.yaml`; the environment variable BUG plants one bug. */
import { type Answer, bug, isDay, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Todo {
  id: number;
  title: string;
  done: boolean;
  priority: number;
  note?: string | null;
  tags?: string[];
  due?: string;
}

const todos = new Map<number, Todo>();
let last = 0;
const graves = new Set<number>();

const invalid = (message: string): Answer => ({
  status: bug === 'wrong-invalid-status' ? 422 : 400,
  body: { message },
});
const unknown: Answer =
  bug === 'unknown-is-500' ? { status: 500, body: {} } : { status: 404, body: { message: 'unknown' } };

const ALLOWED = new Set(['title', 'done', 'priority', 'note', 'tags', 'due']);

function problem(body: unknown): string | undefined {
  if (bug === 'accepts-anything') return undefined;
  if (!isRecord(body)) return 'not an object';
  for (const name of Object.keys(body))
    if (!ALLOWED.has(name) && bug !== 'accepts-extra') return `${name} is not allowed`;
  if (!('title' in body)) return bug === 'title-not-required' ? undefined : 'title is missing';
  if (bug === 'accepts-number-title' && typeof body['title'] === 'number') return undefined;
  const longest = bug === 'title-too-long' ? 41 : bug === 'title-too-short' ? 39 : 40;
  if (bug === 'accepts-listed-title' && Array.isArray(body['title'])) return undefined;
  if (bug === 'length-in-units' && typeof body['title'] === 'string' && body['title'].length > 40) return 'title';
  if (!isText(body['title'], bug === 'empty-title' ? 0 : 1, longest)) return 'title';
  if ('done' in body && typeof body['done'] !== 'boolean') return bug === 'truthy-done' ? undefined : 'done';
  const most = bug === 'priority-too-big' ? 6 : bug === 'priority-too-small' ? 4 : 5;
  if ('priority' in body && !isInteger(body['priority'], 1, most)) {
    if (bug === 'accepts-fraction' && Number(body['priority']) >= 1 && Number(body['priority']) <= 5) return undefined;
    return 'priority';
  }
  if ('note' in body && body['note'] !== null && !isText(body['note'], 0, 100)) return 'note';
  if (bug === 'refuses-null' && body['note'] === null) return 'note';
  if ('due' in body && !isDay(body['due']))
    return bug === 'loose-dates' && typeof body['due'] === 'string' ? undefined : 'due';
  if ('tags' in body) {
    const { tags } = body;
    if (!Array.isArray(tags) || (tags.length > 3 && bug !== 'too-many-tags')) return 'tags';
    if (new Set(tags).size !== tags.length && bug !== 'accepts-duplicates') return 'tags';
    const pattern = bug === 'loose-pattern' ? /[a-z]{1,8}/ : /^[a-z]{1,8}$/;
    if (!tags.every((tag) => typeof tag === 'string' && pattern.test(tag))) return 'tags';
  }
  return undefined;
}

function stored(id: number, body: Record<string, unknown>): Todo {
  const todo = { done: false, priority: bug === 'default-ignored' ? 2 : 3, ...body, id } as Todo;
  if (bug === 'drops-note') delete todo.note;
  if (bug === 'forgets-done') todo.done = false;
  return todo;
}

function collection(request: Request): Answer {
  if (request.method === 'GET') {
    const listed = [...todos.values()];
    if (bug === 'list-misses-last') listed.pop();
    if (bug === 'list-duplicates' && listed.length > 0) listed.push(...listed.slice(-1));
    return { status: 200, body: listed };
  }
  if (request.method !== 'POST') return { status: 405, body: { message: 'method' } };
  if (request.malformed) return bug === 'malformed-is-500' ? { status: 500, body: {} } : invalid('malformed');
  const reason = problem(request.body);
  if (reason !== undefined) return invalid(reason);
  const body = isRecord(request.body) ? request.body : {};
  if (bug === 'crash-on-unicode' && /[^\x00-\x7f]/.test(String(body['title']))) process.exit(3);
  if (bug === 'error-on-unicode' && /[^\x00-\x7f]/.test(String(body['title']))) return { status: 500, body: {} };
  const id = bug === 'same-id' && last % 3 === 2 ? last : ++last;
  const todo = stored(id, body);
  if (bug !== 'not-stored') todos.set(id, todo);
  const shown: Record<string, unknown> = { ...todo };
  if (bug === 'extra-null') shown['due'] ??= null;
  if (bug === 'extra-field') shown['internal'] = true;
  if (bug === 'id-is-text') shown['id'] = String(id);
  if (bug === 'missing-field') delete shown['priority'];
  return {
    status: bug === 'created-is-200' ? 200 : 201,
    body: shown,
    headers: {
      ...(bug === 'no-location' ? {} : { location: `/todos/${id}` }),
      ...(bug === 'wrong-type' ? { 'content-type': 'text/html' } : {}),
    },
  };
}

function item(request: Request, text: string): Answer | undefined {
  const id = Number(text);
  if (!/^[1-9]\d*$/.test(text)) return invalid('todoId');
  const todo = todos.get(id);
  if (bug === 'hangs-on-unknown' && todo === undefined) return undefined;
  if (todo === undefined && !(bug === 'unknown-is-ok' && request.method === 'DELETE')) return unknown;
  if (request.method === 'GET') {
    if (bug === 'first-read-fails' && todo?.title.startsWith('a')) return unknown;
    return { status: 200, body: todo };
  }
  if (request.method === 'DELETE') {
    if (bug === 'delete-keeps') graves.add(id);
    else todos.delete(id);
    return bug === 'deleted-is-200' ? { status: 200 } : { status: 204 };
  }
  if (bug !== 'puts-by-any-method' && request.method !== 'PUT') return { status: 405, body: { message: 'method' } };
  if (request.malformed) return invalid('malformed');
  const reason = bug === 'put-not-checked' && isRecord(request.body) ? undefined : problem(request.body);
  if (reason !== undefined) return invalid(reason);
  const changed = stored(id, isRecord(request.body) ? request.body : {});
  if (bug === 'lost-update') return { status: 200, body: changed };
  if (bug === 'merges-on-put') Object.assign(changed, { ...todo, ...changed });
  todos.set(id, bug === 'priority-not-updated' ? { ...changed, priority: todo?.priority ?? 3 } : changed);
  return { status: 200, body: changed };
}

function search(request: Request): Answer {
  const done = request.query.get('done');
  const limit = request.query.get('limit') ?? (bug === 'default-limit' ? '2' : '50');
  if (done === null && bug === 'done-not-required') return { status: 200, body: [] };
  if (done !== 'true' && done !== 'false')
    return bug === 'query-not-checked' ? { status: 200, body: [] } : invalid('done');
  const most = bug === 'limit-too-big' ? 51 : 50;
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > most) return invalid('limit');
  const found = [...todos.values()]
    .toReversed()
    .filter((todo) => bug === 'ignores-filter' || todo.done === (done === 'true'));
  return { status: 200, body: found.slice(0, bug === 'ignores-limit' ? 50 : Number(limit)) };
}

serve((request) => {
  const match = /^\/todos\/([^/]+)$/.exec(request.path);
  if (match?.[1] !== undefined) return item(request, decodeURIComponent(match[1]));
  if (request.path === '/todos') return collection(request);
  if (request.path === '/search' && (request.method === 'GET' || bug === 'search-by-any-method'))
    return search(request);
  return { status: 404, body: { message: 'no such path' } };
});
