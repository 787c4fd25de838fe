/** What a model takes, by its id. An id that is not known gets the plainest request, which every server takes. */
import type { JsonObject } from '../../events/index.ts';

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** The model that is used where none is named. */
export const DEFAULT_MODEL = 'claude-sonnet-5-5';

export interface ModelTraits {
  /** Takes `thinking: {type: 'adaptive'}`. Text between tool calls comes inside it, unless its display is asked for. */
  adaptiveThinking: boolean;
  /** Takes `output_config.effort`. */
  effort: boolean;
  /** Takes `cache_control`. */
  caching: boolean;
  /** Takes `role: 'system'` between messages. */
  systemMessages: boolean;
  /** Output tokens that are asked for, far below the model's limit so that a cap is not reserved away. */
  maxTokens: number;
}

const PLAIN: ModelTraits = {
  adaptiveThinking: false,
  effort: false,
  caching: false,
  systemMessages: false,
  maxTokens: 8192,
};

/** Traits by model family: adaptive thinking came with 4.6, `system` messages with Opus 4.8. */
export function traitsOf(model: string): ModelTraits {
  const match = /^claude-(fable|mythos|opus|sonnet|haiku)-(\d+)(?:-(\d{1,2}))?(?=$|-\d{8}$|\[|-\d{8}\[)/.exec(model);
  if (match === null) return { ...PLAIN, caching: model.startsWith('claude-') };
  const version = Number(match[2]) * 100 + Number(match[3] ?? 0);
  const modern = version >= 500;
  return {
    adaptiveThinking: version >= 406,
    effort: version >= 406 || (match[1] === 'opus' && version >= 405),
    caching: true,
    systemMessages: modern || (match[1] === 'opus' && version >= 408),
    maxTokens: 32_000,
  };
}

/** The request's settings, everything but the conversation. No sampling parameters and no forced tool: both are refused. */
export function requestSettings(model: string, maxTokens: number, effort: Effort | null): JsonObject {
  const traits = traitsOf(model);
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    ...(traits.adaptiveThinking ? { thinking: { type: 'adaptive', display: 'summarized' } } : {}),
    ...(traits.effort && effort !== null ? { output_config: { effort } } : {}),
    ...(traits.caching ? { cache_control: { type: 'ephemeral' } } : {}),
  };
}
