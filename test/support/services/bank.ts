/** A correct bank for `bank.yaml`, whose balances are sums of entries; the environment variable BUG plants one bug. */
import { randomUUID } from 'node:crypto';
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Entry {
  seq: number;
  amount: number;
}

interface Account {
  id: string;
  owner: string;
  overdraft: number;
  entries: Entry[];
  keys: Map<string, Entry>;
}

const accounts = new Map<string, Account>();
let last = 0;

const balanceOf = (account: Account): number => account.entries.reduce((sum, entry) => sum + entry.amount, 0);

function shown(account: Account): object {
  const { id, owner, overdraft } = account;
  const balance = balanceOf(account);
  if (bug === 'balance-forgets' && account.entries.length > 2) return { id, owner, overdraft, balance: balance + 1 };
  return { id, owner, overdraft, balance };
}

function refused(status: number, title: string): Answer {
  return { status, body: { title }, headers: { 'content-type': 'application/problem+json' } };
}

function book(account: Account, amount: number): Entry {
  const entry = { seq: ++last, amount };
  if (bug === 'entries-reversed') account.entries.unshift(entry);
  else account.entries.push(entry);
  return entry;
}

function open(body: unknown): Answer {
  const keys = isRecord(body) ? Object.keys(body) : [];
  if (!isRecord(body) || keys.some((name) => name !== 'owner' && name !== 'overdraft')) return refused(400, 'body');
  if (!isText(body['owner'], 1, 30) || !isInteger(body['overdraft'], 0, 500)) return refused(400, 'fields');
  const { owner, overdraft } = body;
  const account: Account = { id: randomUUID(), owner, overdraft, entries: [], keys: new Map() };
  if (bug === 'opens-with-gift' && overdraft === 500) book(account, 1);
  accounts.set(account.id, account);
  return { status: 201, body: shown(account) };
}

function amountOf(body: unknown): number | undefined {
  if (!isRecord(body) || Object.keys(body).some((name) => name !== 'amount')) return undefined;
  return isInteger(body['amount'], bug === 'zero-amount' ? 0 : 1, 1000) ? body['amount'] : undefined;
}

function deposit(account: Account, request: Request): Answer {
  const amount = amountOf(request.body);
  if (amount === undefined) return refused(400, 'amount');
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return { status: 201, body: book(account, amount) };
  if (!/^[a-z0-9]{8,20}$/.test(key) && bug !== 'any-key') return refused(400, 'key');
  const known = bug === 'ignores-key' ? undefined : account.keys.get(key);
  if (known !== undefined && known.amount !== amount) return refused(409, 'key was used for another amount');
  const entry = known ?? book(account, amount);
  if (bug === 'key-books-twice' && known !== undefined) book(account, amount);
  account.keys.set(key, entry);
  return { status: 201, body: entry };
}

function withdraw(account: Account, request: Request): Answer {
  const amount = amountOf(request.body);
  if (amount === undefined) return refused(400, 'amount');
  const left = balanceOf(account) - amount + account.overdraft;
  const enough = bug === 'overdraft-off-by-one' ? left > 0 : bug === 'overdraft-by-one-more' ? left >= -1 : left >= 0;
  if (!enough && bug !== 'no-overdraft-check') return refused(409, 'overdraft');
  return { status: 201, body: book(account, bug === 'withdrawal-fee' && amount > 100 ? -amount - 1 : -amount) };
}

function transfer(body: unknown): Answer {
  if (!isRecord(body) || Object.keys(body).length !== 3) return refused(400, 'body');
  const { fromAccountId, toAccountId, amount } = body;
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  if (typeof fromAccountId !== 'string' || !uuid.test(fromAccountId)) return refused(400, 'from');
  if (typeof toAccountId !== 'string' || !uuid.test(toAccountId)) return refused(400, 'to');
  if (!isInteger(amount, 1, 10000)) return refused(400, 'amount');
  const from = accounts.get(fromAccountId.toLowerCase());
  const to = accounts.get(toAccountId.toLowerCase());
  if (bug === 'transfer-to-nobody' && from !== undefined && to === undefined) {
    book(from, -amount);
    return { status: 201, body: { id: randomUUID(), amount, fee: 0 } };
  }
  if (from === undefined || to === undefined) return refused(404, 'account');
  if (amount > (bug === 'limit-off' ? 9000 : bug === 'limit-off-by-one' ? 5001 : 5000)) return refused(422, 'limit');
  if (balanceOf(from) - amount < -from.overdraft) {
    if (bug === 'limit-off' || bug === 'limit-off-by-one')
      return { status: 201, body: { id: randomUUID(), amount, fee: 0 } };
    return refused(409, 'overdraft');
  }
  book(from, -amount);
  if (bug !== 'transfer-loses') book(to, bug === 'transfer-rounds' && amount > 10 ? amount - 1 : amount);
  return { status: 201, body: { id: randomUUID(), amount, fee: 0 } };
}

serve((request) => {
  if (request.malformed) return refused(400, 'malformed');
  if (request.path === '/accounts' && request.method === 'POST') return open(request.body);
  if (request.path === '/transfers' && request.method === 'POST') return transfer(request.body);
  const [, id = '', rest = ''] = /^\/accounts\/([^/]+)(.*)$/.exec(request.path) ?? [];
  const account = accounts.get(decodeURIComponent(id));
  if (account === undefined)
    return bug === 'unknown-has-no-entries' && rest === '/entries'
      ? { status: 200, body: [] }
      : refused(404, 'account');
  if (rest === '' && request.method === 'GET') return { status: 200, body: shown(account) };
  if (rest === '/entries' && request.method === 'GET') return { status: 200, body: account.entries };
  if (rest === '/deposits' && request.method === 'POST') return deposit(account, request);
  if (rest === '/withdrawals' && request.method === 'POST') return withdraw(account, request);
  return refused(404, 'path');
});
