import { randomBytes } from 'node:crypto';

/** A name that is unique within a session: the prefix and 10 hex digits. */
export function shortId(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}
