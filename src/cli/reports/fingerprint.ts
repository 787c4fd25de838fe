import { createHash } from 'node:crypto';
import type { PropertyResult } from '../../events/index.ts';

/** 32 hex digits that stay the same over runs, seeds and moved lines: what a service calls one and the same finding. */
export function fingerprintOf({ id, clause, verdict }: PropertyResult): string {
  return createHash('sha256')
    .update(JSON.stringify([id, clause, verdict]))
    .digest('hex')
    .slice(0, 32);
}
