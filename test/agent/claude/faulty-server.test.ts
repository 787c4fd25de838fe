/** Whatever a server does, in whatever order: the books balance, the conversation stays valid, the session ends. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anthropicModel } from '../../../src/agent/claude/anthropic-model.ts';
import { readCredentials } from '../../../src/agent/claude/credentials.ts';
import { modelCoder } from '../../../src/agent/claude/model-coder.ts';
import { costUsdPicos, roundToMicros } from '../../../src/agent/prices.ts';
import { recordVerification } from '../../../src/agent/record-verification.ts';
import { resumeFrom } from '../../../src/agent/resume.ts';
import { runLoop } from '../../../src/agent/session-loop.ts';
import type { Event } from '../../../src/events/index.ts';
import { exampleSpec } from '../../support/example-spec.ts';
import { memoryBlobs } from '../../support/memory-blobs.ts';
import { memoryRecorder } from '../../support/memory-recorder.ts';
import type { MemoryRecorder } from '../../support/memory-recorder.ts';
import { memoryWorkspace } from '../../support/memory-workspace.ts';
import { messagesServer } from '../../support/messages-server.ts';
import type { ScriptedBlock, ScriptedReply } from '../../support/messages-server.ts';
import { reportOf } from '../../support/reports.ts';

const file = 'services/example/server.js';

const block: fc.Arbitrary<ScriptedBlock> = fc.oneof(
  fc.record({ text: fc.string({ maxLength: 30 }) }),
  fc.record({ thinking: fc.string({ minLength: 1, maxLength: 30 }) }),
  fc.constantFrom('', 'wrong', 'right', 'half').map((content) => ({ tool: 'write', input: { path: file, content } })),
  fc.constantFrom<ScriptedBlock>(
    { tool: 'read', input: { path: file } },
    { tool: 'read', input: { wrong: 1 } },
    { tool: 'verify', input: {} },
    { tool: 'bash', input: { command: 'ls' } },
    { tool: 'nothing', input: [] },
    { tool: 'read', json: '{"path": ' },
  ),
);
const usage = fc.record({
  input_tokens: fc.nat({ max: 500 }),
  cache_creation_input_tokens: fc.nat({ max: 3000 }),
  cache_read_input_tokens: fc.nat({ max: 3000 }),
  output_tokens: fc.nat({ max: 200 }),
});
const reply: fc.Arbitrary<ScriptedReply> = fc.record(
  {
    blocks: fc.array(block, { maxLength: 4 }),
    usage,
    stopReason: fc.constantFrom('end_turn', 'max_tokens', 'pause_turn', 'tool_use', 'something_new'),
    after: fc.record({
      events: fc.nat({ max: 12 }),
      fault: fc.constantFrom('cut' as const, 'end' as const, { error: 'overloaded_error', message: 'busy' }),
    }),
  },
  { requiredKeys: ['blocks', 'usage'] },
);
const refusal: fc.Arbitrary<ScriptedReply> = fc.oneof(
  fc.constantFrom(400, 401, 413, 429, 500, 529).map((status) => ({ status })),
  fc.constantFrom<ScriptedReply>({ silent: 'drop' }, { stopReason: 'refusal', blocks: [] }),
);
const script = fc.array(fc.oneof({ arbitrary: reply, weight: 4 }, { arbitrary: refusal, weight: 1 }), {
  minLength: 1,
  maxLength: 12,
});

test('books, conversation and ending', { timeout: 120_000 }, async () => {
  const endings = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      script,
      fc.record({ maxUsdMicros: fc.integer({ min: 1000, max: 3_000_000 }), maxRounds: fc.integer({ min: 1, max: 4 }) }),
      fc.integer({ min: 1, max: 60 }),
      async (replies, caps, cutAt) => {
        const server = await messagesServer({ replies });
        const blobs = memoryBlobs();
        const workspace = memoryWorkspace();
        const session = async (earlier: readonly Event[]): Promise<MemoryRecorder> => {
          const recorder = memoryRecorder(earlier);
          const credentials = readCredentials(server.env);
          if (credentials.kind === 'missingKey') throw new Error(credentials.message);
          const spec = exampleSpec();
          const coder = modelCoder({
            model: anthropicModel({ model: 'claude-sonnet-5-5', credentials }),
            blobs,
            events: earlier,
            pause: (_, signal) => Promise.resolve(!signal.aborted),
          });
          const result = await runLoop({
            spec,
            prompt: null,
            codeFolder: 'services/example',
            writable: ['services/example/**'],
            start: 'node server.js',
            caps,
            coder,
            workspace,
            verify: (tree, round) =>
              recordVerification(recorder, { spec, tree: tree.hash, round }, () =>
                Promise.resolve(reportOf({ a: workspace.files.get(file) === 'right' ? 'pass' : 'fail' })),
              ),
            approve: () => Promise.resolve(false),
            recorder,
            signal: new AbortController().signal,
            resume: resumeFrom(earlier),
          });
          endings.add(result.reason);
          return recorder;
        };
        try {
          const whole = await session([]);
          balanced(whole, caps.maxUsdMicros);
          // A kill at any event: what was recorded until then is all that the next run has.
          const resumed = await session(whole.events.slice(0, cutAt));
          balanced(resumed, caps.maxUsdMicros);
          // What the server itself refuses of a conversation is never ours: uses answered, signatures whole.
          const faults = resumed.of('providerFailed').map((event) => event.message);
          expect(faults.filter((message) => /tool_use ids|signature|messages:/.test(message))).toEqual([]);
        } finally {
          await server.close();
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(endings.size).toBeGreaterThan(2);
});

/** Every reservation is settled once, money adds up and stays under the cap, every call has an end, one ending is last. */
function balanced(recorder: MemoryRecorder, maxUsdMicros: number): void {
  const reserved = recorder.of('budgetReserved').map((event) => event.reservation);
  const settled = recorder.of('budgetSettled');
  expect(settled.map((event) => event.reservation).toSorted()).toEqual(reserved.toSorted());
  const exact = settled.reduce(
    (sum, { unitPrices, usdMicros, usage: used }) =>
      sum + (unitPrices === null ? BigInt(usdMicros ?? 0) * 1_000_000n : BigInt(costUsdPicos(used, unitPrices))),
    0n,
  );
  const told = settled.reduce((sum, event) => sum + (event.usdMicros ?? 0), 0);
  expect(told).toBe(roundToMicros(exact));
  expect(told).toBeLessThanOrEqual(maxUsdMicros);
  expect(recorder.of('toolRequested')).toHaveLength(
    recorder.of('toolFinished').length + recorder.of('toolRefused').length,
  );
  expect(recorder.events.at(-1)?.type).toBe('sessionEnded');
}
