import type { Event, Verdict } from '../events/index.ts';

/** What the session is doing, and how it ended if it did. */
export interface OutcomeSlice {
  activity: 'idle' | 'working' | 'verifying' | 'ended';
  /** True from a prompt to the end of its turn; a verification of what was accepted runs outside of one. */
  inTurn: boolean;
  /** The verdict of the newest finished verification, or of the whole session once it ended. */
  verdict: Verdict | null;
  /** True while only some clauses are verified: that verdict is not the code's. */
  partial: boolean;
  ended: { reason: string; message: string; unsatisfied: string[]; durationMs: number; branch: string | null } | null;
}

export const initialOutcome: OutcomeSlice = {
  activity: 'idle',
  inTurn: false,
  verdict: null,
  partial: false,
  ended: null,
};

/** Folds activity and verdict. */
export function reduceOutcome(outcome: OutcomeSlice, event: Event): OutcomeSlice {
  switch (event.type) {
    case 'promptSubmitted':
    case 'roundStarted':
    case 'requestSent':
    case 'toolRequested':
      return outcome.activity === 'working' ? outcome : { ...outcome, activity: 'working', inTurn: true, ended: null };
    case 'verificationStarted':
      return { ...outcome, activity: 'verifying', partial: event.clauses !== undefined, ended: null };
    case 'verificationFinished':
      return {
        ...outcome,
        activity: outcome.activity !== 'verifying' ? outcome.activity : outcome.inTurn ? 'working' : 'idle',
        verdict: outcome.partial ? outcome.verdict : event.verdict,
        partial: false,
      };
    case 'turnInterrupted':
    case 'sessionResumed':
    case 'sessionStarted':
      return { ...outcome, activity: 'idle', inTurn: false };
    case 'sessionEnded':
      return {
        activity: 'ended',
        inTurn: false,
        verdict: event.verdict,
        partial: false,
        ended: {
          reason: event.reason,
          message: event.message,
          unsatisfied: event.unsatisfied,
          durationMs: event.durationMs,
          branch: event.branch,
        },
      };
    default:
      return outcome;
  }
}
