/** bank.mjs as a program that answers JSON lines, out of order; PROGRAM_BUG plants one mistake of the protocol. */
import { createInterface } from 'node:readline';
import { balance, deposit, openAccount, withdraw } from './bank.mjs';

const bug = process.env.PROGRAM_BUG;
const methods = {
  openAccount: { call: openAccount, names: ['owner'] },
  deposit: { call: deposit, names: ['accountId', 'cents'] },
  withdraw: { call: withdraw, names: ['accountId', 'cents'] },
  balance: { call: balance, names: ['accountId'] },
};
let asked = 0;

function answer(id, body) {
  if (id === undefined && bug !== 'notify') return;
  const version = bug === 'version' ? {} : { jsonrpc: '2.0' };
  const text = JSON.stringify({ ...version, id: id ?? null, ...body });
  setTimeout(() => console.log(text), typeof id === 'number' ? id % 3 : 0);
}

function refuse(id, code, message) {
  answer(id, { error: { code, message } });
}

async function handle(line) {
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    if (bug === 'fragile') process.exit(1);
    return refuse(null, -32700, 'Parse error');
  }
  const { id, method, params } = message;
  asked++;
  if (message.jsonrpc !== '2.0' || typeof method !== 'string') return refuse(id ?? null, -32600, 'Invalid Request');
  if (bug === 'noise' && asked % 20 === 0) console.log('debug: twenty more');
  const known = methods[method];
  if (known === undefined)
    return bug === 'lenient' ? answer(id, { result: null }) : refuse(id, -32601, 'No such method');
  const args = Array.isArray(params) ? params : known.names.map((name) => params?.[name]);
  if (bug === 'crash' && method === 'deposit' && args[1] === 100_000) process.exit(9);
  if (bug === 'mute' && method === 'balance') return undefined;
  try {
    answer(id, { result: await known.call(...args) });
  } catch (error) {
    refuse(id, error.code, error.message);
  }
  return undefined;
}

for await (const line of createInterface({ input: process.stdin })) await handle(line);
