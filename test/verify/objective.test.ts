import { expect, test } from 'vitest';
import type { PropertyResult } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import { createHistogram } from '../../src/verify/measure/histogram.ts';
import { decisionOf } from '../../src/verify/measure/objective.ts';

const CONTRACT = (objective: string): string => `
openapi: 3.0.3
info: { title: Clock, version: 1.0.0 }
paths:
  /time:
    get:
      operationId: time
      x-objective: ${objective}
      responses:
        '200': { description: It., content: { application/json: { schema: { type: object } } } }
`;

/** A service that runs some code with every request before it answers. */
async function measured(objective: string, code: string): Promise<PropertyResult | undefined> {
  const read = specFromText(CONTRACT(objective), { file: '/clock/openapi.yaml', name: 'clock' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const answer = 'a.writeHead(200, { "content-type": "application/json" }).end("{}")';
  const server = `let n = 0; require("http").createServer((q, a) => { n++; const answer = () => ${answer}; ${code} })`;
  const start = `node -e '${server}.listen(process.env.PORT, "127.0.0.1")'`;
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'command', start, cwd: process.cwd() },
    runs: 5,
    clauses: ['#/paths/~1time/get/x-objective'],
  });
  return report.properties[0];
}

// One stall of a second at 100 calls a second delays a hundred calls. Who waits for each answer sees two slow ones.
test('a service that stalls once is slow for all the calls of that time', async () => {
  const stall = 'if (n === 200) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200); answer();';
  const result = await measured('{ p99: 250ms, rate: 100/s }', stall);
  expect(result?.verdict).toBe('fail');
  expect(result?.counterexample?.actual).toMatch(/^p99 \d{3,4}(\.\d+)? ms over \d+ calls at 100\/s$/);
});

// Many calls are under way at once where each takes its time; a client with few connections would make them wait.
test('a service that is slow but as fast as it promises passes at a rate that needs many connections', async () => {
  const result = await measured('{ p99: 4s, rate: 100/s }', 'setTimeout(answer, 400);');
  expect(result).toMatchObject({ verdict: 'pass' });
});

test('a service that cannot keep up with the rate fails, and says how many calls were never answered', async () => {
  const queue =
    'globalThis.busy = (globalThis.busy ?? Promise.resolve()).then(() => new Promise((r) => setTimeout(r, 60))).then(answer);';
  const result = await measured('{ p99: 100ms, rate: 100/s }', queue);
  expect(result?.verdict).toBe('fail');
});

// A service is not to blame for a load that this machine cannot make, and a rate is not held in a fraction of a second.
test('a rate that the generator cannot hold is undecided, and one that it can is held for a second', async () => {
  const beyond = await measured('{ p99: 5ms, rate: 200000/s }', 'answer();');
  expect([beyond?.verdict, beyond?.reason]).toEqual([
    'error',
    expect.stringMatching(/^this machine cannot make calls at 200000\/s: against a server that does nothing p99 is /),
  ]);
  const held = await measured('{ p99: 5s, rate: 600/s }', 'answer();');
  expect(held).toMatchObject({ verdict: 'pass' });
  expect(held?.cases).toBeGreaterThanOrEqual(600);
});

// What we were late ourselves is no fault of the service, and no pass either.
test('who is late is told apart from the service', () => {
  const calls = (ms: number, sentMs: number): Parameters<typeof decisionOf>[0] =>
    Array.from({ length: 1200 }, () => ({ ms, sentMs, called: { kind: 'answered' } }));
  const quiet = { lateMs: 1, lagMs: 1 };
  const busy = { lateMs: 90, lagMs: 40 };
  expect([
    decisionOf(calls(20, 20), quiet, 100, true).kind,
    decisionOf(calls(120, 119), quiet, 100, true).kind,
    decisionOf(calls(120, 30), busy, 100, true).kind,
    decisionOf(calls(900, 800), busy, 100, true).kind,
    decisionOf(calls(120, 119), quiet, 100, false).kind,
  ]).toEqual(['pass', 'fail', 'error', 'fail', 'more']);
});

test('a histogram gives values back with 1.6 % at most, also added to another', () => {
  const values = [1, 2, 127, 128, 129, 1000, 65_535, 1_000_000, 59_999_999, 2 ** 32 - 1];
  const one = createHistogram();
  const other = createHistogram();
  values.forEach((value, index) => (index % 2 === 0 ? one : other).record(value));
  one.add(other.counts());
  const read = values.map((_, index) => one.atRank(index + 1));
  expect(read.map((value, index) => value >= (values[index] ?? 0) && value <= (values[index] ?? 0) * 1.016)).toEqual(
    values.map(() => true),
  );
  expect(one.count).toBe(values.length);
});
