/** What an attempt to get a reply is charged. */
import type { Recorder, Usage } from '../events/index.ts';
import { NO_USAGE } from './budget.ts';
import type { ModelFailure, ModelReply } from './model.ts';
import { promptTokensOf } from './prices.ts';

interface Bill {
  usage: Usage;
  estimated: boolean;
}

/**
 * What an attempt is charged. A refused one costs nothing. A cut one is charged its prompt, as the server counted it or
 * else its bound, and what was streamed, a byte as a token; so no charge exceeds its reservation.
 */
export function billOf(
  outcome: ModelReply | ModelFailure,
  promptTokens: number,
  maxTokens: number,
  caching: boolean,
): Bill {
  const billing = billingOf(outcome);
  switch (billing.kind) {
    case 'nothing':
      return { usage: NO_USAGE, estimated: false };
    case 'counted':
      return { usage: billing.usage, estimated: false };
    case 'cut': {
      const { usage: told, streamedBytes } = billing;
      const prompt = told ?? { ...NO_USAGE, [caching ? 'cacheWrite5mTokens' : 'inputTokens']: promptTokens };
      const outputTokens = Math.max(told?.outputTokens ?? 0, Math.min(streamedBytes, maxTokens));
      return { usage: { ...prompt, outputTokens }, estimated: true };
    }
  }
}

function billingOf(outcome: ModelReply | ModelFailure): ModelFailure['billing'] {
  if (outcome.type === 'failure') return outcome.billing;
  const { usage, streamedBytes } = outcome;
  return usage === null ? { kind: 'cut', usage, streamedBytes } : { kind: 'counted', usage };
}

/** A charge above its worst case means that the server counts in another way; the cap may then be passed, so it is told. */
export function warnOfOvercharge(recorder: Recorder, usage: Usage, promptTokens: number, maxTokens: number): void {
  if (promptTokensOf(usage) <= promptTokens && usage.outputTokens <= maxTokens) return;
  const text = `the server charged ${promptTokensOf(usage)} prompt and ${usage.outputTokens} output tokens, more than the ${promptTokens} and ${maxTokens} that were possible; caps cannot be kept with this server`;
  recorder.append({ type: 'noticeRaised', level: 'warning', text });
}
