/** Runs the cases of one property on methods, many at a time where that says the same, and finds the first that fails. */
import type { Value } from 'fast-check';
import { drawValue } from '../draw.ts';
import { createLedger } from '../run/ledger.ts';
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
  const ledger = createLedger<TriedCalls>(options.watch);
  const tainted: number[] = [];
  let stopped: string | undefined;
  let next = 0;
  const lastWanted = (): number => ledger.failed?.index ?? Infinity;

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
    else {
      ledger.take({ index, drawn, judgement, past: before });
      options.progress(ledger.done);
    }
  };
  let limit = property.runs;
  const more = (): boolean => next < limit && next <= lastWanted();
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
      if (stopped !== undefined || index > lastWanted()) break;
      await attempt(index, true);
    }
    const { reason, warnings } = property.conclude?.() ?? {};
    const tooLittle = next >= limit && (ledger.cases() === 0 || reason !== undefined || warnings !== undefined);
    if (tooLittle && limit < property.runs * EXTENSIONS) limit += property.runs;
  } while (stopped === undefined && more());
  const { failed, undecided } = ledger;
  return { failed, undecided, cases: ledger.cases(), discarded: ledger.discarded()[0]?.reason, stopped };
}
