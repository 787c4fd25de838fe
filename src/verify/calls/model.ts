/**
 * The port to anything that is called rather than requested: a module's functions, a program that answers JSON lines,
 * a GraphQL schema in process. What it does wrong is a value, never an exception.
 */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { SubjectFault } from '../model.ts';

export interface CallRequest {
  method: string;
  /** By position or by name. */
  params: JsonValue[] | JsonObject;
  timeoutMs: number;
}

export type CallOutcome =
  | { kind: 'result'; value: JsonValue; ms: number; notes?: CallNotes }
  | {
      kind: 'error';
      /** Absent where what was thrown has no numeric code. */
      code?: number;
      /** Class of what was thrown, where there is one. */
      name?: string;
      message: string;
      data?: JsonValue;
      ms: number;
      notes?: CallNotes;
    }
  | {
      kind: 'fault';
      /** `silent`: no answer in time. `ended`: it crashed or left. `malformed`: what came is no answer, or not JSON. */
      reason: 'silent' | 'ended' | 'malformed';
      /** One line. */
      message: string;
      /** True where other calls were under way, so that it may have been the doing of one of those. */
      shared?: boolean;
      ms: number;
      notes?: CallNotes;
    };

/** What else was seen of a call. */
export interface CallNotes {
  /** True where it returned nothing at all; the value is then null. */
  nothing?: boolean;
  /** True where a number was -0, which JSON texts do not keep. */
  negativeZero?: boolean;
  /** True where it changed its arguments. */
  changedArguments?: boolean;
  /** True where there is nothing of that name to call. */
  absent?: true;
  /** A line that came before the answer and answers nothing that was asked. */
  stray?: string;
}

export interface CallSubject {
  /** What a person reads: the file or the command. */
  readonly title: string;
  /** How many calls it is worth to have under way at once. */
  readonly inFlight: number;
  call(request: CallRequest): Promise<CallOutcome>;
  /**
   * Sends one line as it is, to something that reads lines: answers with the message that answers no request, or
   * undefined where none came in time.
   */
  line?(text: string, timeoutMs: number): Promise<JsonValue | undefined>;
  /** Forgets all state, as if it had just been started; false where it does not come up again. */
  renew(): Promise<boolean>;
  /**
   * Makes it anew with another mutant of its code on, which stays on until the next; false where it does not come up.
   * Absent where only a process of its own can show a mutant.
   */
  show?(mutant: number): Promise<boolean>;
  /** Grows whenever it was started again without being asked to; what went before is then forgotten. */
  readonly crashes: number;
  /** The last lines that it printed, at most 64 kB, and why it ended if it did. */
  output(): { text: string; exited: string | null };
  /** Stops whatever runs and waits for it; safe to call twice. */
  stop(): Promise<void>;
}

/** A started subject, or why there is none. */
export type StartedCalls = { kind: 'subject'; subject: CallSubject } | SubjectFault;
