/** JavaScript that tells a script whether a failure shows in the answers of its calls; see `script-text.ts`. */
import { type JsonValue, tokensOf } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { blurred } from '../blurred.ts';
import type { CallOutcome } from './model.ts';
import type { Made } from './scenario.ts';

/** Codes with which JSON-RPC says that a call was wrong, or broke (JSON-RPC 2.0 §5.1). */
export const RESERVED: readonly number[] = [-32700, -32600, -32601, -32602, -32603];

/** The call was not accepted. */
export function refusedAt(index: number): string {
  return `broke(answers[${index}]) || ${JSON.stringify(RESERVED)}.includes(answers[${index}].error?.code)`;
}

/** The call did not end in an error with one of these codes, or in one that the method declares. */
export function notRefusedAt(index: number, { errors }: Method, codes: readonly number[]): string {
  const known = JSON.stringify([...codes, ...errors.map(({ code }) => code)]);
  const names = JSON.stringify(errors.flatMap(({ message }) => (message === '' ? [] : [message])));
  return `!isOneOf(answers[${index}].error, ${known}, ${names})`;
}

/** The answer, or the part of its result under a pointer, is what it was when the failure was found. */
export function asSeen(index: number, pointer = ''): string {
  const path = JSON.stringify(pointer === '' ? [] : ['result', ...tokensOf(pointer)]);
  return `like(at(answers[${index}], ${path}), at(seen[${index}], ${path}))`;
}

/** An answer as scripts see it, with a star in place of everything that was otherwise the second time. */
export function seenOf({ outcome }: Made, again: Made | undefined): JsonValue {
  return blurred(answerOf(outcome), answerOf(again?.outcome ?? outcome));
}

function answerOf(outcome: CallOutcome): JsonValue {
  switch (outcome.kind) {
    case 'result':
      return { result: outcome.value, ...(outcome.notes?.nothing === true ? { nothing: true } : {}) };
    case 'error': {
      const { code, name, message } = outcome;
      const known = { ...(code === undefined ? {} : { code }), ...(name === undefined ? {} : { name }), message };
      return { error: known };
    }
    case 'fault':
      return { fault: outcome.reason };
  }
}
