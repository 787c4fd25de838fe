import { expect, test } from 'vitest';
import { createPatience } from '../../src/verify/patience.ts';

// A subject that never answers must not cost a deadline for each of its operations.
test('what has never answered is waited for less, and given up after several kinds of requests', () => {
  const patience = createPatience();
  patience.note('a', true);
  patience.note('a', true);
  expect([patience.limitMs(5000), patience.over]).toEqual([5000, undefined]);
  patience.note('a', true);
  expect([patience.limitMs(5000), patience.limitMs(400), patience.over]).toEqual([1000, 400, undefined]);
  patience.note('b', true);
  patience.note('c', true);
  expect(patience.over).toBe('it never answers: 5 requests had their time in vain');
});

test('whoever has answered once is waited for as ever', () => {
  const patience = createPatience();
  for (const kind of ['a', 'b', 'c', 'd']) patience.note(kind, true);
  patience.note('e', false);
  expect([patience.limitMs(5000), patience.over]).toEqual([5000, undefined]);
});
