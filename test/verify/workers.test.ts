import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { createCoverageRecorder } from '../../src/verify/measure/coverage.ts';
import { createLatencyRecorder } from '../../src/verify/measure/latency.ts';
import { prepare } from '../../src/verify/run/prepare.ts';
import { startRemoteLane } from '../../src/verify/run/worker/remote-lane.ts';
import { workerTask } from '../../src/verify/run/worker/workers.ts';
import { createRunner } from '../../src/verify/wire/execute.ts';
import { createKeyring } from '../../src/verify/wire/keyring.ts';
import { serviceSource, serviceSpec, verifyService } from '../support/reference-services.ts';

function facts({ verdict, coverage, properties }: VerifyReport): unknown {
  const all = properties.map(({ id, verdict: own, cases, reason, counterexample }) => ({
    id,
    verdict: own,
    cases,
    reason,
    path: counterexample?.path.split(':')[0],
  }));
  return { verdict, coverage, all };
}

// How many threads there are is a matter of speed alone: the cases, their counts and the verdicts are the same.
test.each([
  ['library', ''],
  ['todo', 'unknown-is-500'],
] as const)('%s (bug "%s") is decided alike by one thread and by three', async (name, bug) => {
  const options = { bug, seed: 21, runs: 15 };
  const one = await verifyService(name, { ...options, workers: 1 });
  const three = await verifyService(name, { ...options, workers: 3 });
  expect(facts(three)).toEqual(facts(one));
});

// A thread may end at any moment, for want of memory for instance; what it was to decide is then no pass.
test('what a worker had begun when it ended is undecided, and nothing waits for it', async () => {
  const spec = await serviceSpec('todo');
  const subject = serviceSource('todo');
  const runner = createRunner({
    send: () => Promise.resolve({ kind: 'fault', message: 'none', ms: 0 }),
    wire: spec,
    timeoutMs: 100,
  });
  const keyring = createKeyring(spec, {}, 1);
  const today = '2026-11-25';
  const { engine, selection } = prepare({ options: { spec }, createSchemas, runner, keyring, seed: 1, today });
  const [property] = selection.active;
  if (property === undefined) throw new Error('the spec has properties');
  const lane = startRemoteLane({
    // A worker that was told of other clauses knows no such property: our mistake, and the end of the thread.
    task: {
      ...workerTask({ spec, subject, clauses: ['#/paths/~1search'] }, 1, today),
      timeoutMs: 100,
      leftMs: Infinity,
      baseUrl: 'http://127.0.0.1:9',
    },
    engine,
    coverage: createCoverageRecorder(spec, engine.schemas),
    latency: createLatencyRecorder(() => 0),
    baseUrl: () => 'http://127.0.0.1:9',
    stop: () => undefined,
    ran: () => {},
  });
  await lane.slots.spare();
  const reason = `a worker ended: no property is called ${property.ref.id}`;
  expect(await lane.run(property, 'beside', Infinity)).toMatchObject({ kind: 'ended', outcome: { open: reason } });
  expect(lane.lost).toBe(reason);
  await Promise.all([lane.slots.spare(), lane.slots.hold(), lane.close()]);
});
