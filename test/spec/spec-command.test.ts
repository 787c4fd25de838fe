import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, expect, test } from 'vitest';
import type { JsonValue } from '../../src/events/index.ts';
import { specCommand } from '../../src/cli/commands/spec.ts';
import { contract } from './specs.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function plumbSpec(...args: string[]) {
  const out = { code: 0, stdout: '', stderr: '' };
  out.code = await specCommand(args, {
    stdout: (text) => void (out.stdout += text),
    stderr: (text) => void (out.stderr += text),
    cwd: folder,
    env: {},
    isTty: false,
    columns: 80,
    rows: 24,
    signal: new AbortController().signal,
  });
  return out;
}

function write(name: string, document: JsonValue): void {
  writeFileSync(join(folder, name), JSON.stringify(document, null, 2));
}

test('show prints the clauses aligned, within 80 columns', async () => {
  write(
    'accounts.json',
    contract({
      summary:
        'Takes time out of an account, and says so in a sentence that is longer than one line of the terminal is.',
      'x-objective': { p99: '200ms', rate: '100/s', critical: true },
      'x-invariants': [{ id: 'in-bounds', rule: 'request.body.minutes <= 600', message: 'too much' }],
    }),
  );
  const { code, stdout, stderr } = await plumbSpec('show', 'accounts.json');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.replaceAll(/[0-9a-f]{12}/g, 'DIGEST')).toMatchInlineSnapshot(`
    "accounts  Accounts
      contract   accounts.json (OpenAPI 3.1.0)
      semantic   DIGEST
      document   DIGEST
      clauses    11
      state      ready: 0 errors, 0 warnings, 3 notes

    POST /accounts/{id}/withdrawals  withdraw
                 Takes time out of an account, and says so in a sentence that is
                 longer than one line of the terminal is.
      path       id
      body       application/json
      201        Done.
      409        Too little. Try less.
      invariant  in-bounds: too much
                 request.body.minutes <= 600
      objective  p99 200 ms at 100/s, critical

    GET /accounts/{id}  getAccount
      path       id
      200        The account.
      404        Unknown.
    "
  `);
  expect(stdout.split('\n').every((line) => stringWidth(line) <= 80)).toBe(true);
});

test('lint names file, line, rule and what to do, and ends by readiness', async () => {
  write('open.json', contract({ parameters: [] }));
  const { code, stdout } = await plumbSpec('lint', 'open.json');
  expect(code).toBe(1);
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    'open.json:9:7 error path-parameter-undeclared {id} of /accounts/{id}/withdrawals is not declared (#/paths/~1accounts~1{id}~1withdrawals/post)',
    '  add a parameter `name: id, in: path`',
  ]);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('open is not ready: 1 error, 0 warnings, 3 notes');
  expect((await plumbSpec('lint', 'accounts.json')).code).toBe(0);
});

test('--json prints one document, also for what cannot be read', async () => {
  const lint = await plumbSpec('lint', 'open.json', '--json');
  expect([lint.code, JSON.parse(lint.stdout)]).toMatchObject([
    1,
    { format: 'plumbline.spec-lint/1', ready: false, findings: expect.any(Array) },
  ]);
  const show = await plumbSpec('show', 'accounts.json', '--json');
  expect([show.code, JSON.parse(show.stdout)]).toMatchObject([
    0,
    {
      format: 'plumbline.spec-show/1',
      name: 'accounts',
      ready: true,
      operations: [{ id: 'withdraw' }, { id: 'getAccount' }],
    },
  ]);
  writeFileSync(join(folder, 'bad.yaml'), 'a: 1\na: 2\n');
  const bad = await plumbSpec('lint', 'bad.yaml', '--json');
  expect([bad.code, bad.stderr, JSON.parse(bad.stdout)]).toMatchObject([
    3,
    '',
    { ready: false, findings: [{ rule: 'duplicate-key', location: { line: 2, column: 1 } }] },
  ]);
});

test('wrong usage ends with 2, a contract that is not there included', async () => {
  const codes = await Promise.all([
    plumbSpec(),
    plumbSpec('sow', 'accounts.json'),
    plumbSpec('show', 'accounts.json', 'more'),
    plumbSpec('show', 'accounts.json', '--wide'),
    plumbSpec('show'),
    plumbSpec('show', 'nothing.json'),
  ]);
  expect(codes.map(({ code, stdout, stderr }) => [code, stdout, stderr !== ''])).toEqual([
    [2, '', true],
    [2, '', true],
    [2, '', true],
    [2, '', true],
    [2, '', true],
    [2, '', true],
  ]);
});

test('nothing that a contract says reaches the terminal as a control sequence', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u202e\u009b31m';
  write(
    'evil.json',
    contract(
      { operationId: `with${evil}draw`, summary: evil, description: `fast ${evil}`, parameters: [] },
      { info: { title: evil } },
    ),
  );
  for (const args of [['show'], ['lint'], ['show', '--json'], ['lint', '--json']]) {
    const { stdout, stderr } = await plumbSpec(...args, 'evil.json');
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

// A stranger who looks at a large contract wants an overview, not thousands of lines.
test('a large contract is shown and linted as an overview, with how to see all of it', async () => {
  const paths = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      `/${index < 150 ? 'many' : 'few'}/a${index}`,
      {
        get: { operationId: `get${index}`, responses: { '200': { description: 'D.', content: { 'text/plain': {} } } } },
      },
    ]),
  );
  const webhooks = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`w${index}`, {}]));
  writeFileSync(
    join(folder, 'big.json'),
    JSON.stringify({ openapi: '3.1.0', info: { title: 'Big', version: '1' }, paths, webhooks }, null, 1),
  );
  const run = async (...args: string[]) => ({ lines: (await plumbSpec(...args)).stdout.split('\n') });
  const show = await run('show', 'big.json');
  expect(show.lines.length).toBeLessThan(60);
  expect(show.lines).toEqual(
    expect.arrayContaining([
      '/many  150 operations',
      '  GET        /many/a0 get0',
      '             … and 147 more',
      '/few  50 operations',
      '200 operations; --all shows each with its clauses',
      'Not covered',
      '             … and 2 more; --all shows them',
    ]),
  );
  const lint = await run('lint', 'big.json');
  expect(lint.lines.length).toBeLessThan(20);
  expect(lint.lines).toEqual(
    expect.arrayContaining(['  … and 197 more of no-response-schema', '206 findings not shown; --all shows each']),
  );
  expect((await run('lint', 'big.json', '--all')).lines.length).toBeGreaterThan(400);
  expect((await run('show', 'big.json', '--all')).lines.length).toBeGreaterThan(600);
});
