/** Runs the cases of one property, several at a time, and says which is the first that fails. */
import type { Value } from 'fast-check';
import type { Engine } from './engine.ts';
import { drawValue } from '../draw.ts';
import type { Sent } from '../wire/execute.ts';
import { isSilence } from './keeper.ts';
import { createLedger } from './ledger.ts';
import { isRefusal } from '../checks/refusal-reason.ts';
import type { Judgement, Property } from '../checks/property.ts';
import type { Scenario } from '../cases/scenario.ts';
import { createSlots, type Slots } from './slots.ts';

/** Cases that are in flight at once. */
export const IN_FLIGHT = 16;
/** Times the planned cases, and cases at least, that are tried before a property is given up that says too little. */
const EXTENSIONS = 4;
const LEAST_BEFORE_GIVEN_UP = 100;

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
  /** How connections broke in cases that were then run again. */
  faults: string[];
}

export interface CasesOptions {
  engine: Engine;
  /** Grows with every restart of the subject. */
  generation: () => number;
  property: Property;
  /** Places that it shares with other properties; undefined where it has the subject for itself. */
  slots: Slots | undefined;
  /** Why the run must end now; undefined while it may go on. */
  stop: () => string | undefined;
  /** Told of the cases in the order of their indexes, up to the first failure. */
  watch: (tried: Tried) => void;
  /** Whether what was watched says enough to end with; asked when the planned cases have run. */
  enough: () => boolean;
}

/** The cases of a property, run a stretch at a time. */
export interface Cases {
  /** Runs what is left, or as much as is begun before `pause` says so; `dry` is told when no more will begin. */
  advance(pause: () => boolean, dry?: () => void): Promise<'ended' | 'paused' | 'broken'>;
  decided(): Decided;
  /** Cases that ran. */
  readonly done: number;
}

/**
 * Makes the cases of a property. Beside other properties it is `broken` as soon as a connection breaks or the subject
 * starts again: only with the subject for itself can it tell whose doing that was.
 */
export function casesOf(options: CasesOptions): Cases {
  const { engine, property, generation } = options;
  const ledger = createLedger<Tried>(options.watch);
  let next = 0;
  let stopped: string | undefined;
  const tainted: number[] = [];
  const faults: string[] = [];
  const lastWanted = (): number => ledger.failed?.index ?? Infinity;

  const attempt = async (index: number, alone: boolean): Promise<void> => {
    const drawn = drawValue(property.arbitrary(index), engine.seed, property.ref.id, index);
    const before = generation();
    const judgement = await property.judge(drawn.value);
    // What broke because the run ends says nothing of the subject.
    if (judgement.sent.some((one) => one.answer.kind === 'fault') && options.stop() !== undefined) return;
    // Where something broke, a second run of the case, by itself, tells whose doing it was, and whether it was chance.
    const fault = alone ? undefined : faultIn(judgement.sent);
    if (fault !== undefined) faults.push(fault);
    if (!alone && (generation() !== before || fault !== undefined)) tainted.push(index);
    else ledger.take({ index, drawn, judgement });
  };
  let limit = property.runs;
  const more = (): boolean => next < limit && next <= lastWanted();
  const own = options.slots ?? createSlots(property.serial ? 1 : IN_FLIGHT);

  return {
    get done() {
      return ledger.done;
    },
    async advance(pause, dry) {
      const one = async (): Promise<boolean> => {
        if (!more() || tainted.length > 0) return false;
        if (pause()) {
          dry?.();
          return false;
        }
        stopped = options.stop();
        if (stopped !== undefined) return false;
        const index = next++;
        if (!more()) dry?.();
        await attempt(index, false);
        return true;
      };
      const work = async (): Promise<void> => {
        while (await own.use(one));
      };
      for (;;) {
        const loops = Math.max(1, Math.min(IN_FLIGHT, limit - next));
        await Promise.all(Array.from({ length: loops }, work));
        if (tainted.length > 0 && options.slots !== undefined) return 'broken';
        for (const index of tainted.splice(0).toSorted((a, b) => a - b)) {
          stopped = options.stop();
          if (stopped !== undefined || index > lastWanted()) break;
          await attempt(index, true);
        }
        if (stopped !== undefined) return 'ended';
        // Only between two batches, so that how far it goes does not depend on the order of the answers.
        if (next >= limit) {
          const spoke = ledger.cases() > 0;
          const accepted = !spoke || options.enough();
          // Of what a case needs, rules may take few of those that are drawn.
          const isBarred = !spoke && isRefusal(ledger.discarded()[0]?.reason ?? '');
          const least = isBarred || !accepted ? LEAST_BEFORE_GIVEN_UP : 0;
          const most = Math.max(property.runs * EXTENSIONS, least);
          if (!(spoke && accepted && saysEnough(property)) && limit < most) limit += property.runs;
        }
        if (!more()) return 'ended';
        if (pause()) return 'paused';
      }
    },
    decided() {
      const { failed, undecided } = ledger;
      return { failed, undecided, cases: ledger.cases(), discarded: ledger.discarded(), stopped, faults };
    },
  };
}

/** False where no case broke through the guard of a rule, or the property says that its cases show nothing. */
function saysEnough(property: Property): boolean {
  const { reason, warnings, wanting } = property.conclude?.() ?? {};
  return reason === undefined && warnings === undefined && wanting !== true;
}

/** How a connection broke; silence is not doubted, as asking again would cost as long once more. */
function faultIn(sent: Sent[]): string | undefined {
  for (const { answer } of sent) if (answer.kind === 'fault' && !isSilence(answer)) return answer.message;
  return undefined;
}
