/** A correct service with secrets for `vault.yaml`; the environment variable BUG plants one bug. */
import { type Answer, bug, isRecord, isText, type Request, serve } from './http.ts';

/** What a client must bring; the tests give them to the service and to the engine. */
const TOKEN = process.env['VAULT_TOKEN'] ?? '';
const HEADER_KEY = process.env['VAULT_HEADER_KEY'] ?? '';
const QUERY_KEY = process.env['VAULT_QUERY_KEY'] ?? '';
const SESSION = process.env['VAULT_SESSION'] ?? '';
const CLERK = process.env['VAULT_CLERK'] ?? '';

const notes = new Map<number, { id: number; text: string }>();
let last = 0;

function refused(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return { status, body: { message }, headers };
}

const denied = (): Answer =>
  bug === 'denied-is-400' ? refused(400, 'who?') : refused(401, 'who?', { 'www-authenticate': 'Bearer' });

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}

function hasToken({ headers }: Request): boolean {
  const [word, token = ''] = (headers.authorization ?? '').split(' ');
  if (bug === 'any-token') return token !== '';
  if (bug === 'empty-token' && word === 'Bearer' && token === '') return true;
  if (bug === 'any-scheme' && token !== '' && word !== 'Bearer') return true;
  if (bug === 'signature-unchecked') return payloadOf(token) !== undefined && !token.endsWith('.');
  if (bug === 'algorithm-none' && token.endsWith('.')) return payloadOf(token) !== undefined;
  return word === 'Bearer' && token === TOKEN;
}

function hasSession({ headers }: Request): boolean {
  const cookies = (headers.cookie ?? '').split(/; */);
  return cookies.includes(`sid=${SESSION}`) || (bug === 'any-session' && cookies.some((one) => one.startsWith('sid=')));
}

function isClerk({ headers }: Request): boolean {
  const [word, code = ''] = (headers.authorization ?? '').split(' ');
  const said = Buffer.from(code, 'base64').toString();
  if (bug === 'password-unchecked') return word === 'Basic' && said.includes(':');
  return word === 'Basic' && said === CLERK;
}

function login(request: Request): Answer {
  const { body } = request;
  if (request.malformed || !isRecord(body)) return refused(400, 'body');
  if (Object.keys(body).some((name) => name !== 'user' && name !== 'password')) return refused(400, 'members');
  if (!isText(body['user'], 1, 20) || !isText(body['password'], 1, 20)) return refused(400, 'user or password');
  if (body['user'] !== 'ada' || body['password'] !== 'enigma') return refused(401, 'unknown');
  return { status: 200, body: { token: TOKEN } };
}

function collection(request: Request): Answer {
  if (request.method === 'POST') {
    const open = bug === 'post-is-open';
    const allowed = hasToken(request);
    if (bug === 'refuses-too-late' && !allowed && isRecord(request.body))
      notes.set(++last, { id: last, text: String(request.body['text']) });
    if (!open && !allowed) return denied();
    if (request.malformed || !isRecord(request.body) || !isText(request.body['text'], 0, 30))
      return refused(400, 'text');
    const note = { id: ++last, text: String(request.body['text']) };
    notes.set(note.id, note);
    return { status: 201, body: note };
  }
  if (request.method !== 'GET') return refused(405, 'method', { allow: 'GET, POST' });
  if (bug !== 'list-is-open' && !hasToken(request)) return denied();
  return { status: 200, body: [...notes.values()] };
}

function item(request: Request, id: number): Answer {
  if (!['GET', 'DELETE'].includes(request.method)) return refused(405, 'method', { allow: 'GET, DELETE' });
  if (!hasToken(request) && !(bug === 'delete-is-open' && request.method === 'DELETE')) {
    if (bug === 'deletes-then-refuses' && request.method === 'DELETE') notes.delete(id);
    return denied();
  }
  if (!Number.isInteger(id) || id < 1) return refused(400, 'noteId');
  const note = notes.get(id);
  if (note === undefined) return refused(404, 'unknown');
  if (request.method === 'GET') return { status: 200, body: note };
  notes.delete(id);
  return { status: 204 };
}

const only = (method: string, request: Request, handle: () => Answer): Answer =>
  request.method === method ? handle() : refused(405, 'method', { allow: method });

serve((request) => {
  const { path, headers, query } = request;
  if (bug === 'echoes-token') console.error(`seen ${JSON.stringify(headers)}`);
  if (path === '/login') return only('POST', request, () => login(request));
  if (path === '/logout') return only('POST', request, () => (hasToken(request) ? { status: 204 } : denied()));
  if (path === '/health')
    return only('GET', request, () =>
      bug === 'health-is-closed' && !hasToken(request) ? denied() : { status: 200, body: { up: true } },
    );
  if (path === '/notes') return collection(request);
  if (path === '/greeting')
    return only('GET', request, () => {
      if (bug === 'echoes-token' && hasToken(request))
        return { status: 200, body: { hello: 7, said: headers.authorization ?? '' } };
      return { status: 200, body: { hello: hasToken(request) ? 'you' : 'stranger' } };
    });
  const id = /^\/notes\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) return item(request, Number(id));
  if (path === '/keys')
    return only('GET', request, () => {
      const key = headers['x-api-key'] === HEADER_KEY || bug === 'key-unchecked';
      return key && (bug === 'key-is-enough' || hasToken(request)) ? { status: 200, body: ['a'] } : denied();
    });
  if (path === '/reports')
    return only('GET', request, () => {
      const known = isClerk(request) || hasSession(request) || query.get('api_key') === QUERY_KEY;
      const loose = bug === 'empty-key' && query.get('api_key') === '';
      if (bug === 'query-key-refused' && query.has('api_key')) return denied();
      return known || loose ? { status: 200, body: ['r'] } : denied();
    });
  return refused(404, 'no such path');
});
