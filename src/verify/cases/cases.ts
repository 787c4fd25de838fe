/** Arbitrary scenarios around one call: its producers, sometimes a history, the call, and looks at what it did. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { bindingsAt, type Episode } from './history.ts';
import type { Inputs } from './inputs.ts';
import { oneOf } from './one-of.ts';
import type { Plan, SetupStep } from './producers.ts';
import { takenFrom } from './scarce.ts';
import { type Binding, type Input, type Manner, type Scenario, type Step, unnarrowed } from './scenario.ts';

/** What is called, and how. */
export interface Call {
  input: Input;
  valid: boolean;
  rawBody?: string;
  manner?: Manner;
  /** In place of the plan's own bindings. */
  bindings?: Binding[];
}

export interface CaseOptions {
  plan: Plan;
  call: Arbitrary<Call>;
  inputs: (operation: Operation) => Inputs;
  /** Empty for no history. */
  episodes: Episode[];
  /** True where a body of the operation satisfies its schema; copied values must not break it. */
  accepts: (operation: Operation, input: Input) => boolean;
  /** True where some histories are to be of large numbers, or of small ones, so that sums come to what a rule speaks of. */
  large?: boolean;
  /** True where all of them are to succeed, and to have something before them. */
  easy?: boolean;
  /** How much more an episode has to do with what is tried than another; 1 where it is absent. */
  weigh?: (episode: Episode) => number;
  /** Steps of role `check` after the call, given the call and its index. */
  after?: (call: Step, index: number) => Step[];
}

interface Happening {
  episode: Episode;
  inputs: Input[];
  /** Bit i copies the i-th shared field from the call, so that values meet. */
  copied: number;
  /** Sends the call's own input instead, with values exchanged where `copied` says so. */
  echo: boolean;
  /** How often it happens, with the same input: sums and counts reach limits that single calls do not. */
  times: number;
}

/** How much likelier a history takes an episode of the call's own resource than another one. */
const OWN_WEIGHT = 3;

/** Items of a list that was there before of which one is taken: the first ones are not all that it holds. */
const MOST_ITEMS = 8;

/** Scenarios of a call. */
export function scenarios(options: CaseOptions): Arbitrary<Scenario> {
  const { plan } = options;
  const drawn = scenariosOf(options);
  if (plan.found.size === 0) return drawn;
  const taken = takenFrom(plan);
  return fc
    .tuple(drawn, fc.nat(MOST_ITEMS - 1))
    .map(([scenario, nth]) => scenario.map((step) => choosing(step, plan.found, nth, taken)));
}

function choosing(step: Step, found: ReadonlySet<number>, nth: number, taken: number | undefined): Step {
  const chosen = (one: Binding): Binding => {
    if (!found.has(one.from.step)) return one;
    return { ...one, from: { ...one.from, nth: one.from.step === taken ? fromEnd(nth) : nth } };
  };
  return { ...step, bindings: step.bindings.map(chosen) };
}

/** Mostly the last one; the others have been in use. */
function fromEnd(nth: number): number {
  return -1 - Math.max(0, nth - MOST_ITEMS / 2);
}

function scenariosOf(options: CaseOptions): Arbitrary<Scenario> {
  if (options.easy === true && options.episodes.length > 0) return easyScenarios(options);
  if (options.large === true && options.episodes.length > 0)
    return fc.oneof(
      { withCrossShrink: true },
      { weight: 6, arbitrary: scenariosOf({ ...options, large: false }) },
      { weight: 2, arbitrary: largeScenarios(options) },
      { weight: 2, arbitrary: easyScenarios(options) },
    );
  const { plan, call, inputs, episodes } = options;
  const setup = fc.tuple(...plan.setup.map((step) => inputs(step.operation).arbitrary));
  if (episodes.length === 0) return fc.tuple(setup, call).map(([setups, called]) => build(options, setups, called, []));
  const happenings = fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<Happening[]>([]) },
    { weight: 3, arbitrary: fc.array(happening(options), { minLength: 1, maxLength: 4, size: 'max' }) },
  );
  return fc.tuple(setup, call, happenings).map(([setups, called, past]) => build(options, setups, called, past));
}

/** The same thing several times, and all of it with the largest of a few draws. */
function largeScenarios(options: CaseOptions): Arbitrary<Scenario> {
  const { plan, call, inputs, episodes } = options;
  const large = (operation: Operation): Arbitrary<Input> => most(inputs(operation).arbitrary, totalOf);
  const setup = fc.tuple(...plan.setup.map((step) => large(step.operation)));
  const often = oneOf(episodes, (episode) =>
    fc.record({
      episode: fc.constant(episode),
      inputs: fc.tuple(...episode.steps.map((step) => large(step.operation))),
      copied: fc.constant(0),
      echo: fc.constant(false),
      times: fc.integer({ min: 2, max: 4 }),
    }),
  );
  return fc
    .tuple(setup, call, fc.array(often, { minLength: 1, maxLength: 2 }))
    .map(([setups, called, past]) => build(options, setups, called, past));
}

/**
 * What comes first, such as an account and its limits, with the largest of a few draws, and all that follows with the
 * smallest, so that it succeeds: what may not happen twice is found where it may happen once.
 */
function easyScenarios(options: CaseOptions): Arbitrary<Scenario> {
  const { plan, call, inputs } = options;
  const small = (operation: Operation): Arbitrary<Input> =>
    most(inputs(operation).arbitrary, (input) => -totalOf(input));
  const setup = fc.tuple(
    ...plan.setup.map(({ operation }, index) =>
      index === 0 ? most(inputs(operation).arbitrary, totalOf) : small(operation),
    ),
  );
  const easy = oneOf(weighted(options), (episode) =>
    fc.record({
      episode: fc.constant(episode),
      inputs: fc.tuple(...episode.steps.map((step) => small(step.operation))),
      copied: fc.constant(0),
      echo: fc.boolean(),
      times: fc.constant(1),
    }),
  );
  return fc
    .tuple(
      setup,
      most(call, ({ input }) => -totalOf(input)),
      fc.array(easy, { minLength: 1, maxLength: 3 }),
    )
    .map(([setups, called, past]) => build(options, setups, called, past));
}

/** The greatest of a few draws. */
function most<T>(arbitrary: Arbitrary<T>, sizeOf: (value: T) => number): Arbitrary<T> {
  return fc
    .tuple(arbitrary, arbitrary, arbitrary, arbitrary)
    .map((drawn) => drawn.reduce((one, other) => (sizeOf(other) > sizeOf(one) ? other : one)));
}

function totalOf({ body, query }: Input): number {
  const values = [...Object.values(query), ...(isObject(body) ? Object.values(body) : [])];
  return values.reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0);
}

function happening(options: CaseOptions): Arbitrary<Happening> {
  const { inputs } = options;
  const copied = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(255) });
  const echo = fc.nat(4).map((draw) => draw === 4);
  const times = fc.nat(5).map((draw) => (draw === 5 ? 3 : 1));
  return oneOf(weighted(options), (episode) =>
    fc.record({
      episode: fc.constant(episode),
      inputs: fc.tuple(...episode.steps.map((step) => inputs(step.operation).arbitrary)),
      copied,
      echo,
      times,
    }),
  );
}

/** What a call says hangs on the state of its own resource more than on anything else. */
function weighted({ episodes, weigh }: CaseOptions): Episode[] {
  return episodes.flatMap((episode) => {
    const weight = (episode.own === true ? OWN_WEIGHT : 1) * (weigh?.(episode) ?? 1);
    return Array<Episode>(weight).fill(episode);
  });
}

function build(options: CaseOptions, setups: Input[], called: Call, past: Happening[]): Scenario {
  const { plan } = options;
  const scenario: Scenario = plan.setup.map((step, index) => ({
    role: 'setup',
    operation: step.operation,
    input: setupInput(step, setups[index] ?? called.input),
    bindings: step.bindings,
    valid: true,
  }));
  for (const { episode, inputs, copied, echo } of past.flatMap((one) => Array<Happening>(one.times).fill(one))) {
    if (echo && called.valid) {
      // The very same call before, or one whose values stand in other places: a leave that ends on the day of this start.
      const turned = copied === 0 ? called.input : withCopies(called.input, called.input, copied | 128);
      const input = options.accepts(plan.operation, turned) ? turned : called.input;
      scenario.push({ role: 'history', ...callStep(plan, { ...called, input }) });
      continue;
    }
    const start = scenario.length;
    episode.steps.forEach((step, index) => {
      const drawn = setupInput(step, inputs[index] ?? called.input);
      const copy = copied === 0 || !called.valid ? drawn : withCopies(drawn, called.input, copied);
      scenario.push({
        role: 'history',
        operation: step.operation,
        input: copy !== drawn && options.accepts(step.operation, copy) ? copy : drawn,
        bindings: bindingsAt(episode, step.bindings, start),
        valid: true,
      });
    });
  }
  const step: Step = { role: 'call', ...callStep(plan, called) };
  scenario.push(step);
  if (options.after !== undefined) scenario.push(...options.after(step, scenario.length - 1));
  return scenario;
}

/** What shows the things that were there before is asked for all of them. */
export function setupInput({ operation, shows }: SetupStep, drawn: Input): Input {
  return shows === true ? unnarrowed(operation, drawn) : drawn;
}

function callStep(plan: Plan, called: Call): Omit<Step, 'role'> {
  return {
    operation: plan.operation,
    input: called.input,
    bindings: called.bindings ?? plan.bindings,
    valid: called.valid,
    ...(called.rawBody === undefined ? {} : { rawBody: called.rawBody }),
    ...(called.manner === undefined ? {} : { manner: called.manner }),
  };
}

/**
 * Copies members of the call's input, so that values meet: of the same name, else of the same kind (a day for a day, a
 * number for a number). The caller checks that the result is still valid.
 */
function withCopies(input: Input, from: Input, mask: number): Input {
  const pool = [...Object.values(from.query), ...(isObject(from.body) ? Object.values(from.body) : [])];
  let bit = 0;
  const mix = (own: JsonObject, other: JsonObject): JsonObject => {
    const mixed = { ...own };
    for (const [name, drawn] of Object.entries(own)) {
      const kindred = pool.filter((value) => kindOf(value) !== undefined && kindOf(value) === kindOf(drawn));
      const alike = kindred[mask % kindred.length];
      // Half of the time across names: one leave ends on the day on which the other begins.
      const value = mask < 128 ? (other[name] ?? alike) : (alike ?? other[name]);
      if (value !== undefined && (mask >> (bit++ % 8)) % 2 === 1) mixed[name] = value;
    }
    return mixed;
  };
  const copy: Input = { ...input, query: mix(input.query, from.query), headers: mix(input.headers, from.headers) };
  if (isObject(input.body)) copy.body = mix(input.body, isObject(from.body) ? from.body : {});
  return copy;
}

function kindOf(value: JsonValue): 'number' | 'day' | 'instant' | undefined {
  if (typeof value === 'number') return 'number';
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'day';
  return /^\d{4}-\d\d-\d\d[Tt]/.test(value) ? 'instant' : undefined;
}
