/**
 * One question to a model, from the reservation to the recorded reply: reserved and paid for by attempt, retried where
 * that may help, stoppable at every moment.
 */
import { sanitize } from '../events/sanitize.ts';
import type { Caps, JsonObject, Recorder, ReplyBlock } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import type { BlobStore } from './blob-store.ts';
import { billOf, warnOfOvercharge } from './bill.ts';
import { reservationOf } from './budget.ts';
import type { Budget, ReservationAsk } from './budget.ts';
import { assistantMessage, requestBody } from './conversation.ts';
import type { Conversation } from './conversation.ts';
import type { Model, ModelBlock, ModelDelta, ModelFailure, ModelReply } from './model.ts';
import { countedTokenBound, promptTokenBound } from './prompt-bound.ts';
import { LONGEST_PAUSE_MS, MOST_ATTEMPTS, MOST_RETRIES_OF_SESSION, pauseAfter } from './retries.ts';
import { safeJson } from './safe-json.ts';
import { shortId } from './short-id.ts';
import { chatSpan } from './telemetry.ts';
import { createTrack } from './track.ts';

export interface Ask {
  model: Model;
  conversation: Conversation;
  /** The members of the request beside the conversation, for a number of output tokens. */
  settings: (maxTokens: number) => JsonObject;
  /** Output tokens that are wanted. */
  maxTokens: number;
  caps: Caps;
  /** The spec that is worked on, for telemetry. */
  spec: Pick<Spec, 'name' | 'semanticDigest'>;
  signal: AbortSignal;
}

/** What asking needs for the whole of a session. */
export interface AskSetting {
  budget: Budget;
  recorder: Recorder;
  blobs: BlobStore;
  /** Retries of the session so far; counted up. */
  retries: { used: number };
  now: () => number;
  random: () => number;
  /** Waits; false where the signal cut it short. */
  pause: (ms: number, signal: AbortSignal) => Promise<boolean>;
}

export type Answer =
  | {
      kind: 'reply';
      request: string;
      reply: ModelReply;
      /** JSON of the reply as the conversation must hold it; null where nothing of it can be sent back. */
      message: string | null;
      /** Output tokens that were asked for, after the caps. */
      maxTokens: number;
    }
  | { kind: 'refused'; message: string }
  | { kind: 'failed'; fault: ModelFailure['fault']; message: string }
  | { kind: 'interrupted' };

/** Name of the call of a reply's n-th tool use; models reuse their own ids. */
export function callOf(request: string, ordinal: number): string {
  return `${request}.${ordinal}`;
}

/** Asks until there is a reply, the caps refuse, or trying again makes no sense. */
export async function askModel(ask: Ask, setting: AskSetting): Promise<Answer> {
  const { recorder, now } = setting;
  const request = shortId('request');
  let malformed = 0;
  for (let attempt = 1; ; attempt += 1) {
    if (ask.signal.aborted) return { kind: 'interrupted' };
    const promptTokens = await boundPrompt(ask, setting);
    const reservation = reservationOf(request, attempt);
    const granted = setting.budget.reserve(reservationAsk(ask, reservation, promptTokens));
    if (granted.kind === 'refused') return { kind: 'refused', message: granted.message };
    const { maxTokens } = granted;
    const body = requestBody(ask.settings(maxTokens), ask.conversation);
    const bodyHash = setting.blobs.putBlob(body);
    recorder.append({ type: 'requestSent', request, model: ask.model.id, attempt, maxTokens, bodyHash });
    const startedAt = now();
    const track = createTrack(now);
    const endSpan = chatSpan(ask.model.id, maxTokens, ask.spec);
    const outcome = await streamed(ask, body, request, setting, track.add);
    const bill = billOf(outcome, promptTokens, maxTokens, ask.settings(maxTokens)['cache_control'] !== undefined);
    endSpan({
      usage: bill.usage,
      ...(outcome.type === 'reply' ? { stopReason: outcome.stopReason } : { fault: outcome.fault }),
    });
    setting.budget.settle(reservation, bill.usage, { estimated: bill.estimated });
    if (isCapped(ask.caps)) warnOfOvercharge(recorder, bill.usage, promptTokens, maxTokens);
    if (outcome.type === 'reply') {
      const message = assistantMessage(outcome.blocks);
      const messageHash = message === null ? {} : { messageHash: setting.blobs.putBlob(message) };
      recorder.append({
        type: 'assistantReplied',
        request,
        blocks: shownBlocks(outcome.blocks, request),
        stopReason: sanitize(outcome.stopReason),
        model: sanitize(outcome.model ?? ask.model.id),
        durationMs: now() - startedAt,
        track: track.steps(),
        ...messageHash,
      });
      return { kind: 'reply', request, reply: outcome, message, maxTokens };
    }
    if (outcome.fault === 'aborted') return { kind: 'interrupted' };
    if (outcome.fault === 'malformedToolInput') malformed += 1;
    const retryInMs = retryPause(outcome, { attempt, malformed }, setting);
    const { fault, status } = outcome;
    const message = explained(outcome, attempt, retryInMs);
    recorder.append({ type: 'providerFailed', request, fault, status, message, attempt, retryInMs });
    if (retryInMs === null) return { kind: 'failed', fault, message };
    setting.retries.used += 1;
    recorder.live({ type: 'retry', fault, attempt, atMs: now() + retryInMs, message });
    if (!(await setting.pause(retryInMs, ask.signal))) return { kind: 'interrupted' };
  }
}

function reservationAsk(ask: Ask, reservation: string, promptTokens: number): ReservationAsk {
  return { reservation, model: ask.model.id, promptTokens, maxTokens: ask.maxTokens, caps: ask.caps };
}

function isCapped(caps: Caps): boolean {
  return caps.maxUsdMicros !== undefined || caps.maxTokens !== undefined;
}

/** An upper bound of the prompt's tokens; the server is asked for its count only where the coarse bound would hurt. */
async function boundPrompt(ask: Ask, setting: AskSetting): Promise<number> {
  const body = requestBody(ask.settings(ask.maxTokens), ask.conversation);
  const coarse = promptTokenBound(body);
  if (!isCapped(ask.caps)) return coarse;
  const answer = setting.budget.probe(reservationAsk(ask, '', coarse));
  if (answer.kind === 'reserved' && answer.maxTokens === ask.maxTokens) return coarse;
  if (answer.kind === 'refused' && answer.cap === 'price') return coarse;
  const counted = await ask.model.countTokens(body, ask.signal);
  return counted === null ? coarse : countedTokenBound(body, counted);
}

async function streamed(
  ask: Ask,
  body: string,
  request: string,
  setting: AskSetting,
  track: (characters: number) => void,
): Promise<ModelReply | ModelFailure> {
  const calls = new Map<number, string>();
  let shownAt = 0;
  let characters = 0;
  for await (const event of ask.model.stream({ body, signal: ask.signal })) {
    if (event.type === 'reply' || event.type === 'failure') return event;
    show(event, request, calls, setting.recorder);
    if (event.type === 'outputTokens') continue;
    const length = event.type === 'toolInput' ? event.partial.length : event.text.length;
    if (event.type === 'text') track(length);
    characters += length;
    // Providers count at the end; until then about four characters make a token.
    if (setting.now() - shownAt < 250) continue;
    shownAt = setting.now();
    setting.recorder.live({ type: 'outputTokens', total: Math.ceil(characters / 4) });
  }
  throw new Error('a model stream ended without a reply or a failure');
}

function show(delta: ModelDelta, request: string, calls: Map<number, string>, recorder: Recorder): void {
  if (delta.type !== 'toolInput') return recorder.live(delta);
  const call = calls.get(delta.index) ?? callOf(request, calls.size);
  calls.set(delta.index, call);
  recorder.live({ type: 'toolInput', call, tool: delta.tool, partial: delta.partial });
}

function retryPause(
  failure: ModelFailure,
  { attempt, malformed }: { attempt: number; malformed: number },
  setting: AskSetting,
): number | null {
  if (!failure.retryable || attempt >= MOST_ATTEMPTS || setting.retries.used >= MOST_RETRIES_OF_SESSION) return null;
  // A malformed input is the model's doing, not an outage: once more may help, five times more is waste.
  if (failure.fault === 'malformedToolInput' && malformed >= 3) return null;
  if (failure.retryAfterMs !== null && failure.retryAfterMs > LONGEST_PAUSE_MS) return null;
  return pauseAfter(attempt, failure.retryAfterMs, setting.random);
}

function explained(failure: ModelFailure, attempt: number, retryInMs: number | null): string {
  const { message, retryAfterMs, retryable } = failure;
  if (retryInMs !== null || !retryable) return message;
  if (retryAfterMs !== null && retryAfterMs > LONGEST_PAUSE_MS) {
    return `${message}; the server asks to wait ${Math.ceil(retryAfterMs / 1000)} s: resume the session later`;
  }
  return `${message}; given up after ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}: resume the session later`;
}

function shownBlocks(blocks: ModelBlock[], request: string): ReplyBlock[] {
  let ordinal = 0;
  return blocks.flatMap((block): ReplyBlock[] => {
    switch (block.type) {
      case 'text':
      case 'thinking':
        return block.text === '' ? [] : [{ type: block.type, text: sanitize(block.text, { multiline: true }) }];
      case 'toolUse': {
        const call = callOf(request, ordinal);
        ordinal += 1;
        return [{ type: 'toolUse', call, tool: sanitize(block.tool), input: safeJson(block.input) }];
      }
      case 'other':
        return [];
    }
  });
}
