/** The hash chain: whatever is done to a recorded session shows at the first event where it was done. */
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalRow, GENESIS_HASH, hashOf, verifyChain, type UnhashedEvent } from '../../src/events/chain.ts';
import type { Event } from '../../src/events/index.ts';

function chainOf(texts: readonly string[]): Event[] {
  const events: Event[] = [];
  for (const [index, text] of texts.entries()) {
    const prevHash = events.at(-1)?.hash ?? GENESIS_HASH;
    const unhashed: UnhashedEvent = {
      id: `s.${index + 1}`,
      session: 's',
      seq: index + 1,
      at: 1_000 + index,
      by: { kind: 'agent', name: 'builtin' },
      v: 1,
      prevHash,
      type: 'agentNoted',
      text,
    };
    events.push({ ...unhashed, hash: hashOf(prevHash, unhashed) });
  }
  return events;
}

const texts = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 8 });

test('an untouched chain is whole, from its start and from any event on', () => {
  fc.assert(
    fc.property(texts, fc.nat(), (all, at) => {
      const events = chainOf(all);
      const cut = at % events.length;
      expect(verifyChain(events)).toBeNull();
      expect(verifyChain(events.slice(cut), events[cut - 1])).toBeNull();
    }),
  );
});

test('an edit, a loss, a repetition or a swap is found at its place', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.constantFrom('text', 'at', 'by', 'drop', 'repeat', 'swap'), (all, at, how) => {
      const events = chainOf(all);
      const place = at % (events.length - 1);
      const event = events[place];
      const next = events[place + 1];
      if (event === undefined || next === undefined) throw new Error('chain too short');
      const changed: Record<typeof how, Event[]> = {
        text: [{ ...event, type: 'agentNoted', text: `${'text' in event ? event.text : ''}!` }, next],
        at: [{ ...event, at: event.at + 1 }, next],
        by: [{ ...event, by: { kind: 'human', name: 'builtin' } }, next],
        drop: [next],
        repeat: [event, event, next],
        swap: [next, event],
      };
      events.splice(place, 2, ...changed[how]);
      expect(verifyChain(events)?.seq).toBe(place + (how === 'repeat' ? 2 : 1));
    }),
  );
});

test('an event whose hash was made again after an edit breaks the chain at the next one', () => {
  const events = chainOf(['a', 'b', 'c']);
  const second = events[1];
  if (second === undefined) throw new Error('chain too short');
  const edited = { ...second, at: 7 };
  events[1] = { ...edited, hash: hashOf(edited.prevHash, edited) };
  expect(verifyChain(events)).toMatchObject({ seq: 3, what: 'prevHash' });
});

test('the canonical row is RFC 8785, and total where that is not', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalRow(value)).toBe(canonicalize(value));
    }),
  );
  expect(canonicalRow({ b: '\ud800', a: undefined, ab: [undefined, -0] })).toBe('{"ab":[null,0],"b":"\\ud800"}');
});
