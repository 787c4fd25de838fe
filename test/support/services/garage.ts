/**
 * A correct garage for `garage.yaml`: mechanics who are there from the start and whom nobody can make, and jobs that only
 * their own client sees. It counts a text as JavaScript does, and trims it, and takes 0 and 1 for truth values. BUG plants one bug.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, bug, isDay, isInteger, isRecord, type Request, serve } from './http.ts';

interface Mechanic {
  id: number;
  name: string;
  skill: string;
  hourlyCents: number;
  trains: boolean;
}

interface Job {
  id: number;
  title: string;
  mechanicId: number;
  hours: number;
  state: string;
  tags: string[];
  note?: string;
  starts?: string;
}

type NewJob = Omit<Job, 'id' | 'state' | 'tags'> & Partial<Pick<Job, 'state' | 'tags'>>;

const SKILLS = ['brakes', 'paint', 'engines'];
const STATES = ['waiting', 'running', 'billed'];
const mechanics = new Map(
  ['Ann', 'Bo', 'Cy', 'Di', 'Ed'].map((name, index): [number, Mechanic] => [
    index + 1,
    { id: index + 1, name, skill: SKILLS[index % 3] ?? '', hourlyCents: 5000 + 100 * index, trains: index % 2 === 0 },
  ]),
);
const jobs = new Map<number, { client: string; job: Job }>();
let lastJob = 0;

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const refused = (status: number): Answer => ({ status });

function isText(value: unknown, minimum: number, maximum: number): value is string {
  if (typeof value !== 'string') return false;
  const length = bug === 'bytes-counted' ? Buffer.byteLength(value) : value.length;
  return length >= minimum && length <= maximum;
}

const INSTANT = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isJob(body: unknown): body is NewJob {
  if (!isRecord(body)) return false;
  const { title, mechanicId, hours, state, tags, note, starts, ...others } = body;
  return (
    Object.keys(others).length === 0 &&
    isText(title, 1, 20) &&
    isInteger(mechanicId, 1, 1_000_000) &&
    mechanics.has(mechanicId) &&
    isInteger(hours, 1, 100) &&
    (state === undefined || STATES.some((one) => one === state)) &&
    (note === undefined || isText(note, 0, 60)) &&
    (starts === undefined || isInstant(starts)) &&
    (tags === undefined ||
      (Array.isArray(tags) &&
        tags.length <= 4 &&
        new Set(tags).size === tags.length &&
        tags.every((tag) => typeof tag === 'string' && /^[a-z]{1,8}$/.test(tag))))
  );
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && isDay(value.slice(0, 10)) && !Number.isNaN(at(value));
}

/** A leap second is the one after it here. */
function at(instant: string): number {
  return Date.parse(instant.toUpperCase().replace(/:60/, ':59'));
}

function jobOf(id: number, body: NewJob, old?: Job): Job {
  const { title, mechanicId, hours, state = 'waiting', tags = [], note, starts } = body;
  const job: Job = { id, title: title.trim(), mechanicId, hours, state, tags };
  if (bug === 'hours-capped') job.hours = Math.min(hours, 40);
  if (note !== undefined) job.note = note.trim();
  else if (bug === 'put-keeps-note' && old?.note !== undefined) job.note = old.note;
  if (starts !== undefined)
    job.starts = new Date(at(bug === 'zone-lost' ? starts.replace(/[+-]\d\d:\d\d$/, 'Z') : starts)).toISOString();
  return job;
}

function listMechanics({ query }: Request): Answer {
  const skill = query.get('skill');
  if (skill !== null && !SKILLS.includes(skill)) return refused(400);
  return ok([...mechanics.values()].filter((one) => skill === null || one.skill === skill));
}

function listJobs(client: string, { query }: Request): Answer {
  const [states, tag, least] = [query.get('state')?.split(','), query.get('tag'), query.get('min_hours')];
  const order = query.get('order');
  if (states?.some((one) => !STATES.includes(one)) === true) return refused(400);
  if (tag !== null && !/^[a-z]{1,8}$/.test(tag)) return refused(400);
  if (least !== null && !(/^[+-]?\d+(\.0+)?$/.test(least) && isInteger(Number(least), 1, 100))) return refused(400);
  if (order !== null && !['asc', 'desc'].includes(order)) return refused(400);
  const known = bug === 'one-state-only' ? states?.slice(0, 1) : bug === 'states-ignored' ? undefined : states;
  const own = [...jobs.values()].filter((one) => one.client === client || bug === 'all-jobs').map(({ job }) => job);
  const shown = own.filter(
    ({ state, tags, hours }) =>
      (known === undefined || known.includes(state)) &&
      (tag === null || (bug === 'first-tag-only' ? tags[0] === tag : tags.includes(tag))) &&
      (least === null || (bug === 'least-excluded' ? hours > Number(least) : hours >= Number(least))),
  );
  return ok(order === 'desc' && bug !== 'order-ignored' ? shown.toReversed() : shown);
}

async function oneJob(client: string, id: number, { method, body }: Request): Promise<Answer> {
  const found = jobs.get(id);
  const opened = { GET: 'others-read', PUT: 'others-change', DELETE: 'others-drop' }[method] ?? '';
  if (found === undefined || (found.client !== client && bug !== opened)) return refused(404);
  if (method === 'GET') {
    if (bug === 'torn-read') {
      await sleep(2);
      if (!jobs.has(id)) return refused(500);
    }
    return ok(found.job);
  }
  if (method === 'DELETE') {
    jobs.delete(id);
    return refused(204);
  }
  if (method !== 'PUT') return { status: 405, headers: { allow: 'GET, PUT, DELETE' } };
  if (!isJob(body)) return refused(422);
  found.job = jobOf(id, body, found.job);
  return ok(found.job);
}

function oneMechanic(client: string | undefined, id: number, { method, body }: Request): Answer {
  const found = mechanics.get(id);
  if (method !== 'GET' && client === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  if (found === undefined) return refused(404);
  if (method === 'GET') return ok(found);
  if (method === 'DELETE') {
    if ([...jobs.values()].some(({ job }) => job.mechanicId === id)) return refused(409);
    if (bug !== 'dismissed-stays') mechanics.delete(id);
    return refused(204);
  }
  if (method !== 'PATCH') return { status: 405, headers: { allow: 'GET, PATCH, DELETE' } };
  if (!isRecord(body)) return refused(422);
  const { hourlyCents = found.hourlyCents, trains: said = found.trains, ...others } = body;
  // Nought and one are truth values to many frameworks.
  const trains = said === 0 || said === 1 ? said === 1 : said;
  if (Object.keys(body).length === 0 || Object.keys(others).length > 0) return refused(422);
  if (!isInteger(hourlyCents, 0, 100_000_000) || typeof trains !== 'boolean') return refused(422);
  found.hourlyCents = hourlyCents;
  found.trains = bug === 'false-ignored' ? trains || found.trains : trains;
  return ok(found);
}

const CLIENTS: Record<string, string> = { 'Bearer garage-token-one': 'one', 'Bearer garage-token-two': 'two' };

serve(async (request) => {
  const [, kind, last, ...rest] = request.path.split('/');
  const client = CLIENTS[request.headers.authorization ?? ''];
  const id = Number(last);
  const isNumber = last !== undefined && /^[+-]?\d+(\.0+)?$/.test(last) && id >= 1;
  if (rest.length > 0 || (kind !== 'mechanics' && kind !== 'jobs')) return refused(404);
  if (kind === 'mechanics' && last !== undefined)
    return isNumber && id <= 1_000_000 ? oneMechanic(client, id, request) : refused(400);
  if (kind === 'mechanics')
    return request.method === 'GET' ? listMechanics(request) : { status: 405, headers: { allow: 'GET' } };
  if (client === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  if (last !== undefined) return isNumber && id <= 1_000_000_000 ? oneJob(client, id, request) : refused(400);
  if (request.method === 'GET') return listJobs(client, request);
  if (request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
  if (request.malformed || !isJob(request.body)) return refused(422);
  const job = jobOf(++lastJob, request.body);
  jobs.set(job.id, { client, job });
  return ok(job, 201);
});
