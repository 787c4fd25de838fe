/** The caps: no schedule of calls may overshoot them, and what a crash left open is paid for. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBudget, LEAST_OUTPUT_TOKENS, NO_USAGE } from '../../src/agent/budget.ts';
import type { ReservationAsk } from '../../src/agent/budget.ts';
import { countedTokenBound, promptTokenBound } from '../../src/agent/prompt-bound.ts';
import type { Usage } from '../../src/events/index.ts';
import { memoryRecorder } from '../support/memory-recorder.ts';

const now = () => Date.parse('2026-11-23T00:00:00Z');
const ask = (change: Partial<ReservationAsk> = {}): ReservationAsk => ({
  reservation: 'r/1',
  model: 'claude-sonnet-5-5',
  promptTokens: 10_000,
  maxTokens: 32_000,
  caps: {},
  ...change,
});

describe('a reservation', () => {
  test('is the prompt at the dearest kind and all output tokens', () => {
    const recorder = memoryRecorder();
    expect(createBudget(recorder, { now }).reserve(ask())).toEqual({ kind: 'reserved', maxTokens: 32_000 });
    // 10000 × 2.5 + 32000 × 10
    expect(recorder.events).toMatchObject([{ type: 'budgetReserved', usdMicros: 345_000, tokens: 42_000 }]);
  });

  test('lowers the output tokens to what the money allows', () => {
    const budget = createBudget(memoryRecorder(), { now });
    // (100000 − 25000) / 10
    expect(budget.reserve(ask({ caps: { maxUsdMicros: 100_000 } }))).toEqual({ kind: 'reserved', maxTokens: 7500 });
  });

  test('lowers the output tokens to what the token cap allows', () => {
    const budget = createBudget(memoryRecorder(), { now });
    expect(budget.reserve(ask({ caps: { maxTokens: 12_000 } }))).toEqual({ kind: 'reserved', maxTokens: 2000 });
  });

  test('is refused where the prompt does not fit, and says what is left', () => {
    const recorder = memoryRecorder();
    const budget = createBudget(recorder, { now });
    expect(budget.reserve(ask({ caps: { maxUsdMicros: 25_000 } }))).toMatchObject({ kind: 'refused', cap: 'usd' });
    expect(budget.reserve(ask({ caps: { maxTokens: 10_000 } }))).toMatchObject({ kind: 'refused', cap: 'tokens' });
    expect(recorder.of('budgetRefused').map((event) => event.message)).toEqual([
      'the next call could cost $0.02756 and $0.025 of the cap of $0.025 are left; raise --max-usd to go on',
      'the next call could take 10256 tokens and 10000 of the cap of 10000 are left; raise --max-tokens to go on',
    ]);
  });

  test('is refused under a money cap for a model without a price, and free of it otherwise', () => {
    const recorder = memoryRecorder();
    const budget = createBudget(recorder, { now });
    const model = 'llama-3';
    expect(budget.reserve(ask({ model, caps: { maxUsdMicros: 1e9 } }))).toMatchObject({
      kind: 'refused',
      cap: 'price',
    });
    expect(budget.reserve(ask({ model }))).toMatchObject({ kind: 'reserved' });
    budget.settle('r/1', { ...NO_USAGE, inputTokens: 5 });
    expect(recorder.of('budgetSettled')).toMatchObject([
      { usdMicros: null, unitPrices: null, usage: { inputTokens: 5 } },
    ]);
  });

  test('a probe reserves and records nothing', () => {
    const recorder = memoryRecorder();
    const budget = createBudget(recorder, { now });
    expect(budget.probe(ask())).toEqual({ kind: 'reserved', maxTokens: 32_000 });
    expect([recorder.events, budget.totals().reservedTokens]).toEqual([[], 0]);
  });
});

test('settling keeps the unit prices beside the usage', () => {
  const recorder = memoryRecorder();
  const budget = createBudget(recorder, { now });
  budget.reserve(ask());
  const usage: Usage = { ...NO_USAGE, inputTokens: 3, cacheWrite5mTokens: 1, cacheReadTokens: 9, outputTokens: 2 };
  budget.settle('r/1', usage);
  expect(recorder.of('budgetSettled')[0]).toMatchObject({
    usage,
    unitPrices: {
      table: '2026-11-23',
      input: 2e6,
      cacheWrite5m: 2.5e6,
      cacheWrite1h: 4e6,
      cacheRead: 1e5,
      output: 1e7,
    },
    usdMicros: 29,
    estimated: false,
  });
  expect(() => budget.settle('r/1', usage)).toThrow('no open reservation');
});

test('the charges add up to the exact cost, rounded once, however many calls there are', () => {
  const recorder = memoryRecorder();
  const budget = createBudget(recorder, { now });
  for (let call = 1; call <= 10; call += 1) {
    budget.reserve(ask({ reservation: `r/${call}` }));
    // 3 × 0.1 = 0.3 micro-dollars
    budget.settle(`r/${call}`, { ...NO_USAGE, cacheReadTokens: 3 });
  }
  expect(recorder.of('budgetSettled').map((event) => event.usdMicros)).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 1, 0]);
  const again = createBudget(memoryRecorder(), { now, earlier: recorder.events.slice(0, 8) });
  again.reserve(ask({ reservation: 'again/1' }));
  expect(again.totals().settledUsdPicos).toBe(1_200_000n);
});

test('what an earlier run spent counts, and what a crash left open is settled in full', () => {
  const recorder = memoryRecorder();
  const before = createBudget(recorder, { now });
  before.reserve(ask({ reservation: 'a/1' }));
  before.settle('a/1', { ...NO_USAGE, inputTokens: 1000 });
  before.reserve(ask({ reservation: 'b/1' }));
  recorder.append({
    type: 'requestSent',
    request: 'b',
    model: 'm',
    attempt: 1,
    maxTokens: 32_000,
    bodyHash: 'c'.repeat(64),
  });
  const after = memoryRecorder(recorder.events);
  const budget = createBudget(after, { now, earlier: recorder.events });
  expect(after.events.at(-1)).toMatchObject({
    type: 'budgetSettled',
    reservation: 'b/1',
    usdMicros: 345_000,
    estimated: true,
    usage: { inputTokens: 10_000, outputTokens: 32_000 },
  });
  // 2000 micro-dollars and 1000 tokens were settled before the crash.
  expect(budget.totals()).toMatchObject({
    settledUsdPicos: 347_000_000_000n,
    settledTokens: 43_000,
    reservedTokens: 0,
  });
  const third = memoryRecorder(after.events);
  createBudget(third, { now, earlier: after.events });
  expect(third.events).toHaveLength(after.events.length);
});

test('settled plus reserved never exceeds a cap, under every interleaving of concurrent calls', async () => {
  const call = fc.record({
    prompt: fc.integer({ min: 1, max: 150_000 }),
    output: fc.integer({ min: 1, max: 64_000 }),
    model: fc.constantFrom('claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('inputTokens', 'cacheWrite5mTokens', 'cacheReadTokens'),
    fate: fc.constantFrom('replied', 'refused', 'crashed'),
  });
  const caps = fc.record({
    maxUsdMicros: fc.integer({ min: 0, max: 2_000_000 }),
    maxTokens: fc.integer({ min: 0, max: 600_000 }),
  });
  let reserved = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      caps,
      fc.array(call, { minLength: 1, maxLength: 12 }),
      async (schedule, cap, calls) => {
        const recorder = memoryRecorder();
        const budget = createBudget(recorder, { now });
        const holds = (): void => {
          const spent = budget.totals();
          expect(spent.settledUsdPicos + spent.reservedUsdPicos <= BigInt(cap.maxUsdMicros) * 1_000_000n).toBe(true);
          expect(spent.settledTokens + spent.reservedTokens).toBeLessThanOrEqual(cap.maxTokens);
        };
        const run = async (one: typeof call extends fc.Arbitrary<infer T> ? T : never, at: number): Promise<void> => {
          await schedule.schedule(Promise.resolve(), `ask ${at}`);
          const reservation = `c${at}/1`;
          const { model, prompt: promptTokens, output: maxTokens } = one;
          const answer = budget.reserve({ reservation, model, promptTokens, maxTokens, caps: cap });
          holds();
          if (answer.kind === 'refused') return;
          reserved += 1;
          expect(answer.maxTokens).toBeGreaterThanOrEqual(Math.min(maxTokens, LEAST_OUTPUT_TOKENS));
          await schedule.schedule(Promise.resolve(), `answer ${at}`);
          if (one.fate === 'crashed') return;
          const share = one.fate === 'refused' ? 0 : one.used;
          const usage = { ...NO_USAGE, [one.kind]: Math.floor(promptTokens * share) };
          budget.settle(reservation, { ...usage, outputTokens: Math.floor(answer.maxTokens * share) });
          holds();
        };
        const running = calls.map(run);
        await schedule.waitAll();
        await Promise.all(running);
        // The next run of the session pays for the calls that never came back, within the same caps; and so does one who
        // adds up what the log says.
        const again = memoryRecorder(recorder.events);
        const spent = createBudget(again, { now, earlier: recorder.events }).totals();
        expect(spent.settledUsdPicos <= BigInt(cap.maxUsdMicros) * 1_000_000n).toBe(true);
        expect(spent.settledTokens).toBeLessThanOrEqual(cap.maxTokens);
        const told = again.of('budgetSettled').reduce((sum, event) => sum + (event.usdMicros ?? 0), 0);
        expect(told).toBeLessThanOrEqual(cap.maxUsdMicros);
      },
    ),
    { numRuns: 200 },
  );
  expect(reserved).toBeGreaterThan(100);
});

test('a prompt cannot have more tokens than its bound', () => {
  const text = 'é字😀\n"\\';
  const body = JSON.stringify({ messages: [{ role: 'user', content: text }] });
  expect(promptTokenBound(body)).toBeGreaterThan(Buffer.byteLength(text) + 900);
  expect(countedTokenBound(body, 1_000_000)).toBe(promptTokenBound(body));
  expect(countedTokenBound('x'.repeat(100_000), 20_000)).toBe(21_200);
});
