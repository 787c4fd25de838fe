/** One property decided: its cases run, the passive ones ride along, and what fails becomes a counterexample. */
import type { Counterexample, PropertyRef } from '../../events/index.ts';
import type { LatencyRecorder } from '../measure/latency.ts';
import type { Case } from './call.ts';
import type { Fault, Passive, Property } from './checks/property.ts';
import { counterexampleOf, type Finding, findingOf } from './counterexample.ts';
import type { GraphCoverage } from './coverage.ts';
import { decideGraph, type Tried } from './decide.ts';
import type { GraphEngine } from './engine.ts';
import type { Reach } from './reproducer.ts';
import type { Tally } from './tally.ts';

/** What the properties of a run share while they run. */
export interface Course {
  engine: GraphEngine;
  tally: Tally;
  coverage: GraphCoverage;
  latency: LatencyRecorder;
  /** Those that look at every answer. */
  riders: readonly Passive[];
  /** Failures of riders that hang on what other cases left behind, to be told where none is found that stands alone. */
  later: Map<Passive, Postponed>;
  inFlight: number;
  /** Grows with every restart of the subject. */
  generation: () => number;
  reach: Reach;
  /** Why the run must end now. */
  stop: () => string | undefined;
  renew: () => Promise<boolean>;
  warn: (text: string) => void;
  /** Counterexamples so far. */
  explained: number;
  /** Cases since the subject was fresh, oldest first. */
  past: Case[];
  /** Told of each case. */
  count: (property: Property, index: number) => void;
}

interface Postponed {
  turns: number;
  conclude: () => Promise<void>;
}

/** Failures of one rider of which it is tried whether they stand alone. */
const MAX_POSTPONED = 8;

/** Runs a property and concludes it, and the riders that fail on its answers. */
export async function runProperty(course: Course, property: Property): Promise<void> {
  const { engine, tally, coverage, stop, reach, renew } = course;
  const found = new Map<Passive, { tried: Tried; fault: Fault }>();
  const decided = await decideGraph({
    property,
    seed: engine.seed,
    inFlight: course.inFlight,
    generation: course.generation,
    stop,
    watch: (tried) => watch(course, property, tried, found),
  });
  const past = course.past.slice();
  const explain = (
    ref: PropertyRef,
    tried: Tried,
    finding: Finding,
    again: (drawn: Case) => Promise<Finding | undefined>,
  ): Promise<Counterexample> =>
    counterexampleOf({
      engine,
      property,
      ref,
      tried,
      finding,
      reach,
      renew,
      explained: course.explained++,
      past,
      again: async (drawn) => (stop() === undefined ? again(drawn) : undefined),
    });
  for (const [rider, { tried, fault }] of found) {
    const again = async (drawn: Case): Promise<Finding | undefined> => {
      const { sent } = await property.judge(drawn);
      const other = sent.map((one, index) => rider.look(one, index).fault).find((one) => one !== undefined);
      return other === undefined ? undefined : { fault: other, sent };
    };
    const conclude = async (): Promise<void> => {
      const counterexample = await explain(rider.ref, tried, { fault, sent: tried.judgement.sent }, again);
      tally.conclude({ ...rider.ref, verdict: 'fail', cases: Math.max(1, tally.applied(rider)), counterexample });
    };
    const before = course.later.get(rider);
    const turns = before?.turns ?? 0;
    const isAlone = turns >= MAX_POSTPONED || !(await renew()) || (await again(tried.drawn.value)) !== undefined;
    if (isAlone && turns < MAX_POSTPONED) await conclude();
    else course.later.set(rider, before === undefined ? { turns: 1, conclude } : { ...before, turns: turns + 1 });
  }
  const { cases, failed } = decided;
  const isRule = property.ref.kind === 'invariant';
  if (failed?.judgement.kind === 'failed') {
    if (isRule) coverage.applied(property.ref.id);
    // What was not asked for is not explained.
    if (!tally.wanted(property.ref)) return;
    const finding = { fault: failed.judgement, sent: failed.judgement.sent };
    const counterexample = await explain(property.ref, failed, finding, async (drawn) =>
      findingOf(await property.judge(drawn)),
    );
    tally.conclude({ ...property.ref, verdict: 'fail', cases, counterexample });
    return;
  }
  const last = property.conclude?.() ?? {};
  for (const text of last.warnings ?? []) course.warn(text);
  const undecided = decided.undecided?.judgement;
  const reason =
    (undecided?.kind === 'undecided' ? undecided.reason : undefined) ??
    decided.stopped ??
    (cases === 0 ? `no case could be made: ${decided.discarded ?? 'none was drawn'}` : undefined) ??
    last.reason;
  if (reason === undefined && isRule) coverage.applied(property.ref.id);
  if (reason === undefined) tally.conclude({ ...property.ref, verdict: 'pass', cases });
  else tally.conclude({ ...property.ref, verdict: 'error', cases, reason });
}

function watch(
  { tally, coverage, latency, riders, count, past }: Course,
  property: Property,
  tried: Tried,
  found: Map<Passive, { tried: Tried; fault: Fault }>,
): void {
  count(property, tried.index);
  past.push(tried.drawn.value);
  for (const [index, one] of tried.judgement.sent.entries()) {
    if (one.answer.kind === 'answer' && one.index >= 0) latency.record(one.step.root.id, one.answer.ms);
    coverage.see(one);
    for (const rider of riders) {
      const { fault, ...said } = rider.look(one, index);
      tally.rode(rider, said);
      if (fault !== undefined && !tally.isConcluded(rider.ref) && !found.has(rider)) found.set(rider, { tried, fault });
    }
  }
  if (property.ref.kind === 'rejection' && tried.judgement.kind !== 'discarded') coverage.violated(property.ref.id);
}
