/**
 * What the events mean: State is a fold of them, pure and total over any order of events. Nothing here sees a clock,
 * randomness, the environment or a disk.
 */
import type { Event } from '../events/index.ts';
import { type BudgetSlice, initialBudget, reduceBudget } from './budget-slice.ts';
import { type ChangeSlice, initialChange, reduceChange } from './change-slice.ts';
import { type Header, initialHeader, reduceHeader } from './header.ts';
import { type OutcomeSlice, initialOutcome, reduceOutcome } from './outcome-slice.ts';
import { type Rounds, initialRounds, reduceRounds } from './rounds-slice.ts';
import { type SpecSlice, initialSpec, reduceSpec } from './spec-slice.ts';
import { type Transcript, initialTranscript, reduceTranscript } from './transcript.ts';
import { type VerificationSlice, initialVerification, reduceVerification } from './verification-slice.ts';

/** Everything a screen, a report or the next decision needs to know. */
export interface State {
  /** Sequence number of the last folded event; 0 before the first. */
  seq: number;
  /** Epoch milliseconds of the last folded event; 0 before the first. */
  at: number;
  header: Header;
  spec: SpecSlice;
  transcript: Transcript;
  verification: VerificationSlice;
  change: ChangeSlice;
  budget: BudgetSlice;
  rounds: Rounds;
  outcome: OutcomeSlice;
}

/** The state before any event. */
export const initial: State = {
  seq: 0,
  at: 0,
  header: initialHeader,
  spec: initialSpec,
  transcript: initialTranscript,
  verification: initialVerification,
  change: initialChange,
  budget: initialBudget,
  rounds: initialRounds,
  outcome: initialOutcome,
};

/** The state after one more event. Events of an unknown type only move `seq` and `at`. */
export function reduce(state: State, event: Event): State {
  return {
    seq: event.seq,
    at: event.at,
    header: reduceHeader(state.header, event),
    spec: reduceSpec(state.spec, event),
    transcript: reduceTranscript(state.transcript, event),
    verification: reduceVerification(state.verification, event),
    change: reduceChange(state.change, event),
    budget: reduceBudget(state.budget, event),
    rounds: reduceRounds(state.rounds, event),
    outcome: reduceOutcome(state.outcome, event),
  };
}

/** The state after all events. */
export function fold(events: Iterable<Event>): State {
  let state = initial;
  for (const event of events) state = reduce(state, event);
  return state;
}
