/** A log line is one line, whatever is in the event. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { widthOf } from '../../src/session/wrap.ts';
import { eventLine } from '../../src/session/event-line.ts';
import { renderSessionText } from '../../src/session/session-text.ts';
import { fold } from '../../src/session/state.ts';
import { anyEvents } from '../support/any-events.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';

const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19);

it('is one harmless line for any event', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      for (const event of events) {
        const line = eventLine(event, { clock });
        // oxlint-disable-next-line no-control-regex -- the point of the test
        if (line !== null) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    }),
    { numRuns: 100 },
  );
});

it('tells a session as a person would', () => {
  const lines = stampedEvents(vacationSession('passing')).flatMap((event) => eventLine(event, { clock }) ?? []);
  expect(lines).toMatchInlineSnapshot(`
    [
      "[12:00:00] session 7c1e on vacation-balance with claude-sonnet-5-5, sandboxed",
      "[12:00:01] spec vacation-balance @ 3f2a91c0b1d4: 34 clauses, no findings",
      "[12:00:02] › implement the spec, and keep the ledger append-only",
      "[12:00:03] round 1",
      "[12:00:04] asking claude-sonnet-5-5",
      "[12:00:06] 12.3k in, 4.1k out, $0.042",
      "[12:00:07] agent: The balance route sums all entries, but \`asOf\` must bound them. I will filter by \`effectiveOn\`. \`\`\`js return sum(entries.filter((entry) => entry.effectiveOn <= asOf)); \`\`\`",
      "[12:00:08] ▸ edit services/vacation-balance/server.js",
      "[12:00:09] ✓ +6 −2 (4 ms)",
      "[12:00:10] ▸ node --check services/vacation-balance/server.js",
      "[12:00:11] ✗ exit 1 (61 ms)",
      "[12:00:12] change: services/vacation-balance/server.js, services/vacation-balance/package.json +6 −2",
      "[12:00:13] verifying 23 properties, seed 20261123",
      "[12:00:22] ✗ invariant asOf-bounds-balance failed: GET /employees/e1/balance?asOf=2025-12-31: an entry of 2026-01-01 was counted; expected only entries up to asOf count",
      "[12:00:30] ✗ invariant no-overdraft failed: POST /employees/e1/requests {"minutes":1,"from":"2026-01-01","to":"2026-01-01"}: balance went from 0 to −1; expected balance ≥ 0 after every accepted request",
      "[12:00:39] ✗ verification fails: 2,212 cases in 1.1 s, 1,940/s",
      "[12:00:40] round 2",
      "[12:00:41] An approval may not take the balance under the limit; a guard goes into the request handler.",
      "[12:00:42] change: services/vacation-balance/server.js, services/vacation-balance/package.json +6 −2",
      "[12:00:43] verifying 23 properties, seed 20261123",
      "[12:01:07] ✓ verification passes: 2,212 cases in 1.1 s, 1,940/s",
      "[12:01:08] recorded vacation-balance @ 3f2a91c0b1d4 with code 222222222222: passes",
      "[12:01:09] committed on plumb/7c1e: services/vacation-balance/server.js",
      "[12:01:10] ✓ passes after 2 rounds and 2m 14s: every property holds",
    ]
  `);
});

it('the text of a session stays within its width and holds no control characters', () => {
  fc.assert(
    fc.property(anyEvents, fc.integer({ min: 20, max: 100 }), (events, columns) => {
      for (const line of renderSessionText(fold(events), columns).split('\n')) {
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
        // oxlint-disable-next-line no-control-regex -- the point of the test
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    }),
    { numRuns: 100 },
  );
});

it('the text of a session says what failed and how', () => {
  expect(renderSessionText(fold(stampedEvents(vacationSession('failing'))), 72)).toMatchInlineSnapshot(`
    "vacation-balance @ 3f2a91c0b1d4   ✗ fail: 2 of 34 clauses
    session 7c1e   agent claude-sonnet-5-5   round 1   event 40

    clauses    34 in all, 15 hold, 2 fail, 0 undecided, 17 not checked
    properties 21 hold, 2 fail, 0 undecided; spec covered 92 %; slowest p99
    3.1 ms on requestLeave
    ✗ invariant asOf-bounds-balance (invariant)
    #/paths/getBalance/asOf-bounds-balance
        GET /employees/e1/balance?asOf=2025-12-31
        was an entry of 2026-01-01 was counted; expected only entries up to
        asOf count; seed 20261123
    ✗ invariant no-overdraft (invariant) #/paths/requestLeave/no-overdraft
        POST /employees/e1/requests
        {"minutes":1,"from":"2026-01-01","to":"2026-01-01"}
        was balance went from 0 to −1; expected balance ≥ 0 after every
        accepted request; seed 20261123

    › implement the spec, and keep the ledger append-only
    ── round 1 ──
    (thinking) The balance must be the sum of the ledger entries up to asOf.
    Requests may not take it below zero.
    The balance route sums all entries, but \`asOf\` must bound them. I will
    filter by \`effectiveOn\`.

    \`\`\`js
    return sum(entries.filter((entry) => entry.effectiveOn <= asOf));
    \`\`\`
    ▸ edit services/vacation-balance/server.js [done] +6 −2 4 ms
    ▸ node --check services/vacation-balance/server.js [failed] exit 1 61 ms
    ± services/vacation-balance/server.js +5 −2 modified
    ± services/vacation-balance/package.json +1 −0 added
    ✗ 21 of 23 properties hold, 2,212 cases

    change     3 hunks: 0 accepted, 0 rejected, 3 undecided
        services/vacation-balance/server.js +5 −2 modified
        services/vacation-balance/package.json +1 −0 added

    tokens     in 12.3k (cache read 11.2k, cache write 300), out 4.1k
    cost       $0.042 of $2.00
    "
  `);
});
