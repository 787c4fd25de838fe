/** Keeps count of what a subject was asked since it was fresh, so that a failure that hangs on it can be told. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import { createPatience } from '../patience.ts';
import type { CallOutcome, CallSubject } from './model.ts';

/** One call that was made, as it travelled. */
export interface PastCall {
  method: string;
  wire: JsonValue[] | JsonObject;
}

const MAX_PAST = 20_000;

export interface CallKeeper {
  readonly subject: CallSubject;
  /** All calls since the subject was fresh, in order; undefined where they were too many to keep. */
  readonly past: PastCall[] | undefined;
  /** Why it need not be asked any more: it has never answered. */
  readonly mute: string | undefined;
  call(method: string, wire: JsonValue[] | JsonObject, timeoutMs: number): Promise<CallOutcome>;
  renew(): Promise<boolean>;
}

/** Wraps a subject. */
export function keepCalls(subject: CallSubject): CallKeeper {
  let past: PastCall[] = [];
  let crashes = subject.crashes;
  const patience = createPatience();
  const noticed = (): PastCall[] => {
    if (subject.crashes !== crashes) {
      crashes = subject.crashes;
      past = [];
    }
    return past;
  };
  return {
    subject,
    get past() {
      const known = noticed();
      return known.length > MAX_PAST ? undefined : known;
    },
    get mute() {
      return patience.over;
    },
    async call(method, wire, timeoutMs) {
      const known = noticed();
      if (known.length <= MAX_PAST) known.push({ method, wire });
      const outcome = await subject.call({ method, params: wire, timeoutMs: patience.limitMs(timeoutMs) });
      patience.note(method, outcome.kind === 'fault' && outcome.reason === 'silent');
      return outcome;
    },
    async renew() {
      const renewed = await subject.renew();
      crashes = subject.crashes;
      past = [];
      return renewed;
    },
  };
}
