/** `plumb sample --batch` is what other programs drive: each line is answered when it comes, whatever it holds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const plumb = fileURLToPath(new URL('../../../bin/plumb.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plumb-batch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(...args: string[]) {
  const child = spawn(process.execPath, [plumb, 'sample', '--batch', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    send: (line: unknown): void =>
      void child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    next: async (): Promise<unknown> => JSON.parse(String((await lines.next()).value)),
  };
}

it('answers each line before the next is sent, and goes on after a bad one', async () => {
  const { child, send, next } = open('--count', '2');
  send({ id: 1, schema: { const: 'a' } });
  expect(await next()).toEqual({ id: 1, values: ['a', 'a'] });
  send('{"id": 2, "schema":');
  expect(await next()).toEqual({
    id: null,
    refused: { keyword: 'batch', pointer: '#', reason: 'the line is not a JSON object' },
  });
  send({ id: { own: 3 }, schema: true });
  expect(await next()).toEqual({ id: { own: 3 }, values: expect.objectContaining({ length: 2 }) });
  send({ id: 4, schema: false });
  expect(await next()).toEqual({ id: 4, refused: expect.objectContaining({ keyword: 'unsatisfiable', pointer: '#' }) });
  // A part that cannot be served is refused wherever it stands, and is no fault of ours.
  send({ id: 5, schema: { properties: { a: { items: { $ref: 'other.json' } } } } });
  expect(await next()).toEqual({
    id: 5,
    refused: expect.objectContaining({ keyword: '$ref', pointer: '#/properties/a/items/$ref' }),
  });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('takes thousands of lines at once without a line lost, and an unread answer does not stop it from ending', async () => {
  const { child, send, next } = open('--count', '1');
  for (let id = 0; id < 3_000; id++) send({ id, schema: { type: 'string', minLength: 200 } });
  child.stdin.end();
  for (let id = 0; id < 3_000; id++) expect(await next()).toMatchObject({ id });
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
});

it('finds the documents of a folder below a base', async () => {
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'name.json'), '{"type": "string", "const": "n"}');
  const { child, send, next } = open('--count', '1', '--documents', `${folder}=https://example.com/`);
  send({ id: 1, schema: { $ref: 'https://example.com/sub/name.json' } });
  expect(await next()).toEqual({ id: 1, values: ['n'] });
  child.stdin.end();
  await once(child, 'exit');
});
