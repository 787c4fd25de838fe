/** An event as a row of the table `event`, and back. Large members lie in blobs; a reader never notices. */
import { isObject, type Event, type JsonObject, type JsonValue } from '../events/index.ts';
import type { Blobs } from './blobs.ts';
import { LogFault } from './log-fault.ts';

/** The version of event shapes that this program writes; it reads this one and older ones. */
export const EVENT_VERSION = 1;

/** A body longer than this (characters of JSON) puts its long members into blobs. */
const LARGE_BODY = 8_192;
const LARGE_MEMBER = 1_024;

export interface EventRow {
  session: string;
  seq: number;
  id: string;
  type: string;
  v: number;
  at: number;
  actor_kind: string;
  actor_name: string;
  body: string;
  large: string | null;
  prev_hash: string;
  hash: string;
}

const ENVELOPE = new Set(['id', 'session', 'seq', 'at', 'by', 'v', 'prevHash', 'hash']);

/** Turns an event into its row; puts large members into blobs. */
export function toRow(event: Event, blobs: Blobs): EventRow {
  const body = Object.fromEntries(Object.entries(event).filter(([key]) => !ENVELOPE.has(key)));
  let text = JSON.stringify(body);
  const large: Record<string, string> = {};
  if (text.length > LARGE_BODY) {
    for (const [member, value] of Object.entries(body)) {
      const json = JSON.stringify(value);
      if (json.length <= LARGE_MEMBER) continue;
      large[member] = blobs.put(Buffer.from(json));
      body[member] = null;
    }
    text = JSON.stringify(body);
  }
  return {
    session: event.session,
    seq: event.seq,
    id: event.id,
    type: event.type,
    v: event.v,
    at: event.at,
    actor_kind: event.by.kind,
    actor_name: event.by.name,
    body: text,
    large: Object.keys(large).length === 0 ? null : JSON.stringify(large),
    prev_hash: event.prevHash,
    hash: event.hash,
  };
}

/** Turns a row back into its event. Throws {@link LogFault} where a blob is missing or the shape is a newer one. */
export function fromRow(row: EventRow, blobs: Blobs): Event {
  if (row.v > EVENT_VERSION)
    throw new LogFault(
      'newer',
      `Session ${row.session} was recorded by a newer plumb (event ${row.seq} has version ${row.v}). Update plumb to read it.`,
    );
  const body = parseObject(row.body);
  if (row.large !== null)
    for (const [member, hash] of Object.entries(parseObject(row.large))) {
      const blob = blobs.get(String(hash));
      if (blob === undefined)
        throw new LogFault(
          'damaged',
          `Session ${row.session}: the blob ${String(hash).slice(0, 12)} of event ${row.seq} is missing.`,
        );
      body[member] = JSON.parse(blob.bytes.toString('utf8')) as JsonValue;
    }
  const envelope = {
    id: row.id,
    session: row.session,
    seq: row.seq,
    at: row.at,
    by: { kind: row.actor_kind, name: row.actor_name },
    v: row.v,
    prevHash: row.prev_hash,
    hash: row.hash,
  };
  // The chain, checked by every reader, is what vouches for the shape: it was written through `append`.
  return { ...envelope, ...body } as Event;
}

function parseObject(text: string): JsonObject {
  const value = JSON.parse(text) as JsonValue;
  return isObject(value) ? value : {};
}
