import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { verifyService } from '../support/reference-services.ts';

type Decided = Record<string, { verdict: string; cases: number; path: string | undefined }>;

function decided(reports: VerifyReport[]): Decided {
  const found: Decided = {};
  for (const { properties } of reports)
    for (const { id, kind, verdict, cases, counterexample } of properties) {
      if (found[id]?.verdict === 'fail') continue;
      // A check that rides along fails in every shard that sees it fail, in each with the first case of its own.
      const isSeenElsewhere = kind === 'conformance' && verdict === 'fail';
      found[id] = isSeenElsewhere
        ? { verdict, cases: 0, path: undefined }
        : { verdict, cases, path: counterexample?.path.split(':')[0] };
    }
  return found;
}

// Machines that share a run must together say what one machine says: nothing twice, nothing left out.
test.each(['', 'unknown-is-500'])('the shards of a run decide what the whole run decides (bug: "%s")', async (bug) => {
  const options = { bug, seed: 11, runs: 12 };
  const whole = await verifyService('todo', options);
  const parts: VerifyReport[] = [];
  for (let index = 1; index <= 3; index++)
    parts.push(await verifyService('todo', { ...options, shard: { index, of: 3 } }));
  expect(decided(parts)).toEqual(decided([whole]));
  expect(parts.map((part) => part.shard)).toEqual(
    [1, 2, 3].map((index) => ({ index, of: 3, properties: whole.properties.length })),
  );
  const passing = parts.flatMap((part) => part.properties).filter((one) => one.verdict === 'pass');
  expect(new Set(passing.map((one) => one.id)).size).toBe(passing.length);
});

test('a shard that holds nothing is no pass, and says how many there can be', async () => {
  const clauses = ['#/components/schemas/NewTodo/properties/priority/maximum'];
  const empty = await verifyService('todo', { clauses, shard: { index: 3, of: 3 } });
  expect({ verdict: empty.verdict, properties: empty.properties, warnings: empty.warnings }).toEqual({
    verdict: 'error',
    properties: [],
    warnings: ['shard 3/3 is empty: there are only 2 properties; use fewer shards'],
  });
});
