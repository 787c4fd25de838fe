/** Ends an agent that makes the same call again and again although nothing changed in between. */
import type { JsonValue } from '../events/index.ts';

/** Identical calls, with nothing changed in between, from which on the call is not run but answered with a warning. */
const WARN_AT = 3;
/** Identical calls at which the turn ends. */
export const BREAK_AT = 5;

export interface Breaker {
  /** Counts a call before it runs. */
  before(tool: string, input: JsonValue): 'run' | 'warn' | 'break';
  /** Tells that a call changed something, so that asking again makes sense. */
  changed(tool: string, input: JsonValue): void;
}

/** A breaker for one turn. */
export function createBreaker(): Breaker {
  let counts = new Map<string, number>();
  const key = (tool: string, input: JsonValue): string => `${tool} ${JSON.stringify(input)}`;
  return {
    before(tool, input) {
      const count = (counts.get(key(tool, input)) ?? 0) + 1;
      counts.set(key(tool, input), count);
      return count >= BREAK_AT ? 'break' : count >= WARN_AT ? 'warn' : 'run';
    },
    changed(tool, input) {
      // The changing call itself keeps its count: writing the same thing over and over is no progress either.
      const own = counts.get(key(tool, input)) ?? 0;
      counts = new Map([[key(tool, input), own]]);
    },
  };
}
