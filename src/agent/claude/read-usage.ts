/** Token counts as the Messages API tells them, and as we keep them. */
import { isObject } from '../../events/index.ts';
import type { JsonValue, Usage } from '../../events/index.ts';

/** The counts that a server told; those that it left out are absent. */
export interface UsageFields {
  input_tokens?: number;
  output_tokens?: number;
  cache_read_input_tokens?: number;
  /** All cache writes. */
  cache_creation_input_tokens?: number;
  ephemeral_5m_input_tokens?: number;
  ephemeral_1h_input_tokens?: number;
}

/** The counts in a `usage` member; null where it holds none. A count that is no non-negative integer is left out. */
export function readUsage(usage: JsonValue | undefined): UsageFields | null {
  if (!isObject(usage)) return null;
  const creation = isObject(usage['cache_creation']) ? usage['cache_creation'] : {};
  const fields: UsageFields = {
    ...count('input_tokens', usage['input_tokens']),
    ...count('output_tokens', usage['output_tokens']),
    ...count('cache_read_input_tokens', usage['cache_read_input_tokens']),
    ...count('cache_creation_input_tokens', usage['cache_creation_input_tokens']),
    ...count('ephemeral_5m_input_tokens', creation['ephemeral_5m_input_tokens']),
    ...count('ephemeral_1h_input_tokens', creation['ephemeral_1h_input_tokens']),
  };
  return Object.keys(fields).length === 0 ? null : fields;
}

/** The counts by kind. Cache writes without a split are 5-minute ones, the only ones that we ask for. */
export function usageOf(fields: UsageFields): Usage {
  const write1h = fields.ephemeral_1h_input_tokens ?? 0;
  const split5m = fields.ephemeral_5m_input_tokens ?? 0;
  const total = fields.cache_creation_input_tokens ?? 0;
  return {
    inputTokens: fields.input_tokens ?? 0,
    cacheWrite5mTokens: Math.max(split5m, total - write1h),
    cacheWrite1hTokens: write1h,
    cacheReadTokens: fields.cache_read_input_tokens ?? 0,
    outputTokens: fields.output_tokens ?? 0,
  };
}

function count<K extends keyof UsageFields>(name: K, value: JsonValue | undefined): Partial<Record<K, number>> {
  const valid = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return valid ? ({ [name]: value } as Partial<Record<K, number>>) : {};
}
