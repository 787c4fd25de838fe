/**
 * Money and tokens of a session. Before each call its worst case is reserved, so that settled plus reserved never
 * exceeds a cap, however calls interleave; afterwards the reservation is replaced by what the call really used.
 */
import type { Caps, Event, EventBody, EventOf, Recorder, UnitPrices, Usage } from '../events/index.ts';
import { sanitize } from '../events/sanitize.ts';
import { priceTable } from './price-table.ts';
import {
  costUsdPicos,
  formatUsd,
  pricesOf,
  promptTokensOf,
  roundToMicros,
  totalTokensOf,
  worstPricesOf,
} from './prices.ts';

/** A reply shorter than this is not worth its prompt: a call that cannot have so many output tokens is refused. */
export const LEAST_OUTPUT_TOKENS = 256;

export interface ReservationAsk {
  /** Name of the reservation, unique in the session. */
  reservation: string;
  model: string;
  /** An upper bound of the prompt's tokens. */
  promptTokens: number;
  /** Output tokens that are wanted; lowered where the caps leave less. */
  maxTokens: number;
  caps: Caps;
}

type ReservationAnswer =
  { kind: 'reserved'; maxTokens: number } | { kind: 'refused'; cap: EventOf<'budgetRefused'>['cap']; message: string };

export interface Budget {
  /** What {@link reserve} would answer; reserves and records nothing. */
  probe(ask: ReservationAsk): ReservationAnswer;
  /** Takes the worst case of a call out of the caps, or refuses; either is recorded. */
  reserve(ask: ReservationAsk): ReservationAnswer;
  /** Replaces a reservation by what the call used; `estimated` where that is a bound and not the provider's count. */
  settle(reservation: string, usage: Usage, options?: { estimated?: boolean }): void;
  /** Settled and reserved, in 10^-12 dollars and in tokens. */
  totals(): Totals;
}

interface Totals {
  settledUsdPicos: bigint;
  reservedUsdPicos: bigint;
  settledTokens: number;
  reservedTokens: number;
}

interface Open {
  model: string;
  usdPicos: bigint;
  tokens: number;
  atMs: number;
}

type Settlement = Extract<EventBody, { type: 'budgetSettled' }>;

const PICOS_PER_MICRO = 1_000_000n;

/** Name of the reservation of one attempt of a request. */
export function reservationOf(request: string, attempt: number): string {
  return `${request}/${attempt}`;
}

/**
 * A budget that goes on from a session's earlier events. Reservations that a crash left open are settled first, at their
 * full amount: what those calls cost is not known, and it was at most that.
 *
 * Rounding: costs are added exactly, in 10^-12 dollars, and only the sum is rounded, half up. Each charge is the step that
 * the rounded sum takes; so the charges of a session always add up to its exact cost, rounded once, and a single charge is
 * less than a micro-dollar off its own.
 */
export function createBudget(
  recorder: Recorder,
  options: { now?: () => number; earlier?: readonly Event[] } = {},
): Budget {
  const now = options.now ?? Date.now;
  const open = new Map<string, Open>();
  let settledUsdPicos = 0n;
  let settledUsdMicros = 0;
  let settledTokens = 0;

  const settleWith = ({ usage, unitPrices, usdMicros }: Omit<Settlement, 'type'>): void => {
    settledTokens += totalTokensOf(usage);
    settledUsdMicros += usdMicros ?? 0;
    // Without unit prices the amount is a whole one: what a crash left reserved.
    settledUsdPicos +=
      unitPrices === null ? BigInt(usdMicros ?? 0) * PICOS_PER_MICRO : BigInt(costUsdPicos(usage, unitPrices));
  };
  for (const event of options.earlier ?? []) {
    if (event.type === 'budgetSettled') settleWith(event);
  }
  for (const settlement of openSettlements(options.earlier ?? [])) {
    recorder.append(settlement);
    settleWith(settlement);
  }

  const totals = (): Totals => {
    let reservedUsdPicos = 0n;
    let reservedTokens = 0;
    for (const { usdPicos, tokens } of open.values()) {
      reservedUsdPicos += usdPicos;
      reservedTokens += tokens;
    }
    return { settledUsdPicos, reservedUsdPicos, settledTokens, reservedTokens };
  };

  const weigh = (ask: ReservationAsk, atMs: number): ReservationAnswer => {
    const { caps, model, promptTokens } = ask;
    const spent = totals();
    let fits = ask.maxTokens;
    if (caps.maxTokens !== undefined) {
      const left = caps.maxTokens - spent.settledTokens - spent.reservedTokens;
      fits = Math.min(fits, left - promptTokens);
      if (fits < Math.min(ask.maxTokens, LEAST_OUTPUT_TOKENS)) return refusedByTokens(ask, caps.maxTokens, left);
    }
    if (caps.maxUsdMicros !== undefined) {
      const prices = worstPricesOf(model, promptTokens, atMs);
      if (prices === null) return refusedWithoutPrice(model);
      const capPicos = BigInt(caps.maxUsdMicros) * PICOS_PER_MICRO;
      const left = capPicos - spent.settledUsdPicos - spent.reservedUsdPicos;
      const forOutput = left - (left % PICOS_PER_MICRO) - BigInt(promptTokens * worstPromptPrice(prices));
      const affordable = forOutput < 0n ? -1 : Number(forOutput / BigInt(prices.output));
      fits = Math.min(fits, affordable);
      if (fits < Math.min(ask.maxTokens, LEAST_OUTPUT_TOKENS))
        return refusedByMoney(ask, caps.maxUsdMicros, left, prices);
    }
    return { kind: 'reserved', maxTokens: fits };
  };

  return {
    probe: (ask) => weigh(ask, now()),
    totals,
    reserve(ask) {
      const atMs = now();
      const answer = weigh(ask, atMs);
      if (answer.kind === 'refused') {
        recorder.append({ type: 'budgetRefused', cap: answer.cap, message: answer.message });
        return answer;
      }
      const { reservation, model, promptTokens } = ask;
      const { maxTokens } = answer;
      const prices = worstPricesOf(model, promptTokens, atMs);
      const cost = prices === null ? null : worstCostPicos(promptTokens, maxTokens, prices);
      const usdMicros = cost === null ? null : Math.ceil(cost / 1_000_000);
      const tokens = promptTokens + maxTokens;
      open.set(reservation, { model, usdPicos: BigInt(usdMicros ?? 0) * PICOS_PER_MICRO, tokens, atMs });
      recorder.append({ type: 'budgetReserved', reservation, usdMicros, tokens });
      return answer;
    },
    settle(reservation, usage, { estimated = false } = {}) {
      const reserved = open.get(reservation);
      if (reserved === undefined) throw new Error(`no open reservation ${reservation} to settle`);
      const unitPrices = pricesOf(reserved.model, promptTokensOf(usage), reserved.atMs);
      const usdMicros =
        unitPrices === null
          ? null
          : roundToMicros(settledUsdPicos + BigInt(costUsdPicos(usage, unitPrices))) - settledUsdMicros;
      const settlement: Settlement = { type: 'budgetSettled', reservation, usage, unitPrices, usdMicros, estimated };
      recorder.append(settlement);
      open.delete(reservation);
      settleWith(settlement);
    },
  };
}

/** A usage of nothing, for a call that was refused before it cost anything. */
export const NO_USAGE: Usage = {
  inputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
};

/**
 * The dearest a prompt token can be. Our requests ask for 5-minute caching only, so a 1-hour write cannot happen; a
 * fresh token, a write and a read can.
 */
function worstPromptPrice(prices: UnitPrices): number {
  return Math.max(prices.input, prices.cacheWrite5m, prices.cacheRead);
}

function worstCostPicos(promptTokens: number, maxTokens: number, prices: UnitPrices): number {
  return promptTokens * worstPromptPrice(prices) + maxTokens * prices.output;
}

function refusedByTokens(ask: ReservationAsk, cap: number, left: number): ReservationAnswer {
  const need = ask.promptTokens + Math.min(ask.maxTokens, LEAST_OUTPUT_TOKENS);
  const message = `the next call could take ${need} tokens and ${Math.max(0, left)} of the cap of ${cap} are left; raise --max-tokens to go on`;
  return { kind: 'refused', cap: 'tokens', message };
}

function refusedByMoney(
  ask: ReservationAsk,
  capMicros: number,
  leftPicos: bigint,
  prices: UnitPrices,
): ReservationAnswer {
  const least = worstCostPicos(ask.promptTokens, Math.min(ask.maxTokens, LEAST_OUTPUT_TOKENS), prices);
  const left = leftPicos < 0n ? 0 : Number(leftPicos / PICOS_PER_MICRO);
  const message = `the next call could cost ${formatUsd(Math.ceil(least / 1_000_000))} and ${formatUsd(left)} of the cap of ${formatUsd(capMicros)} are left; raise --max-usd to go on`;
  return { kind: 'refused', cap: 'usd', message };
}

function refusedWithoutPrice(model: string): ReservationAnswer {
  const message = `the model ${sanitize(model)} has no price in the table ${priceTable.version}, so --max-usd cannot be kept; use --max-tokens instead`;
  return { kind: 'refused', cap: 'price', message };
}

/** What closes the reservations that have no settlement, in order. */
function openSettlements(events: readonly Event[]): Settlement[] {
  const open = new Map<string, EventOf<'budgetReserved'>>();
  const outputs = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'budgetReserved') open.set(event.reservation, event);
    else if (event.type === 'requestSent') outputs.set(reservationOf(event.request, event.attempt), event.maxTokens);
    else if (event.type === 'budgetSettled') open.delete(event.reservation);
  }
  return [...open.values()].map(({ reservation, tokens, usdMicros }) => {
    const outputTokens = Math.min(outputs.get(reservation) ?? 0, tokens);
    const usage = { ...NO_USAGE, inputTokens: tokens - outputTokens, outputTokens };
    return { type: 'budgetSettled', reservation, usage, unitPrices: null, usdMicros, estimated: true };
  });
}
