/** From what cases showed to verdicts: explains failures with the subject for itself, and adds up the passive checks. */
import { activeFinding, passiveFinding } from '../checks/findings.ts';
import type { Passive } from '../checks/passive.ts';
import type { Property } from '../checks/property.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { CoverageRecorder } from '../measure/coverage.ts';
import { counterexampleOf, type Finding } from './counterexample.ts';
import { addDrops, type Drops, unexplained } from './drops.ts';
import type { Engine } from './engine.ts';
import type { Keeper } from './keeper.ts';
import type { Found, Outcome } from './lane.ts';
import type { Report } from './report.ts';
import { carries, type Selection } from './select.ts';

const SHRINK_MS = 3000;
/** Of a limited time that is left, what one failure may take to be made small. */
const SHRINK_SHARE = 0.05;
const START_MS = 1000;

export interface ConclusionsOptions {
  engine: Engine;
  keeper: Keeper;
  selection: Selection;
  report: Report;
  coverage: CoverageRecorder;
  stop: () => string | undefined;
  /** Of the time given, in ms; Infinity without a limit. */
  leftMs: () => number;
  /** Does some work while no case is in flight. */
  alone: (work: () => Promise<void>) => Promise<void>;
}

export interface Conclusions {
  /** Takes what a property showed, in the order of the properties. */
  absorb(property: Property, outcome: Outcome): Promise<void>;
  /** Takes how connections broke where nothing else is told. */
  dropped(drops: Drops): void;
  /** After the last property: the passive checks that did not fail. */
  finish(halted: string | undefined): void;
}

/** Starts without any. */
export function createConclusions(options: ConclusionsOptions): Conclusions {
  const { engine, keeper, selection, report, coverage, stop } = options;
  const passives = new Map(selection.passive.map((one) => [one.ref.id, one]));
  const seen = new Map<string, number>();
  const doubts = new Map<string, string>();
  const sum: Drops = { answered: 0, retried: 0, faults: [] };

  const explain = async (
    property: Property,
    title: string,
    { tried, finding }: Found,
    again: (scenario: Scenario) => Promise<Finding | undefined>,
  ): ReturnType<typeof counterexampleOf> => {
    const timeMs = Math.min(SHRINK_MS, options.leftMs() * SHRINK_SHARE);
    return counterexampleOf({
      engine,
      property,
      title,
      tried,
      finding,
      baseUrl: keeper.subject.baseUrl,
      // A fresh subject costs a start, for which little time leaves none.
      renew: async () => timeMs >= START_MS && keeper.renew(),
      timeMs,
      fails: async (scenario) => (stop() === undefined ? again(scenario) : undefined),
    });
  };

  const concludePassive = async (property: Property, passive: Passive, found: Found, cases: number): Promise<void> => {
    const again = async (scenario: Scenario): Promise<Finding | undefined> =>
      passiveFinding(passive, await property.judge(scenario)).finding;
    const counterexample = await explain(property, passive.ref.id, found, again);
    report.conclude({ ...passive.ref, verdict: 'fail', cases, counterexample });
  };

  const concludeActive = async (property: Property, outcome: Outcome): Promise<void> => {
    if (outcome.moot !== undefined) return report.drop(property.ref.id);
    const { failed, cases } = outcome.decided;
    const finding = failed === undefined ? undefined : activeFinding(failed.judgement);
    if (failed !== undefined && finding !== undefined) {
      const again = async (scenario: Scenario): Promise<Finding | undefined> =>
        activeFinding(await (property.again ?? property.judge)(scenario));
      await options.alone(async () => {
        const counterexample = await explain(property, property.ref.id, { tried: failed, finding }, again);
        report.conclude({ ...property.ref, verdict: 'fail', cases, counterexample });
      });
      return;
    }
    report.warn(outcome.warnings);
    if (outcome.open === undefined) report.conclude({ ...property.ref, verdict: 'pass', cases });
    else report.conclude({ ...property.ref, verdict: 'error', cases, reason: outcome.open });
  };

  return {
    dropped: (drops) => addDrops(sum, drops),
    async absorb(property, outcome) {
      addDrops(sum, outcome.drops);
      for (const [id, ridden] of outcome.ridden) {
        const passive = passives.get(id);
        if (passive === undefined) continue;
        if (carries(property, passive)) seen.set(id, (seen.get(id) ?? 0) + ridden.seen);
        if (ridden.doubt !== undefined && !doubts.has(id)) doubts.set(id, ridden.doubt);
        const { found } = ridden;
        if (found !== undefined && report.resultOf(id) === undefined)
          await options.alone(() => concludePassive(property, passive, found, ridden.seen));
      }
      if (selection.wanted(property.ref)) await concludeActive(property, outcome);
    },
    finish(halted) {
      for (const { ref } of selection.passive) {
        const cases = seen.get(ref.id) ?? 0;
        if (cases > 0 && ref.kind === 'invariant') coverage.applied(ref.id);
        if (!selection.wanted(ref)) continue;
        const unseen = cases === 0 ? 'it was never seen: no answer contained it' : undefined;
        const reason = doubts.get(ref.id) ?? halted ?? unseen;
        if (reason === undefined) report.conclude({ ...ref, verdict: 'pass', cases });
        else report.conclude({ ...ref, verdict: 'error', cases, reason });
      }
      const results = selection.refs.flatMap(({ id }) => report.resultOf(id) ?? []);
      const doubt = unexplained(sum, keeper.generation, results);
      if (doubt !== undefined) report.incomplete(doubt);
    },
  };
}
