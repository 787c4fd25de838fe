/** What a service holds from the start, and what belongs to one of several clients. */
import { expect, test } from 'vitest';
import { reproduce, verifyService } from '../support/reference-services.ts';

// Nothing but deletions can take away what nobody can make; whatever else there is to check must not find it gone.
test('a service with things that nobody can make passes, though they can be removed', async () => {
  const report = await verifyService('garage', { runs: 30, seed: 3 });
  const failing = report.properties.filter(({ verdict }) => verdict !== 'pass');
  expect({ verdict: report.verdict, failing: failing.map(({ id, reason }) => [id, reason]) }).toEqual({
    verdict: 'pass',
    failing: [],
  });
  expect(report.warnings.filter((one) => one.includes('never put to the test'))).toEqual([]);
});

const JOB = '#/paths/~1jobs~1{jobId}';
const MECHANIC = '#/paths/~1mechanics~1{mechanicId}';

const BUGS: [bug: string, property: string, clause: string][] = [
  ['dismissed-stays', 'stateful deleted-is-gone dismissMechanic', `${MECHANIC}/delete`],
  ['bytes-counted', 'acceptance addJob', '#/paths/~1jobs/post'],
  ['false-ignored', 'stateful updated-is-readable changeMechanic', `${MECHANIC}/patch`],
  ['hours-capped', 'stateful created-is-readable addJob', '#/paths/~1jobs/post'],
  ['zone-lost', 'stateful created-is-readable addJob', '#/paths/~1jobs/post'],
  ['states-ignored', 'stateful whole filter listJobs state', '#/paths/~1jobs/get'],
  ['one-state-only', 'stateful whole filter listJobs state', '#/paths/~1jobs/get'],
  ['first-tag-only', 'stateful whole filter listJobs tag', '#/paths/~1jobs/get'],
  ['least-excluded', 'stateful whole filter listJobs min_hours', '#/paths/~1jobs/get'],
  ['order-ignored', 'stateful directions listJobs order', '#/paths/~1jobs/get'],
  ['put-keeps-note', 'stateful replaced replaceJob', `${JOB}/put`],
  ['torn-read', 'stateful read while removed getJob dropJob', `${JOB}/get`],
  ['others-read', 'security stranger getJob job', `${JOB}/get`],
  ['others-change', 'security stranger replaceJob job', `${JOB}/put`],
  ['others-drop', 'security stranger dropJob job', `${JOB}/delete`],
  ['all-jobs', 'security stranger listJobs job', '#/paths/~1jobs/get'],
];

test.each(BUGS)('a garage with the bug %s fails %s', async (bug, property, clause) => {
  const report = await verifyService('garage', { bug, clauses: [clause], runs: 40 });
  const found = report.properties.find((one) => one.id === property);
  const counterexample = found?.counterexample;
  expect({ verdict: found?.verdict, reproducible: counterexample?.reproducible }).toEqual({
    verdict: 'fail',
    reproducible: true,
  });
  const script = counterexample?.reproducer ?? '';
  expect({ buggy: await reproduce(script, 'garage', bug), correct: await reproduce(script, 'garage') }).toEqual({
    buggy: 1,
    correct: 0,
  });
});
