/** Runs properties, one beside the other, and answers for each with what its cases showed. Concludes nothing. */
import { neverAccepted, rarelyAccepted } from '../checks/acceptance.ts';
import { passiveFinding } from '../checks/findings.ts';
import type { Passive } from '../checks/passive.ts';
import type { Property } from '../checks/property.ts';
import type { CoverageRecorder } from '../measure/coverage.ts';
import { type Answers, createAnswers } from '../measure/answers.ts';
import { type DriftRecorder, observedOf } from '../drift/drift.ts';
import type { LatencyRecorder } from '../measure/latency.ts';
import type { Finding } from './counterexample.ts';
import { isUndocumented } from '../cases/scenario.ts';
import { type Cases, casesOf, type Decided, IN_FLIGHT, type Tried } from './decide.ts';
import type { Drops } from './drops.ts';
import type { Engine } from './engine.ts';
import { isSilence } from './keeper.ts';
import { createSlots, type Slots } from './slots.ts';
import type { SubjectAnswer } from '../model.ts';
import { repeatedName } from '../wire/repeated-name.ts';

/** A case, and how it fails. */
export interface Found {
  tried: Tried;
  finding: Finding;
}

/** What a passive check saw in the cases of one property, up to its first finding. */
export interface Ridden {
  seen: number;
  found?: Found;
  doubt?: string;
}

/** What the cases of one property showed. */
export interface Outcome {
  decided: Decided;
  /** Why it is not decided although nothing failed. */
  open: string | undefined;
  /** Why there was nothing to decide. */
  moot?: string | undefined;
  warnings: string[];
  /** By id of the passive check. */
  ridden: Map<string, Ridden>;
  drops: Drops;
}

/** `broken`: how connections broke is told, as the property is run again. */
export type Ending = { kind: 'ended'; outcome: Outcome } | { kind: 'paused' } | { kind: 'broken'; faults: string[] };

export interface Lane {
  /** Cases of properties that run beside each other. */
  slots: Pick<Slots, 'spare' | 'hold' | 'resume'>;
  /** Why it can run no more; undefined while it can. */
  readonly lost?: string | undefined;
  /**
   * Runs the cases of a property, or goes on where it was paused, until they end or its share of the time is over. `dry`
   * is told when its last case has begun.
   */
  run(property: Property, how: 'beside' | 'alone', shareMs: number, dry?: () => void): Promise<Ending>;
}

export interface LaneOptions {
  engine: Engine;
  generation: () => number;
  /** The passive checks by operation. */
  riders: ReadonlyMap<string, readonly Passive[]>;
  coverage: CoverageRecorder;
  latency: LatencyRecorder;
  drift: DriftRecorder | undefined;
  stop: () => string | undefined;
  /** Told of each case that ran, which is the property's `cases`-th, and of the requests that it sent. */
  ran: (property: Property, cases: number, requests: number) => void;
}

/** A service that is quick is no quicker for more connections, each of which costs both sides something. */
const FEW_IN_FLIGHT = 8;
/** One whose first answers take so long on average may be waiting for something else: it is asked more at a time. */
const SLOW_MS = 20;
const FIRST_HEARD = 100;
/** Times that an operation may fail to answer before it is asked no more. */
const MAX_SILENCES = 2;
const NO_RIDERS: readonly Passive[] = [];

interface Riding {
  cases: Cases;
  ridden: Map<string, Ridden>;
  answers: Answers;
  /** Requests that were answered, and those of them whose connection had been closed under them first. */
  answered: number;
  retried: number;
  /** What is worth a word and no failure. */
  remarks: Set<string>;
}

/** Makes a lane. */
export function createLane(options: LaneOptions): Lane {
  const { engine, riders, coverage, latency, drift, stop } = options;
  const silences = new Map<string, number>();
  const paused = new Map<Property, Riding>();
  const slots = createSlots(FEW_IN_FLIGHT);
  let heard = 0;
  let heardMs = 0;
  const hear = (ms: number): void => {
    if (heard >= FIRST_HEARD) return;
    heardMs += ms;
    if (++heard === FIRST_HEARD && heardMs / heard > SLOW_MS) slots.add(IN_FLIGHT - FEW_IN_FLIGHT);
  };
  const seldom = createSeldom();

  const observe = (property: Property, riding: Riding, tried: Tried): void => {
    const { sent, kind } = tried.judgement;
    const touched = new Set<Passive>();
    for (const one of sent) {
      const { operation, answer } = one;
      // An undocumented call is not of the operation that carries it.
      if (isUndocumented(one.manner)) continue;
      coverage.see(one);
      riding.answers.see(one);
      if (answer.kind === 'answer') {
        drift?.see(observedOf(one.request, answer));
        latency.record(operation.id, answer.ms);
        hear(answer.ms);
        riding.answered++;
        const repeated = seldom(operation.id) ? repeatedNameOf(answer) : undefined;
        if (repeated !== undefined)
          riding.remarks.add(
            `${operation.id} answered an object with the name ${repeated} twice; readers take one or the other (RFC 8259 §4)`,
          );
        if (answer.retried === true) riding.retried++;
      } else if (isSilence(answer)) silences.set(operation.id, (silences.get(operation.id) ?? 0) + 1);
      for (const passive of riders.get(operation.id) ?? NO_RIDERS) touched.add(passive);
    }
    if (kind !== 'discarded' && property.ref.kind === 'rejection') coverage.violated(property.ref.id);
    for (const passive of touched) ride(riding.ridden, passive, tried);
  };
  const begin = (property: Property, how: 'beside' | 'alone'): Riding => {
    const riding: Riding = {
      ridden: new Map(),
      answers: createAnswers(),
      answered: 0,
      retried: 0,
      remarks: new Set(),
      cases: casesOf({
        engine,
        property,
        stop,
        generation: options.generation,
        slots: how === 'beside' ? slots : undefined,
        enough: () => neverAccepted(engine, property, riding.answers) === undefined,
        watch(tried) {
          observe(property, riding, tried);
          options.ran(property, tried.index + 1, tried.judgement.sent.length);
        },
      }),
    };
    return riding;
  };
  return {
    slots,
    async run(property, how, shareMs, dry) {
      const mute = property.needs.find((id) => (silences.get(id) ?? 0) >= MAX_SILENCES);
      if (mute !== undefined && !paused.has(property)) return { kind: 'ended', outcome: silent(mute) };
      // Asking takes time, too.
      const moot = paused.has(property) || stop() !== undefined ? undefined : property.moot?.();
      if (moot !== undefined) return { kind: 'ended', outcome: { ...NOTHING_SHOWN, moot } };
      const riding = paused.get(property) ?? begin(property, how);
      paused.delete(property);
      const until = performance.now() + shareMs;
      const ending = await riding.cases.advance(() => performance.now() > until, dry);
      if (ending === 'paused') paused.set(property, riding);
      if (ending === 'paused') return { kind: ending };
      if (ending === 'broken') return { kind: ending, faults: riding.cases.decided().faults };
      return { kind: 'ended', outcome: outcomeOf(engine, property, riding, coverage) };
    },
  };
}

function ride(ridden: Map<string, Ridden>, passive: Passive, tried: Tried): void {
  let one = ridden.get(passive.ref.id);
  if (one === undefined) ridden.set(passive.ref.id, (one = { seen: 0 }));
  if (one.found !== undefined) return;
  const { seen, finding, doubt } = passiveFinding(passive, tried.judgement);
  one.seen += seen;
  if (finding !== undefined) one.found = { tried, finding };
  if (doubt !== undefined) one.doubt ??= doubt;
}

const NOTHING_SHOWN: Outcome = {
  decided: { failed: undefined, undecided: undefined, cases: 0, discarded: [], stopped: undefined, faults: [] },
  open: undefined,
  warnings: [],
  ridden: new Map(),
  drops: { answered: 0, retried: 0, faults: [] },
};

function silent(operation: string): Outcome {
  return { ...NOTHING_SHOWN, open: `${operation} did not answer in time before` };
}

function outcomeOf(engine: Engine, property: Property, riding: Riding, coverage: CoverageRecorder): Outcome {
  const { ridden, answers, answered, retried } = riding;
  const decided = riding.cases.decided();
  const drops = { answered, retried, faults: decided.faults };
  const rule = property.ref.kind === 'invariant' || property.ref.kind === 'stateful' ? property.ref.id : undefined;
  if (decided.failed !== undefined) {
    if (rule !== undefined) coverage.applied(rule);
    return { decided, open: undefined, warnings: [...riding.remarks], ridden, drops };
  }
  const ran = `${riding.cases.done} of ${property.runs} cases`;
  const unclear = unclearFrom(decided, ran) ?? droppedFrom(riding);
  if (unclear !== undefined) return { decided, open: unclear, warnings: [...riding.remarks], ridden, drops };
  const last = property.conclude?.() ?? {};
  const warnings = last.warnings ?? [];
  const isOpen = property.ref.kind === 'stateful' && (last.reason ?? last.remarks) !== undefined;
  if (rule !== undefined && warnings.length === 0 && !isOpen) coverage.applied(rule);
  return {
    decided,
    open: last.reason ?? neverAccepted(engine, property, answers),
    warnings: [...warnings, ...(last.remarks ?? []), ...rarelyAccepted(property, answers), ...riding.remarks],
    ridden,
    drops,
  };
}

/** Answers of one operation that are read letter by letter, and then one in so many: it costs time. */
const READ_FIRST = 100;
const READ_EVERY = 10;
const LONGEST_READ = 1024 * 1024;

function createSeldom(): (operation: string) => boolean {
  const seen = new Map<string, number>();
  return (operation) => {
    const count = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, count);
    return count <= READ_FIRST || count % READ_EVERY === 0;
  };
}

function repeatedNameOf({ json, text }: Extract<SubjectAnswer, { kind: 'answer' }>): string | undefined {
  return json === undefined || text.length > LONGEST_READ ? undefined : repeatedName(text);
}

/** A connection may be closed at any time, but a service that does so all the time does not serve. */
const MOST_DROPPED = 0.1;
const FEWEST_DROPPED = 3;

function droppedFrom({ answered, retried }: Riding): string | undefined {
  return retried >= FEWEST_DROPPED && retried >= answered * MOST_DROPPED
    ? `the service closed the connection of ${retried} of ${answered} requests without an answer`
    : undefined;
}

/** Why cases without a failure decide nothing. */
function unclearFrom({ undecided, stopped, cases, discarded }: Decided, ran: string): string | undefined {
  if (undecided?.judgement.kind === 'undecided') return undecided.judgement.reason;
  if (stopped !== undefined) return `${stopped}, after ${ran}`;
  return cases === 0 ? `no case could be made: ${discarded[0]?.reason ?? 'none was drawn'}` : undefined;
}
