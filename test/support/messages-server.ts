/**
 * A Messages API server on loopback that counts tokens faithfully and misbehaves as scripted. Replies are taken from a
 * list, one a request. It holds what a real one holds: no sampling parameters, a bearer key, and thinking signatures
 * that are bound to the exact system, tools and earlier messages.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { conversationOf } from '../../src/agent/conversation.ts';

interface ScriptedUsage {
  input_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_read_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number } | null;
  output_tokens?: number;
}

export type ScriptedBlock =
  | { text: string }
  | { thinking: string }
  /** `json` is streamed as it is, so it may be malformed. */
  | { tool: string; input?: unknown; json?: string };

export interface ScriptedReply {
  blocks?: ScriptedBlock[];
  stopReason?: string;
  usage?: ScriptedUsage;
  /** Characters a delta; default 7. */
  chunk?: number;
  pings?: number;
  /** What goes wrong, after that many events of the stream. */
  after?: { events: number; fault: 'stall' | 'cut' | 'end' | { error: string; message: string } };
  /** Instead of a stream: a status with an error body. */
  status?: number;
  error?: { type: string; message: string };
  headers?: Record<string, string>;
  /** Instead of anything: never answers, or drops the connection. */
  silent?: 'stall' | 'drop';
  /** Sends no usage at all. */
  uncounted?: boolean;
}

interface RecordedRequest {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  json: { model: string; max_tokens: number; messages: { role: string; content: unknown }[] } & Record<string, unknown>;
}

export interface MessagesServer {
  url: string;
  /** Requests for replies, in order. */
  requests: RecordedRequest[];
  /** Times that tokens were counted. */
  counts: number;
  env: Record<string, string>;
  close(): Promise<void>;
}

export interface MessagesServerOptions {
  /** One a request; the last one is repeated. A function sees the request. */
  replies: (ScriptedReply | ((request: RecordedRequest) => ScriptedReply))[];
  /** What `count_tokens` says; absent means 404. */
  countTokens?: (request: RecordedRequest) => number;
  /** Refuses other keys; absent means any. */
  key?: string;
}

const usageZero = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 };

/** Starts the server on a free port. */
export async function messagesServer(options: MessagesServerOptions): Promise<MessagesServer> {
  const requests: RecordedRequest[] = [];
  const state = { counts: 0 };
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const recorded = { path: request.url ?? '', headers: request.headers, body, json: JSON.parse(body) };
    const refusal = refused(recorded, options.key);
    if (recorded.path.startsWith('/v1/messages/count_tokens')) {
      if (options.countTokens === undefined) return fail(response, 404, 'not_found_error', 'no such endpoint');
      state.counts += 1;
      return void json(response, 200, { input_tokens: options.countTokens(recorded) });
    }
    if (!recorded.path.startsWith('/v1/messages')) return fail(response, 404, 'not_found_error', recorded.path);
    requests.push(recorded);
    if (refusal !== null) return fail(response, ...refusal);
    const scripted = options.replies[Math.min(requests.length, options.replies.length) - 1];
    const reply = typeof scripted === 'function' ? scripted(recorded) : scripted;
    if (reply === undefined) return fail(response, 500, 'api_error', 'no reply is scripted');
    return answer(response, recorded, reply, requests.length);
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    get counts() {
      return state.counts;
    },
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: options.key ?? 'sk-test-key' },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What a real server would refuse, whatever the script says. */
function refused(request: RecordedRequest, key?: string): [number, string, string] | null {
  const { headers, json: body, body: raw } = request;
  const authorization = headers['authorization'];
  if (authorization === undefined) return [401, 'authentication_error', 'no bearer key (x-api-key is not read)'];
  if (key !== undefined && authorization !== `Bearer ${key}`) return [401, 'authentication_error', 'invalid key'];
  for (const removed of ['temperature', 'top_p', 'top_k']) {
    if (removed in body) return [400, 'invalid_request_error', `${removed}: not allowed`];
  }
  if (body.messages.length === 0) return [400, 'invalid_request_error', 'messages: at least one message is required'];
  const unanswered = unansweredToolUse(body.messages);
  if (unanswered !== null) {
    return [400, 'invalid_request_error', `tool_use ids were found without tool_result blocks: ${unanswered}`];
  }
  for (const message of body.messages) {
    const blocks = contentOf(message);
    if (Array.isArray(message.content) && blocks.length === 0)
      return [400, 'invalid_request_error', 'messages: content must not be empty'];
    if (blocks.some((block) => block.type === 'text' && block.text?.trim() === '')) {
      return [400, 'invalid_request_error', 'messages: text content blocks must contain non-whitespace text'];
    }
    if (message.role === 'assistant' && blocks.at(-1)?.type === 'thinking') {
      return [400, 'invalid_request_error', 'messages: the final block in an assistant message cannot be thinking'];
    }
  }
  const conversation = conversationOf(raw);
  if (conversation === null) return [400, 'invalid_request_error', 'no conversation'];
  for (const [at, message] of conversation.messages.entries()) {
    for (const { type, signature } of contentOf(JSON.parse(message))) {
      if (type !== 'thinking') continue;
      if (signature !== signatureOf(conversation.system, conversation.tools, conversation.messages.slice(0, at))) {
        const text = 'Invalid `signature` in `thinking` block. The block is bound to a different conversation';
        return [400, 'invalid_request_error', text];
      }
    }
  }
  return null;
}

function unansweredToolUse(messages: { role: string; content: unknown }[]): string | null {
  for (const [at, message] of messages.entries()) {
    const uses = contentOf(message).filter((block) => block.type === 'tool_use');
    const next = messages[at + 1];
    const results = next === undefined ? [] : contentOf(next).filter((block) => block.type === 'tool_result');
    for (const use of uses) {
      if (!results.some((result) => result.tool_use_id === use.id)) return String(use.id);
    }
  }
  return null;
}

interface AnyBlock {
  type?: string;
  id?: string;
  tool_use_id?: string;
  text?: string;
  signature?: string;
}

function contentOf(message: { content: unknown }): AnyBlock[] {
  return Array.isArray(message.content) ? message.content : [];
}

/** The signature of a thinking block that follows exactly this. */
function signatureOf(system: string, tools: string, messages: readonly string[]): string {
  return createHash('sha256')
    .update([system, tools, ...messages].join('\n'))
    .digest('base64');
}

async function answer(
  response: ServerResponse,
  request: RecordedRequest,
  reply: ScriptedReply,
  number: number,
): Promise<void> {
  if (reply.silent === 'drop') return void response.destroy();
  if (reply.silent === 'stall') return;
  if (reply.status !== undefined) {
    const { type, message } = reply.error ?? { type: 'api_error', message: 'scripted' };
    return fail(response, reply.status, type, message, reply.headers);
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'request-id': `req_${number}`,
    ...reply.headers,
  });
  const events = eventsOf(request, reply, number);
  for (const [at, event] of events.entries()) {
    if (reply.after !== undefined && at === reply.after.events) return breakOff(response, reply.after.fault);
    for (let ping = 0; ping < (reply.pings ?? 0); ping += 1) response.write('event: ping\ndata: {"type":"ping"}\n\n');
    response.write(`event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`);
    // So that the client sees pieces, as over a real network.
    if (at % 5 === 4) await sleep(0);
  }
  if (reply.after === undefined || reply.after.events >= events.length) response.end();
}

async function breakOff(response: ServerResponse, how: NonNullable<ScriptedReply['after']>['fault']): Promise<void> {
  // What was written must arrive first, or a cut looks like a connection that never was.
  await sleep(20);
  if (how === 'stall') return;
  if (how === 'cut') return void response.destroy();
  if (how === 'end') return void response.end();
  const error = { type: 'error', error: { type: how.error, message: how.message } };
  response.end(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
}

type Event = { type: string } & Record<string, unknown>;

function eventsOf(request: RecordedRequest, reply: ScriptedReply, number: number): Event[] {
  const { blocks = [{ text: 'ok' }], chunk = 7 } = reply;
  const usage = { ...usageZero, ...reply.usage };
  const { output_tokens, ...prompt } = usage;
  const started = { ...prompt, output_tokens: 1, service_tier: 'standard' };
  const content = blocks.map((block, at) => contentBlock(request, block, `toolu_${number}_${at}`));
  const toolUse = blocks.some((block) => 'tool' in block);
  const message = {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model: request.json.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(reply.uncounted === true ? {} : { usage: started }),
  };
  const { cache_creation: _, ...final } = prompt;
  return [
    { type: 'message_start', message },
    ...content.flatMap(({ start, deltas }, index): Event[] => [
      { type: 'content_block_start', index, content_block: start },
      ...deltas.flatMap(({ kind, field, value }) =>
        pieces(value, field === 'signature' ? Infinity : chunk).map((piece): Event => ({
          type: 'content_block_delta',
          index,
          delta: { type: kind, [field]: piece },
        })),
      ),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: reply.stopReason ?? (toolUse ? 'tool_use' : 'end_turn'), stop_sequence: null },
      ...(reply.uncounted === true ? {} : { usage: { ...final, output_tokens } }),
    },
    { type: 'message_stop' },
  ];
}

interface Delta {
  kind: string;
  field: string;
  value: string;
}

function contentBlock(request: RecordedRequest, block: ScriptedBlock, id: string): { start: object; deltas: Delta[] } {
  if ('text' in block) {
    const start = { type: 'text', text: '', citations: null };
    return { start, deltas: [{ kind: 'text_delta', field: 'text', value: block.text }] };
  }
  if ('thinking' in block) {
    const conversation = conversationOf(request.body);
    const { system = '', tools = '', messages = [] } = conversation ?? {};
    const signature = signatureOf(system, tools, messages);
    return {
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { kind: 'thinking_delta', field: 'thinking', value: block.thinking },
        { kind: 'signature_delta', field: 'signature', value: signature },
      ],
    };
  }
  const value = block.json ?? JSON.stringify(block.input ?? {});
  const start = { type: 'tool_use', id, name: block.tool, input: {}, caller: { type: 'direct' } };
  return { start, deltas: [{ kind: 'input_json_delta', field: 'partial_json', value }] };
}

function pieces(value: string, size: number): string[] {
  const list: string[] = [];
  for (let at = 0; at < value.length; at += size) list.push(value.slice(at, at + size));
  return list;
}

function fail(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  json(response, status, { type: 'error', error: { type, message }, request_id: 'req_failed' }, headers);
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
