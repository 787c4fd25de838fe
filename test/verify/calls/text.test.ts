/** Pure functions: mistakes that only related arguments show are found, by position and by name; correct ones pass. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { VerifyReport } from '../../../src/events/index.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';
import type { VerifyOptions } from '../../../src/verify/model.ts';
import { scriptStatus } from '../../support/script-status.ts';

const folder = join(import.meta.dirname, '../../support/calls');

async function run(env: Record<string, string>, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const loaded = await loadSpec(join(folder, 'text.openrpc.yaml'));
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  return verify({ spec: loaded.spec, subject: { kind: 'module', file: 'text.mjs', cwd: folder, env }, ...more });
}

it('passes where it is correct, for every seed', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const report = await run({}, { seed, runs: 50 });
    const open = report.properties.filter(({ verdict }) => verdict !== 'pass');
    expect([report.verdict, open, report.warnings.filter((one) => !one.includes('-0'))]).toEqual(['pass', [], []]);
  }
});

it.each([
  ['equal', 'invariant equal'],
  ['prefix', 'invariant prefix'],
  ['suffix', 'invariant suffix'],
  ['case', 'invariant none'],
  ['empty', 'invariant within'],
  ['near', 'invariant kept'],
  ['nan', 'conformance clamp'],
  ['memory', 'pure sortedInsert'],
  ['order', 'invariant order'],
  ['mutate', 'pure sortedInsert'],
  ['duplicate', 'invariant longer'],
  ['value', 'conformance reset'],
])('is found out: %s', async (BUG, expected) => {
  const method = { clamp: /within|kept|clamp/, 'text.isAround': /equal|prefix|suffix|none/, reset: /reset/ };
  const [name = 'sortedInsert'] = Object.entries(method).find(([, known]) => known.test(expected)) ?? [];
  const report = await run({ BUG }, { clauses: [`#/methods/${name}`] });
  const failing = report.properties.filter(({ verdict }) => verdict === 'fail');
  expect(failing.map(({ id }) => id)).toContain(expected);
  for (const { counterexample, id } of failing) {
    const script = counterexample?.reproducer ?? '';
    const statuses = await Promise.all([{ BUG }, { BUG: '' }].map((env) => scriptStatus(script, env)));
    expect([id, counterexample?.reproducible, ...statuses], script).toEqual([id, true, 1, 0]);
  }
});

it.each(['', 'suffix'])('says in parts what it says as a whole (bug: "%s")', async (BUG) => {
  const options = { seed: 5, runs: 20 };
  const whole = await run({ BUG }, options);
  const parts = await Promise.all([1, 2, 3].map((index) => run({ BUG }, { ...options, shard: { index, of: 3 } })));
  const told = ({ properties }: VerifyReport): string[] => properties.map(({ id, verdict }) => `${verdict} ${id}`);
  expect([...new Set(parts.flatMap(told))].toSorted()).toEqual(told(whole).toSorted());
  expect(parts.map(({ shard }) => shard?.properties)).toEqual([1, 2, 3].map(() => whole.properties.length));
});

it('is the same for the same seed', async () => {
  const again = () => run({ BUG: 'suffix' }, { seed: 7, runs: 40, clauses: ['#/methods/text.isAround'] });
  const seen = await Promise.all([again(), again()]);
  const [first, second] = seen.map(({ properties }) => properties);
  expect(first).toEqual(second);
});
