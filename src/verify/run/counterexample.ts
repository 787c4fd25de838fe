/** Turns a failing case into a small, reproducible counterexample. */
import type { Counterexample, JsonValue } from '../../events/index.ts';
import type { Tried } from './decide.ts';
import { drawValue } from '../draw.ts';
import type { Engine } from './engine.ts';
import { exchangeOf, type Sent } from '../wire/execute.ts';
import type { Property } from '../checks/property.ts';
import { isSilence } from './keeper.ts';
import { observation, scriptOf } from '../wire/reproducer.ts';
import { readable, type Scenario, type Source } from '../cases/scenario.ts';
import { shrink, type Shrunk } from './shrink.ts';

/** How a case fails, whichever property it belongs to. */
export interface Finding {
  actual: string;
  expected: string;
  sent: Sent[];
  focus: number;
  shown: number[];
  /** Pointer into the shown bodies below which the failure lies; undefined where only the status counts. */
  under: string | undefined;
  statusOnly: boolean;
  /** Expression that takes the place of the one that is read off two runs; `process.argv[2]` is the checked value. */
  check?: string;
  checked?: Source;
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
  /** Empties the subject's state; false where that is not possible. */
  renew: () => Promise<boolean>;
  /** For shrinking, in ms. */
  timeMs: number;
}

const ATTEMPTS = 300;
/** Cases with a history that are tried where a failure hangs on what other cases left behind. */
const WITH_HISTORY = 40;
const FRESH_ATTEMPTS = 25;
/** Each of them starts the subject. */
const ANEW_ATTEMPTS = 10;

/** Shrinks, runs once more, and writes the script. */
export async function counterexampleOf(options: CounterexampleOptions): Promise<Counterexample> {
  const { engine, property, tried } = options;
  const fails = async (scenario: Scenario): Promise<Finding | undefined> => {
    const own = await options.fails(scenario);
    if (own !== undefined || !races(scenario)) return own;
    // What a race is about may be taken by now; on a fresh subject it is not.
    return (await options.renew()) ? options.fails(scenario) : undefined;
  };
  const costly = property.slow === true || options.finding.sent.some((one) => isSilence(one.answer));
  const fresh = async (scenario: Scenario): Promise<Finding | undefined> =>
    (await options.renew()) ? options.fails(scenario) : undefined;
  const { value } = tried.drawn;
  const here = await fails(value);
  // What a subject takes only once was taken by the case itself; on a fresh one it is free again.
  const anew = here === undefined && !costly ? await fresh(value) : undefined;
  const first = here ?? anew;
  let shrunk =
    first === undefined
      ? { value, result: options.finding, path: String(tried.index), shrinks: 0 }
      : await shrink(
          property.arbitrary(tried.index),
          tried.drawn,
          first,
          tried.index,
          anew === undefined ? options.fails : fresh,
          { attempts: anew === undefined ? ATTEMPTS : ANEW_ATTEMPTS, timeMs: costly ? 0 : options.timeMs },
        );
  let again = first === undefined || costly ? first : await (anew === undefined ? fails : fresh)(shrunk.value);
  const isForeign = property.foreign === true || looksAtAll(shrunk.result);
  if (again !== undefined && anew === undefined && !costly && isForeign && (await options.renew())) {
    again = await fails(shrunk.value);
    if (again !== undefined && property.foreign === true) shrunk = { ...shrunk, result: again };
    const own = again === undefined ? await selfContained(options) : undefined;
    if (own !== undefined) ({ shrunk, again } = own);
  }
  const found = shrunk.result;
  const focus = found.sent[found.focus];
  let last = Math.max(found.focus, ...found.shown);
  // What is sent at once stays together.
  while (found.sent[last]?.together === true && found.sent[last + 1]?.together === true) last++;
  const sent = found.sent.slice(0, last + 1);
  const shows = new Map<number, string>();
  for (const index of found.shown) {
    const one = sent[index];
    const twin = again?.sent.length === found.sent.length ? again.sent[index] : undefined;
    if (one === undefined) continue;
    shows.set(index, found.check ?? observation(one, twin, found.statusOnly ? undefined : (found.under ?? '')));
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
      wire: engine.spec,
      sent,
      shows,
      ...(found.checked === undefined ? {} : { checked: found.checked }),
    }),
    exchanges: sent.map(exchangeOf),
    reproducible: again !== undefined,
  };
}

/** True where requests are sent at once. */
function races(scenario: Scenario): boolean {
  return scenario.some((step) => step.together === true);
}

/** True for a look at a whole collection: what it shows may have been left by other cases. */
function looksAtAll({ sent, focus }: Finding): boolean {
  const operation = sent[focus]?.operation;
  return operation?.method === 'get' && !operation.path.includes('{');
}

/** A case that fails on a fresh subject because of its own history. */
async function selfContained(
  options: CounterexampleOptions,
): Promise<{ shrunk: Shrunk<Scenario, Finding>; again: Finding | undefined } | undefined> {
  const { engine, property, renew, fails } = options;
  const fresh = async (scenario: Scenario): Promise<Finding | undefined> =>
    (await renew()) ? fails(scenario) : undefined;
  for (let index = property.runs; index < property.runs + WITH_HISTORY; index++) {
    const arbitrary = property.arbitrary(index);
    const drawn = drawValue(arbitrary, engine.seed, property.ref.id, index);
    if (drawn.value.length < 2 || (await fails(drawn.value)) === undefined) continue;
    const alone = await fresh(drawn.value);
    if (alone === undefined) continue;
    const limits = { attempts: FRESH_ATTEMPTS, timeMs: options.timeMs };
    const shrunk = await shrink(arbitrary, drawn, alone, index, fresh, limits);
    return { shrunk, again: await fresh(shrunk.value) };
  }
  return undefined;
}

function inputOf(sent: Sent): JsonValue {
  const input = readable(sent.input);
  if (sent.rawBody !== undefined) return { ...input, rawBody: sent.rawBody };
  return input;
}
