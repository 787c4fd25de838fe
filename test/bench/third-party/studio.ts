/**
 * A service as one may write it without a framework: projects with tasks and files, tokens, entity tags, uploads. BUG
 * names what is wrong with it; without one it does what `studio.yaml` says.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

const BUG = process.env['BUG'] ?? '';
const bug = (name: string): boolean => name === BUG;

interface Project {
  id: string;
  name: string;
  description: string | null;
  visibility: string;
  deadline: string | null;
  budgetCents: number;
  createdAt: string;
  updatedAt: string;
}
interface Task {
  id: number;
  projectId: string;
  title: string;
  priority: number;
  labels: string[];
  due?: string;
  estimateHours?: number;
  done: boolean;
}
interface Kept {
  id: string;
  name: string;
  mediaType: string;
  caption?: string;
  bytes: number;
}
interface Room {
  owner: string;
  version: number;
  project: Project;
  tasks: Map<number, Task>;
  files: Map<string, { file: Kept; content: Buffer }>;
}
type Fields = Record<string, unknown>;

const USERS = new Map([
  ['studio-token-ada', 'ada'],
  ['studio-token-bob', 'bob'],
]);
const rooms = new Map<string, Room>();
let lastTask = 0;

class Refusal extends Error {
  readonly status: number;
  readonly errors: string[] | undefined;
  readonly headers: Record<string, string>;
  constructor(status: number, title: string, errors?: string[], headers: Record<string, string> = {}) {
    super(title);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

interface Call {
  request: IncomingMessage;
  user: string;
  query: URLSearchParams;
  path: string[];
  body: Buffer;
}
interface Answer {
  status: number;
  json?: unknown;
  bytes?: Buffer;
  headers?: Record<string, string>;
}
type Handler = (call: Call) => Answer | Promise<Answer>;

const VISIBILITIES = ['private', 'team', 'public'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-](\d\d):(\d\d))$/;

const length = (text: string): number => (bug('name-units') ? Buffer.byteLength(text) : [...text].length);
const isInteger = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

function isDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  if (bug('february-30')) return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days;
}

function isInstant(text: unknown): text is string {
  const found = typeof text === 'string' ? INSTANT.exec(text) : null;
  if (found === null || !isDate(found[1])) return false;
  const [hour, minute, second] = [found[2], found[3], found[4]].map(Number);
  const [offsetHours, offsetMinutes] = [Number(found[7] ?? 0), Number(found[8] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return false;
  // A leap second ends a day of UTC.
  if (second === 60) {
    const sign = found[6]?.startsWith('-') === true ? -1 : 1;
    const minutes = (hour ?? 0) * 60 + (minute ?? 0) - sign * (offsetHours * 60 + offsetMinutes);
    return (minute ?? 99) <= 59 && (hour ?? 99) <= 23 && ((minutes % 1440) + 1440) % 1440 === 1439;
  }
  return (hour ?? 99) <= 23 && (minute ?? 99) <= 59 && (second ?? 99) <= 59;
}

function fieldsOf({ request, body }: Call, type: string): Fields {
  const sent = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (sent !== type) throw new Refusal(415, `Send ${type}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    if (bug('malformed-500')) throw new TypeError('Unexpected token');
    throw new Refusal(400, 'The body is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(422, 'Invalid', ['the body must be an object']);
  return { ...value };
}

/** The errors of a body, by a table of what its fields must be. */
function check(fields: Fields, rules: Record<string, (value: unknown) => boolean>, required: string[]): void {
  const errors = required.filter((name) => fields[name] === undefined).map((name) => `${name} is missing`);
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) errors.push(`${name} is not known`);
    else if (value !== undefined && !rule(value)) errors.push(`${name} is not as it should be`);
  }
  if (errors.length > 0) throw new Refusal(422, 'Invalid', errors);
}

const PROJECT = {
  name: (value: unknown) => typeof value === 'string' && length(value) >= 1 && length(value) <= 60,
  description: (value: unknown) => value === null || (typeof value === 'string' && length(value) <= 500),
  visibility: (value: unknown) => VISIBILITIES.includes(String(value)) && typeof value === 'string',
  deadline: (value: unknown) => value === null || isDate(value),
  budgetCents: (value: unknown) => isInteger(value, 0, 1e12),
};
const LABEL = /^[a-z]{1,12}$/;
const TASK = {
  title: (value: unknown) => typeof value === 'string' && length(value) >= 1 && length(value) <= 80,
  priority: (value: unknown) => isInteger(value, bug('priority-0') ? 0 : 1, 5),
  labels: (value: unknown) =>
    Array.isArray(value) &&
    value.length <= 5 &&
    value.every((label) => typeof label === 'string' && LABEL.test(label)) &&
    (bug('labels-twice') || new Set(value).size === value.length),
  due: isInstant,
  estimateHours: (value: unknown) => typeof value === 'number' && value > 0 && value <= 1000,
};
const CHANGE = {
  title: TASK.title,
  priority: TASK.priority,
  labels: TASK.labels,
  due: (value: unknown) => value === null || isInstant(value),
};

function roomOf({ user, path }: Call): Room {
  const id = path[1] ?? '';
  if (!UUID.test(id)) throw new Refusal(400, 'projectId is no UUID');
  const room = rooms.get(id.toLowerCase());
  if (room === undefined || (room.owner !== user && !bug('others-projects'))) throw new Refusal(404, 'No such project');
  return room;
}

function taskOf(call: Call): { room: Room; task: Task } {
  const room = roomOf(call);
  const text = call.path[3] ?? '';
  const id = Number(text);
  if (!/^[+-]?\d+(\.0+)?$/.test(text) || !isInteger(id, 1, 2147483647))
    throw new Refusal(400, 'taskId is no task number');
  const all = bug('any-project') ? [...rooms.values()] : [room];
  const task = all.flatMap(({ tasks }) => tasks.get(id) ?? [])[0];
  if (task === undefined) throw new Refusal(404, 'No such task');
  return { room, task };
}

function fileOf(call: Call): { room: Room; kept: { file: Kept; content: Buffer } } {
  const room = roomOf(call);
  const id = call.path[3] ?? '';
  if (!/^f[0-9a-f]{8}$/.test(id)) throw new Refusal(400, 'fileId is no file number');
  const kept = room.files.get(id);
  if (kept === undefined) throw new Refusal(404, 'No such file');
  return { room, kept };
}

const tagOf = ({ version, project }: Room): string => `"${project.id.slice(0, 8)}-${bug('tag-stays') ? 1 : version}"`;

function integerIn(query: URLSearchParams, name: string, least: number, most: number, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^[+-]?\d+(\.0+)?$/.test(text) || Number(text) < least || Number(text) > most)
    throw new Refusal(400, `${name} must be from ${least} to ${most}`);
  return Number(text);
}

function choiceIn(query: URLSearchParams, name: string, choices: string[]): string | undefined {
  const text = query.get(name);
  if (text !== null && !choices.includes(text)) throw new Refusal(400, `${name} must be one of ${choices.join(', ')}`);
  return text ?? undefined;
}

function fill(room: Room, fields: Fields): void {
  const { project } = room;
  project.name = String(fields['name']);
  const description = fields['description'];
  if (!bug('put-merges') || description !== undefined)
    project.description = typeof description === 'string' ? description : null;
  const visibility = fields['visibility'];
  project.visibility = typeof visibility === 'string' ? visibility : bug('visibility-default') ? 'team' : 'private';
  const deadline = fields['deadline'];
  project.deadline = typeof deadline === 'string' ? deadline : null;
  if (bug('deadline-zone') && project.deadline !== null) {
    const day = new Date(`${project.deadline}T00:00:00+02:00`);
    if (!Number.isNaN(day.getTime())) project.deadline = day.toISOString().slice(0, 10);
  }
  const budget = Number(fields['budgetCents'] ?? 0);
  project.budgetCents = bug('budget-32-bits') ? (budget | 0) >>> 0 : budget;
}

const routes: [method: string, path: string, handler: Handler][] = [
  ['GET', '/health', () => ({ status: 200, json: { status: 'ok' } })],
  [
    'GET',
    '/projects',
    ({ query, user }) => {
      const limit = integerIn(query, 'limit', 1, bug('limit-51') ? 51 : 50, 20);
      const visibility = choiceIn(query, 'visibility', VISIBILITIES);
      const sort = choiceIn(query, 'sort', ['createdAt', 'name', '-name']) ?? 'createdAt';
      const own = [...rooms.values()].filter(({ owner }) => owner === user).map(({ project }) => project);
      const shown = own.filter((one) => visibility === undefined || one.visibility === visibility);
      if (sort !== 'createdAt') {
        const sign = sort === '-name' && !bug('sort-ascends') ? -1 : 1;
        shown.sort((a, b) => (a.name < b.name ? -sign : a.name > b.name ? sign : 0));
      }
      const cursor = query.get('cursor');
      if (cursor !== null && [...cursor].length > 100) throw new Refusal(400, 'The cursor is too long');
      const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
      if (!Number.isSafeInteger(from) || from < 0 || (cursor !== null && cursor === ''))
        throw new Refusal(400, 'The cursor is not one of ours');
      const end = from + limit;
      const next =
        end < shown.length ? Buffer.from(String(bug('cursor-skips') ? end + 1 : end)).toString('base64url') : null;
      return { status: 200, json: { items: shown.slice(from, end), next } };
    },
  ],
  [
    'POST',
    '/projects',
    (call) => {
      const fields = fieldsOf(call, 'application/json');
      check(fields, PROJECT, ['name']);
      const now = new Date().toISOString();
      const project = { id: randomUUID(), name: '', description: null, visibility: '', deadline: null, budgetCents: 0 };
      const room: Room = {
        owner: call.user,
        version: 1,
        project: { ...project, createdAt: now, updatedAt: now },
        tasks: new Map(),
        files: new Map(),
      };
      fill(room, fields);
      rooms.set(room.project.id, room);
      const location = `/api/projects/${room.project.id}`;
      return {
        status: 201,
        json: room.project,
        headers: { etag: tagOf(room), ...(bug('no-location') ? {} : { location }) },
      };
    },
  ],
  [
    'GET',
    '/projects/:',
    (call) => {
      const room = roomOf(call);
      const tag = tagOf(room);
      const known = call.request.headers['if-none-match'];
      if (known === '*' || known?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) === true)
        return { status: 304, headers: { etag: tag } };
      return { status: 200, json: room.project, headers: { etag: tag } };
    },
  ],
  [
    'PUT',
    '/projects/:',
    async (call) => {
      const room = roomOf(call);
      const fields = fieldsOf(call, 'application/json');
      check(fields, PROJECT, ['name']);
      const match = call.request.headers['if-match'];
      if (match === undefined) throw new Refusal(428, 'Send If-Match');
      const fits = match.trim() === '*' || match.split(',').some((one) => one.trim() === tagOf(room));
      if (!fits && !bug('match-ignored')) throw new Refusal(412, 'It has been changed since it was read');
      if (bug('lost-update')) await new Promise((resolve) => setTimeout(resolve, 5));
      fill(room, fields);
      room.version++;
      room.project.updatedAt = new Date().toISOString();
      return { status: 200, json: room.project, headers: { etag: tagOf(room) } };
    },
  ],
  [
    'DELETE',
    '/projects/:',
    (call) => {
      rooms.delete(roomOf(call).project.id);
      return { status: 204 };
    },
  ],
  [
    'GET',
    '/projects/:/tasks',
    (call) => {
      const room = roomOf(call);
      const { query } = call;
      const page = integerIn(query, 'page', 1, 1000, 1);
      const pageSize = integerIn(query, 'pageSize', 1, 100, 25);
      const done = choiceIn(query, 'done', ['true', 'false']);
      const least = integerIn(query, 'minPriority', 1, 5, 1);
      const label = query.get('label');
      if (label !== null && !LABEL.test(label)) throw new Refusal(400, 'label is no label');
      const all = [...room.tasks.values()].filter(
        (task) =>
          (done === undefined || bug('done-ignored') || String(task.done) === done) &&
          (bug('least-excluded') && query.has('minPriority') ? task.priority > least : task.priority >= least) &&
          (label === null || (bug('first-label') ? task.labels[0] === label : task.labels.includes(label))),
      );
      const from = (page - 1) * pageSize - (bug('pages-overlap') && page > 1 ? 1 : 0);
      const tasks = all.slice(from, from + pageSize);
      return { status: 200, json: { tasks, page, pageSize, total: bug('total-of-page') ? tasks.length : all.length } };
    },
  ],
  [
    'POST',
    '/projects/:/tasks',
    (call) => {
      const room = roomOf(call);
      const fields = fieldsOf(call, 'application/json');
      check(fields, TASK, ['title']);
      const title = String(fields['title']);
      if (bug('emoji-500') && /[\u{10000}-\u{10ffff}]/u.test(title)) throw new Error('incorrect string value');
      const { labels, due, estimateHours, priority } = fields;
      const task: Task = {
        id: ++lastTask,
        projectId: room.project.id,
        title,
        priority: Number(priority ?? (bug('priority-default') ? 1 : 3)),
        labels: Array.isArray(labels) ? labels.map(String) : [],
        done: false,
      };
      if (typeof due === 'string') task.due = due;
      if (typeof estimateHours === 'number' && !bug('estimate-lost')) task.estimateHours = estimateHours;
      room.tasks.set(task.id, task);
      return { status: 201, json: task, headers: { location: `/api/projects/${room.project.id}/tasks/${task.id}` } };
    },
  ],
  ['GET', '/projects/:/tasks/:', (call) => ({ status: 200, json: taskOf(call).task })],
  [
    'PATCH',
    '/projects/:/tasks/:',
    (call) => {
      const { task } = taskOf(call);
      const fields = fieldsOf(call, 'application/merge-patch+json');
      check(fields, CHANGE, []);
      if (Object.keys(fields).length === 0) throw new Refusal(422, 'Invalid', ['there is nothing to change']);
      if (fields['title'] !== undefined) task.title = String(fields['title']);
      if (fields['priority'] !== undefined) task.priority = Number(fields['priority']);
      if (Array.isArray(fields['labels']))
        task.labels = bug('labels-added')
          ? [...new Set([...task.labels, ...fields['labels'].map(String)])].slice(0, 5)
          : fields['labels'].map(String);
      if (fields['due'] === null && !bug('null-kept')) delete task.due;
      if (typeof fields['due'] === 'string') task.due = fields['due'];
      return { status: 200, json: task };
    },
  ],
  [
    'DELETE',
    '/projects/:/tasks/:',
    (call) => {
      const { room, task } = taskOf(call);
      if (!bug('task-stays')) room.tasks.delete(task.id);
      return { status: 204 };
    },
  ],
  [
    'POST',
    '/projects/:/tasks/:/complete',
    (call) => {
      const { task } = taskOf(call);
      if (task.done && !bug('done-twice')) throw new Refusal(409, 'It is done already');
      task.done = true;
      return { status: 200, json: task };
    },
  ],
  [
    'GET',
    '/projects/:/files',
    (call) => ({ status: 200, json: [...roomOf(call).files.values()].map(({ file }) => file) }),
  ],
  [
    'POST',
    '/projects/:/files',
    async (call) => {
      const room = roomOf(call);
      const type = call.request.headers['content-type'] ?? '';
      if (!type.toLowerCase().startsWith('multipart/form-data')) throw new Refusal(415, 'Send multipart/form-data');
      if (call.body.length > 70_000) throw new Refusal(413, 'It has more than 64 KiB');
      const form = await new Response(new Uint8Array(call.body), { headers: { 'content-type': type } })
        .formData()
        .catch(() => {
          throw new Refusal(400, 'The form cannot be read');
        });
      const content = form.get('content');
      const caption = form.get('caption');
      if (content === null) throw new Refusal(422, 'Invalid', ['content is missing']);
      if (caption !== null && (typeof caption !== 'string' || length(caption) > 80))
        throw new Refusal(422, 'Invalid', ['caption is too long']);
      const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(await content.arrayBuffer());
      if (bug('empty-file') && bytes.length === 0) throw new RangeError('no bytes to look at');
      const id = `f${randomBytes(4).toString('hex')}`;
      const file: Kept = {
        id,
        name: typeof content === 'string' ? 'content' : content.name,
        mediaType: typeof content === 'string' ? 'text/plain' : content.type || 'application/octet-stream',
        ...(typeof caption === 'string' && !bug('caption-lost') ? { caption } : {}),
        bytes: bytes.length,
      };
      room.files.set(id, { file, content: bytes });
      return { status: 201, json: file, headers: { location: `/api/projects/${room.project.id}/files/${id}` } };
    },
  ],
  ['GET', '/projects/:/files/:', (call) => ({ status: 200, json: fileOf(call).kept.file })],
  [
    'DELETE',
    '/projects/:/files/:',
    (call) => {
      const { room, kept } = fileOf(call);
      room.files.delete(kept.file.id);
      return { status: 204 };
    },
  ],
  [
    'GET',
    '/projects/:/files/:/content',
    (call) => {
      const { content } = fileOf(call).kept;
      const type = bug('content-as-text') ? 'text/plain' : 'application/octet-stream';
      return { status: 200, bytes: content, headers: { 'content-type': type } };
    },
  ],
];

function userOf(request: IncomingMessage, method: string, path: string): string {
  if (path === '/health' || (bug('open-delete') && method === 'DELETE')) return 'ada';
  const [, token = ''] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  const user = USERS.get(token) ?? (bug('any-token') && token !== '' ? 'ada' : undefined);
  if (user === undefined) throw new Refusal(401, 'Say who you are', undefined, { 'www-authenticate': 'Bearer' });
  return user;
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://studio');
  if (!url.pathname.startsWith('/api/')) throw new Refusal(404, 'Nothing is here');
  const path = url.pathname.slice('/api/'.length).split('/').map(decoded);
  const fits = (pattern: string): boolean => {
    const parts = pattern.split('/').slice(1);
    return parts.length === path.length && parts.every((part, index) => part === ':' || part === path[index]);
  };
  const known = routes.filter(([, pattern]) => fits(pattern));
  const { method = 'GET' } = request;
  const route = known.find(([own]) => own === method || (own === 'GET' && method === 'HEAD'));
  if (known.length === 0) throw new Refusal(404, 'Nothing is here');
  const allow = known.flatMap(([own]) => (own === 'GET' ? ['GET', 'HEAD'] : own)).join(', ');
  if (route === undefined) throw new Refusal(405, 'Not so', undefined, bug('no-allow') ? {} : { allow });
  const user = userOf(request, method, `/${path.join('/')}`);
  return route[2]({ request, user, query: url.searchParams, path, body: Buffer.concat(chunks) });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'The path cannot be read');
  }
}

createServer((request, response) => {
  void answer(request)
    .catch((error: unknown): Answer => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'Internal error');
      const { status, message: title, errors, headers } = refusal;
      const type = bug('problem-as-html') && status === 404 ? 'text/html' : 'application/problem+json';
      const json = { title, status, ...(errors === undefined ? {} : { errors }) };
      return { status, json, headers: { ...headers, 'content-type': type } };
    })
    .then(({ status, json, bytes, headers = {} }) => {
      const body = bytes ?? (json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json)));
      const own = json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
      const size = [204, 304].includes(status) ? {} : { 'content-length': String(body.length) };
      response.writeHead(status, { ...own, ...size, ...headers });
      response.end([204, 304].includes(status) || request.method === 'HEAD' ? undefined : body);
    });
}).listen(Number(process.env['PORT']), '127.0.0.1');
