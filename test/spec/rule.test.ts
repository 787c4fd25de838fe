import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRule, type RuleScope } from '../../src/spec/rule/rule.ts';

function evaluate(source: string, scope: RuleScope = {}): unknown {
  const compiled = compileRule(source);
  if (compiled.kind === 'invalid') return compiled;
  const outcome = compiled.rule.evaluate(scope);
  return outcome.kind === 'value' ? outcome.value : outcome;
}

test.each<[string, RuleScope, unknown]>([
  ['request.body.minutes * 2 == 4', { request: { body: { minutes: 2 } } }, true],
  ['7 / 2', {}, 3],
  ['x / 2', { x: 7 }, 3],
  ['x / 2', { x: 7.5 }, 3.75],
  ['x * 1.5', { x: 2 }, 3],
  ['x < y && y > x && x != y', { x: 2, y: 2.5 }, true],
  ['x == 2.0', { x: 2 }, true],
  ['has(x.a) && !has(x.b) && x.a == null', { x: { a: null } }, true],
  ['l.map(i, i.m).sum()', { l: [{ m: 1 }, { m: 2 }] }, 3],
  ['l.sum()', { l: [1, 2.5] }, 3.5],
  ['l.sum()', { l: [] }, 0],
  ['l.min() == 1 && l.max() == 2.5', { l: [2, 1, 2.5] }, true],
  ['l.isSorted()', { l: ['a', 'b', 'b'] }, true],
  ['l.isSorted()', { l: [1, 2.5, 2] }, false],
  ['l.indexOf(x)', { l: [{ a: 1, b: 2 }], x: { b: 2, a: 1 } }, 0],
  ['l.indexOf("z")', { l: ['a'] }, -1],
  ['l.distinct()', { l: [1, 1, { a: 1, b: 2 }, { b: 2, a: 1 }] }, [1, { a: 1, b: 2 }]],
  ['l.exists_one(i, i.id == "a") && l.all(i, i.n > 0)', { l: [{ id: 'a', n: 1 }] }, true],
  ['cel.bind(t, x + 1, t * t)', { x: 2 }, 9],
  ['type(x) == int && type(y) == double', { x: 1, y: 1.5 }, true],
  ['x.matches("^[a-c]{2,3}$")', { x: 'abc' }, true],
  ['x.size()', { x: 'h\u00e9\u{1F600}' }, 3],
  ['{"a": x, "b": [1.5, "c"]}', { x: [1] }, { a: [1], b: [1.5, 'c'] }],
  ['self.constructor == 1 && !has(self.toString)', { self: { constructor: 1 } }, true],
])('%s on %j is %j', (source, scope, expected) => {
  expect(evaluate(source, scope)).toEqual(expected);
});

test.each<[string, RuleScope, RegExp]>([
  ['missing > 1', {}, /Unknown variable: missing/],
  ['x.a', { x: {} }, /No such key: a/],
  ['x > 1', { x: null }, /no such overload/],
  ['1 / x', { x: 0 }, /division by zero/],
  ['x * 1000', { x: 9_007_199_254_740_991 }, /does not fit a JSON integer/],
  ['9223372036854775807 + x', { x: 1 }, /overflow/],
  ['l.min()', { l: [] }, /min\(\) of an empty list/],
  ['l.sum()', { l: ['a'] }, /needs a list of numbers/],
  ['timestamp("2024-01-01T00:00:00Z")', {}, /not a JSON value/],
  ['x.matches("(?=a)")', { x: 'a' }, /refused: look-around/],
  [
    'l.all(a, l.all(b, l.all(c, a + b + c >= 0)))',
    { l: Array.from({ length: 2000 }, (_, i) => i) },
    /longer than 1000 ms/,
  ],
])('%s on a scope that does not suit it is an error, not an exception', (source, scope, message) => {
  expect(evaluate(source, scope)).toEqual({ kind: 'error', message: expect.stringMatching(message) });
});

test.each(['1 +', '', '1 + "a"', 'x..y', 'nothing(1)', 'true ? 1 : "a"'])(
  'the rule %j is refused when it is compiled',
  (source) => {
    expect(compileRule(source)).toEqual({ kind: 'invalid', message: expect.any(String) });
  },
);

test('rules too deep or too long are refused, not a crash', () => {
  for (const source of ['('.repeat(300), '!'.repeat(5000), 'x'.repeat(30_000)])
    expect(compileRule(source)).toEqual({ kind: 'invalid', message: expect.any(String) });
});

test('references are the free names; comprehension variables, types and macros are none', () => {
  const source =
    'request.body.items.all(i, i.n > constant.limit) && cel.bind(t, before.body, t == after.body) && type(self) == map';
  const compiled = compileRule(source);
  expect(compiled.kind === 'rule' && compiled.rule.references).toEqual([
    'request',
    'constant',
    'before',
    'after',
    'self',
  ]);
});

test('a name is bound only inside its comprehension', () => {
  const compiled = compileRule('l.all(x, x > 0) && x == 1');
  expect(compiled.kind === 'rule' && compiled.rule.references).toEqual(['l', 'x']);
});

test('every JSON value comes back from a rule as it went in', () => {
  const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json)));
  fc.assert(
    fc.property(value, (json) => {
      expect(evaluate('x', { x: json })).toEqual(json);
    }),
  );
});

test('reading some members gives what reading the whole gives', () => {
  const leaf = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.string(),
  );
  const body = fc
    .record({ a: leaf, b: fc.record({ c: leaf }) }, { requiredKeys: [] })
    .map((json) => JSON.parse(JSON.stringify(json)));
  fc.assert(
    fc.property(body, body, (left, right) => {
      const narrow = evaluate('has(x.b) && has(y.b) && has(x.b.c) && has(y.b.c) && x.b.c == y.b.c', {
        x: left,
        y: right,
      });
      const whole = evaluate(
        'cel.bind(p, x, cel.bind(q, y, has(p.b) && has(q.b) && has(p.b.c) && has(q.b.c) && p.b.c == q.b.c))',
        { x: left, y: right },
      );
      expect(narrow).toEqual(whole);
    }),
  );
});
