import { expect, test } from 'vitest';
import { harvest } from '../../../src/verify/code/harvest.ts';

const SOURCE = `
import { createHash } from 'node:crypto';
type Kind = 'not a value';
const message = \`limit \${createHash} reached\`;
const table = { key: 'entry' };
if (size >= 250 || day < '2024-02-29' || code === -7) throw new Error('too much');
switch (kind) { case 'express': go('done') }
if (['air', 'sea'].includes(way)) stop();
const minute = 60 * 1000;
const hour = minute * 60;
const isCode = /^[A-Z]{2}-\\d{3}$/.test(code);
`;

// A branch that hangs on a value is entered by chance only if that value is among those that are drawn.
test('literals of code, those that decide first, with what lies beside them', () => {
  const found = harvest([{ file: 'a.ts', text: SOURCE }]);
  const deciding = [249, 250, 251, '2024-02-29', '2024-02-28', '2024-03-01', -8, -7, -6, 'express', 'air', 'sea'];
  expect(found.slice(0, deciding.length)).toEqual(deciding);
  const pattern = found.filter((value) => typeof value === 'string' && /^[A-Z]{2}-\d{3}$/.test(value));
  expect(pattern.length).toBeGreaterThan(0);
  expect(found).toEqual(
    expect.arrayContaining([3_600_000, 'entry', 'too much', 'done', 'limit ', 'limit', ' reached', 'reached']),
  );
  for (const absent of ['node:crypto', 'not a value', 'key', '']) expect(found).not.toContain(absent);
  expect(harvest([{ file: 'a.ts', text: SOURCE }])).toEqual(found);
});

test('code that cannot be parsed has no literals, and there are never more than some hundreds', () => {
  expect(harvest([{ file: 'a.ts', text: 'if (' }])).toEqual([]);
  const many = Array.from({ length: 5000 }, (_, index) => `x === 'text ${index}';`).join('\n');
  expect(harvest([{ file: 'a.js', text: many }])).toHaveLength(600);
});
