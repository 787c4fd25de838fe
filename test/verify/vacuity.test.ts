/** What checks nothing never passes: rules that are always true, clauses that name nothing, parts that cannot be read. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { compileRule } from '../../src/spec/rule/rule.ts';
import { constantTruth } from '../../src/spec/rule/rule-constant.ts';
import { guardsOf } from '../../src/verify/rules/guards.ts';
import { captureIo } from '../support/captured-io.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SERVER = `require('node:http').createServer((request, answer) => {
  answer.writeHead(200, { 'content-type': 'application/json' }).end('5');
}).listen(process.env.PORT);`;

async function verdictOf(invariants: object[], ...args: string[]): Promise<{ code: number; text: string }> {
  const folder = temporaryFolder();
  const media = { 'application/json': { schema: { type: 'integer' } } };
  const get = { operationId: 'five', responses: { 200: { description: 'Five.', content: media } } };
  const document = {
    openapi: '3.1.0',
    info: { title: 'Five', version: '1' },
    paths: { '/five': { get: { ...get, 'x-invariants': invariants } } },
  };
  writeFileSync(join(folder, 'five.json'), JSON.stringify(document));
  writeFileSync(join(folder, 'server.cjs'), SERVER);
  const { io, out } = captureIo(folder);
  const code = await verifyCommand(['five.json', '--start', 'node server.cjs', '--runs', '5', ...args], io);
  return { code, text: out() };
}

const rule = (text: string): object => ({ id: 'five', rule: text });

test('a rule that can break passes where it holds', async () => {
  expect((await verdictOf([rule('response.body == 5')])).code).toBe(0);
});

test.each(['true', '1 == 1', 'response.body == 6 || true', '!(response.status == 299 && response.body == 6)'])(
  'the rule %s passes nothing',
  async (text) => {
    expect((await verdictOf([rule(text)])).code).toBe(3);
  },
);

test('a second invariant of the same name is not lost in a pass', async () => {
  const { code, text } = await verdictOf([rule('response.body == 5'), rule('response.body == 6')]);
  expect(code).toBe(3);
  expect(text).toContain('not checked');
});

test('an unknown clause beside a known one is refused', async () => {
  expect((await verdictOf([], '--clause', '#/paths/~1five', '--clause', '#/paths/~1six')).code).toBe(2);
});

test.each([
  ['a == a', true],
  ['a == b || true', true],
  ['!(a && false)', true],
  ['a ? true : !false', true],
  ['a == b', undefined],
  ['"a b" == "ab"', undefined],
  ['a != a', false],
])('%s is constantly %s', (source, truth) => {
  const compiled = compileRule(source);
  if (compiled.kind === 'invalid') throw new Error(compiled.message);
  expect(constantTruth(compiled.rule.ast)).toBe(truth);
});

test.each([
  [
    'response.status != 201 || !("key" in request.headers) || b',
    ['response.status != 201', '!("key" in request.headers)'],
  ],
  ['(a) == 1 || !((b)) || c', ['(a) == 1', '!((b))']],
])('the premises of %s keep their brackets', (source, guards) => {
  const compiled = compileRule(source);
  if (compiled.kind === 'invalid') throw new Error(compiled.message);
  expect(guardsOf(compiled.rule).map((guard) => guard.source)).toEqual(guards);
});

test('a denied conjunction says something only where its premise holds', () => {
  const compiled = compileRule('!(response.status == 201 && response.body != 5)');
  if (compiled.kind === 'invalid') throw new Error(compiled.message);
  expect(guardsOf(compiled.rule).map(({ source }) => source)).toEqual(['!(response.status == 201)']);
});
