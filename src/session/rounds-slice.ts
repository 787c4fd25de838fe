import type { Event, Verdict } from '../events/index.ts';

/** One round: the agent worked, the properties ran. */
export interface Round {
  round: number;
  startedAt: number;
  /** Null until its verification finished. */
  verdict: Verdict | null;
  cases: number;
  usdMicros: number;
}

/** The rounds in order; a session has tens. */
export type Rounds = readonly Round[];

export const initialRounds: Rounds = [];

/** Folds rounds; charges before the first round belong to none. */
export function reduceRounds(rounds: Rounds, event: Event): Rounds {
  const last = rounds.at(-1);
  switch (event.type) {
    case 'roundStarted':
      return [...rounds, { round: event.round, startedAt: event.at, verdict: null, cases: 0, usdMicros: 0 }];
    case 'budgetSettled':
      return last === undefined
        ? rounds
        : [...rounds.slice(0, -1), { ...last, usdMicros: last.usdMicros + (event.usdMicros ?? 0) }];
    case 'verificationFinished':
      return last === undefined
        ? rounds
        : [...rounds.slice(0, -1), { ...last, verdict: event.verdict, cases: last.cases + event.cases }];
    default:
      return rounds;
  }
}
