/** Runs the cases of one property, several at a time, and says which is the first that fails. */
import type { Value } from 'fast-check';
import type { Engine } from './engine.ts';
import { drawValue } from '../draw.ts';
import type { Sent } from '../wire/execute.ts';
import { isSilence, type Keeper } from './keeper.ts';
import type { Judgement, Property } from '../checks/property.ts';
import type { Scenario } from '../cases/scenario.ts';

const IN_FLIGHT = 16;
/** Times the planned cases that are tried before a property is given up whose cases say too little. */
const EXTENSIONS = 4;

/** One case that ran. */
export interface Tried {
  index: number;
  drawn: Value<Scenario>;
  judgement: Judgement;
}

export interface Decided {
  /** The failing case with the lowest index, if any. */
  failed: Tried | undefined;
  undecided: Tried | undefined;
  /** Cases that said something, up to the first failure. */
  cases: number;
  /** Why cases were discarded, most frequent first. */
  discarded: { reason: string; count: number }[];
  /** Set where not all cases were run. */
  stopped: string | undefined;
}

export interface DecideOptions {
  engine: Engine;
  keeper: Keeper;
  property: Property;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  /** Told of the cases in the order of their indexes, up to the first failure. */
  watch: (tried: Tried) => void;
  progress: (cases: number) => void;
}

/** Runs all cases of a property, or those before and beside its first failure. */
export async function decide(options: DecideOptions): Promise<Decided> {
  const { engine, property, keeper } = options;
  const counted: boolean[] = [];
  const reasons = new Map<string, number>();
  let failed: Tried | undefined;
  let undecided: Tried | undefined;
  let next = 0;
  let done = 0;
  let stopped: string | undefined;
  const tainted: number[] = [];
  const waiting = new Map<number, Tried>();
  let released = 0;

  const take = (tried: Tried): void => {
    const { index, judgement } = tried;
    counted[index] = judgement.kind !== 'discarded';
    if (judgement.kind === 'failed' && index < (failed?.index ?? Infinity)) failed = tried;
    if (judgement.kind === 'undecided' && index < (undecided?.index ?? Infinity)) undecided = tried;
    if (judgement.kind === 'discarded') reasons.set(judgement.reason, (reasons.get(judgement.reason) ?? 0) + 1);
    waiting.set(index, tried);
    for (let first = waiting.get(released); first !== undefined; first = waiting.get(released)) {
      waiting.delete(released);
      if (released <= (failed?.index ?? Infinity)) options.watch(first);
      released++;
    }
    options.progress(++done);
  };
  const attempt = async (index: number, alone: boolean): Promise<void> => {
    const drawn = drawValue(property.arbitrary(index), engine.seed, property.ref.id, index);
    const generation = keeper.generation;
    const judgement = await property.judge(drawn.value);
    // What broke because the run ends says nothing of the subject.
    if (judgement.sent.some((one) => one.answer.kind === 'fault') && options.stop() !== undefined) return;
    // Where something broke while others were running, only a run alone can tell whose doing it was.
    if (!alone && (keeper.generation !== generation || hasFault(judgement.sent))) tainted.push(index);
    else take({ index, drawn, judgement });
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
    await Promise.all(Array.from({ length: property.serial ? 1 : IN_FLIGHT }, work));
    for (const index of tainted.splice(0).toSorted((a, b) => a - b)) {
      stopped = options.stop();
      if (stopped !== undefined || index > (failed?.index ?? Infinity)) break;
      await attempt(index, true);
    }
    // Only between two batches, so that how far it goes does not depend on the order of the answers.
    const tooLittle = next >= limit && (!counted.includes(true) || saysTooLittle(property));
    if (tooLittle && limit < property.runs * EXTENSIONS) limit += property.runs;
  } while (stopped === undefined && more());
  const last = failed?.index ?? Infinity;
  return {
    failed,
    undecided,
    cases: counted.filter((counts, index) => counts && index <= last).length,
    discarded: [...reasons].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
    stopped,
  };
}

/** True where no case broke through the guard of a rule, or the property says that its cases show nothing. */
function saysTooLittle(property: Property): boolean {
  const { reason, warnings } = property.conclude?.() ?? {};
  return reason !== undefined || warnings !== undefined;
}

/** A broken connection; silence is not doubted, as asking again would cost as long once more. */
function hasFault(sent: Sent[]): boolean {
  return sent.some((one) => one.answer.kind === 'fault' && !isSilence(one.answer));
}
