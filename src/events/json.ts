/** Any JSON value as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object; keys keep their written order. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** True for a JSON object: neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Escapes one reference token of a JSON Pointer (RFC 6901 §3). */
export function escapeToken(token: string): string {
  // Few tokens need it, and there are many of them.
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

/** Undoes {@link escapeToken}. */
export function unescapeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}

/**
 * Appends tokens: `at('#/paths', '/x', 'get')` is `#/paths/~1x/get`. In a fragment a percent sign is escaped too, as
 * whoever reads it decodes percent-escapes (RFC 6901 §6).
 */
export function at(pointer: string, ...tokens: (string | number)[]): string {
  const written = tokens.map((token) => `/${escapeToken(String(token))}`).join('');
  return pointer + (pointer.startsWith('#') ? written.replaceAll('%', '%25') : written);
}

/** The tokens of a pointer, with or without the leading `#`; percent-escapes are decoded in the fragment form. */
export function tokensOf(pointer: string): string[] {
  const fragment = pointer.startsWith('#');
  const path = fragment ? pointer.slice(1) : pointer;
  if (path === '') return [];
  return path
    .slice(1)
    .split('/')
    .map((token) => unescapeToken(fragment && token.includes('%') ? decodePercent(token) : token));
}

/** Index of the quote that ends the text of JSON whose opening quote is at `start`; the length where none does. */
export function endOfText(json: string, start: number): number {
  for (let index = start + 1; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x5c) index++;
    else if (code === 0x22) return index;
  }
  return json.length;
}

/** The value at a pointer, or undefined where nothing is. Own properties only. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const token of tokensOf(pointer)) {
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
    else if (isObject(value)) value = Object.hasOwn(value, token) ? value[token] : undefined;
    else return undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function decodePercent(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
