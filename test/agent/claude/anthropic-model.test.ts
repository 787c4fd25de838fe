/** The adapter against a real HTTP server that misbehaves in every known way: each way is a value, never an exception. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { anthropicModel } from '../../../src/agent/claude/anthropic-model.ts';
import { readCredentials } from '../../../src/agent/claude/credentials.ts';
import { requestSettings } from '../../../src/agent/claude/model-traits.ts';
import { requestBody, say, startConversation, userMessage } from '../../../src/agent/conversation.ts';
import type { ModelEvent } from '../../../src/agent/model.ts';
import { messagesServer } from '../../support/messages-server.ts';
import type { MessagesServer, MessagesServerOptions, ScriptedReply } from '../../support/messages-server.ts';

let open: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  open = [];
});

async function serve(...replies: MessagesServerOptions['replies']): Promise<MessagesServer> {
  const server = await messagesServer({ replies });
  open.push(server);
  return server;
}

const conversation = say(
  startConversation([{ type: 'text', text: 'rules' }], []),
  userMessage([{ type: 'text', text: 'hello' }]),
);
const body = requestBody(requestSettings('claude-sonnet-5-5', 1000, null), conversation);

async function ask(
  server: { env: Record<string, string> },
  options: { signal?: AbortSignal; idleMs?: number; body?: string } = {},
): Promise<ModelEvent[]> {
  const credentials = readCredentials(server.env);
  if (credentials.kind === 'missingKey') throw new Error(credentials.message);
  const { signal = new AbortController().signal, idleMs } = options;
  const model = anthropicModel({
    model: 'claude-sonnet-5-5',
    credentials,
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  const events: ModelEvent[] = [];
  for await (const event of model.stream({ body: options.body ?? body, signal })) events.push(event);
  return events;
}

async function outcome(reply: ScriptedReply, options: Parameters<typeof ask>[1] = {}): Promise<ModelEvent | undefined> {
  return (await ask(await serve(reply), options)).at(-1);
}

describe('a reply', () => {
  test('comes in pieces and ends with its blocks as the model wrote them', async () => {
    const blocks = [
      { thinking: 'let me see' },
      { text: 'I read the file.' },
      { tool: 'read', json: '{"path": "a.ts", "n": 1.0}' },
    ];
    const usage = { input_tokens: 7, cache_read_input_tokens: 900, output_tokens: 42 };
    const events = await ask(await serve({ blocks, usage }));
    expect(
      events
        .filter((event) => event.type === 'text')
        .map((event) => event.text)
        .join(''),
    ).toBe('I read the file.');
    expect(events.filter((event) => event.type === 'thinking').length).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({
      type: 'reply',
      stopReason: 'tool_use',
      model: 'claude-sonnet-5-5',
      usage: { inputTokens: 7, cacheReadTokens: 900, outputTokens: 42 },
      blocks: [
        { type: 'thinking', text: 'let me see' },
        { type: 'text', text: 'I read the file.', raw: '{"type":"text","text":"I read the file.","citations":null}' },
        {
          type: 'toolUse',
          id: 'toolu_1_2',
          input: { path: 'a.ts', n: 1 },
          raw: '{"type":"tool_use","id":"toolu_1_2","name":"read","caller":{"type":"direct"},"input":{"path": "a.ts", "n": 1.0}}',
        },
      ],
    });
  });

  test('keeps the split of cache writes, which comes with the start alone', async () => {
    const usage = {
      input_tokens: 3,
      cache_creation_input_tokens: 500,
      cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 300 },
      cache_read_input_tokens: 11,
      output_tokens: 9,
    };
    expect(await outcome({ usage })).toMatchObject({
      usage: { inputTokens: 3, cacheWrite5mTokens: 200, cacheWrite1hTokens: 300, cacheReadTokens: 11, outputTokens: 9 },
    });
    expect(await outcome({ usage: { ...usage, cache_creation: null } })).toMatchObject({
      usage: { cacheWrite5mTokens: 500, cacheWrite1hTokens: 0 },
    });
  });

  test('goes out as exactly the bytes that were given, with a bearer key and no other', async () => {
    const server = await serve({});
    const odd = body.replace('"hello"', '"h\\u0065llo \\/ 1.0e2"');
    expect((await ask(server, { body: odd })).at(-1)).toMatchObject({ type: 'reply' });
    expect(server.requests[0]?.body).toBe(odd);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer sk-test-key' });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  test('without any count of tokens is still a reply', async () => {
    expect(await outcome({ uncounted: true })).toMatchObject({ type: 'reply', usage: null, streamedBytes: 2 });
  });

  test('cut by the output limit in the middle of a tool use leaves that use out', async () => {
    const blocks = [{ text: 'writing' }, { tool: 'write', json: '{"path":"a","text":"half' }];
    expect(await outcome({ blocks, stopReason: 'max_tokens' })).toMatchObject({
      type: 'reply',
      cutToolUse: true,
      blocks: [{ type: 'text' }],
    });
  });

  test('survives pings between its events', async () => {
    expect(await outcome({ pings: 2, blocks: [{ text: 'still here' }] })).toMatchObject({ type: 'reply' });
  });
});

describe('a failure', () => {
  const error = (type: string, message = 'scripted') => ({ type, message });
  const long = { blocks: [{ text: 'a long answer that is cut somewhere in its middle' }], chunk: 5 };
  const told = { input_tokens: 70, cache_read_input_tokens: 30 };

  test.each<[string, ScriptedReply, object]>([
    ['401', { status: 401, error: error('authentication_error') }, { fault: 'badKey', status: 401, retryable: false }],
    ['403', { status: 403, error: error('permission_error') }, { fault: 'badKey', status: 403, retryable: false }],
    [
      '400',
      { status: 400, error: error('invalid_request_error') },
      { fault: 'badRequest', status: 400, retryable: false },
    ],
    ['404', { status: 404, error: error('not_found_error') }, { fault: 'badRequest', status: 404, retryable: false }],
    ['413', { status: 413, error: error('request_too_large') }, { fault: 'badRequest', status: 413, retryable: false }],
    [
      'a prompt that is too long',
      { status: 400, error: error('invalid_request_error', 'prompt is too long: 1200000 tokens > 1000000 maximum') },
      { fault: 'contextExceeded', retryable: false },
    ],
    [
      '429 with a pause in seconds',
      { status: 429, error: error('rate_limit_error'), headers: { 'retry-after': '3' } },
      { fault: 'rateLimited', retryable: true, retryAfterMs: 3000 },
    ],
    [
      '429 with a pause in milliseconds',
      { status: 429, error: error('rate_limit_error'), headers: { 'retry-after-ms': '250', 'retry-after': '9' } },
      { fault: 'rateLimited', retryAfterMs: 250 },
    ],
    ['500', { status: 500 }, { fault: 'server', status: 500, retryable: true }],
    [
      '500 that says not to retry',
      { status: 500, headers: { 'x-should-retry': 'false' } },
      { fault: 'server', retryable: false },
    ],
    ['529', { status: 529, error: error('overloaded_error') }, { fault: 'overloaded', status: 529, retryable: true }],
  ])('%s costs nothing', async (_, reply, expected) => {
    expect(await outcome(reply)).toMatchObject({ type: 'failure', billing: { kind: 'nothing' }, ...expected });
  });

  test.each<[string, NonNullable<ScriptedReply['after']>['fault'], object]>([
    ['an error event', { error: 'overloaded_error', message: 'Overloaded' }, { fault: 'overloaded', retryable: true }],
    ['an unknown error event', { error: 'odd_error', message: 'odd' }, { fault: 'streamError', retryable: true }],
    ['a dropped connection', 'cut', { fault: 'streamCut', retryable: true }],
    ['an end without message_stop', 'end', { fault: 'streamCut', retryable: true }],
  ])('%s in the stream is charged what the server had told', async (_, how, expected) => {
    const events = await ask(await serve({ ...long, usage: told, after: { events: 6, fault: how } }));
    expect(events.filter((event) => event.type === 'text')).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({
      type: 'failure',
      status: null,
      billing: { kind: 'cut', usage: { inputTokens: 70, cacheReadTokens: 30 }, streamedBytes: 20 },
      ...expected,
    });
  });

  test('a stream that goes silent ends by the watchdog', async () => {
    const reply: ScriptedReply = { ...long, usage: told, after: { events: 6, fault: 'stall' } };
    expect(await outcome(reply, { idleMs: 150 })).toMatchObject({
      type: 'failure',
      fault: 'streamStalled',
      retryable: true,
      billing: { kind: 'cut', usage: { inputTokens: 70 } },
    });
  });

  test('a server that takes the request and never answers ends by the watchdog', async () => {
    expect(await outcome({ silent: 'stall' }, { idleMs: 100 })).toMatchObject({
      fault: 'streamStalled',
      billing: { kind: 'cut', usage: null },
    });
  });

  test('a connection dropped before the answer may have cost something', async () => {
    expect(await outcome({ silent: 'drop' })).toMatchObject({
      fault: 'network',
      retryable: true,
      billing: { kind: 'cut', usage: null },
    });
  });

  test('a server that is not there costs nothing and names itself', async () => {
    const server = await messagesServer({ replies: [] });
    await server.close();
    const last = (await ask(server)).at(-1);
    expect(last).toMatchObject({ fault: 'network', billing: { kind: 'nothing' } });
    expect(last).toHaveProperty('message', expect.stringContaining(server.url));
  });

  test.each(['http://127.0.0.1:1', 'http://'])('%s was never reached', async (url) => {
    const last = (await ask({ env: { ANTHROPIC_BASE_URL: url } })).at(-1);
    expect(last).toMatchObject({ type: 'failure', fault: 'network', billing: { kind: 'nothing' } });
  });

  test('a tool input that is no JSON is charged as counted', async () => {
    const reply: ScriptedReply = { blocks: [{ tool: 'read', json: '{"path": oops}' }], usage: { output_tokens: 9 } };
    expect(await outcome(reply)).toMatchObject({
      fault: 'malformedToolInput',
      retryable: true,
      billing: { kind: 'counted', usage: { outputTokens: 9 } },
    });
  });

  test('a refusal is charged as counted and not tried again', async () => {
    expect(await outcome({ stopReason: 'refusal', usage: { output_tokens: 2 } })).toMatchObject({
      fault: 'refusal',
      retryable: false,
      billing: { kind: 'counted', usage: { outputTokens: 2 } },
    });
  });

  test('an abort ends it at once', async () => {
    const abort = new AbortController();
    const server = await serve({ ...long, after: { events: 6, fault: 'stall' } });
    setTimeout(() => abort.abort(), 100);
    expect((await ask(server, { signal: abort.signal })).at(-1)).toMatchObject({ fault: 'aborted' });
  });

  test('a 200 that is no event stream is a cut answer', async () => {
    const server = createServer((_, response) => response.end('<html>proxy login</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const events = await ask({ env: { ANTHROPIC_BASE_URL: url } });
    server.close();
    expect(events).toMatchObject([{ type: 'failure', fault: 'streamCut' }]);
  });

  test('no message shows the key or a control character', async () => {
    const message = 'bad key sk-test-key \u001b]52;c;ZXZpbA==\u0007 \u202e';
    const last = await outcome({ status: 401, error: { type: 'authentication_error', message } });
    const shown = last?.type === 'failure' ? last.message : '';
    expect(shown).toContain('[secret]');
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(shown).not.toMatch(/sk-test-key|[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('the key', () => {
  test.each<[Record<string, string>, object]>([
    [{}, { kind: 'missingKey' }],
    [{ ANTHROPIC_API_KEY: '  ' }, { kind: 'missingKey' }],
    [{ ANTHROPIC_API_KEY: ' k\n' }, { kind: 'credentials', apiKey: 'k', authToken: null }],
    [{ ANTHROPIC_AUTH_TOKEN: 't' }, { kind: 'credentials', apiKey: null, authToken: 't' }],
    [
      { ANTHROPIC_API_KEY: 'k', ANTHROPIC_AUTH_TOKEN: 't' },
      { apiKey: 'k', authToken: null },
    ],
    [{ ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }, { kind: 'credentials', apiKey: 'none' }],
  ])('%o', (env, expected) => {
    expect(readCredentials(env)).toMatchObject(expected);
  });

  test('where it is missing, the message says what to set and what needs none', () => {
    const missing = readCredentials({});
    const message = missing.kind === 'missingKey' ? missing.message : '';
    for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', '--agent builtin'])
      expect(message).toContain(name);
  });
});

test('the client prints nothing, not even for a model that retires soon', async () => {
  const printed: unknown[] = [];
  const { warn, error } = console;
  console.warn = (...text) => void printed.push(text);
  console.error = (...text) => void printed.push(text);
  try {
    const old = requestBody(requestSettings('claude-sonnet-4-5', 1000, null), conversation);
    expect((await ask(await serve({}), { body: old })).at(-1)).toMatchObject({ type: 'reply' });
  } finally {
    Object.assign(console, { warn, error });
  }
  expect(printed).toEqual([]);
});

test('an auth token goes out as the bearer where there is no key', async () => {
  const server = await serve({});
  await ask({ env: { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_AUTH_TOKEN: 'tok' } });
  expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer tok' });
});
