/** One fault breaks several properties; a person reads it once, and the report holds every finding. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { captureIo } from '../support/captured-io.ts';

const services = join(import.meta.dirname, '../support/services');

async function blocksOf(bug: string): Promise<{ blocks: string[]; others: string[] }> {
  const { io, out } = captureIo(services);
  const clauses = ['delete', 'put'].flatMap((method) => ['--clause', `#/paths/~1todos~1{todoId}/${method}`]);
  const start = ['--start', `BUG=${bug} node todo.ts`];
  expect(await verifyCommand(['todo.yaml', ...start, ...clauses, '--runs', '10'], io)).toBe(1);
  const lines = out().split('\n');
  return {
    blocks: lines.filter((line) => line.startsWith('✗')),
    others: lines.filter((line) => line.startsWith('  also')),
  };
}

test('what one broken DELETE breaks is told once', async () => {
  const { blocks, others } = await blocksOf('delete-keeps');
  expect(blocks).toEqual(['✗ fail   stateful deleted-is-gone deleteTodo']);
  expect(others).toEqual([
    expect.stringMatching(
      /^ {2}also {6}\d more findings? of the same cause: .*stateful twice deleteTodo.*\(--json has each\)$/,
    ),
  ]);
});

test('a refusal with a wrong status is told once for each operation', async () => {
  const { blocks } = await blocksOf('wrong-invalid-status');
  expect(blocks).toHaveLength(2);
});

test('constraints that are not checked are faults of their own', async () => {
  const { blocks } = await blocksOf('put-not-checked');
  expect(blocks.length).toBeGreaterThan(10);
});
