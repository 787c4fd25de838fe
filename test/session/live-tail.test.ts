/** What streams by stays bounded and harmless, and goes when the fact that replaces it comes. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLiveTail, quietTail } from '../../src/session/live-tail.ts';
import { createStore } from '../../src/session/store.ts';
import { hostileText } from '../support/hostile-text.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';

const settled = (type: string) =>
  stampedEvents(vacationSession('passing')).find((event) => event.type === type) ?? expect.fail(type);

it('keeps the newest part of an endless stream, from a line’s beginning', () => {
  const tail = createLiveTail();
  for (let line = 0; line < 50_000; line += 1) tail.add({ type: 'text', text: `line ${line}\n` }, line);
  const [block] = tail.snapshot(50_000).blocks;
  expect(block?.text.length).toBeLessThan(20_000);
  expect(block?.text).toMatch(/^line \d+\n/);
  expect(block?.text).toMatch(/line 49999\n$/);
});

it('sanitises what was put together, so that a sequence split over deltas does nothing', () => {
  const tail = createLiveTail();
  for (const text of ['a\u001b', ']52;c;', 'aGk=', '\u0007', 'b']) tail.add({ type: 'text', text }, 0);
  expect(tail.snapshot(1).blocks[0]?.text).toBe('ab');
  fc.assert(
    fc.property(fc.array(hostileText), (deltas) => {
      const any = createLiveTail();
      for (const text of deltas) any.add({ type: 'commandOutput', call: 'c', text }, 0);
      for (const { text } of any.snapshot(1).blocks)
        // oxlint-disable-next-line no-control-regex -- the point of the test
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
  );
});

it('is dropped by the fact that ends it, and by nothing else', () => {
  const tail = createLiveTail();
  tail.add({ type: 'text', text: 'half a sent' }, 0);
  tail.add({ type: 'commandOutput', call: 'c1', text: 'out' }, 0);
  tail.settle(settled('budgetReserved'));
  expect(tail.snapshot(0).blocks).toHaveLength(2);
  tail.settle(settled('assistantReplied'));
  expect(tail.snapshot(0).blocks.map(({ kind }) => kind)).toEqual(['commandOutput']);
  tail.settle(settled('toolFinished'));
  expect(tail.snapshot(0).blocks).toEqual([]);
  tail.settle(settled('sessionEnded'));
  expect(tail.snapshot(10_000)).toEqual(quietTail);
});

it('says how fast tokens come, and stops saying so when they do not', () => {
  const tail = createLiveTail();
  for (let step = 0; step <= 20; step += 1) tail.add({ type: 'outputTokens', total: step * 10 }, step * 100);
  expect(tail.snapshot(2_000).tokensPerSecond).toBeCloseTo(100, -1);
  expect(tail.snapshot(2_000)).toBe(tail.snapshot(2_000));
});

it('a store tells its listeners once for a burst, with everything of it', async () => {
  const store = createStore({ now: () => 0, frameMs: 1 });
  let told = 0;
  store.subscribe(() => (told += 1));
  for (const event of stampedEvents(vacationSession('passing'))) store.append(event);
  for (let count = 0; count < 1_000; count += 1) store.live({ type: 'text', text: 'x' });
  const before = store.snapshot();
  expect([told, before.state.seq]).toEqual([0, 0]);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(told).toBe(1);
  expect(store.snapshot().state.header.spec).toBe('vacation-balance');
  expect(store.snapshot().tail.blocks[0]?.text).toHaveLength(1_000);
});
