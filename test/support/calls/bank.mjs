/** The reference module of bank.openrpc.yaml; BUG plants one mistake. */
const bug = process.env.BUG;
const accounts = new Map();
let deposits = 0;

function fail(code, message) {
  return Object.assign(new Error(message), { code });
}

function checkText(value, longest) {
  if (typeof value !== 'string' || [...value].length > longest) throw fail(-32602, 'Invalid params');
}

function checkCents(value) {
  if (!Number.isInteger(value) || value < 1 || value > 100_000) throw fail(-32602, 'Invalid params');
}

function find(id) {
  checkText(id, 20);
  const account = accounts.get(id);
  if (account === undefined) throw fail(404, 'No such account');
  return account;
}

export function openAccount(owner) {
  checkText(owner, bug === 'short-owner' ? 39 : 40);
  if (owner === '' && bug !== 'empty-owner') throw fail(-32602, 'Invalid params');
  const account = { id: `a${accounts.size + 1}`, owner, cents: bug === 'welcome' && owner.length > 30 ? 5 : 0 };
  if (bug !== 'lost' || accounts.size % 3 < 2) accounts.set(account.id, account);
  if (bug === 'date') account.cents = new Date(0);
  return bug === 'extra' ? { ...account, at: 0 } : { ...account };
}

export function deposit(id, cents) {
  const account = find(id);
  if (bug !== 'lax') checkCents(cents);
  deposits++;
  account.cents += bug === 'fee' && cents > 5000 ? cents - 1 : cents;
  if (bug === 'exit' && cents === 100_000) process.exit(1);
  if (bug === 'loop' && cents === 100_000) for (;;);
  if (bug === 'tired' && deposits > 25) return account.cents + 0.5;
  return account.cents;
}

export function withdraw(id, cents) {
  const account = find(id);
  checkCents(cents);
  const tooLittle = bug === 'strict' ? account.cents <= cents : account.cents < cents;
  if (tooLittle && bug !== 'overdraft') throw fail(bug === 'undeclared' ? 410 : 409, 'Too little');
  account.cents -= cents;
  return account.cents;
}

export async function balance(id) {
  if (bug === 'late') setTimeout(() => console.log('late'), 1);
  return find(id).cents;
}
