/** A change that makes no difference before a day to come is none that a call of today could show. */
import { expect, test } from 'vitest';
import { findMutants } from '../../../src/verify/mutation/find.ts';

function equivalents(text: string): string[] {
  const mutants = findMutants('limit.js', text, 1);
  if (!Array.isArray(mutants)) throw new Error(mutants.problem);
  return mutants
    .filter(({ equivalent }) => equivalent !== undefined)
    .map(({ before, after }) => `${before} → ${after}`);
}

test('what a law of a far year changes is set aside, and nothing that hangs on the hour or holds today', () => {
  const today = 'new Date().toISOString().slice(0, 10)';
  expect(equivalents(`export const limit = () => (${today} >= '2999-01-01' ? 4800 : 2400);`)).toEqual([
    `${today} >= '2999-01-01' → false`,
    `${today} → new Date().toISOString()`,
    '0 → 1',
    '10 → 11',
    `${today} >= '2999-01-01' → ${today} > '2999-01-01'`,
    '4800 → 4801',
  ]);
  expect(equivalents('export const isMorning = () => new Date().getHours() < 12;')).toEqual([]);
  expect(equivalents('export const isOver = (day) => new Date().toISOString().slice(0, 10) > day;')).toEqual([]);
});
