/** Runs the cases of one property on methods, many at a time where that says the same, and finds the first that fails. */
import type { Value } from 'fast-check';
import { drawValue } from '../draw.ts';
import type { CallEngine } from './engine.ts';
import type { CallKeeper, PastCall } from './keeper.ts';
import type { CallJudgement, CallProperty } from './property.ts';
import type { CallScenario } from './scenario.ts';

/** Times the planned cases that are tried before a property is given up whose cases say too little. */
const EXTENSIONS = 4;

/** One case that ran. */
export interface TriedCalls {
  index: number;
  drawn: Value<CallScenario>;
  judgement: CallJudgement;
  /** All calls of the instance before it, the first `count` of a list that grows; undefined where they are not known. */
  past: { calls: readonly PastCall[]; count: number } | undefined;
}

export interface DecidedCalls {
  /** The failing case with the lowest index, if any. */
  failed: TriedCalls | undefined;
  undecided: TriedCalls | undefined;
  /** Cases that said something, up to the first failure. */
  cases: number;
  /** Why cases said nothing, most frequent first. */
  discarded: string | undefined;
  /** Set where not all cases were run. */
  stopped: string | undefined;
}

export interface DecideCallsOptions {
  engine: CallEngine;
  keeper: CallKeeper;
  property: CallProperty;
  stop: () => string | undefined;
  /** Told of the cases in the order of their indexes, up to the first failure. */
  watch: (tried: TriedCalls) => void;
  progress: (cases: number) => void;
}

/** Runs all cases of a property, or those before and beside its first failure. */
export async function decideCalls(options: DecideCallsOptions): Promise<DecidedCalls> {
  const { engine, keeper, property } = options;
  const tried: (TriedCalls | undefined)[] = [];
  const reasons = new Map<string, number>();
  const tainted: number[] = [];
  let failed: TriedCalls | undefined;
  let undecided: TriedCalls | undefined;
  let stopped: string | undefined;
  let next = 0;
  let released = 0;
  let said = 0;

  const take = (one: TriedCalls): void => {
    const { index, judgement } = one;
    tried[index] = one;
    if (judgement.kind === 'failed' && index < (failed?.index ?? Infinity)) failed = one;
    if (judgement.kind === 'undecided' && index < (undecided?.index ?? Infinity)) undecided = one;
    for (let first = tried[released]; first !== undefined; first = tried[released]) {
      tried[released] = undefined;
      if (released <= (failed?.index ?? Infinity)) {
        options.watch(first);
        const { judgement: told } = first;
        if (told.kind === 'discarded') reasons.set(told.reason, (reasons.get(told.reason) ?? 0) + 1);
        else said++;
      }
      options.progress(++released);
    }
  };
  const attempt = async (index: number, alone: boolean): Promise<void> => {
    const drawn = drawValue(property.arbitrary(index), engine.seed, property.ref.id, index);
    const { past } = keeper;
    const before = past === undefined ? undefined : { calls: past, count: past.length };
    const { crashes } = keeper.subject;
    const judgement = await property.judge(drawn.value);
    // What broke because the run ends says nothing of the subject.
    if (judgement.made.some(({ outcome }) => outcome.kind === 'fault') && options.stop() !== undefined) return;
    // Where something broke while others were under way, only a run alone can tell whose doing it was.
    const faults = judgement.made.flatMap(({ outcome }) => (outcome.kind === 'fault' ? [outcome.shared === true] : []));
    const shared = faults.includes(true) || (keeper.subject.crashes !== crashes && faults.length === 0);
    if (!alone && shared) tainted.push(index);
    else take({ index, drawn, judgement, past: before });
  };
  let limit = property.runs;
  const more = (): boolean => next < limit && next <= (failed?.index ?? Infinity);
  const work = async (): Promise<void> => {
    while (more()) {
      stopped = options.stop();
      if (stopped !== undefined) return;
      await attempt(next++, property.serial);
      if (tainted.length > 0) return;
    }
  };
  do {
    await Promise.all(Array.from({ length: property.serial ? 1 : keeper.subject.inFlight }, work));
    for (const index of tainted.splice(0).toSorted((a, b) => a - b)) {
      stopped = options.stop();
      if (stopped !== undefined || index > (failed?.index ?? Infinity)) break;
      await attempt(index, true);
    }
    const { reason, warnings } = property.conclude?.() ?? {};
    const tooLittle = next >= limit && (said === 0 || reason !== undefined || warnings !== undefined);
    if (tooLittle && limit < property.runs * EXTENSIONS) limit += property.runs;
  } while (stopped === undefined && more());
  const [discarded] = [...reasons].toSorted(([, a], [, b]) => b - a);
  return { failed, undecided, cases: said, discarded: discarded?.[0], stopped };
}
