/**
 * Calls of a trivial function in a second: over the port alone, and as a whole verification that draws, calls and
 * judges: `node test/bench/calls.ts [CALLS]`. Beside it, how many records of JSON Lines are checked in a second, and the
 * memory that a long file needs.
 */
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import type { SubjectSource } from '../../src/verify/model.ts';
import { startCalls } from '../../src/verify/subject/calls.ts';
import { report } from './figure.ts';

const CONTRACT = `
openrpc: 1.3.2
info: { title: Sum, version: '1' }
methods:
  - name: add
    x-pure: true
    params:
      - { name: a, required: true, schema: { type: integer, minimum: 0, maximum: 1000 } }
      - { name: b, required: true, schema: { type: integer, minimum: 0, maximum: 1000 } }
    result: { name: sum, schema: { type: integer } }
    x-invariants: [{ id: sum, rule: result == params.a + params.b }]
`;
const SCHEMA = `
type: object
required: [id, cents]
properties: { id: { type: string }, cents: { type: integer, minimum: 0 }, tags: { type: array, items: { type: string } } }
x-invariants: [{ id: bounded, rule: self.cents < 1000000 }]
`;
const RECORDS = 400_000;

const calls = Number(process.argv[2] ?? 60_000);
const folder = mkdtempSync(join(tmpdir(), 'plumb-calls-'));
try {
  writeFileSync(join(folder, 'sum.mjs'), 'export const add = (a, b) => a + b;\n');
  const subject: SubjectSource = { kind: 'module', file: 'sum.mjs', cwd: folder };
  const started = await startCalls(subject, () => false);
  if (started.kind === 'fault') throw new Error(started.message);
  const ask = (first: number): Promise<unknown> =>
    started.subject.call({ method: 'add', params: [first, 2], timeoutMs: 1000 });
  const round = started.subject.inFlight;
  for (let done = 0; done < 2 * round; done++) await ask(done);
  const since = performance.now();
  for (let done = 0; done < calls; done += round)
    await Promise.all(Array.from({ length: round }, (_, one) => ask(one)));
  const seconds = (performance.now() - since) / 1000;
  await started.subject.stop();
  report({
    figure: 'calls of a trivial function, port alone',
    value: calls / seconds,
    unit: 'calls/s',
    limit: { atLeast: 20_000 },
  });

  const sum = specOf(CONTRACT, 'sum.yaml');
  const whole = await verify({ spec: sum, subject, runs: Math.max(100, calls / 6) });
  if (whole.verdict !== 'pass')
    throw new Error(JSON.stringify(whole.properties.filter((one) => one.verdict !== 'pass')));
  report({ figure: 'verification of a trivial function', value: whole.casesPerSecond, unit: 'cases/s' });

  const file = createWriteStream(join(folder, 'records.jsonl'));
  for (let record = 0; record < RECORDS; record++)
    if (!file.write(`{"id":"r${record}","cents":${record},"tags":["a","b"]}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  const data = await verify({
    spec: specOf(SCHEMA, 'record.yaml'),
    subject: { kind: 'data', globs: ['*.jsonl'], cwd: folder },
  });
  if (data.verdict !== 'pass') throw new Error(JSON.stringify(data.properties));
  report({ figure: 'records of JSON Lines, schema and one rule', value: data.casesPerSecond, unit: 'records/s' });
  const megabytes = process.memoryUsage().rss / 1024 / 1024;
  report({ figure: `memory after ${RECORDS} records`, value: megabytes, unit: 'MB', limit: { atMost: 512 } });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function specOf(text: string, file: string) {
  const loaded = specFromText(text, { file: join(folder, file), name: file });
  if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
  return loaded.spec;
}
