/**
 * Makes text from models, tools, specs and services safe to print. Runs on the accumulated text, never per delta: an
 * escape sequence may be split over chunks. Linear in the length of the text.
 */

const ESC = 0x1b;
const BEL = 0x07;
const DEL = 0x7f;
const ST = 0x9c;

/** ESC-form finals that open a string: DCS, SOS, OSC, PM, APC (ECMA-48 §5.6). */
const STRING_OPENERS = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
/** The same openers as single C1 bytes. */
const C1_STRING_OPENERS = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]);

/** Anything that could need work; text without a match is returned as it is. */
const SUSPICIOUS =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/;

export interface SanitizeOptions {
  /** Keeps newline and tab; CRLF becomes a newline. Otherwise both are shown as pictures. */
  multiline?: boolean;
}

/**
 * Removes complete escape sequences and shows every other control, bidi, tag and zero-width character. An unterminated
 * sequence loses only its introducer's power: the rest stays readable, so nothing can be hidden behind it.
 */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  return walk(text, options.multiline === true, true);
}

/** Like {@link sanitize}, but removes nothing: for commands that a person must judge exactly as they are. */
export function reveal(text: string, options: SanitizeOptions = {}): string {
  return walk(text, options.multiline === true, false);
}

/** JSON text in which control, C1, bidi and other invisible characters stand as `\u` escapes. */
export function toSafeJson(value: unknown, space?: number): string {
  const json = JSON.stringify(value, null, space) ?? 'null';
  if (!SUSPICIOUS.test(json)) return json;
  // A report may have a hundred million characters: what stands between two escapes is taken as one piece.
  let safe = '';
  let plainFrom = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if ((code >= 0x20 && code < DEL) || code === 0x0a) continue;
    const point = json.codePointAt(index) ?? code;
    const width = point > 0xffff ? 2 : 1;
    if (isInvisible(point)) {
      safe += json.slice(plainFrom, index) + unicodeEscapes(json, index, width);
      plainFrom = index + width;
    }
    index += width - 1;
  }
  return safe + json.slice(plainFrom);
}

function walk(text: string, multiline: boolean, remove: boolean): string {
  if (!SUSPICIOUS.test(text)) return text;
  let safe = '';
  let plainFrom = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code >= 0x20 && code < DEL) {
      index += 1;
      continue;
    }
    const end = remove ? sequenceEnd(text, index, code) : index;
    if (end > index) {
      safe += text.slice(plainFrom, index);
      index = end;
      plainFrom = end;
      continue;
    }
    const point = text.codePointAt(index) ?? code;
    const width = point > 0xffff ? 2 : 1;
    const shown = multiline ? picture(point, text.charCodeAt(index + 1)) : pictureOf(point);
    if (shown !== null) {
      safe += text.slice(plainFrom, index) + shown;
      plainFrom = index + width;
    }
    index += width;
  }
  return safe + text.slice(plainFrom);
}

/** Index after a complete escape sequence that starts here, else the same index. */
function sequenceEnd(text: string, index: number, code: number): number {
  if (code === 0x9b) return csiEnd(text, index, index + 1);
  if (C1_STRING_OPENERS.has(code)) return stringEnd(text, index, index + 1);
  if (code !== ESC) return index;
  const next = text.charCodeAt(index + 1);
  if (next === 0x5b) return csiEnd(text, index, index + 2);
  if (STRING_OPENERS.has(next)) return stringEnd(text, index, index + 2);
  let end = index + 1;
  while (inRange(text.charCodeAt(end), 0x20, 0x2f)) end += 1;
  return inRange(text.charCodeAt(end), 0x30, 0x7e) ? end + 1 : index;
}

function csiEnd(text: string, start: number, from: number): number {
  let end = from;
  while (inRange(text.charCodeAt(end), 0x30, 0x3f)) end += 1;
  while (inRange(text.charCodeAt(end), 0x20, 0x2f)) end += 1;
  return inRange(text.charCodeAt(end), 0x40, 0x7e) ? end + 1 : start;
}

/** A string ends at BEL or ST; any other control character aborts it, which also keeps the scan linear. */
function stringEnd(text: string, start: number, from: number): number {
  for (let end = from; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === BEL || code === ST) return end + 1;
    if (code === ESC) return text.charCodeAt(end + 1) === 0x5c ? end + 2 : start;
    if (code < 0x20 || inRange(code, DEL, 0x9f)) return start;
  }
  return start;
}

function picture(point: number, next: number): string | null {
  if (point === 0x0a || point === 0x09) return null;
  if (point === 0x0d && next === 0x0a) return '';
  return pictureOf(point);
}

/** What is shown instead of a code point; null where it may stay. */
function pictureOf(point: number): string | null {
  if (point < 0x20) return String.fromCharCode(0x2400 + point);
  if (point === DEL) return '\u2421';
  if (inRange(point, 0xd800, 0xdfff)) return '\ufffd';
  return isInvisible(point) ? `<U+${point.toString(16).toUpperCase().padStart(4, '0')}>` : null;
}

/** C0, C1, bidi controls, zero-width and filler characters, tags and lone surrogates. */
function isInvisible(point: number): boolean {
  return (
    point < 0x20 ||
    inRange(point, DEL, 0x9f) ||
    point === 0x061c ||
    point === 0x200b ||
    inRange(point, 0x200e, 0x200f) ||
    inRange(point, 0x2028, 0x202e) ||
    inRange(point, 0x2060, 0x206f) ||
    inRange(point, 0xd800, 0xdfff) ||
    point === 0xfeff ||
    inRange(point, 0xfff9, 0xfffb) ||
    inRange(point, 0xe0000, 0xe0fff)
  );
}

function inRange(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}

function unicodeEscapes(text: string, index: number, width: number): string {
  let escapes = '';
  for (let unit = 0; unit < width; unit += 1) {
    escapes += `\\u${text
      .charCodeAt(index + unit)
      .toString(16)
      .padStart(4, '0')}`;
  }
  return escapes;
}
