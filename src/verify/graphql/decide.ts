/** Runs the cases of one property, several at a time, and says which is the first that fails. */
import type { Value } from 'fast-check';
import { drawValue } from '../draw.ts';
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
  /** Why the run must end now. */
  stop: () => string | undefined;
  /** Told of the cases in the order of their indexes, up to the first failure. */
  watch: (tried: Tried) => void;
}

/** Runs all cases, or those before and beside the first failure. */
export async function decideGraph({ property, seed, inFlight, stop, watch }: DecideOptions): Promise<Decided> {
  const counted: boolean[] = [];
  const reasons = new Map<string, number>();
  const waiting = new Map<number, Tried>();
  let failed: Tried | undefined;
  let undecided: Tried | undefined;
  let stopped: string | undefined;
  let next = 0;
  let released = 0;
  let limit = property.runs;
  const more = (): boolean => next < limit && next <= (failed?.index ?? Infinity);
  const take = (tried: Tried): void => {
    const { index, judgement } = tried;
    counted[index] = judgement.kind !== 'discarded';
    if (judgement.kind === 'failed' && index < (failed?.index ?? Infinity)) failed = tried;
    if (judgement.kind === 'undecided' && index < (undecided?.index ?? Infinity)) undecided = tried;
    if (judgement.kind === 'discarded') reasons.set(judgement.reason, (reasons.get(judgement.reason) ?? 0) + 1);
    waiting.set(index, tried);
    for (let first = waiting.get(released); first !== undefined; first = waiting.get(released)) {
      waiting.delete(released);
      if (released <= (failed?.index ?? Infinity)) watch(first);
      released++;
    }
  };
  const work = async (): Promise<void> => {
    while (more()) {
      stopped = stop();
      if (stopped !== undefined) return;
      const index = next++;
      const drawn = drawValue(property.arbitrary(index), seed, property.ref.id, index);
      take({ index, drawn, judgement: await property.judge(drawn.value) });
    }
  };
  for (;;) {
    await Promise.all(Array.from({ length: property.serial ? 1 : inFlight }, work));
    const silent = !counted.includes(true) || property.conclude?.().reason !== undefined;
    if (silent && failed === undefined && limit < property.runs * EXTENSIONS) limit += property.runs;
    if (stop() !== undefined || !more()) break;
  }
  const last = failed?.index ?? Infinity;
  return {
    failed,
    undecided,
    cases: counted.filter((counts, index) => counts && index <= last).length,
    discarded: [...reasons].toSorted((a, b) => b[1] - a[1])[0]?.[0],
    stopped,
  };
}
