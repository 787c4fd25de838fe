/** Turns a failing case into a small counterexample that fails in a fresh instance, with the calls before it if need be. */
import type { Counterexample, Exchange, JsonValue } from '../../events/index.ts';
import { shrink } from '../run/shrink.ts';
import type { TriedCalls } from './decide.ts';
import type { CallEngine } from './engine.ts';
import type { CallKeeper, PastCall } from './keeper.ts';
import type { CallFinding, CallProperty } from './property.ts';
import type { CallSource } from '../model.ts';
import { callScript } from './reproducer.ts';
import type { CallScenario, Made } from './scenario.ts';
import { asSeen } from './shown.ts';

export interface CallCounterexampleOptions {
  engine: CallEngine;
  keeper: CallKeeper;
  property: CallProperty;
  title: string;
  tried: TriedCalls;
  finding: CallFinding;
  source: CallSource;
  /** Runs a scenario; undefined where it does not fail in this way. */
  fails: (scenario: CallScenario) => Promise<CallFinding | undefined>;
  timeMs: number;
}

const ATTEMPTS = 400;
const REPLAYS = 120;
const TIMEOUT_MS = 1000;
const SCRIPT_TIMEOUT_MS = { module: 1000, program: 5000 };
/** Calls that a person is shown; the script has them all. */
const MAX_SHOWN = 12;

/** Shrinks, runs once more in a fresh instance, and writes the script. */
export async function callCounterexample(options: CallCounterexampleOptions): Promise<Counterexample> {
  const { engine, keeper, property, tried, fails } = options;
  const until = performance.now() + 2 * options.timeMs;
  const fresh = async (scenario: CallScenario): Promise<CallFinding | undefined> =>
    (await keeper.renew()) ? fails(scenario) : undefined;
  const hung = options.finding.made.some(({ outcome }) => outcome.kind === 'fault' && outcome.reason === 'silent');
  const scenario = tried.drawn.value;
  let smallest = scenario;
  let found = options.finding;
  let path = String(tried.index);
  let shrinks = 0;
  let before: PastCall[] = [];
  // Whoever never answers is not asked whether it still does not.
  let again = keeper.mute === undefined ? await fresh(scenario) : options.finding;
  if (again === undefined) {
    const history = await historyFor(options, until);
    if (history !== undefined) {
      before = history.before;
      found = again = history.finding;
    }
  } else if (!hung) {
    const attempt = property.serial || scenario.length > 1 ? fresh : fails;
    // Each attempt that ends the process costs a new one.
    const ended = again.made.some(({ outcome }) => outcome.kind === 'fault' && outcome.reason === 'ended');
    const limits = { attempts: ATTEMPTS, timeMs: ended ? options.timeMs / 2 : options.timeMs };
    const shrunk = await shrink(property.arbitrary(tried.index), tried.drawn, again, tried.index, attempt, limits);
    again = await fresh(shrunk.value);
    // What was made small beside other calls may need them; then the first finding stands.
    if (again === undefined) found = (again = await fresh(scenario)) ?? found;
    else {
      found = again;
      ({ path, shrinks, value: smallest } = shrunk);
    }
  } else found = again;
  const made = found.made.slice(0, Math.max(found.focus + 1, lastShown(found)));
  const all = [...before, ...made.map(pastOf)];
  const twin = hung || again === undefined || before.length > 0 ? undefined : await fresh(smallest);
  return {
    seed: engine.seed,
    path,
    shrinks,
    input: inputOf(all, found),
    actual: found.actual,
    expected: found.expected,
    reproducer: callScript({
      title: options.title,
      expected: found.expected,
      actual: found.actual,
      subject: options.source,
      before,
      made,
      again: twin?.made,
      lines: found.lines ?? [],
      test:
        found.test ??
        lookedAt(made)
          .map((index) => asSeen(index))
          .join(' && '),
      timeoutMs: SCRIPT_TIMEOUT_MS[options.source.kind],
    }),
    exchanges: [...before.map(beforeExchange), ...made.map(exchangeOf)],
    reproducible: again !== undefined,
  };
}

/** Everything after the call belongs to the finding where the rule looks at it. */
function lastShown({ made, focus }: CallFinding): number {
  const last = made.findLastIndex(({ role }) => role.startsWith('then ') || role === 'again');
  return Math.max(last, focus) + 1;
}

/** The shortest list of earlier calls that was found after which a scenario fails. */
async function historyFor(
  options: CallCounterexampleOptions,
  until: number,
): Promise<{ before: PastCall[]; finding: CallFinding } | undefined> {
  const { keeper, tried, fails } = options;
  const past = tried.past?.calls.slice(0, tried.past.count) ?? [];
  if (past.length === 0) return undefined;
  let left = REPLAYS;
  const after = async (calls: PastCall[]): Promise<CallFinding | undefined> => {
    if (left-- <= 0 || performance.now() > until || !(await keeper.renew())) return undefined;
    await Promise.all(calls.map(({ method, wire }) => keeper.call(method, wire, TIMEOUT_MS)));
    return fails(tried.drawn.value);
  };
  let before = past;
  let finding: CallFinding | undefined;
  // Most often the last few calls are enough.
  for (let count = 1; count < past.length && finding === undefined; count *= 4) {
    before = past.slice(-count);
    finding = await after(before);
  }
  if (finding === undefined) finding = await after((before = past));
  if (finding === undefined) return undefined;
  for (let size = Math.ceil(before.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let start = 0; start < before.length;) {
      const shorter = before.toSpliced(start, size);
      const still = shorter.length < before.length ? await after(shorter) : undefined;
      if (still === undefined) start += size;
      else {
        before = shorter;
        finding = still;
      }
    }
  return { before, finding };
}

/** Indexes of the calls that a rule looks at: all but those that had to come before. */
function lookedAt(made: Made[]): number[] {
  return made.flatMap(({ role }, index) => (role === 'setup' || role === 'history' ? [] : [index]));
}

function pastOf({ method, wire }: Made): PastCall {
  return { method: method.name, wire };
}

function inputOf(calls: PastCall[], found: CallFinding): JsonValue {
  const focus = found.made[found.focus];
  if (calls.length <= 1 && focus !== undefined) return focus.params;
  const shown = calls.slice(-MAX_SHOWN).map(({ method, wire }) => ({ [method]: wire }));
  return calls.length > MAX_SHOWN ? [`${calls.length - MAX_SHOWN} calls before`, ...shown] : shown;
}

function beforeExchange({ method, wire }: PastCall): Exchange {
  return { method: 'CALL', path: method, headers: {}, body: wire, role: 'before' };
}

function exchangeOf({ method, wire, role, outcome }: Made): Exchange {
  const base = { method: 'CALL', path: method.name, headers: {}, body: wire, role };
  switch (outcome.kind) {
    case 'result':
      return { ...base, response: { status: 200, headers: {}, body: outcome.value } };
    case 'error':
      return {
        ...base,
        response: {
          status: outcome.code ?? 0,
          headers: {},
          body: {
            message: outcome.message,
            ...(outcome.name === undefined ? {} : { name: outcome.name }),
            ...(outcome.data === undefined ? {} : { data: outcome.data }),
          },
        },
      };
    case 'fault':
      return { ...base, fault: outcome.message };
  }
}
