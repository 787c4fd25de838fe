/** Claude, or any server that speaks the Messages API, through the official client. One attempt a call. */
import type { MessageTokensCount, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { Stream } from '@anthropic-ai/sdk/streaming';
import type { Model, ModelEvent, ModelFailure, ModelRequest } from '../model.ts';
import type { Credentials } from './credentials.ts';
import { faultOf } from './faults.ts';
import { emptyDraft, finishDraft, takeEvent } from './reply-draft.ts';
import type { ReplyDraft } from './reply-draft.ts';
import { usageOf } from './read-usage.ts';
import { watchActivity } from './watch-activity.ts';

export interface AnthropicModelOptions {
  model: string;
  credentials: Credentials;
  /** Silence after which an answer counts as stalled; default 60,000 ms. */
  idleMs?: number;
}

/** A model behind the Messages API; loads the client when it is first asked. */
export function anthropicModel(options: AnthropicModelOptions): Model {
  const { model, credentials, idleMs = 60_000 } = options;
  return {
    id: model,
    stream: (request) => attempt(request, options, idleMs),
    async countTokens(body, signal) {
      try {
        const { client } = await connect(credentials, null);
        const { max_tokens: _, stream: __, ...rest } = JSON.parse(body) as Record<string, unknown>;
        const counted = await client.post<MessageTokensCount>('/v1/messages/count_tokens', {
          body: rest,
          signal,
          timeout: 10_000,
        });
        return Number.isSafeInteger(counted.input_tokens) && counted.input_tokens > 0 ? counted.input_tokens : null;
      } catch {
        // A server without the endpoint, or one that is out of reach: the request itself will tell.
        return null;
      }
    },
  };
}

type Fetch = typeof globalThis.fetch;

async function connect(credentials: Credentials, fetch: Fetch | null) {
  const sdk = await import('@anthropic-ai/sdk');
  const { baseUrl, apiKey, authToken, profile } = credentials;
  const client = new sdk.default({
    ...(profile === null ? { apiKey, authToken } : { profile }),
    ...(baseUrl === null ? {} : { baseURL: baseUrl }),
    ...(fetch === null ? {} : { fetch }),
    // Retries are ours: they must be seen, paid for and stoppable. The client's log would corrupt the screen.
    maxRetries: 0,
    logLevel: 'off',
    // Spans are ours (telemetry.ts); the client would send trace headers to the provider.
    openTelemetry: false,
  });
  return { client, classes: { APIError: sdk.APIError } };
}

async function* attempt(
  request: ModelRequest,
  { model, credentials }: AnthropicModelOptions,
  idleMs: number,
): AsyncGenerator<ModelEvent> {
  const draft = emptyDraft();
  const watch = watchActivity(request.signal, idleMs);
  let responded = false;
  // The client would write the body again from its parts; what is signed is what we recorded, so those bytes go out.
  const exact: Fetch = async (url, init) => {
    const response = await globalThis.fetch(url, { ...init, body: request.body });
    responded = true;
    return watch.tap(response);
  };
  const { client, classes } = await connect(credentials, exact);
  try {
    // Not `messages.create`: it prints a warning to the terminal for models that will retire soon.
    const stream = await client.post<Stream<RawMessageStreamEvent>>('/v1/messages', {
      body: {},
      stream: true,
      signal: watch.signal,
      timeout: 600_000,
    });
    for await (const event of stream) {
      watch.progress();
      const delta = takeEvent(draft, event);
      if (delta !== null) yield delta;
    }
    yield request.signal.aborted ? aborted(draft, responded) : (stalled(watch.stalled(), draft) ?? conclude(draft));
  } catch (error) {
    if (request.signal.aborted) {
      yield aborted(draft, responded);
      return;
    }
    const stall = stalled(watch.stalled(), draft);
    if (stall !== null) {
      yield stall;
      return;
    }
    const { baseUrl, secrets } = credentials;
    const { reached, ...fault } = faultOf(error, classes, { responded, model, baseUrl, secrets });
    yield { type: 'failure', ...fault, billing: reached ? cut(draft) : { kind: 'nothing' } };
  } finally {
    watch.stop();
  }
}

/** The reply, or why what came is none. */
function conclude(draft: ReplyDraft): ModelEvent {
  const none = { status: null, retryAfterMs: null };
  if (!draft.complete) {
    const message = 'the answer ended before it was complete';
    return { type: 'failure', fault: 'streamCut', message, retryable: true, ...none, billing: cut(draft) };
  }
  const counted: ModelFailure['billing'] =
    draft.usage === null ? cut(draft) : { kind: 'counted', usage: usageOf(draft.usage) };
  if (draft.stopReason === 'refusal') {
    const message = 'the model refused to answer; change the prompt or the spec, or use another model';
    return { type: 'failure', fault: 'refusal', message, retryable: false, ...none, billing: counted };
  }
  const finished = finishDraft(draft);
  if (finished.kind === 'malformed') {
    const message = `the input of the tool ${JSON.stringify(finished.tool)} is no JSON: ${finished.reason}`;
    return { type: 'failure', fault: 'malformedToolInput', message, retryable: true, ...none, billing: counted };
  }
  return {
    type: 'reply',
    blocks: finished.blocks,
    cutToolUse: finished.cutToolUse,
    stopReason: draft.stopReason ?? 'end_turn',
    model: draft.model,
    usage: draft.usage === null ? null : usageOf(draft.usage),
    streamedBytes: draft.streamedBytes,
  };
}

function cut(draft: ReplyDraft): ModelFailure['billing'] {
  return {
    kind: 'cut',
    usage: draft.usage === null ? null : usageOf(draft.usage),
    streamedBytes: draft.streamedBytes,
  };
}

function stalled(silentMs: number | null, draft: ReplyDraft): ModelFailure | null {
  if (silentMs === null) return null;
  const message = `nothing came for ${Math.round(silentMs / 1000)} s`;
  const rest = { status: null, retryAfterMs: null, retryable: true };
  return { type: 'failure', fault: 'streamStalled', message, ...rest, billing: cut(draft) };
}

function aborted(draft: ReplyDraft, responded: boolean): ModelFailure {
  const message = responded ? 'stopped while the answer came' : 'stopped before an answer came';
  const rest = { status: null, retryAfterMs: null, retryable: false };
  return { type: 'failure', fault: 'aborted', message, ...rest, billing: cut(draft) };
}
