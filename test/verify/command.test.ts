import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { captureIo } from '../support/captured-io.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const services = join(import.meta.dirname, '../support/services');
const contract = join(services, 'todo.yaml');
const clause = '#/components/schemas/NewTodo/properties/priority/maximum';

// The exit code is the verdict, `--json` prints one document and nothing else, and the text shows clause and script.
test('plumb verify exits by the verdict and reports it', async () => {
  const folder = temporaryFolder();
  const junit = join(folder, 'junit.xml');
  const good = captureIo(services);
  const args = [contract, '--start', 'node todo.ts', '--clause', clause, '--runs', '20', '--seed', '5'];
  expect(await verifyCommand([...args, '--json'], good.io)).toBe(0);
  expect(JSON.parse(good.out())).toMatchObject({
    format: 'plumbline.verify/1',
    verdict: 'pass',
    seed: 5,
    properties: [
      { id: 'rejection createTodo body/priority maximum', clause, kind: 'rejection', verdict: 'pass' },
      { id: 'rejection replaceTodo body/priority maximum', clause, kind: 'rejection', verdict: 'pass' },
    ],
  });
  const bad = captureIo(services);
  const planted = [...args.slice(0, 2), 'BUG=priority-too-big node todo.ts', ...args.slice(3), '--junit', junit];
  expect(await verifyCommand(planted, bad.io)).toBe(1);
  expect(bad.out()).toContain('✗ fail   rejection createTodo body/priority maximum');
  expect(bad.out()).toContain('todo.yaml:');
  expect(bad.out()).toContain('curl ');
  expect(readFileSync(junit, 'utf8')).toContain('<failure message="expected status 400');
});

// A person who asks for an operation means its body too, wherever the contract writes that down.
test('--clause of an operation takes what it refers to, for this operation alone', async () => {
  const asked = captureIo(services);
  const args = [contract, '--start', 'node todo.ts', '--clause', '#/paths/~1todos/post', '--runs', '3', '--json'];
  expect(await verifyCommand(args, asked.io)).toBe(0);
  const { properties } = JSON.parse(asked.out()) as {
    properties: { id: string; clause: string; operation?: string }[];
  };
  expect(properties).toContainEqual(
    expect.objectContaining({ id: 'rejection createTodo body/priority maximum', clause }),
  );
  expect(new Set(properties.map(({ operation }) => operation))).toEqual(new Set(['createTodo']));
});

test('wrong usage is 2, what cannot be decided is 3', async () => {
  const io = captureIo(services);
  expect(await verifyCommand([contract, '--runs', 'many'], io.io)).toBe(2);
  expect(await verifyCommand([contract, '--start', 'a', '--url', 'http://127.0.0.1:1'], io.io)).toBe(2);
  expect(await verifyCommand([join(services, 'absent.yaml'), '--start', 'true'], io.io)).toBe(2);
  expect(await verifyCommand([contract, '--start', 'true'], io.io)).toBe(3);
  expect(await verifyCommand([contract, '--start', 'node todo.ts', '--clause', '#/nowhere'], io.io)).toBe(2);
});
