/** Turns a failing case into a small, reproducible counterexample. */
import type { Counterexample, JsonValue } from '../events/index.ts';
import type { Tried } from './decide.ts';
import type { Engine } from './engine.ts';
import { exchangeOf, type Sent } from './execute.ts';
import type { Property } from './property.ts';
import { observation, scriptOf } from './reproducer.ts';
import { readable, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

/** How a case fails, whichever property it belongs to. */
export interface Finding {
  actual: string;
  expected: string;
  sent: Sent[];
  focus: number;
  shown: number[];
  /** Pointer into the shown bodies below which the failure lies; undefined where only the status counts. */
  under: string | undefined;
  /** True where headers, not the body, are wrong. */
  statusOnly: boolean;
}

export interface CounterexampleOptions {
  engine: Engine;
  property: Property;
  title: string;
  tried: Tried;
  finding: Finding;
  baseUrl: string;
  /** Runs a scenario alone; undefined where it does not fail in this way. */
  fails: (scenario: Scenario) => Promise<Finding | undefined>;
  /** For shrinking, in ms. */
  timeMs: number;
}

const ATTEMPTS = 300;

/** Shrinks, runs once more, and writes the script. */
export async function counterexampleOf(options: CounterexampleOptions): Promise<Counterexample> {
  const { engine, property, tried, fails } = options;
  const hung = options.finding.sent.some(
    (one) => one.answer.kind === 'fault' && /no answer|not complete/.test(one.answer.message),
  );
  const first = hung ? undefined : await fails(tried.drawn.value);
  const shrunk =
    first === undefined
      ? { value: tried.drawn.value, result: options.finding, path: String(tried.index), shrinks: 0 }
      : await shrink(property.arbitrary(tried.index), tried.drawn, first, tried.index, fails, {
          attempts: ATTEMPTS,
          timeMs: options.timeMs,
        });
  const found = shrunk.result;
  const again = first === undefined ? undefined : await fails(shrunk.value);
  const focus = found.sent[found.focus];
  const last = Math.max(found.focus, ...found.shown);
  const sent = found.sent.slice(0, last + 1);
  const shows = new Map<number, string>();
  for (const index of found.shown) {
    const one = sent[index];
    const twin = again?.sent.length === found.sent.length ? again.sent[index] : undefined;
    if (one !== undefined) shows.set(index, observation(one, twin, found.statusOnly ? undefined : (found.under ?? '')));
  }
  return {
    seed: engine.seed,
    path: shrunk.path,
    shrinks: shrunk.shrinks,
    input: focus === undefined ? null : inputOf(focus),
    actual: found.actual,
    expected: found.expected,
    reproducer: scriptOf({
      title: options.title,
      expected: found.expected,
      actual: found.actual,
      baseUrl: options.baseUrl,
      basePath: engine.spec.basePath,
      sent,
      shows,
    }),
    exchanges: sent.map(exchangeOf),
    reproducible: again !== undefined,
  };
}

function inputOf(sent: Sent): JsonValue {
  const input = readable(sent.input);
  if (sent.rawBody !== undefined) return { ...input, rawBody: sent.rawBody };
  return input;
}
