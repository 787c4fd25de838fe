import type { Event, Usage } from '../events/index.ts';

/** What the session has spent and what it has promised to spend at most. Money in micro-dollars. */
export interface BudgetSlice {
  usage: Usage;
  /** Sum of the settled charges that have a price. */
  usdMicros: number;
  /** Calls whose model has no price. */
  unpricedCalls: number;
  /** Calls whose charge is a bound, not the provider's count. */
  estimatedCalls: number;
  calls: number;
  /** Reservation id to what it may still cost. */
  open: Record<string, { usdMicros: number; tokens: number }>;
  /** Prompt tokens of the newest call: how full the context is. */
  contextTokens: number;
  /** Set once a cap refused a call. */
  refused: string | null;
}

export const initialBudget: BudgetSlice = {
  usage: { inputTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, cacheReadTokens: 0, outputTokens: 0 },
  usdMicros: 0,
  unpricedCalls: 0,
  estimatedCalls: 0,
  calls: 0,
  open: {},
  contextTokens: 0,
  refused: null,
};

/** Folds reservations and charges. */
export function reduceBudget(budget: BudgetSlice, event: Event): BudgetSlice {
  switch (event.type) {
    case 'budgetReserved':
      return {
        ...budget,
        open: { ...budget.open, [event.reservation]: { usdMicros: event.usdMicros ?? 0, tokens: event.tokens } },
      };
    case 'budgetSettled':
      return {
        usage: {
          inputTokens: budget.usage.inputTokens + event.usage.inputTokens,
          cacheWrite5mTokens: budget.usage.cacheWrite5mTokens + event.usage.cacheWrite5mTokens,
          cacheWrite1hTokens: budget.usage.cacheWrite1hTokens + event.usage.cacheWrite1hTokens,
          cacheReadTokens: budget.usage.cacheReadTokens + event.usage.cacheReadTokens,
          outputTokens: budget.usage.outputTokens + event.usage.outputTokens,
        },
        usdMicros: budget.usdMicros + (event.usdMicros ?? 0),
        unpricedCalls: budget.unpricedCalls + (event.usdMicros === null ? 1 : 0),
        estimatedCalls: budget.estimatedCalls + (event.estimated ? 1 : 0),
        calls: budget.calls + 1,
        open: Object.fromEntries(Object.entries(budget.open).filter(([id]) => id !== event.reservation)),
        contextTokens: promptTokens(event.usage),
        refused: budget.refused,
      };
    case 'budgetRefused':
      return { ...budget, refused: event.message };
    default:
      return budget;
  }
}

/** The whole prompt of a call: fresh, written to and read from the cache. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens + usage.cacheReadTokens;
}
