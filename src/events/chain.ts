/**
 * The hash chain of a session: each event's hash covers its whole row and the hash before it, so that an event that
 * was edited, dropped, inserted or reordered shows. It proves this only against a head hash that was kept elsewhere.
 */
import { hash } from 'node:crypto';
import type { Envelope, Event, EventBody } from './event.ts';
import { isObject, type JsonObject } from './json.ts';

/** `prevHash` of the first event of a session. */
export const GENESIS_HASH = '0'.repeat(64);

/** An event before its hash is known; `Omit` does not distribute over the union, this does. */
export type UnhashedEvent = Omit<Envelope, 'hash'> & EventBody;

/** Where a chain stops being whole: `expected` is what the events before it demand, `got` what is there. */
export interface ChainBreak {
  seq: number;
  what: 'seq' | 'session' | 'prevHash' | 'hash';
  expected: string;
  got: string;
}

/**
 * The bytes that are hashed: JSON with sorted keys and no space (RFC 8785), members that are undefined left out. Unlike
 * RFC 8785 a lone surrogate is not refused but written as `\udXXX`, since a model's or a tool's text may hold one and
 * must still be recorded.
 */
export function canonicalRow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalRow).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const row: JsonObject = value;
  // A session is hashed as a whole whenever it is read, hence a plain loop.
  let members = '';
  for (const key of Object.keys(row).sort()) {
    const member = row[key];
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalRow(member)}`;
  }
  return `{${members}}`;
}

/** SHA-256, 64 hex digits, over the previous hash, a line end, and the canonical row without its own hash. */
export function hashOf(prevHash: string, event: UnhashedEvent): string {
  return hash('sha256', `${prevHash}\n${canonicalRow({ ...event, hash: undefined })}`);
}

/**
 * Finds the first event that does not follow from the ones before it; null where the chain is whole. The events must
 * be one session's, in order; `after` is the event before the first one, when the first is not the session's first.
 */
export function verifyChain(
  events: Iterable<Event>,
  after?: Pick<Event, 'seq' | 'hash' | 'session'>,
): ChainBreak | null {
  let seq = after?.seq ?? 0;
  let prevHash = after?.hash ?? GENESIS_HASH;
  let session = after?.session;
  for (const event of events) {
    seq += 1;
    session ??= event.session;
    if (event.seq !== seq) return { seq, what: 'seq', expected: String(seq), got: String(event.seq) };
    if (event.session !== session) return { seq, what: 'session', expected: session, got: event.session };
    if (event.prevHash !== prevHash) return { seq, what: 'prevHash', expected: prevHash, got: event.prevHash };
    const expected = hashOf(prevHash, event);
    if (event.hash !== expected) return { seq, what: 'hash', expected, got: event.hash };
    prevHash = event.hash;
  }
  return null;
}

/** Where and how a chain is broken, in words, without a full stop. */
export function describeBreak({ seq, what, expected, got }: ChainBreak): string {
  const short = (text: string): string => (text.length > 64 ? text : text.slice(0, 12));
  return `at event ${seq} the ${what} is ${short(got)}, but the events before it demand ${short(expected)}`;
}
