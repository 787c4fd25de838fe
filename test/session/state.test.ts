/** The fold is total and pure: any events in any order give a state, the same one each time. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items } from '../../src/session/chunked.ts';
import { clauseCounts, clauseGroups } from '../../src/session/clauses.ts';
import { cacheShare, cost } from '../../src/session/cost.ts';
import { eventLine } from '../../src/session/event-line.ts';
import { propertyCounts, propertyRows } from '../../src/session/properties.ts';
import { pendingHunks, reviewCounts } from '../../src/session/review.ts';
import { fold, initial, reduce } from '../../src/session/state.ts';
import { createTimeline } from '../../src/session/timeline.ts';
import { verdictText } from '../../src/session/verdict-text.ts';
import type { EventBody } from '../../src/events/index.ts';
import { anyEvents } from '../support/any-events.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';

describe('the fold', () => {
  it('never throws, and gives the same state from the same events after a way through JSON', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const state = fold(events);
        expect(state.seq).toBe(events.length);
        expect(fold(JSON.parse(JSON.stringify(events)) as typeof events)).toEqual(state);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves every earlier state as it was', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        let state = initial;
        const taken = events.map((event) => {
          state = reduce(state, event);
          return { state, text: JSON.stringify(state) };
        });
        for (const { state: earlier, text } of taken) expect(JSON.stringify(earlier)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('is reached by jumping as by walking', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(), (events, nat) => {
        const timeline = createTimeline(events);
        const index = events.length === 0 ? 0 : nat % events.length;
        expect(timeline.stateAt(index)).toEqual(fold(events.slice(0, index + 1)));
      }),
      { numRuns: 100 },
    );
  });

  it('ignores an event of a type that it does not know', () => {
    const events = stampedEvents(vacationSession('failing'));
    const unknown = { ...events.at(-1), type: 'somethingNew', seq: events.length + 1 } as never;
    expect({ ...reduce(fold(events), unknown), seq: 0, at: 0 }).toEqual({ ...fold(events), seq: 0, at: 0 });
  });
});

describe('a session', () => {
  const failing = fold(stampedEvents(vacationSession('failing')));
  const passing = fold(stampedEvents(vacationSession('passing')));

  it('shows which clauses fail, and which nothing broke', () => {
    const balance = clauseGroups(failing).find(({ id }) => id === 'getBalance');
    expect(balance?.standing).toBe('fail');
    expect(balance?.clauses.map(({ clause, standing }) => `${clause.title}: ${standing}`)).toEqual([
      'id (path): unchecked',
      'asOf (query): unchecked',
      '200 Balance: unchecked',
      '404 unknown employee: unchecked',
      'balance-is-ledger-sum: pass',
      'asOf-bounds-balance: fail',
    ]);
    const employee = clauseGroups(failing).find(({ id }) => id === 'getEmployee');
    expect(employee?.clauses.map(({ standing }) => standing)).toEqual(['implied', 'implied', 'implied']);
    expect(clauseCounts(failing).fail).toBe(2);
    expect(clauseCounts(passing).fail).toBe(0);
  });

  it('puts what is broken first and keeps its counterexample only while it fails', () => {
    expect(
      propertyRows(failing)
        .slice(0, 3)
        .map(({ state, standing }) => [state.property.id, standing]),
    ).toEqual([
      ['invariant asOf-bounds-balance', 'fail'],
      ['invariant no-overdraft', 'fail'],
      ['conformance createEmployee', 'pass'],
    ]);
    expect(propertyRows(failing)[1]?.state.counterexample?.shrinks).toBe(9);
    expect(propertyCounts(passing)).toMatchObject({ pass: 23, fail: 0 });
    expect(propertyRows(passing).every(({ state }) => state.counterexample === null)).toBe(true);
  });

  it('counts money and tokens by kind', () => {
    expect(cost(failing)).toEqual({
      promptTokens: 12_312,
      freshTokens: 812,
      cacheWriteTokens: 300,
      cacheReadTokens: 11_200,
      outputTokens: 4_110,
      usdMicros: 42_130,
      reservedUsdMicros: 0,
      capUsdMicros: 2_000_000,
      capTokens: null,
      unpriced: false,
      estimated: false,
    });
    expect(cacheShare(failing)).toBeCloseTo(0.9097, 3);
    expect(cost(fold(stampedEvents(vacationSession('working')))).reservedUsdMicros).toBe(160_000);
  });

  it('keeps a decision on a hunk until it is taken back or the hunk is gone', () => {
    const events = vacationSession('failing');
    const accepted = [...events, { type: 'hunkAccepted' as const, change: 'change-1', hunk: 'h1a' }];
    expect(reviewCounts(fold(stampedEvents(accepted)))).toEqual({ accepted: 1, rejected: 0, pending: 2, total: 3 });
    const reopened = [...accepted, { type: 'hunkReopened' as const, change: 'change-1', hunk: 'h1a' }];
    expect(pendingHunks(fold(stampedEvents(reopened)))).toHaveLength(3);
    const stale = [...events, { type: 'hunkAccepted' as const, change: 'change-0', hunk: 'h1a' }];
    expect(reviewCounts(fold(stampedEvents(stale))).accepted).toBe(0);
  });

  it('is not at work once what was accepted has been verified after the turn', () => {
    const turn = vacationSession('passing');
    const from = turn.findLastIndex(({ type }) => type === 'verificationStarted');
    const to = turn.findLastIndex(({ type }) => type === 'verificationFinished');
    const events = [...turn, ...turn.slice(from, to + 1)];
    expect(turn.at(-1)?.type).toBe('sessionEnded');
    expect(fold(stampedEvents(events.slice(0, -1))).outcome.activity).toBe('verifying');
    expect(fold(stampedEvents(events)).outcome.activity).toBe('idle');
  });

  it('does not take the verdict on some clauses for the verdict on the code', () => {
    const failingEvents = vacationSession('failing');
    const partial = vacationSession('failing')
      .slice(-27)
      .map((body) =>
        body.type === 'verificationStarted'
          ? { ...body, clauses: ['#/paths/getBalance'] }
          : body.type === 'verificationFinished'
            ? { ...body, verdict: 'pass' as const }
            : body,
      );
    expect(fold(stampedEvents([...failingEvents, ...partial])).outcome.verdict).toBe('fail');
  });

  it('says in one line how it stands', () => {
    expect(verdictText(fold(stampedEvents(vacationSession('loaded'))))).toBe('· 34 clauses, not verified yet');
    expect(verdictText(failing)).toBe('✗ fail: 2 of 34 clauses');
    expect(verdictText(passing)).toBe('✓ pass: 23 of 23 properties hold');
  });

  it('does not say that nothing could be decided of what was stopped after a part of it held', () => {
    const ended: EventBody = {
      type: 'sessionEnded',
      verdict: 'error',
      reason: 'interrupted',
      message: 'stopped; the session can be resumed',
      rounds: 1,
      unsatisfied: [],
      codeTree: null,
      branch: null,
      durationMs: 3000,
    };
    const stopped = stampedEvents([...vacationSession('passing'), ended]);
    const last = stopped.at(-1);
    expect(verdictText(fold(stopped))).toBe('· stopped before all of it was verified');
    expect(last === undefined ? '' : eventLine(last)).toMatchInlineSnapshot(
      `"[12:01:11] ! not verified whole after 1 round and 3.0 s: stopped; the session can be resumed"`,
    );
  });

  it('joins a tool’s result to its request', () => {
    const tools = [...items(failing.transcript)].filter((item) => item.kind === 'tool');
    expect(tools.map(({ title, status, durationMs }) => [title, status, durationMs])).toEqual([
      ['edit services/vacation-balance/server.js', 'done', 4],
      ['node --check services/vacation-balance/server.js', 'failed', 61],
    ]);
  });
});

it('appending to a long session costs the same at its end as at its beginning', () => {
  const note = stampedEvents([{ type: 'agentNoted', text: 'x' }])[0];
  if (note === undefined) throw new Error('no event');
  let state = initial;
  for (let count = 0; count < 20_000; count += 1) state = reduce(state, note);
  // A list that is copied whole would have one chunk; no chunk may grow with the session.
  expect(Math.max(...state.transcript.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(64);
  expect(state.transcript.length).toBe(20_000);
});
