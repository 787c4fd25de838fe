/** What is known of the properties of a run so far, told as it becomes known. */
import type { PropertyRef, PropertyResult } from '../../events/index.ts';
import type { VerifyOptions } from '../model.ts';
import type { Passive } from './checks/property.ts';

export interface Tally {
  wanted(ref: PropertyRef): boolean;
  isConcluded(ref: PropertyRef): boolean;
  /** Takes the verdict on a property that was asked for; the first one holds. */
  conclude(result: PropertyResult): void;
  resultOf(ref: PropertyRef): PropertyResult | undefined;
  /** Adds what a rider said of one answer. */
  rode(rider: Passive, said: { seen: number; doubt?: string }): void;
  /** How often a rider had something to say. */
  applied(rider: Passive): number;
  /** Concludes the riders that never failed; `halted` is why the run ended early. */
  concludeRiders(riders: readonly Passive[], halted: string | undefined): void;
}

/** An empty tally. What fails is told also where another part of the run answers for it, as long as it was `asked`. */
export function createTally(
  asked: (ref: PropertyRef) => boolean,
  wanted: (ref: PropertyRef) => boolean,
  onEvent: VerifyOptions['onEvent'],
): Tally {
  const results = new Map<string, PropertyResult>();
  const applied = new Map<Passive, number>();
  const doubts = new Map<Passive, string>();
  const tally: Tally = {
    wanted,
    isConcluded: ({ id }) => results.has(id),
    conclude(result) {
      if (results.has(result.id) || !(wanted(result) || (result.verdict === 'fail' && asked(result)))) return;
      results.set(result.id, result);
      const { id, clause, kind, operation } = result;
      const property = { id, clause, kind, ...(operation === undefined ? {} : { operation }) };
      if (result.counterexample !== undefined)
        onEvent?.({ type: 'counterexample', property, counterexample: result.counterexample });
      onEvent?.({ type: 'decided', result });
    },
    resultOf: ({ id }) => results.get(id),
    rode(rider, { seen, doubt }) {
      applied.set(rider, (applied.get(rider) ?? 0) + seen);
      if (doubt !== undefined) doubts.set(rider, doubt);
    },
    applied: (rider) => applied.get(rider) ?? 0,
    concludeRiders(riders, halted) {
      for (const rider of riders) {
        const seen = tally.applied(rider);
        const unseen = seen === 0 ? (halted ?? 'it was never seen: no answer contained it') : undefined;
        const reason = doubts.get(rider) ?? unseen;
        if (reason === undefined) tally.conclude({ ...rider.ref, verdict: 'pass', cases: seen });
        else tally.conclude({ ...rider.ref, verdict: 'error', cases: seen, reason });
      }
    },
  };
  return tally;
}
