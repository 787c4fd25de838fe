/** Pauses between attempts: growing, bounded, as the server asks, and stoppable. */
import { expect, test } from 'vitest';
import { pause, pauseAfter } from '../../src/agent/retries.ts';
import { createTrack } from '../../src/agent/track.ts';
import { createBreaker } from '../../src/agent/breaker.ts';

test('a pause grows to eight seconds, a quarter of it at random', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => pauseAfter(attempt, null, () => 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 8000,
  ]);
  expect(pauseAfter(1, null, () => 1)).toBe(375);
  expect([pauseAfter(1, 7000, () => 0), pauseAfter(3, 0, () => 0)]).toEqual([7000, 2000]);
});

test('a pause ends with an abort, before or during it', async () => {
  const abort = new AbortController();
  const waiting = pause(60_000, abort.signal);
  abort.abort();
  expect([await waiting, await pause(60_000, abort.signal)]).toEqual([false, false]);
  expect(await pause(1, new AbortController().signal)).toBe(true);
});

test('a track counts characters by tenths of a second', () => {
  let at = 1000;
  const track = createTrack(() => at);
  track.add(3);
  at = 1250;
  track.add(4);
  track.add(1);
  expect(track.steps()).toEqual([3, 0, 5]);
});

test('a breaker counts identical calls until something changes; a changing call keeps its own count', () => {
  const breaker = createBreaker();
  const look = () => breaker.before('read', { path: 'a' });
  expect([look(), look(), look()]).toEqual(['run', 'run', 'warn']);
  breaker.before('write', { path: 'a', text: '1' });
  breaker.changed('write', { path: 'a', text: '1' });
  expect(look()).toBe('run');
  const again = () => {
    const answer = breaker.before('bash', { command: 'x' });
    breaker.changed('bash', { command: 'x' });
    return answer;
  };
  expect([again(), again(), again(), again(), again()]).toEqual(['run', 'run', 'warn', 'warn', 'break']);
});
