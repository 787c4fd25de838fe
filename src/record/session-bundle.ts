/**
 * A session as one file that opens without a database: valid JSON, one event a line, so that it can be read, searched
 * and compared with ordinary tools. The same session always gives the same bytes.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeBreak, verifyChain } from '../events/chain.ts';
import { isObject, type Event } from '../events/index.ts';
import { toSafeJson } from '../events/sanitize.ts';
import { systemFault } from '../events/system-fault.ts';
import { EVENT_VERSION } from './event-row.ts';
import { isEvent, shapeFault } from './event-shape.ts';
import { toLogFault } from './log-fault.ts';

const BUNDLE_FORMAT = 'plumbline.session/1';

/** Bytes; a session of a thousand rounds stays below. */
const LARGEST_BUNDLE = 256 * 1024 * 1024;
const MOST_EVENTS = 1_000_000;
const DEEPEST = 1_000;

/** A session that stands alone: its events in order, and the blobs that they name by hash. */
interface SessionBundle {
  session: string;
  events: Event[];
  blobs: Map<string, Buffer>;
}

/** `broken`: it is a bundle, and what it holds is not what was recorded; `refused`: it cannot be read as one. */
export type BundleResult = { kind: 'bundle'; bundle: SessionBundle } | { kind: 'broken' | 'refused'; message: string };

/** Hashes of the blobs that an event names. */
export function blobsOf(event: Event): string[] {
  if (event.type === 'requestSent') return [event.bodyHash];
  if (event.type === 'assistantReplied' && event.messageHash !== undefined) return [event.messageHash];
  return [];
}

/** The file's text. `blob` gives bytes by hash; what it does not have, or not exactly, is left out. */
export function writeBundle(
  events: readonly Event[],
  blob: (hash: string) => { bytes: Buffer; exact: boolean } | undefined,
): string {
  const blobs: string[] = [];
  for (const key of [...new Set(events.flatMap(blobsOf))].sort()) {
    const found = blob(key);
    if (found?.exact === true) blobs.push(`${JSON.stringify(key)}: ${toSafeJson(encode(found.bytes))}`);
  }
  const head = { session: events[0]?.session ?? '', events: events.length, head: events.at(-1)?.hash ?? '' };
  return [
    `{"format": ${JSON.stringify(BUNDLE_FORMAT)},`,
    `"session": ${JSON.stringify(head.session)}, "count": ${head.events}, "head": ${JSON.stringify(head.head)},`,
    '"events": [',
    events.map((event) => toSafeJson(event)).join(',\n'),
    '],',
    '"blobs": {',
    blobs.join(',\n'),
    '}}',
    '',
  ].join('\n');
}

/** Writes a new file; one that is there is never overwritten, and that is a refusal. Throws `LogFault`. */
export function saveNew(file: string, text: string): { kind: 'saved' } | { kind: 'refused'; message: string } {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    return { kind: 'saved' };
  } catch (error) {
    if (existsSync(file))
      return refused(`${file} is there already and was left as it is; name another one with --out.`);
    throw toLogFault(error, file);
  }
}

/** Reads a bundle from a file; whatever is wrong with it is a refusal that says what. */
export function loadBundle(file: string): BundleResult {
  try {
    const entry = statSync(file);
    // A pipe would be waited for.
    if (!entry.isFile()) return refused(`${file} is not a file.`);
    const { size } = entry;
    if (size > LARGEST_BUNDLE)
      return refused(`${file} is larger (${size} bytes) than any session bundle may be (${LARGEST_BUNDLE}).`);
    return readBundle(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (!existsSync(file)) return refused(`there is no file ${file}.`);
    return refused(`${file} cannot be read: ${systemFault(error)}`);
  }
}

/** Reads a bundle from its text: shape, chain and blob hashes are checked before anything is shown. */
export function readBundle(text: string, name: string): BundleResult {
  if (nesting(text) > DEEPEST)
    return refused(`${name} is nested deeper than ${DEEPEST} levels; it is no session bundle.`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refused(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(document) || document['format'] !== BUNDLE_FORMAT)
    return refused(`${name} is not a session bundle (its "format" is not "${BUNDLE_FORMAT}").`);
  const { events, count, head } = document;
  if (!Array.isArray(events) || events.length === 0) return refused(`${name} holds no events.`);
  if (events.length > MOST_EVENTS) return refused(`${name} holds more than ${MOST_EVENTS} events.`);
  const checked: Event[] = [];
  for (const [index, event] of events.entries()) {
    if (isObject(event) && typeof event['v'] === 'number' && event['v'] > EVENT_VERSION)
      return refused(`${name}: event ${index + 1} was recorded by a newer plumb. Update plumb to read it.`);
    if (!isEvent(event)) return refused(`${name}: event ${index + 1} ${shapeFault(event) ?? 'has a wrong shape'}.`);
    checked.push(event);
  }
  const broken = verifyChain(checked);
  if (broken !== null) return { kind: 'broken', message: `${name} is not whole: ${describeBreak(broken)}.` };
  if (count !== checked.length || head !== checked.at(-1)?.hash)
    return {
      kind: 'broken',
      message: `${name} is not whole: its events do not end at the count and head hash that it states.`,
    };
  const blobs = readBlobs(document['blobs']);
  if (typeof blobs === 'string') return { kind: 'broken', message: `${name}: ${blobs}` };
  return { kind: 'bundle', bundle: { session: checked[0]?.session ?? '', events: checked, blobs } };
}

function readBlobs(value: unknown): Map<string, Buffer> | string {
  const blobs = new Map<string, Buffer>();
  if (value === undefined) return blobs;
  if (!isObject(value)) return '"blobs" is not an object.';
  for (const [key, item] of Object.entries(value)) {
    const bytes = decode(item);
    if (bytes === null || hash('sha256', bytes) !== key)
      return `the blob ${key.slice(0, 12)} does not have the hash that it is named by.`;
    blobs.set(key, bytes);
  }
  return blobs;
}

/** Text stays readable; other bytes are base64. */
function encode(bytes: Buffer): string | { base64: string } {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}

function decode(item: unknown): Buffer | null {
  if (typeof item === 'string') return Buffer.from(item);
  return isObject(item) && typeof item['base64'] === 'string' ? Buffer.from(item['base64'], 'base64') : null;
}

/** The deepest nesting of brackets outside strings, counted without recursion: `JSON.parse` has no limit of its own. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

function refused(message: string): { kind: 'refused'; message: string } {
  return { kind: 'refused', message };
}
