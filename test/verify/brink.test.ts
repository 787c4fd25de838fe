/** Where a rule turns is solved for what can be sent, as chance seldom meets a sum or a day exactly. */
import { expect, it } from 'vitest';
import type { JsonValue } from '../../src/events/index.ts';
import { compileRule, type RuleScope } from '../../src/spec/rule/rule.ts';
import { brinksOf } from '../../src/verify/rules/brink.ts';

function wantedOf(source: string, scope: RuleScope, beside: number): Record<string, JsonValue> {
  const compiled = compileRule(source);
  if (compiled.kind !== 'rule') throw new Error(compiled.message);
  return Object.fromEntries(brinksOf(compiled.rule, scope, beside).map((one) => [one.chain.join('.'), one.wanted]));
}

const account = { status: 200, headers: {}, body: { balance: 70, overdraft: 30 } };

it.each([
  [0, 100, -25, -65],
  [1, 101, -24, -64],
  [-1, 99, -26, -66],
])('meets a sum exactly, or by one more or less: %s', (beside, amount, balance, overdraft) => {
  const rule = 'response.status != 201 || before.body.balance - request.body.amount >= 0 - before.body.overdraft';
  expect(wantedOf(rule, { before: account, request: { body: { amount: 5 } } }, beside)).toEqual({
    'request.body.amount': amount,
    'before.body.balance': balance,
    'before.body.overdraft': overdraft,
  });
});

it('meets the days of what is listed', () => {
  const rule = '!existing.body.exists(r, r.startOn <= request.body.endOn && request.body.startOn <= r.endOn)';
  const existing = { status: 200, headers: {}, body: [{ startOn: '2024-02-28', endOn: '2024-02-28' }] };
  const request = { body: { startOn: '2030-01-01', endOn: '2030-12-31' } };
  expect(wantedOf(rule, { existing, request }, 1)).toMatchObject({
    'request.body.endOn': '2024-02-29',
    'request.body.startOn': '2024-02-29',
  });
});

it('knows where the greatest or least of two changes, and leaves alone what cannot be told', () => {
  const rule =
    'response.body.minutes == [request.body.minutes, [0, employee.body.cap - before.body.minutes].max()].min()';
  const employee = { status: 200, headers: {}, body: { cap: 60 } };
  const before = { status: 200, headers: {}, body: { minutes: 20 } };
  expect(wantedOf(rule, { request: { body: { minutes: 5 } }, employee, before }, 0)).toEqual({
    'request.body.minutes': 40,
    'employee.body.cap': 20,
    'before.body.minutes': 60,
  });
  expect(wantedOf('response.body.minutes < after.body.minutes', { request: { body: {} } }, 0)).toEqual({});
});
