/**
 * What a model's tokens cost. Our own dated table with exact model ids: a prefix match or a derived cache price has
 * been wrong elsewhere, and a wrong price breaks a cap. A model that is not here has no price; none is ever guessed.
 */

/** Micro-dollars per million tokens. */
interface Rates {
  input: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  output: number;
}

/** Rates for prompts up to a length; they hold for every token of such a request. */
export interface Tier {
  /** Tokens of the whole prompt, cached parts included; null for any length. Tiers stand in rising order. */
  upToPromptTokens: number | null;
  rates: Rates;
}

export interface DatedPrice {
  /** ISO date (UTC) from which it holds; null for always. */
  effectiveFrom: string | null;
  tiers: Tier[];
}

export interface PriceTable {
  version: string;
  /** Page that the prices were read from, and when. */
  source: string;
  verifiedOn: string;
  /** Model id, without a `-YYYYMMDD` date and without a `[1m]` suffix, to its prices in rising order of date. */
  models: Record<string, DatedPrice[]>;
}

/** Dollars per million tokens, as the price page has them, in the order of its columns. */
function rates(input: number, output: number, cacheWrite5m: number, cacheWrite1h: number, cacheRead: number): Rates {
  const micros = (dollars: number): number => Math.round(dollars * 1_000_000);
  return {
    input: micros(input),
    cacheWrite5m: micros(cacheWrite5m),
    cacheWrite1h: micros(cacheWrite1h),
    cacheRead: micros(cacheRead),
    output: micros(output),
  };
}

function flat(...columns: Parameters<typeof rates>): DatedPrice {
  return from(null, ...columns);
}

function from(effectiveFrom: string | null, ...columns: Parameters<typeof rates>): DatedPrice {
  return { effectiveFrom, tiers: [{ upToPromptTokens: null, rates: rates(...columns) }] };
}

const fable52 = from('2026-11-09', 8, 40, 10, 16, 0.2);
const fable51 = flat(10, 50, 12.5, 20, 0.25);
const opus5 = flat(5, 25, 6.25, 10, 0.5);
const sonnet4 = flat(3, 15, 3.75, 6, 0.3);

/** The table that every usage is priced by; its version is stored with each charge. */
export const priceTable: PriceTable = {
  version: '2026-11-23',
  source: 'Claude documentation, page "Pricing"',
  verifiedOn: '2026-11-23',
  models: {
    'claude-fable-5-2': [fable52],
    'claude-mythos-5-2': [fable52],
    'claude-fable-5-1': [fable51],
    'claude-mythos-5-1': [fable51],
    'claude-fable-5': [flat(10, 50, 12.5, 20, 1)],
    'claude-opus-5-5': [from('2026-09-22', 4, 20, 5, 8, 0.2)],
    'claude-opus-5': [opus5],
    'claude-opus-4-8': [opus5],
    'claude-opus-4-7': [opus5],
    'claude-opus-4-6': [opus5],
    'claude-opus-4-5': [opus5],
    'claude-sonnet-5-5': [flat(2, 10, 2.5, 4, 0.2), from('2026-10-07', 2, 10, 2.5, 4, 0.1)],
    'claude-sonnet-5': [flat(2, 10, 2.5, 4, 0.2)],
    'claude-sonnet-4-6': [sonnet4],
    'claude-sonnet-4-5': [sonnet4],
    'claude-haiku-5-5': [
      {
        effectiveFrom: '2026-10-07',
        tiers: [
          { upToPromptTokens: 100_000, rates: rates(0.1, 0.5, 0.125, 0.2, 0.01) },
          { upToPromptTokens: null, rates: rates(0.5, 2.5, 0.625, 1, 0.05) },
        ],
      },
    ],
    'claude-haiku-4-5': [flat(1, 5, 1.25, 2, 0.1)],
  },
};
