/** A record whose chain is whole may still claim what does not follow; the audit names each such claim. */
import { expect, test } from 'vitest';
import type { Event, EventBody } from '../../src/events/index.ts';
import { auditVerdicts } from '../../src/record/audit.ts';
import { sampleSession, SECOND_TREE } from '../support/sample-session.ts';

function audit(change: (body: EventBody) => EventBody[]): string[] {
  const bodies = sampleSession().flatMap(change);
  const events = bodies.map((body, index): Event => ({
    id: `s.${index + 1}`,
    session: 's',
    seq: index + 1,
    at: 0,
    by: { kind: 'system', name: 'plumb' },
    v: 1,
    prevHash: '',
    hash: '',
    ...body,
  }));
  return auditVerdicts(events);
}

const isSecond = (body: EventBody): boolean => 'verification' in body && body.verification === 'verification-2';

test('an honest session has no findings', () => {
  expect(audit((body) => [body])).toEqual([]);
});

test.each<[string, (body: EventBody) => EventBody[], RegExp]>([
  [
    'a pass over a failed property',
    (body) => [body.type === 'propertyDecided' && isSecond(body) ? { ...body, verdict: 'fail' } : body],
    /says pass, but not every property passed/,
  ],
  [
    'a pass over nothing',
    (body) =>
      isSecond(body) && body.type === 'propertyDecided'
        ? []
        : isSecond(body) && body.type === 'verificationStarted'
          ? [{ ...body, properties: [] }]
          : [body],
    /says pass, but not every property passed/,
  ],
  [
    'a pass with a property left out',
    (body) => (isSecond(body) && body.type === 'propertyDecided' ? [] : [body]),
    /only 0 of 1 properties were decided/,
  ],
  [
    'a fail without a failing property',
    (body) => [body.type === 'verificationFinished' && isSecond(body) ? { ...body, verdict: 'fail' } : body],
    /says fail, but no property failed/,
  ],
  [
    'a verification without a start',
    (body) => (isSecond(body) && body.type === 'verificationStarted' ? [] : [body]),
    /never started/,
  ],
  [
    'a version of other code',
    (body) => [body.type === 'specVersionRecorded' ? { ...body, codeTree: 'ee'.repeat(32) } : body],
    /records a pass that no verification/,
  ],
  [
    'a version from a partial verification',
    (body) => [isSecond(body) && body.type === 'verificationStarted' ? { ...body, clauses: ['#/paths'] } : body],
    /records a pass that no verification/,
  ],
  [
    'an end that claims more than its last verification',
    (body) => (isSecond(body) || body.type === 'specVersionRecorded' ? [] : [body]),
    /says pass, but the last verification of the whole spec did not/,
  ],
])('%s is found', (_, change, finding) => {
  expect(audit(change).join('\n')).toMatch(finding);
});

test('a rollback may record a pair that another session verified', () => {
  const events = audit((body) =>
    body.type === 'sessionStarted'
      ? [{ type: 'rolledBack', spec: 's', from: 'a', to: 'a1'.repeat(32), branch: 'b', commit: 'c' }, body]
      : body.type === 'specVersionRecorded'
        ? [{ ...body, codeTree: `${SECOND_TREE.slice(1)}0` }]
        : [body],
  );
  expect(events).toEqual([]);
});
