/** Claude as an agent, through the real client, against a server that counts, checks signatures and misbehaves. */
import { afterEach, describe, expect, test } from 'vitest';
import { anthropicModel } from '../../../src/agent/claude/anthropic-model.ts';
import { modelCoder } from '../../../src/agent/claude/model-coder.ts';
import { readCredentials } from '../../../src/agent/claude/credentials.ts';
import { resumeFrom } from '../../../src/agent/resume.ts';
import { recordVerification } from '../../../src/agent/record-verification.ts';
import { runLoop } from '../../../src/agent/session-loop.ts';
import type { LoopOptions } from '../../../src/agent/session-loop.ts';
import type { Event, VerifyReport } from '../../../src/events/index.ts';
import { exampleSpec } from '../../support/example-spec.ts';
import { memoryBlobs } from '../../support/memory-blobs.ts';
import { memoryRecorder } from '../../support/memory-recorder.ts';
import { memoryWorkspace } from '../../support/memory-workspace.ts';
import { messagesServer } from '../../support/messages-server.ts';
import type {
  MessagesServer,
  MessagesServerOptions,
  ScriptedBlock,
  ScriptedReply,
} from '../../support/messages-server.ts';
import { reportOf } from '../../support/reports.ts';

const pass = reportOf({ a: 'pass' });
const fail = reportOf({ a: 'fail' });
const file = 'services/example/server.js';
const now = () => Date.parse('2026-11-23T00:00:00Z');

const servers: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Setting {
  options: LoopOptions;
  server: MessagesServer;
  recorder: ReturnType<typeof memoryRecorder>;
  workspace: ReturnType<typeof memoryWorkspace>;
  blobs: ReturnType<typeof memoryBlobs>;
  pauses: number[];
}

/** A session whose model is the scripted server and whose verdict is `pass` once the file holds `done`. */
async function setting(
  script: MessagesServerOptions | MessagesServerOptions['replies'],
  change: Partial<LoopOptions> & {
    earlier?: { events: readonly Event[]; blobs: Setting['blobs']; workspace: Setting['workspace'] };
    model?: string;
    idleMs?: number;
    workspace?: Setting['workspace'];
  } = {},
): Promise<Setting> {
  const server = await messagesServer(Array.isArray(script) ? { replies: script } : script);
  servers.push(server);
  const { earlier, model = 'claude-sonnet-5-5', idleMs, ...loop } = change;
  const credentials = readCredentials(server.env);
  if (credentials.kind === 'missingKey') throw new Error(credentials.message);
  const recorder = memoryRecorder(earlier?.events);
  const workspace = change.workspace ?? earlier?.workspace ?? memoryWorkspace();
  const blobs = earlier?.blobs ?? memoryBlobs();
  const pauses: number[] = [];
  const coder = modelCoder({
    model: anthropicModel({ model, credentials, ...(idleMs === undefined ? {} : { idleMs }) }),
    blobs,
    ...(earlier === undefined ? {} : { events: earlier.events }),
    now,
    random: () => 0,
    pause: (ms, signal) => {
      pauses.push(ms);
      return Promise.resolve(!signal.aborted);
    },
  });
  const spec = change.spec ?? exampleSpec();
  const { name, file: specFile, semanticDigest, documentDigest, text, clauses } = spec;
  recorder.append({
    type: 'specLoaded',
    name,
    file: specFile,
    semanticDigest,
    documentDigest,
    text,
    clauses,
    findings: [],
  });
  const judge = (): VerifyReport => (workspace.files.get(file)?.includes('done') === true ? pass : fail);
  const options: LoopOptions = {
    prompt: null,
    codeFolder: 'services/example',
    writable: ['services/example/**'],
    start: 'node server.js',
    caps: {},
    verify: (tree, round, only) =>
      recordVerification(recorder, { spec, tree: tree.hash, round, ...only }, () => Promise.resolve(judge())),
    approve: () => Promise.resolve(false),
    signal: new AbortController().signal,
    now,
    ...(earlier === undefined ? {} : { resume: resumeFrom(earlier.events) }),
    ...loop,
    spec,
    coder,
    workspace,
    recorder,
  };
  return { options, server, recorder, workspace, blobs, pauses };
}

const use = (tool: string, input: object): ScriptedBlock => ({ tool, input });
const write = (text: string): ScriptedBlock => use('write', { path: file, content: text });
const say = (text: string): ScriptedReply => ({ blocks: [{ text }] });
const content = (server: MessagesServer, request: number, message: number): string =>
  JSON.stringify(server.requests[request]?.json.messages.at(message)?.content);

describe('a session with Claude', () => {
  test('writes, verifies and repairs by counterexample, over two rounds, in one growing conversation', async () => {
    const { options, server, recorder, workspace } = await setting([
      { blocks: [{ thinking: 'a first version' }, { text: 'Writing.' }, write('first')] },
      say('That should do.'),
      {
        blocks: [
          { thinking: 'the counterexample says 500' },
          use('edit', { path: file, old_text: 'first', new_text: 'done' }),
          use('verify', {}),
        ],
      },
      say('It passes.'),
    ]);
    const result = await runLoop(options);
    expect(result).toMatchObject({ reason: 'passed', verdict: 'pass', rounds: 2 });
    expect(workspace.files.get(file)).toBe('done');
    expect(content(server, 0, 0)).toContain('openapi: 3.1.0');
    expect(content(server, 2, -1)).toContain('a answered 500');
    // The server refuses a request whose earlier messages, system or tools differ by a byte from what it signed.
    for (const [at, request] of server.requests.slice(1).entries()) {
      const before = server.requests[at]?.body ?? '';
      const messages = before.slice(before.indexOf('"messages":['), -2);
      expect(request.body.includes(messages)).toBe(true);
    }
    expect(recorder.of('toolRequested').map((event) => event.title)).toEqual([
      `write ${file}`,
      `edit ${file}`,
      'verify',
    ]);
    expect(recorder.of('toolFinished').every((event) => event.ok)).toBe(true);
    expect(recorder.of('assistantReplied')[0]?.blocks).toMatchObject([
      { type: 'thinking', text: 'a first version' },
      { type: 'text', text: 'Writing.' },
      { type: 'toolUse', tool: 'write', input: { path: file, content: 'first' } },
    ]);
  });

  test('asks as the newest models take it: adaptive thinking that shows, a cache, no sampling, no forced tool', async () => {
    const { options, server } = await setting([{ blocks: [write('done')] }, say('ok')]);
    await runLoop(options);
    const { json } = server.requests[0] ?? { json: {} };
    expect(json).toMatchObject({
      model: 'claude-sonnet-5-5',
      stream: true,
      thinking: { type: 'adaptive', display: 'summarized' },
      cache_control: { type: 'ephemeral' },
    });
    for (const absent of ['temperature', 'top_p', 'top_k', 'tool_choice']) expect(json).not.toHaveProperty(absent);
  });

  test('sends a model that it does not know only what every server takes', async () => {
    const replies = [
      { blocks: [write('done')], uncounted: true },
      { ...say('ok'), uncounted: true },
    ];
    const { options, server, recorder } = await setting(replies, { model: 'qwen-coder' });
    expect(await runLoop(options)).toMatchObject({ reason: 'passed' });
    const members = Object.keys(server.requests[0]?.json ?? {});
    expect(members).toEqual(['model', 'max_tokens', 'stream', 'system', 'tools', 'messages']);
    expect(recorder.of('budgetSettled')[0]).toMatchObject({ estimated: true, usdMicros: null, unitPrices: null });
  });

  test('money is the sum of the requests, each worked out by hand', async () => {
    const creation = { ephemeral_5m_input_tokens: 8000, ephemeral_1h_input_tokens: 0 };
    const { options, recorder } = await setting([
      {
        blocks: [write('done')],
        usage: { input_tokens: 4, cache_creation_input_tokens: 8000, cache_creation: creation, output_tokens: 301 },
      },
      {
        ...say('ok'),
        usage: { input_tokens: 6, cache_creation_input_tokens: 350, cache_read_input_tokens: 8005, output_tokens: 7 },
      },
    ]);
    await runLoop(options);
    // 4 × 2 + 8000 × 2.5 + 301 × 10, and 6 × 2 + 350 × 2.5 + 8005 × 0.1 + 7 × 10 = 12 + 875 + 800.5 + 70
    expect(recorder.of('budgetSettled').map((event) => event.usdMicros)).toEqual([23_018, 1758]);
    expect(recorder.of('budgetSettled').every((event) => !event.estimated)).toBe(true);
    expect(recorder.of('budgetReserved').map((event) => event.reservation)).toEqual(
      recorder.of('budgetSettled').map((event) => event.reservation),
    );
  });
});

describe('what a request may not be', () => {
  test('dearer than the cap: nothing is sent and the session ends by its cap', async () => {
    const { options, server, recorder } = await setting([say('never')], { caps: { maxUsdMicros: 100 } });
    expect(await runLoop(options)).toMatchObject({ reason: 'cap', verdict: 'error' });
    expect(server.requests).toEqual([]);
    expect(recorder.of('budgetRefused')).toMatchObject([{ cap: 'usd' }]);
  });

  test('longer than the money lasts: max_tokens is lowered to fit, with the server’s own count where it has one', async () => {
    const caps = { maxUsdMicros: 60_000 };
    const replies = [{ blocks: [write('done')] }, say('ok')];
    const counting = await setting({ replies, countTokens: () => 2000 }, { caps });
    await runLoop(counting.options);
    // 2000 × 1.05 + 200 = 2300 tokens at 2.5, and (60000 − 5750) / 10 output tokens
    expect(counting.server.requests[0]?.json.max_tokens).toBe(5425);
    const coarse = await setting(replies, { caps });
    await runLoop(coarse.options);
    const bytes = Buffer.byteLength(coarse.server.requests[0]?.body ?? '');
    const limit = coarse.server.requests[0]?.json.max_tokens ?? 0;
    expect(limit).toBeLessThan(5425);
    expect(bytes * 2.5 + limit * 10).toBeLessThanOrEqual(60_000);
  });

  test('under a token cap, all kinds count', async () => {
    const usage = {
      input_tokens: 1,
      cache_creation_input_tokens: 10_000,
      cache_read_input_tokens: 20_000,
      output_tokens: 9,
    };
    const replies = [{ blocks: [write('first')], usage }, say('ok')];
    const { options, recorder } = await setting(replies, { caps: { maxTokens: 33_000 } });
    expect(await runLoop(options)).toMatchObject({ reason: 'cap' });
    expect(recorder.of('budgetRefused')[0]?.message).toContain('2990 of the cap of 33000 are left');
  });

  test('for a model without a price under a money cap', async () => {
    const { options, server } = await setting([say('never')], { caps: { maxUsdMicros: 1e9 }, model: 'qwen-coder' });
    expect(await runLoop(options)).toMatchObject({ reason: 'cap' });
    expect(server.requests).toEqual([]);
  });
});

describe('failures', () => {
  const overloaded: ScriptedReply = { status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } };

  test('that may pass are tried again after a pause that is shown, and each attempt is reserved by itself', async () => {
    const limited: ScriptedReply = {
      status: 429,
      error: { type: 'rate_limit_error', message: 'slow down' },
      headers: { 'retry-after': '7' },
    };
    const replies = [overloaded, limited, { blocks: [write('done')] }, say('ok')];
    const { options, recorder, pauses } = await setting(replies);
    expect(await runLoop(options)).toMatchObject({ reason: 'passed' });
    expect(pauses).toEqual([500, 7000]);
    expect(recorder.deltas.filter((delta) => delta.type === 'retry')).toMatchObject([
      { fault: 'overloaded', attempt: 1, atMs: now() + 500 },
      { fault: 'rateLimited', attempt: 2, atMs: now() + 7000 },
    ]);
    expect(recorder.of('budgetSettled').map((event) => event.usage.outputTokens)).toEqual([0, 0, 5, 5]);
    expect(
      new Set(
        recorder
          .of('requestSent')
          .slice(0, 3)
          .map((event) => event.request),
      ).size,
    ).toBe(1);
  });

  test('that last end the session by its provider, after a bounded number of attempts', async () => {
    const { options, server, recorder } = await setting([overloaded]);
    expect(await runLoop(options)).toMatchObject({
      reason: 'provider',
      message: expect.stringContaining('after 6 attempts'),
    });
    expect(server.requests).toHaveLength(6);
    expect(recorder.of('providerFailed').at(-1)).toMatchObject({ attempt: 6, retryInMs: null });
  });

  test('whose pause is longer than anyone waits are not tried again', async () => {
    const reply = { ...overloaded, headers: { 'retry-after': '3600' } };
    const { options, server } = await setting([reply]);
    expect(await runLoop(options)).toMatchObject({
      reason: 'provider',
      message: expect.stringContaining('wait 3600 s'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('that will not pass end it at once', async () => {
    const { options, server } = await setting({ replies: [say('never')], key: 'right' });
    const wrong = { ...server.env, ANTHROPIC_API_KEY: 'wrong' };
    const credentials = readCredentials(wrong);
    if (credentials.kind === 'missingKey') throw new Error(credentials.message);
    const model = anthropicModel({ model: 'claude-sonnet-5-5', credentials });
    const coder = modelCoder({ model, blobs: memoryBlobs(), now });
    const result = await runLoop({ ...options, coder });
    expect(result).toMatchObject({ reason: 'provider', message: expect.stringContaining('check ANTHROPIC_API_KEY') });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['cut', 'cut' as const, 'streamCut'],
    ['ended early', 'end' as const, 'streamCut'],
    ['an error event', { error: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
    ['stalled', 'stall' as const, 'streamStalled'],
  ])(
    'in the middle of an answer (%s) are charged the prompt, marked as estimated, and tried again',
    async (_, how, fault) => {
      const usage = { input_tokens: 1000, output_tokens: 50 };
      const cut: ScriptedReply = { blocks: [{ text: 'x'.repeat(100) }], usage, after: { events: 4, fault: how } };
      const { options, recorder } = await setting([cut, { blocks: [write('done')] }, say('ok')], { idleMs: 200 });
      expect(await runLoop(options)).toMatchObject({ reason: 'passed' });
      expect(recorder.of('providerFailed')).toMatchObject([{ fault }]);
      // 14 characters were streamed: 1000 × 2 + 14 × 10
      expect(recorder.of('budgetSettled')[0]).toMatchObject({ estimated: true, usdMicros: 2140 });
    },
  );

  test('to write a tool’s input as JSON are asked again, three times at most', async () => {
    const malformed: ScriptedReply = { blocks: [{ tool: 'write', json: '{"path": nonsense' }], stopReason: 'tool_use' };
    const once = await setting([malformed, { blocks: [write('done')] }, say('ok')]);
    expect(await runLoop(once.options)).toMatchObject({ reason: 'passed' });
    const always = await setting([malformed]);
    expect(await runLoop(always.options)).toMatchObject({ reason: 'provider' });
    expect(always.server.requests).toHaveLength(3);
  });

  test('a refusal ends it and says what to do', async () => {
    const { options } = await setting([{ stopReason: 'refusal', blocks: [] }]);
    expect(await runLoop(options)).toMatchObject({ reason: 'provider', message: expect.stringContaining('refused') });
  });

  test('a reply at its length limit goes on, twice at most', async () => {
    const cut: ScriptedReply = { blocks: [{ text: 'thinking aloud' }], stopReason: 'max_tokens' };
    const goesOn = await setting([cut, { blocks: [write('done')] }, say('ok')]);
    expect(await runLoop(goesOn.options)).toMatchObject({ reason: 'passed' });
    expect(content(goesOn.server, 1, -1)).toContain('length limit');
    const always = await setting([cut]);
    expect(await runLoop(always.options)).toMatchObject({ reason: 'provider' });
    expect(always.server.requests).toHaveLength(3);
  });

  test('a prompt that is too long, or a signature that no longer fits, begins a new conversation once', async () => {
    for (const message of ['prompt is too long: 1 > 0', 'Invalid `signature` in `thinking` block.']) {
      const refused: ScriptedReply = { status: 400, error: { type: 'invalid_request_error', message } };
      const { options, server, recorder } = await setting([
        { blocks: [write('first')] },
        refused,
        { blocks: [write('done')] },
        say('ok'),
      ]);
      expect(await runLoop(options)).toMatchObject({ reason: 'passed' });
      expect(server.requests[2]?.json.messages).toHaveLength(1);
      expect(content(server, 2, 0)).toContain('openapi: 3.1.0');
      expect(recorder.of('noticeRaised')[0]?.text).toContain('new conversation');
      const always = await setting([refused]);
      expect(await runLoop(always.options)).toMatchObject({ reason: 'provider' });
      expect(always.server.requests).toHaveLength(2);
    }
  });

  test('an agent that repeats itself is warned, then stopped', async () => {
    const { options, server, recorder } = await setting([{ blocks: [use('read', { path: 'nothing' })] }]);
    expect(await runLoop(options)).toMatchObject({
      reason: 'noProgress',
      message: expect.stringContaining('same call'),
    });
    expect(server.requests).toHaveLength(5);
    expect(content(server, 3, -1)).toContain('do something else');
    expect(recorder.of('toolRequested')).toHaveLength(5);
    expect([recorder.of('toolFinished').length, recorder.of('toolRefused').length]).toEqual([2, 3]);
  });
});

describe('a spec that changes between rounds', () => {
  test('is appended, and what was said before stays as it was', async () => {
    const first = await setting([{ blocks: [{ thinking: 'hm' }, write('first')] }, say('there')], {
      caps: { maxRounds: 1 },
    });
    await runLoop(first.options);
    const spec = exampleSpec({
      text: 'openapi: 3.1.0 # changed',
      documentDigest: 'd'.repeat(64),
      semanticDigest: 'c'.repeat(64),
    });
    const earlier = { events: first.recorder.events, blobs: first.blobs, workspace: first.workspace };
    const second = await setting([{ blocks: [write('done')] }, say('ok')], { earlier, spec });
    expect(await runLoop(second.options)).toMatchObject({ reason: 'passed' });
    const messages = second.server.requests[0]?.json.messages ?? [];
    expect(messages.map((message) => message.role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'system',
      'user',
    ]);
    expect(JSON.stringify(messages.at(-1))).toContain('# changed');
  });
});

describe('resuming', () => {
  test('after a kill in the middle of a tool goes on in the same conversation, byte for byte', async () => {
    const abort = new AbortController();
    const thought: ScriptedReply = {
      blocks: [{ thinking: 'two steps' }, write('first'), use('bash', { command: 'sleep 9' })],
    };
    const workspace = memoryWorkspace({
      run: () => {
        abort.abort(new Error('killed'));
        return { exitCode: null, output: '', durationMs: 1, timedOut: false };
      },
    });
    const first = await setting([thought], { signal: abort.signal, workspace });
    await runLoop(first.options);
    // A kill leaves what was recorded up to the request of the second tool.
    const at = first.recorder.events.findLastIndex((event) => event.type === 'toolRequested');
    const events = first.recorder.events.slice(0, at + 1);
    const earlier = { events, blobs: first.blobs, workspace: first.workspace };
    const second = await setting([{ blocks: [write('done')] }, say('ok')], { earlier });
    expect(await runLoop(second.options)).toMatchObject({ reason: 'passed' });
    expect(second.recorder.of('toolFinished').map((event) => event.summary)[1]).toBe('interrupted');
    const sent = second.server.requests[0];
    const before = first.server.requests[0]?.body ?? '';
    expect(sent?.body.startsWith(before.slice(0, -2).replace(/"max_tokens":\d+/, '"max_tokens":32000'))).toBe(true);
    expect(sent?.json.messages.at(-1)?.content).toMatchObject([
      { type: 'tool_result', content: expect.stringContaining(`wrote ${file}`) },
      { type: 'tool_result', content: expect.stringContaining('interrupted'), is_error: true },
      { type: 'text' },
    ]);
  });

  test('after a kill in the middle of an answer pays for it in full and asks again', async () => {
    const first = await setting([{ blocks: [write('first')] }, say('ok')], { caps: { maxRounds: 1 } });
    await runLoop(first.options);
    const at = first.recorder.events.findLastIndex((event) => event.type === 'requestSent');
    const events = first.recorder.events.slice(0, at + 1);
    const earlier = { events, blobs: first.blobs, workspace: first.workspace };
    const second = await setting([{ blocks: [write('done')] }, say('ok')], { earlier });
    expect(await runLoop(second.options)).toMatchObject({ reason: 'passed' });
    const open = events.findLast((event) => event.type === 'budgetReserved');
    expect(second.recorder.of('budgetSettled').at(1)).toMatchObject({
      reservation: open?.type === 'budgetReserved' ? open.reservation : '',
      usdMicros: open?.type === 'budgetReserved' ? open.usdMicros : 0,
      estimated: true,
    });
    expect(second.server.requests[0]?.json.messages.map((message) => message.role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
  });

  test('with a record whose bytes were redacted begins a new conversation', async () => {
    const first = await setting([{ blocks: [write('first')] }, say('ok')], { caps: { maxRounds: 1 } });
    await runLoop(first.options);
    const inexact = {
      ...first.blobs,
      getBlob: (hash: string) => ({ bytes: first.blobs.blobs.get(hash) ?? Buffer.of(), exact: false }),
    };
    const earlier = { events: first.recorder.events, blobs: inexact, workspace: first.workspace };
    const second = await setting([{ blocks: [write('done')] }, say('ok')], { earlier });
    expect(await runLoop(second.options)).toMatchObject({ reason: 'passed' });
    expect(second.server.requests[0]?.json.messages).toHaveLength(1);
  });
});

test('an abort while the answer streams ends the session as interrupted and settles what is open', async () => {
  const abort = new AbortController();
  const reply: ScriptedReply = { blocks: [{ text: 'long '.repeat(50) }], after: { events: 5, fault: 'stall' } };
  const { options, recorder } = await setting([reply], { signal: abort.signal });
  setTimeout(() => abort.abort(new Error('stopped by the engineer')), 150);
  expect(await runLoop(options)).toMatchObject({ reason: 'interrupted' });
  expect(recorder.of('budgetSettled')).toMatchObject([{ estimated: true }]);
  expect(recorder.of('providerFailed')).toEqual([]);
});
