import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findMutants } from '../../../src/verify/mutation/find.ts';
import { instrument } from '../../../src/verify/mutation/instrument.ts';
import type { Mutant } from '../../../src/verify/mutation/mutant.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-mutants-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const require = createRequire(import.meta.url);

function mutantsOf(text: string, file = 'it.ts'): Mutant[] {
  const found = findMutants(file, text, 1);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

/** What a CommonJS module answers with each mutant on, and with none. */
function answersOf(
  text: string,
  call: (module: Record<string, (...values: unknown[]) => unknown>) => unknown,
): Map<number, unknown> {
  const mutants = mutantsOf(text, 'it.cjs');
  const planted = instrument('it.cjs', text, mutants);
  if ('problem' in planted) throw new Error(planted.problem);
  const file = join(folder, `it-${Math.abs(text.length * 31 + text.charCodeAt(9))}.cjs`);
  writeFileSync(file, planted.text);
  const answers = new Map<number, unknown>();
  // A loop without end would take the test along.
  const ending = mutants.filter(({ mutator }) => mutator !== 'boundary' && mutator !== 'update');
  for (const id of [0, ...ending.map((mutant) => mutant.id)]) {
    Object.assign(globalThis, { __plumbMutantId: id });
    delete require.cache[file];
    try {
      answers.set(id, call(require(file)));
    } catch (error) {
      answers.set(id, `threw ${error instanceof Error ? error.name : ''}`);
    }
  }
  Object.assign(globalThis, { __plumbMutantId: 0 });
  return answers;
}

// A mutant that is not proposed is a weakness that nobody hears of.
test.each([
  ['a < b', ['a <= b', 'a >= b', 'true', 'false']],
  ['a && !b', ['a || !b', 'b']],
  ['a ?? 5', ['a && 5', '6']],
  ['x = a?.b.c("x")', ['a.b', '""']],
  ['a.trim()', ['a']],
  ['Math.max(a, 3)', ['Math.min(a, 3)', '4']],
  [
    '/^[a-z]{2,3}$/.test(a)',
    ['/[a-z]{2,3}$/', '/^[^a-z]{2,3}$/', '/^[a-z]$/', '/^[a-z]{1,3}$/', '/^[a-z]{2,4}$/', '/^[a-z]{2,3}/'],
  ],
  ['f(`a${b}`, "", [1], [], { c: true })', ['""', '"another text"', '[]', '2', '["another text"]', '{}', 'false']],
  ['x += -a', ['x -= -a', '+a']],
  ['i++', ['i--']],
  ['for (;i < 2;) {}', ['false', '3', 'i <= 2', 'i >= 2']],
  ['console.log("not", 1)', []],
  ['import("./x.js")', []],
  ['let y: "a" | 3 = f() as "a"', []],
  ['enum E { a = 1 }', []],
])('mutants of %s', (text, after) => {
  expect(
    mutantsOf(text)
      .map((mutant) => mutant.after)
      .toSorted(),
  ).toEqual(after.toSorted());
});

// What no call can tell is set aside by a rule that names its reason, and by nothing else.
test.each([
  ['f(typeof a === "number" && Number.isInteger(a))', 'typeof a === "number" → true'],
  ['f(typeof a !== "number" || !Number.isFinite(a))', 'typeof a !== "number" → false'],
  ['f(typeof a === "number" && Number.isInteger(b))', ''],
  ['f(typeof a === "string" && Number.isInteger(a))', ''],
  ['f(typeof a === "number" || Number.isInteger(a))', ''],
  ['f(a === undefined ? undefined : JSON.stringify(a))', 'a === undefined → false'],
  ['f(a !== undefined ? JSON.stringify(a) : undefined)', 'a !== undefined → true'],
  ['f(a === undefined ? undefined : JSON.stringify(a, null))', ''],
  ['server.listen(port, "::1")', '"::1" → ""'],
  ['server.keepAliveTimeout = 5000', '5000 → 5001'],
  ['server.patience = 5000', ''],
  [
    'process.on("SIGTERM", () => server.close(true))',
    '"SIGTERM" → ""; () => server.close(true) → () => undefined; true → false',
  ],
])('of the mutants of %s change nothing: %s', (text, expected) => {
  const equivalent = mutantsOf(text, 'it.js').filter((mutant) => mutant.equivalent !== undefined);
  expect(equivalent.map(({ before, after }) => `${before} → ${after}`).join('; ')).toBe(expected);
});

// With every switch off the code must do what it did, whatever stands around a mutant; with one on, only that differs.
test('switches change nothing until they are on', () => {
  const text = `'use strict'
const table = { small: 1, 'large': 2 }
let log = []
log.push('start')
log.length === 1 && log.push("and on")
function strict() { "use strict"; return this === undefined }
function* three() { for (let i = 0; i < 3; i++) yield i * 2 }
class Base { constructor(size = 1) { this.size = size } get double() { return this.size * 2 } }
class Derived extends Base { constructor() { super(4); this.own = true } }
const pick = ({ a = 1, b: [c] = [2] } = {}) => ({ a, c })
const chain = (value) => value?.inner?.list.map((one) => one + 1).length
const label = (n) => { switch (n) { case 1: return 'one'; default: return \`many \${n}\` } }
const wait = async (n) => { await null; return n > 1 ? 'big' : 'small' }
exports.run = () => [
  table, log, strict(), [...three()], new Base().double, new Derived(), pick(), pick({ a: 5 }), chain(), chain({ inner: { list: [1, 2] } }),
  label(1), label(3), typeof wait(1).then, (() => { try { null.x } catch { return 'caught' } finally { log = [...log] } })(),
  delete table.gone, /a(?=b)/.test('ab'),
]
`;
  const [original, ...mutated] = [...answersOf(text, (module) => JSON.stringify(module['run']?.()))];
  delete require.cache[join(folder, 'plain.cjs')];
  writeFileSync(join(folder, 'plain.cjs'), text);
  const plain: { run: () => unknown } = require(join(folder, 'plain.cjs'));
  expect(original?.[1]).toBe(JSON.stringify(plain.run()));
  const noticed = mutated.filter(([, answer]) => answer !== original?.[1]).length;
  expect(mutated.length).toBeGreaterThan(60);
  expect(noticed / mutated.length).toBeGreaterThan(0.7);
});
