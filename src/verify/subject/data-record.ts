/** The text of a record as a value with places, or what is wrong with it. */
import { isObject, type JsonValue } from '../../events/index.ts';
import { parseJson } from '../../spec/text/parse-json.ts';
import { parseYaml } from '../../spec/text/parse-yaml.ts';
import { lineIndex, locator } from '../../spec/text/places.ts';
import { DEFAULT_LIMITS, type Limits, type Parsed } from '../../spec/text/syntax.ts';
import type { DataItem } from '../data/model.ts';

/** What is held in memory at once. */
export const RECORD_LIMITS: Limits = { ...DEFAULT_LIMITS, maxBytes: 64 * 1024 * 1024, maxValues: 10_000_000 };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text, without a byte order mark; undefined where they are not UTF-8. */
export function withoutMark(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What is said of bytes that are not UTF-8. */
export function notUtf8(name: string, line: number, what: 'file' | 'line'): DataItem {
  return { kind: 'broken', place: `${name}:${line}:1`, message: `the ${what} is not UTF-8` };
}

/** A file that is one record. */
export function wholeRecord(text: string, name: string, isYaml: boolean): DataItem {
  return recordOf(isYaml ? parseYaml(text, RECORD_LIMITS) : parseJson(text, RECORD_LIMITS), text, name, 1);
}

/** A line that is one record. */
export function lineRecord(text: string, name: string, line: number): DataItem {
  const read = (): Parsed => parseJson(text, RECORD_LIMITS);
  try {
    const value = JSON.parse(text) as JsonValue;
    // Only a line that something is wrong with is read again for its places.
    if (saysAll(text, value))
      return { kind: 'record', value, place: (pointer) => placeIn(read(), text, name, line, pointer) };
  } catch {
    // Told below.
  }
  return recordOf(read(), text, name, line);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** Shorter numbers are exact, and finite. */
const UNUSUAL_NUMBER = /\d{16}|\d[eE]\+?\d{3}/;

/**
 * True where JSON.parse kept all that the text says: no key written twice, no number that a double cannot hold, and no
 * more levels than are read elsewhere.
 */
function saysAll(text: string, value: JsonValue): boolean {
  let members = 0;
  let levels = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      do at = text.indexOf('"', at + 1);
      while (isEscaped(text, at));
    } else if (unit === COLON) members++;
    else if (unit === 0x7b || unit === 0x5b) deepest = Math.max(deepest, ++levels);
    else if (unit === 0x7d || unit === 0x5d) levels--;
  }
  return deepest <= RECORD_LIMITS.maxDepth && !UNUSUAL_NUMBER.test(text) && members === membersOf(value);
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

function membersOf(value: JsonValue): number {
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += typeof item === 'object' ? membersOf(item) : 0;
  else if (isObject(value))
    for (const name in value) {
      const member = value[name];
      count += typeof member === 'object' && member !== null ? 1 + membersOf(member) : 1;
    }
  return count;
}

function recordOf(parsed: Parsed, text: string, name: string, line: number): DataItem {
  const { value, problems } = parsed;
  const placeOf = (offset: number): string => {
    const at = lineIndex(text)(offset);
    return `${name}:${at.line + line - 1}:${at.column}`;
  };
  const bad = problems.find(({ severity }) => severity === 'error');
  if (value === undefined || bad !== undefined)
    return { kind: 'broken', place: placeOf(bad?.offset ?? 0), message: bad?.message ?? 'it cannot be read' };
  // What a rule or a limit would say of a number that was rounded is not what the file says.
  const rounded = problems.find(({ rule }) => rule === 'number-precision');
  if (rounded !== undefined)
    return { kind: 'unread', place: placeOf(rounded.offset), message: `${rounded.message}; ${rounded.hint ?? ''}` };
  return { kind: 'record', value, place: (pointer) => placeIn(parsed, text, name, line, pointer) };
}

function placeIn(parsed: Parsed, text: string, name: string, line: number, pointer: string): string {
  const at = locator(name, text, parsed.value ?? null, parsed.offsets)(`#${pointer}`);
  return `${name}:${at.line + line - 1}:${at.column}`;
}
