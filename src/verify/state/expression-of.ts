/** What scripts say of a place in an answer. */
import { tokensOf } from '../../events/index.ts';

/** A JavaScript expression for a place in the body: `body["data"]`. */
export function expressionOf(pointer: string): string {
  return `body${tokensOf(pointer)
    .map((token) => `[${JSON.stringify(token)}]`)
    .join('')}`;
}
