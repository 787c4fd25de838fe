/** Keeps count of what a subject was asked since it was fresh, so that a failure that hangs on it can be told. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
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
  call(method: string, wire: JsonValue[] | JsonObject, timeoutMs: number): Promise<CallOutcome>;
  renew(): Promise<boolean>;
}

/** Wraps a subject. */
export function keepCalls(subject: CallSubject): CallKeeper {
  let past: PastCall[] = [];
  let crashes = subject.crashes;
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
    call(method, wire, timeoutMs) {
      const known = noticed();
      if (known.length <= MAX_PAST) known.push({ method, wire });
      return subject.call({ method, params: wire, timeoutMs });
    },
    async renew() {
      const renewed = await subject.renew();
      crashes = subject.crashes;
      past = [];
      return renewed;
    },
  };
}
