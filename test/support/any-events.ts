import * as fc from 'fast-check';
import type { Event, EventBody } from '../../src/events/index.ts';
import { hostileText } from './hostile-text.ts';
import { stampedEvents } from './stamped-events.ts';
import { vacationSession } from './vacation-session.ts';

const FACTS: readonly EventBody[] = [
  ...vacationSession('passing'),
  { type: 'sessionResumed', fromSeq: 3, reason: 'the process was killed' },
  { type: 'noticeRaised', level: 'error', text: 'the sandbox could not start' },
  { type: 'budgetRefused', cap: 'usd', message: 'the next call could cost $0.20; $0.10 is left' },
  {
    type: 'providerFailed',
    request: 'q1',
    fault: 'overloaded',
    status: 529,
    message: 'overloaded',
    attempt: 2,
    retryInMs: 4_000,
  },
  { type: 'toolApproved', call: 'c1' },
  { type: 'toolRefused', call: 'c2', reason: 'the engineer said no' },
  { type: 'hunkAccepted', change: 'change-1', hunk: 'h1a' },
  { type: 'hunkRejected', change: 'change-2', hunk: 'h2b' },
  { type: 'hunkReopened', change: 'change-1', hunk: 'h1a' },
  {
    type: 'rolledBack',
    spec: 'vacation-balance',
    from: 'a'.repeat(64),
    to: 'b'.repeat(64),
    branch: 'plumb/rollback',
    commit: 'c'.repeat(40),
  },
  { type: 'turnInterrupted', reason: 'stopped by the engineer' },
];

/** Facts in any order, any number of times, with hostile text where text is; never a session that could have been. */
export const anyEvents: fc.Arbitrary<Event[]> = fc
  .array(fc.tuple(fc.constantFrom(...FACTS), hostileText, fc.boolean()), { maxLength: 60 })
  .map((facts) => stampedEvents(facts.map(([body, text, spoil]) => (spoil ? spoiled(body, text) : body))));

/** Replaces what a person would read; identifiers stay, so that the facts still meet each other. */
function spoiled(body: EventBody, text: string): EventBody {
  const keep = new Set([
    'type',
    'verdict',
    'kind',
    'id',
    'change',
    'hunk',
    'verification',
    'call',
    'level',
    'mode',
    'reason',
    'cap',
    'role',
    'severity',
    'clause',
    'pointer',
  ]);
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    typeof value === 'string' && !keep.has(key) ? text : value,
  ) as EventBody;
}
