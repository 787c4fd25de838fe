/**
 * The port to a language model: one attempt of one request in, a stream of deltas out that ends in a reply or in a
 * failure value. It never throws for what a provider does, never waits for a retry and knows nothing of money.
 */
import type { JsonValue, ProviderFault, Usage } from '../events/index.ts';

export interface ModelRequest {
  /** The byte-exact body: JSON of a streaming Messages API request. It goes over the wire as it is. */
  body: string;
  signal: AbortSignal;
}

/** A block of a reply. `raw` is its JSON as it must be sent back, byte for byte, in every later request. */
export type ModelBlock =
  | { type: 'text'; text: string; raw: string }
  | { type: 'thinking'; text: string; raw: string }
  | { type: 'toolUse'; id: string; tool: string; input: JsonValue; raw: string }
  /** A kind that is unknown here: kept for the next request, never shown. */
  | { type: 'other'; raw: string };

export type ModelDelta =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  /** `partial` is the next piece of the input's JSON; `index` tells blocks apart. */
  | { type: 'toolInput'; index: number; tool: string; partial: string }
  /** Output tokens so far, as the provider counted them. */
  | { type: 'outputTokens'; total: number };

export interface ModelReply {
  type: 'reply';
  blocks: ModelBlock[];
  /** `end_turn`, `tool_use`, `max_tokens`, `pause_turn`, `model_context_window_exceeded`, or what the server says. */
  stopReason: string;
  /** The model that answered, as the server names it; null where it does not. */
  model: string | null;
  /** Null where the server counts no tokens. */
  usage: Usage | null;
  /** True where the last tool use was cut off by the output limit and left out of `blocks`. */
  cutToolUse: boolean;
  /** UTF-8 bytes of what was streamed, visible or not. */
  streamedBytes: number;
}

export interface ModelFailure {
  type: 'failure';
  fault: ProviderFault | 'aborted';
  /** HTTP status, null where none came. */
  status: number | null;
  /** One line, sanitised, without secrets: what happened and what to do. */
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** What the server asked to wait, in ms; null where it asked for nothing. */
  retryAfterMs: number | null;
  /**
   * `nothing`: the server refused or was never reached. `cut`: it may have worked on the request; `usage` holds what
   * it had told until then, null where it told nothing. `counted`: `usage` is the final count.
   */
  billing:
    | { kind: 'nothing' }
    | { kind: 'cut'; usage: Usage | null; streamedBytes: number }
    | { kind: 'counted'; usage: Usage };
}

export type ModelEvent = ModelDelta | ModelReply | ModelFailure;

export interface Model {
  /** The id that is asked for. */
  readonly id: string;
  /** Exactly one reply or failure comes, as the last event. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
  /** Tokens of the prompt by the server's count; null where it cannot count. Costs nothing, never throws. */
  countTokens(body: string, signal: AbortSignal): Promise<number | null>;
}
