// A correct, hand-written implementation of specs/vacation-balance, independent of the built-in agent. The environment
// variable BUG plants one named bug (see the table in vacation-balance.test.ts).
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const bug = process.env.BUG ?? '';
/** @type {Map<string, { employee: any, ledger: any[], requests: Map<string, any>, keys: Map<string, any> }>} */
const accounts = new Map();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isDay = (text) => {
  const parts = typeof text === 'string' && /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return length !== undefined && day >= 1 && day <= length;
};
const isInt = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
const isText = (value, least, most) =>
  typeof value === 'string' && [...value].length >= least && [...value].length <= most;

class Problem extends Error {
  constructor(status, title) {
    super(title);
    this.status = status;
  }
}

/** Checks a body against a table of [field, required, test]; unknown fields are refused. */
function checkBody(body, fields) {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem(400, 'the body must be an object');
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name)) throw new Problem(400, `unknown field ${name}`);
  }
  for (const [name, [required, test]] of Object.entries(fields)) {
    if (!Object.hasOwn(body, name)) {
      if (required) throw new Problem(400, `${name} is missing`);
    } else if (!test(body[name])) throw new Problem(400, `${name} is out of bounds`);
  }
  return body;
}

const sumTo = (account, day) =>
  account.ledger
    .filter((entry) =>
      bug === 'balance-ignores-as-of'
        ? true
        : bug === 'as-of-exclusive'
          ? entry.effectiveOn < day
          : entry.effectiveOn <= day,
    )
    .reduce((sum, entry) => sum + entry.minutes, 0);

function enter(account, entry) {
  const full = { id: randomUUID(), ...entry };
  if (bug === 'ledger-newest-replaces' && account.ledger.length > 1) account.ledger.pop();
  account.ledger.push(full);
  return full;
}

const routes = [
  [
    'POST',
    /^\/employees$/,
    ({ body }) => {
      const fields = checkBody(body, {
        name: [true, (v) => isText(v, 1, bug === 'name-too-long' ? 81 : 80)],
        jurisdiction: [
          true,
          (v) => (bug === 'any-jurisdiction' ? typeof v === 'string' : ['CA', 'EU', 'OTHER'].includes(v)),
        ],
        capMinutes: [true, (v) => isInt(v, bug === 'negative-cap' ? -1 : 0, 60000)],
        overdraftMinutes: [true, (v) => isInt(v, 0, 2400)],
      });
      const employee = { id: randomUUID(), ...fields, active: bug !== 'starts-inactive' };
      accounts.set(employee.id, { employee, ledger: [], requests: new Map(), keys: new Map() });
      return [201, employee];
    },
  ],
  ['GET', /^\/employees\/([^/]+)$/, ({ account }) => [200, account.employee]],
  [
    'GET',
    /^\/employees\/([^/]+)\/balance$/,
    ({ account, query }) => {
      const asOf = query.get('asOf');
      if (!isDay(asOf)) {
        if (bug === 'accepts-any-day')
          return [200, { employeeId: account.employee.id, asOf: '2026-01-01', minutes: 0 }];
        throw new Problem(400, 'asOf must be a day');
      }
      const minutes = sumTo(account, asOf);
      return [
        200,
        {
          employeeId: account.employee.id,
          asOf,
          minutes: bug === 'float-minutes' && minutes > 1000 ? minutes + 0.5 : minutes,
        },
      ];
    },
  ],
  ['GET', /^\/employees\/([^/]+)\/ledger$/, ({ account }) => [200, account.ledger]],
  [
    'POST',
    /^\/employees\/([^/]+)\/accruals:run$/,
    ({ account, body }) => {
      const fields = checkBody(body, { effectiveOn: [true, isDay], minutes: [true, (v) => isInt(v, 1, 2400)] });
      if (!account.employee.active && bug !== 'accrues-after-termination')
        throw new Problem(409, 'the employee has left');
      const room = Math.max(0, account.employee.capMinutes - sumTo(account, '9999-12-31'));
      const minutes =
        bug === 'no-cap' ? fields.minutes : Math.min(fields.minutes, bug === 'cap-off-by-one' ? room + 1 : room);
      const entry = { kind: 'accrual', minutes, effectiveOn: fields.effectiveOn };
      return [201, bug === 'accrual-not-entered' ? { id: randomUUID(), ...entry } : enter(account, entry)];
    },
  ],
  ['GET', /^\/employees\/([^/]+)\/requests$/, ({ account }) => [200, [...account.requests.values()]]],
  [
    'POST',
    /^\/employees\/([^/]+)\/requests$/,
    ({ account, body, headers, raw }) => {
      const key = headers['idempotency-key'];
      if (key !== undefined && !/^[A-Za-z0-9-]{8,64}$/.test(key))
        throw new Problem(400, 'Idempotency-Key is malformed');
      const fields = checkBody(body, {
        startOn: [true, isDay],
        endOn: [true, isDay],
        minutes: [true, (v) => isInt(v, 1, 14400)],
        note: [false, (v) => isText(v, 0, 200)],
      });
      if (fields.startOn > fields.endOn && bug !== 'ends-before-start')
        throw new Problem(422, 'the leave ends before it starts');
      if (!account.employee.active) throw new Problem(409, 'the employee has left');
      const known = key === undefined || bug === 'ignores-idempotency-key' ? undefined : account.keys.get(key);
      const overlaps = [...account.requests.values()].some(
        (other) =>
          other.id !== known?.answer.id &&
          other.status !== 'cancelled' &&
          other.startOn <= fields.endOn &&
          (bug === 'overlap-same-day' ? fields.startOn < other.endOn : fields.startOn <= other.endOn),
      );
      if (overlaps && bug !== 'overlaps') throw new Problem(409, 'another request covers one of these days');
      if (known !== undefined) {
        if (known.raw === raw) return [201, known.answer];
        throw new Problem(409, 'the key was used for another request');
      }
      const request = { id: randomUUID(), employeeId: account.employee.id, ...fields, status: 'pending' };
      account.requests.set(request.id, request);
      if (key !== undefined) account.keys.set(key, { raw, answer: { ...request } });
      return [201, request];
    },
  ],
  ['GET', /^\/employees\/([^/]+)\/requests\/([^/]+)$/, ({ request }) => [200, request]],
  [
    'POST',
    /^\/employees\/([^/]+)\/requests\/([^/]+)\/approve$/,
    ({ account, request }) => {
      if (request.status === 'cancelled' && bug !== 'approves-cancelled')
        throw new Problem(409, 'the request was cancelled');
      const booked = request.status === 'approved' && bug !== 'books-twice';
      const after = sumTo(account, '9999-12-31') - (booked ? 0 : request.minutes);
      const limit =
        bug === 'overdraft-off-by-one' ? account.employee.overdraftMinutes + 1 : account.employee.overdraftMinutes;
      if (after < -limit && bug !== 'overdraws') throw new Problem(409, 'the balance does not allow it');
      request.status = 'approved';
      if (!booked)
        enter(account, {
          kind: 'taken',
          minutes: -request.minutes,
          effectiveOn: request.startOn,
          requestId: request.id,
        });
      return [200, request];
    },
  ],
  [
    'POST',
    /^\/employees\/([^/]+)\/requests\/([^/]+)\/cancel$/,
    ({ account, request }) => {
      request.status = 'cancelled';
      const taken = account.ledger
        .filter((entry) => entry.requestId === request.id)
        .reduce((sum, entry) => sum + entry.minutes, 0);
      if (taken !== 0 && bug !== 'cancel-keeps-minutes') {
        enter(account, { kind: 'adjust', minutes: -taken, effectiveOn: request.startOn, requestId: request.id });
      }
      return [200, request];
    },
  ],
  [
    'POST',
    /^\/employees\/([^/]+)\/carry-over:close$/,
    ({ account, query }) => {
      const text = query.get('year') ?? '';
      const year = Number(text);
      if (!/^\d{1,4}$/.test(text) || !isInt(year, 2000, 2100)) throw new Problem(400, 'year must be from 2000 to 2100');
      const day = `${year}-12-31`;
      const before = sumTo(account, day);
      const lawful = account.employee.jurisdiction !== 'CA' || bug === 'forfeits-in-california';
      const limit = new Date().toISOString().slice(0, 10) >= '2028-01-01' ? 4800 : 2400;
      const forfeited = lawful ? Math.max(0, before - limit) : 0;
      if (forfeited > 0 && bug !== 'forfeit-not-entered')
        enter(account, { kind: 'forfeit', minutes: -forfeited, effectiveOn: day });
      return [200, { year, carriedMinutes: before - forfeited, forfeitedMinutes: forfeited }];
    },
  ],
  [
    'POST',
    /^\/employees\/([^/]+)\/termination$/,
    ({ account, body }) => {
      const { effectiveOn } = checkBody(body, { effectiveOn: [true, isDay] });
      if (!account.employee.active && bug !== 'terminates-twice')
        throw new Problem(409, 'the employment has ended already');
      const payoutMinutes = Math.max(0, sumTo(account, '9999-12-31'));
      enter(account, { kind: 'payout', minutes: -payoutMinutes, effectiveOn });
      account.employee.active = bug === 'stays-active';
      return [200, { employeeId: account.employee.id, effectiveOn, payoutMinutes }];
    },
  ],
];

const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const [status, body] = answer(incoming, Buffer.concat(chunks).toString('utf8'));
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    outgoing.writeHead(status, { 'content-type': type });
    outgoing.end(JSON.stringify(body));
  });
});

function answer(incoming, raw) {
  try {
    const url = new URL(incoming.url, 'http://localhost');
    const found = routes.filter(([, pattern]) => pattern.test(url.pathname));
    if (found.length === 0) throw new Problem(404, 'there is no such path');
    const route = found.find(([method]) => method === incoming.method);
    if (route === undefined) throw new Problem(405, 'the path knows no such method');
    const [, employeeId, requestId] = route[1].exec(url.pathname);
    const account = employeeId === undefined ? undefined : accounts.get(employeeId);
    if (employeeId !== undefined && (!uuid.test(employeeId) || account === undefined)) {
      if (bug === 'unknown-is-empty' && uuid.test(employeeId) && url.pathname.endsWith('/ledger')) return [200, []];
      throw new Problem(404, 'there is no such employee');
    }
    const request = requestId === undefined ? undefined : account.requests.get(requestId);
    if (requestId !== undefined && request === undefined) {
      if (bug === 'crashes-on-unknown-request') return [500, { title: 'oops', status: 500 }];
      throw new Problem(404, 'there is no such request');
    }
    let body;
    try {
      body = raw === '' ? undefined : JSON.parse(raw);
    } catch {
      throw new Problem(400, 'the body is not JSON');
    }
    return route[2]({ account, request, body, raw, query: url.searchParams, headers: incoming.headers });
  } catch (problem) {
    if (!(problem instanceof Problem)) return [500, { title: String(problem), status: 500 }];
    return [problem.status, { title: problem.message, status: problem.status }];
  }
}

server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
