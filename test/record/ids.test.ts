/** Ids are short, sort by time, and do not collide within a second. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { newSessionId, SESSION_ID } from '../../src/events/ids.ts';

const instants = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2058, 0, 1) });

test('an id of a later second sorts after one of an earlier second', () => {
  fc.assert(
    fc.property(
      instants,
      fc.integer({ min: 1000, max: 1e9 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (at, gap, random) => {
        const early = newSessionId(
          () => at,
          () => 0.999999,
        );
        const late = newSessionId(
          () => at + gap,
          () => random,
        );
        expect(early).toMatch(SESSION_ID);
        expect(late > early).toBe(true);
      },
    ),
  );
});

test('a thousand sessions of one second have about a million ids to choose from', () => {
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const ids = new Set(Array.from({ length: 1000 }, () => newSessionId(() => Date.UTC(2026, 10, 23), random)));
  expect(ids.size).toBeGreaterThan(990);
});
