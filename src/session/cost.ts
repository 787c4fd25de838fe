import { promptTokens } from './budget-slice.ts';
import type { State } from './state.ts';

/** Tokens and money of a session. */
export interface Cost {
  /** The whole prompts, cached parts included. */
  promptTokens: number;
  freshTokens: number;
  cacheWriteTokens: number;
  cacheReadTokens: number;
  outputTokens: number;
  usdMicros: number;
  /** Worst case of the calls under way, on top of `usdMicros`. */
  reservedUsdMicros: number;
  /** Null without a cap on money. */
  capUsdMicros: number | null;
  capTokens: number | null;
  /** True where a part has no price, so that the money is not the whole truth. */
  unpriced: boolean;
  /** True where a part is a bound. */
  estimated: boolean;
}

/** What was spent, what is reserved, and what the cap is. */
export function cost({ budget, header }: Pick<State, 'budget' | 'header'>): Cost {
  const { usage } = budget;
  return {
    promptTokens: promptTokens(usage),
    freshTokens: usage.inputTokens,
    cacheWriteTokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cacheReadTokens: usage.cacheReadTokens,
    outputTokens: usage.outputTokens,
    usdMicros: budget.usdMicros,
    reservedUsdMicros: Object.values(budget.open).reduce((sum, { usdMicros }) => sum + usdMicros, 0),
    capUsdMicros: header.caps.maxUsdMicros ?? null,
    capTokens: header.caps.maxTokens ?? null,
    unpriced: budget.unpricedCalls > 0,
    estimated: budget.estimatedCalls > 0,
  };
}

/** Share of the prompts that was read from the cache, 0 to 1; null before any prompt. */
export function cacheShare(state: Pick<State, 'budget'>): number | null {
  const total = promptTokens(state.budget.usage);
  return total === 0 ? null : state.budget.usage.cacheReadTokens / total;
}
