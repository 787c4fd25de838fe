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

const MECHANIC = '#/paths/~1mechanics~1{mechanicId}';

const BUGS: [bug: string, property: string, clause: string][] = [
  ['dismissed-stays', 'stateful deleted-is-gone dismissMechanic', `${MECHANIC}/delete`],
  ['bytes-counted', 'acceptance addJob', '#/paths/~1jobs/post'],
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
