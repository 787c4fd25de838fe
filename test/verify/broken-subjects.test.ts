import { expect, test } from 'vitest';
import { serviceSpec } from '../support/reference-services.ts';
import { verify } from '../../src/verify/index.ts';
import type { SubjectSource } from '../../src/verify/model.ts';

function subject(script: string, readyTimeoutMs = 10_000): SubjectSource {
  return { kind: 'command', start: `node -e '${script}'`, cwd: process.cwd(), readyTimeoutMs };
}

const LISTEN = 'listen(process.env.PORT, "127.0.0.1")';

// A subject that cannot be judged never passes, and the reason is said.
test('a subject that never becomes ready is an error for every property', async () => {
  const report = await verify({
    spec: await serviceSpec('todo'),
    subject: subject('setInterval(() => {}, 1000)', 700),
  });
  expect(report.verdict).toBe('error');
  expect(new Set(report.properties.map((one) => one.verdict))).toEqual(new Set(['error']));
});

test('a subject that dies at every request is a finding, not a crash of ours', async () => {
  const script = `require("http").createServer(() => process.exit(7)).${LISTEN}`;
  const report = await verify({ spec: await serviceSpec('todo'), subject: subject(script), runs: 5, timeMs: 20_000 });
  expect(report.verdict).toBe('fail');
  expect(report.properties.every((one) => one.verdict !== 'pass')).toBe(true);
});

test('a subject that answers garbage fails, and one that answers 404 to everything does not pass', async () => {
  const spec = await serviceSpec('todo');
  const garbage = `require("net").createServer((socket) => socket.end("garbage\\r\\n")).${LISTEN}`;
  const report = await verify({ spec, subject: subject(garbage), runs: 5, timeMs: 20_000 });
  expect(report.verdict).toBe('fail');
  const absent = `require("http").createServer((_, answer) => { answer.writeHead(404, { "content-type": "application/json" }); answer.end(JSON.stringify({ message: "no" })); }).${LISTEN}`;
  const other = await verify({ spec, subject: subject(absent), runs: 5 });
  expect(other.verdict).not.toBe('pass');
  const acceptance = other.properties.find((one) => one.id === 'acceptance getTodo');
  expect(acceptance).toMatchObject({ verdict: 'error' });
});

test('an interrupted run is an error', async () => {
  const abort = new AbortController();
  abort.abort();
  const report = await verify({ spec: await serviceSpec('todo'), subject: subject(''), signal: abort.signal });
  expect(report.verdict).toBe('error');
});
