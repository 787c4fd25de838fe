/** A rule compiled to JavaScript decides as the engine's CEL does. */
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/events/index.ts';
import { namesIn } from '../../../src/agent/builtin/rules/expression.ts';
import { readSource } from '../../../src/agent/builtin/rules/read-rule.ts';
import { compile } from '../../../src/agent/builtin/rules/to-javascript.ts';
import { trimmed } from '../../../src/agent/builtin/emit/trim.ts';
import { formatsJs } from '../../../src/agent/builtin/runtime/formats.ts';
import { SCHEMA_JS } from '../../../src/agent/builtin/runtime/schema.ts';
import { EXPRESSIONS_JS } from '../../../src/agent/builtin/runtime/expressions.ts';
import { compileRule } from '../../../src/spec/rule/rule.ts';
import { fixtureSpec, moduleOf, writeFiles, writeService } from '../../support/synthesized.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const scope: Record<string, JsonValue> = {
  request: {
    path: { id: 7 },
    query: { max: 3 },
    headers: { 'x-key': 'k' },
    body: { name: 'Ünal', on: '2026-02-28', n: -7 },
  },
  response: { status: 200, headers: {}, body: { total: 10, rate: 2.5, ok: true, tags: ['b', 'a', 'b'], none: null } },
  entries: {
    status: 200,
    body: [
      { id: 1, n: 4, kind: 'x', sub: [1, 2] },
      { id: 2, n: -1, kind: 'y', sub: [] },
      { id: 3, n: 7, kind: 'x', sub: [3], extra: 's' },
    ],
  },
  constant: { limit: 5 },
};

const RULES = [
  'response.status == 200 && response.body.total > 9',
  'response.status != 200 || response.body.total - 1 == 3 * 3',
  'response.body.total / 4 == 2 && request.body.n / 2 == -3 && request.body.n % 4 == -3',
  'response.body.rate * 2.0 == 5.0',
  '1 - (2 - 3) == 2 && -(1 + 2) == -3 && 2 * (3 + 4) == 14',
  '!(response.body.ok && false) && !false',
  'response.body.ok ? request.path.id == 7 : false',
  '(true ? false : true) || (false ? true : false) == false',
  '"x-key" in request.headers && !("y" in request.headers) && request.headers["x-key"] == "k"',
  'request.query.max in [1, 2, 3] && !(4 in [1, 2, 3])',
  'size(request.body.name) == 4 && request.body.name.size() == 4 && size(entries.body) == 3',
  'request.body.name.startsWith("Ü") && request.body.name.endsWith("l") && request.body.name.contains("na")',
  'request.body.on.matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") && !request.body.on.matches("^x")',
  'entries.body.all(e, e.n < 8) && entries.body.exists(e, e.kind == "y") && entries.body.exists_one(e, e.n == 7)',
  '!entries.body.exists_one(e, e.kind == "x")',
  'entries.body.filter(e, e.kind == "x").map(e, e.n).sum() == 11',
  'entries.body.map(e, e.kind == "x", e.n) == [4, 7]',
  '[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3 && [1, 2, 2].isSorted() && ![2, 1].isSorted()',
  'response.body.tags.distinct().size() == 2 && response.body.tags.indexOf("a") == 1',
  'entries.body.exists(e, has(e.extra) && e.extra == "s") && !entries.body.all(e, has(e.extra))',
  'entries.body.all(a, entries.body.all(b, a.id == b.id || a.n != b.n))',
  'entries.body.exists(e, e == {"id": 2, "n": -1, "kind": "y", "sub": []})',
  'entries.body.map(e, e.sub) == [[1, 2], [], [3]]',
  '[1] + [2, 3] == [1, 2, 3] && "a" + "b" == "ab"',
  'string(request.path.id) + "-12-31" == "7-12-31" && int("12") == 12 && double("1.5") == 1.5',
  'timestamp("2026-03-01T00:00:00Z") - timestamp("2026-02-28T00:00:00Z") == duration("24h")',
  'timestamp("2026-02-28T00:00:00Z") + duration("36h") > timestamp("2026-03-01T00:00:00Z")',
  'timestamp("2026-02-28T10:20:30Z").getFullYear() == 2026 && timestamp("2026-02-28T10:20:30Z").getMonth() == 1',
  'request.body.on < "2026-03-01" && "a" < "b" && request.body.n <= constant.limit',
  'response.body.none == null && response.body != null',
  'cel.bind(t, response.body.total, t * t == 100)',
  'request.body.name.lowerAscii() == "Ünal".lowerAscii() && " a ".trim() == "a" && "a,b".split(",") == ["a", "b"]',
  '!(response.status in [404, 409]) == (response.body.total >= 10)',
  'entries.body.map(e, e.n).max() - entries.body.map(e, e.n).min() == 8',
  'response.body.missing == 1 || response.status == 404',
];

function resultOf(run: unknown, known: object): unknown {
  if (typeof run !== 'function') throw new Error('the code is no expression');
  return run(known);
}

test.each(RULES)('%s', async (source) => {
  const rule = compileRule(source);
  if (rule.kind !== 'rule') throw new Error(rule.message);
  const outcome = rule.rule.evaluate(scope);
  const read = readSource(source);
  if (read.kind !== 'expression') throw new Error(read.what);
  const code = compile(read.expression);
  if (code.kind !== 'code') throw new Error(code.what);
  const folder = temporaryFolder();
  writeService(folder, await fixtureSpec('todos'));
  writeFiles(folder, {
    'expressions.js': EXPRESSIONS_JS,
    'schema.js': trimmed(SCHEMA_JS, new Set()),
    'formats.js': formatsJs([]),
  });
  const functions = moduleOf<Record<string, unknown>>(folder, 'expressions.js');
  const known = { ...functions, ...scope };
  const run: unknown = runInThisContext(`(({ ${Object.keys(known).join(', ')} }) => ${code.code})`);
  const result = resultOf(run, known);
  // What CEL cannot evaluate must not count as held.
  expect(result === true, code.code).toBe(outcome.kind === 'value' && outcome.value === true);
  expect(namesIn(read.expression).every((name) => name in scope || name === 'cel')).toBe(true);
});

test('what has no counterpart is named, not guessed', () => {
  const read = readSource('base64.encode(b"x") == ""');
  const code = read.kind === 'expression' ? compile(read.expression) : read;
  expect(code.kind).toBe('unsupported');
});
