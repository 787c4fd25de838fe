import type { SchemaRefusal } from '../schema-port.ts';

/** Carries a refusal out of deep recursion to the room's door, which turns it into a value. Never leaves the room. */
export class Refused extends Error {
  readonly refusal: SchemaRefusal;

  constructor(keyword: string, pointer: string, reason: string) {
    super(`${keyword} at ${pointer}: ${reason}`);
    this.name = 'Refused';
    this.refusal = { kind: 'refused', keyword, pointer, reason };
  }
}

/** Runs a step and gives its refusal as a value; a schema that exhausts the stack is refused too. */
export function refusable<T>(pointer: string, step: () => T): T | SchemaRefusal {
  try {
    return step();
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      return { kind: 'refused', keyword: '$ref', pointer, reason: 'the schema nests too deeply' };
    }
    throw error;
  }
}
