/** Prices of a model and the cost of a usage, in integer arithmetic. */
import type { UnitPrices, Usage } from '../events/index.ts';
import { priceTable } from './price-table.ts';
import type { DatedPrice, PriceTable, Tier } from './price-table.ts';

/** The whole prompt: fresh, written to and read from the cache. */
export function promptTokensOf(usage: Usage): number {
  return usage.inputTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens + usage.cacheReadTokens;
}

/** All tokens of a usage, of every kind; what `--max-tokens` counts. */
export function totalTokensOf(usage: Usage): number {
  return promptTokensOf(usage) + usage.outputTokens;
}

/**
 * Unit prices of a request with a prompt of that length at a moment (epoch ms), or null where the model has none. The
 * length is the whole prompt's, because a longer prompt may put every token of its request into a dearer tier.
 */
export function pricesOf(
  model: string,
  promptTokens: number,
  atMs: number,
  table: PriceTable = priceTable,
): UnitPrices | null {
  const tier = datedPrice(model, atMs, table)?.tiers.find((candidate) => holds(candidate, promptTokens));
  return tier === undefined ? null : { table: table.version, ...tier.rates };
}

/**
 * The dearest prices that a request of at most that prompt length can meet: for each kind the maximum over the tiers
 * within reach, since the true prompt may be shorter than its bound.
 */
export function worstPricesOf(
  model: string,
  promptTokensAtMost: number,
  atMs: number,
  table: PriceTable = priceTable,
): UnitPrices | null {
  const tiers = datedPrice(model, atMs, table)?.tiers ?? [];
  const last = tiers.findIndex((tier) => holds(tier, promptTokensAtMost));
  const reachable = tiers.slice(0, last + 1).map((tier) => tier.rates);
  const [first] = reachable;
  if (first === undefined) return null;
  const worst = (kind: keyof typeof first): number => Math.max(...reachable.map((rates) => rates[kind]));
  return {
    table: table.version,
    input: worst('input'),
    cacheWrite5m: worst('cacheWrite5m'),
    cacheWrite1h: worst('cacheWrite1h'),
    cacheRead: worst('cacheRead'),
    output: worst('output'),
  };
}

/** Exact cost in 10^-12 dollars: tokens times micro-dollars per million tokens. An integer below 2^53 for any request. */
export function costUsdPicos(usage: Usage, prices: UnitPrices): number {
  return (
    usage.inputTokens * prices.input +
    usage.cacheWrite5mTokens * prices.cacheWrite5m +
    usage.cacheWrite1hTokens * prices.cacheWrite1h +
    usage.cacheReadTokens * prices.cacheRead +
    usage.outputTokens * prices.output
  );
}

/** Whole micro-dollars of an exact amount in 10^-12 dollars, half up. */
export function roundToMicros(picos: bigint): number {
  return Number((picos + 500_000n) / 1_000_000n);
}

/** Dollars with six places, `$0.012345`, for messages. */
export function formatUsd(usdMicros: number): string {
  return `$${(usdMicros / 1_000_000).toFixed(6).replace(/0{1,4}$/, '')}`;
}

function datedPrice(model: string, atMs: number, table: PriceTable): DatedPrice | undefined {
  const id = model.replace(/\[1m\]$/, '').replace(/-\d{8}$/, '');
  if (!Object.hasOwn(table.models, id)) return undefined;
  return table.models[id]?.findLast(
    ({ effectiveFrom }) => effectiveFrom === null || Date.parse(`${effectiveFrom}T00:00:00Z`) <= atMs,
  );
}

function holds(tier: Tier, promptTokens: number): boolean {
  return tier.upToPromptTokens === null || promptTokens <= tier.upToPromptTokens;
}
