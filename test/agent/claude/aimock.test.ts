/** A session against a server of somebody else's that speaks the Messages API: it counts nothing and has one endpoint. */
import { LLMock } from '@copilotkit/aimock';
import { afterEach, expect, test } from 'vitest';
import { claudeCoder } from '../../../src/agent/claude/index.ts';
import { recordVerification } from '../../../src/agent/record-verification.ts';
import { runLoop } from '../../../src/agent/session-loop.ts';
import type { LoopResult } from '../../../src/agent/session-loop.ts';
import type { Caps } from '../../../src/events/index.ts';
import { exampleSpec } from '../../support/example-spec.ts';
import { memoryBlobs } from '../../support/memory-blobs.ts';
import { memoryRecorder } from '../../support/memory-recorder.ts';
import { memoryWorkspace } from '../../support/memory-workspace.ts';
import { reportOf } from '../../support/reports.ts';

const file = 'services/example/server.js';
let mock = new LLMock({ port: 0 });
afterEach(() => mock.stop());

async function session(caps: Caps = {}) {
  await mock.start();
  const recorder = memoryRecorder();
  const workspace = memoryWorkspace();
  const spec = exampleSpec();
  const env = { ANTHROPIC_BASE_URL: mock.url };
  const made = claudeCoder({ model: null, env, blobs: memoryBlobs(), caps, idleMs: 5000 });
  if (made.kind !== 'coder') throw new Error(made.message);
  const result: LoopResult = await runLoop({
    spec,
    prompt: 'Implement it.',
    codeFolder: 'services/example',
    writable: ['services/example/**'],
    start: 'node server.js',
    caps,
    coder: made.coder,
    workspace,
    verify: (tree, round, only) =>
      recordVerification(recorder, { spec, tree: tree.hash, round, ...only }, () =>
        Promise.resolve(reportOf({ a: workspace.files.get(file) === 'right' ? 'pass' : 'fail' })),
      ),
    approve: () => Promise.resolve(false),
    recorder,
    signal: new AbortController().signal,
  });
  return { result, recorder };
}

test('text, thinking, tool calls and two rounds of repair', async () => {
  mock = new LLMock({ port: 0 });
  const write = (content: string) => ({ name: 'write', arguments: { path: file, content } });
  mock.on({ turnIndex: 0 }, { reasoning: 'first a guess', content: 'I write it.', toolCalls: [write('wrong')] });
  mock.on({ turnIndex: 1 }, { content: 'There it is.' });
  mock.on({ turnIndex: 2 }, { toolCalls: [write('right'), { name: 'verify', arguments: {} }] });
  mock.on({ turnIndex: 3 }, { content: 'Now it passes.' });
  const { result, recorder } = await session({ maxUsdMicros: 2_000_000 });
  expect(result).toMatchObject({ reason: 'passed', rounds: 2 });
  expect(recorder.of('toolFinished').map((event) => event.ok)).toEqual([true, true, true]);
  expect(recorder.of('assistantReplied')[0]?.blocks.map((block) => block.type)).toEqual([
    'thinking',
    'text',
    'toolUse',
  ]);
});

test('a rate limit is waited for', async () => {
  mock = new LLMock({ port: 0 });
  const limited = { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 0 };
  mock.on({ turnIndex: 0, sequenceIndex: 0 }, limited);
  mock.on({ turnIndex: 0 }, { toolCalls: [{ name: 'write', arguments: { path: file, content: 'right' } }] });
  mock.on({ turnIndex: 1 }, { content: 'done' });
  const { result, recorder } = await session();
  expect(result).toMatchObject({ reason: 'passed' });
  expect(recorder.of('providerFailed')).toMatchObject([{ fault: 'rateLimited', status: 429 }]);
});

test('a connection that breaks in the middle of an answer is charged and tried again', async () => {
  mock = new LLMock({ port: 0 });
  const long = { content: 'a long answer '.repeat(20) };
  mock.on({ turnIndex: 0, sequenceIndex: 0 }, long, { truncateAfterChunks: 5, latency: 5, chunkSize: 10 });
  mock.on({ turnIndex: 0 }, { toolCalls: [{ name: 'write', arguments: { path: file, content: 'right' } }] });
  mock.on({ turnIndex: 1 }, { content: 'done' });
  const { result, recorder } = await session();
  expect(result).toMatchObject({ reason: 'passed' });
  expect(recorder.of('providerFailed')).toMatchObject([{ fault: 'streamCut' }]);
  expect(recorder.of('budgetSettled')[0]?.estimated).toBe(true);
});

test('a question that the server has no answer for ends the session with the reason', async () => {
  mock = new LLMock({ port: 0 });
  const { result } = await session();
  expect(result).toMatchObject({ reason: 'provider', verdict: 'error' });
  expect(result.message).toContain('404');
});
