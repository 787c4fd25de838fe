/** Runs the cases of one property, several at a time, and says which is the first that fails. */
import type { Value } from 'fast-check';
import { drawValue } from '../draw.ts';
import { createLedger } from '../run/ledger.ts';
import type { Case } from './call.ts';
import type { Judgement, Property } from './checks/property.ts';

/** Times the planned cases that are tried before a property is given up whose cases say nothing. */
const EXTENSIONS = 4;

/** One case that ran. */
export interface Tried {
  index: number;
  drawn: Value<Case>;
  judgement: Judgement;
}

export interface Decided {
  /** The failing case with the lowest index, if any. */
  failed: Tried | undefined;
  undecided: Tried | undefined;
  /** Cases that said something, up to the first failure. */
  cases: number;
  /** The most frequent reason why a case was discarded. */
  discarded: string | undefined;
  stopped: string | undefined;
}

export interface DecideOptions {
  property: Property;
  seed: number;
  inFlight: number;
  /** Grows with every restart of the subject. */
  generation: () => number;
  /** Why the run must end now. */
  stop: () => string | undefined;
  /** Told of the cases in the order of their indexes, up to the first failure. */
  watch: (tried: Tried) => void;
}

/** Runs all cases, or those before and beside the first failure. */
export async function decideGraph(options: DecideOptions): Promise<Decided> {
  const { property, seed, inFlight, generation, stop } = options;
  const ledger = createLedger<Tried>(options.watch);
  const tainted: number[] = [];
  let stopped: string | undefined;
  let next = 0;
  let limit = property.runs;
  const lastWanted = (): number => ledger.failed?.index ?? Infinity;
  const more = (): boolean => next < limit && next <= lastWanted();
  const attempt = async (index: number, alone: boolean): Promise<void> => {
    const drawn = drawValue(property.arbitrary(index), seed, property.ref.id, index);
    const before = generation();
    const judgement = await property.judge(drawn.value);
    // What broke because the run ends says nothing of the subject.
    const broke = judgement.sent.some(({ answer }) => answer.kind === 'fault');
    if (broke && stop() !== undefined) return;
    // Where others were under way, only a run alone can tell whose doing it was.
    const doubtful = broke || generation() !== before || (property.serial === 'to fail' && judgement.kind === 'failed');
    if (!alone && doubtful) tainted.push(index);
    else ledger.take({ index, drawn, judgement });
  };
  const lanes = property.serial === true ? 1 : inFlight;
  const work = async (): Promise<void> => {
    while (more() && tainted.length === 0) {
      stopped = stop();
      if (stopped !== undefined) return;
      await attempt(next++, lanes === 1);
    }
  };
  for (;;) {
    await Promise.all(Array.from({ length: lanes }, work));
    for (const index of tainted.splice(0).toSorted((a, b) => a - b)) {
      stopped = stop();
      if (stopped !== undefined || index > lastWanted()) break;
      await attempt(index, true);
    }
    const silent = ledger.cases() === 0 || property.conclude?.().reason !== undefined;
    if (next >= limit && silent && ledger.failed === undefined && limit < property.runs * EXTENSIONS)
      limit += property.runs;
    if (stop() !== undefined || !more()) break;
  }
  const { failed, undecided } = ledger;
  return { failed, undecided, cases: ledger.cases(), discarded: ledger.discarded()[0]?.reason, stopped };
}
