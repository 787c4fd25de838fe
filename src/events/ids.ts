/** Ids that people type and that sort by time. */

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id read aloud or from a picture is not misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const EPOCH_MS = Date.UTC(2025, 0, 1);
const TIME_CHARACTERS = 6;
const RANDOM_CHARACTERS = 4;

/** Shape of a session id: six characters of seconds since 2025 (34 years), four random ones. */
export const SESSION_ID = /^[0-9a-hjkmnp-tv-z]{10}$/;

/** A new session id of ten characters; ids of later seconds sort after earlier ones. */
export function newSessionId(now: () => number, random: () => number): string {
  let seconds = Math.max(0, Math.floor((now() - EPOCH_MS) / 1000));
  let time = '';
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    time = (ALPHABET[seconds % 32] ?? '0') + time;
    seconds = Math.floor(seconds / 32);
  }
  let tail = '';
  for (let i = 0; i < RANDOM_CHARACTERS; i++) tail += ALPHABET[Math.floor(random() * 32) % 32] ?? '0';
  return time + tail;
}

/** Id of an event: unique, and says where the event is. */
export function eventId(session: string, seq: number): string {
  return `${session}.${seq}`;
}
