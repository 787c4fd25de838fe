/**
 * Values of parameters and form fields as text (OpenAPI 3.2 §4.12.6 "Style Values", RFC 6570). What a style cannot say
 * so that it is read back as it was meant is `undefined`: null, values in values, a separator in a part.
 */
import { isObject, type JsonValue } from '../../events/index.ts';

export interface Style {
  style: string;
  explode: boolean;
  allowReserved?: boolean;
  innerSeparators?: string[];
}

/** A scalar as text; undefined for null and for what has parts. */
export function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Percent-encoded except for unreserved characters (RFC 3986 §2.3). */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodedReserved(text: string): string {
  return encodeURI(text.toWellFormed()).replace(/[#&+]/g, encodeURIComponent);
}

/** The value of a path parameter; never with a slash of its own. */
export function pathText(name: string, style: Style, value: JsonValue): string | undefined {
  if (style.style === 'label') return labelText(style.explode, value);
  if (style.style === 'matrix') return matrixText(encoded(name), style.explode, value);
  return simpleText(style, value, encoded);
}

/** Style `simple`, as in paths, or with `write` left out as in headers, which know no encoding. */
export function simpleText(
  style: Style,
  value: JsonValue,
  write: (text: string) => string = (text) => text,
): string | undefined {
  const separator = SEPARATORS[style.style] ?? ',';
  if (Array.isArray(value))
    return joined(itemsOf(style, value), separator, write, separator === ',' ? ',' : write(separator));
  if (isObject(value)) return joinedPairs(value, style.explode ? '=' : ',', ',', write);
  const text = textOf(value);
  return text === undefined ? undefined : write(text);
}

function labelText(explode: boolean, value: JsonValue): string | undefined {
  const between = explode ? '.' : ',';
  const rest = Array.isArray(value)
    ? joined(value.map(textOf), between, encoded)
    : isObject(value)
      ? joinedPairs(value, explode ? '=' : ',', between, encoded)
      : scalar(value, encoded);
  return rest === undefined ? undefined : `.${rest}`;
}

function matrixText(name: string, explode: boolean, value: JsonValue): string | undefined {
  if (explode && Array.isArray(value)) {
    const items = value.map((item) => scalar(item, encoded));
    return items.length === 0 || items.includes(undefined)
      ? undefined
      : items.map((item) => `;${name}=${item}`).join('');
  }
  if (explode && isObject(value)) {
    const pairs = joinedPairs(value, '=', ';', encoded);
    return pairs === undefined ? undefined : `;${pairs}`;
  }
  const text = simpleText({ style: 'simple', explode: false }, value, encoded);
  if (text === undefined) return undefined;
  return text === '' ? `;${name}` : `;${name}=${text}`;
}

const SEPARATORS: Record<string, string> = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t', form: ',' };

/**
 * The `name=value` pairs of a query parameter or of a field of a form; none where nothing is there to say, which is how
 * an empty list looks. `write` encodes; with `raw` nothing is, as in cookies of style `cookie`.
 */
export function pairsOf(name: string, style: Style, value: JsonValue, raw = false): string[] | undefined {
  const write = raw ? (text: string): string => text : style.allowReserved === true ? encodedReserved : encoded;
  const key = raw ? name : encoded(name);
  if (style.style === 'deepObject') return deepPairs(key, value, write);
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    const items = itemsOf(style, value);
    if (style.explode)
      return items.includes(undefined) ? undefined : items.map((item) => `${key}=${write(item ?? '')}`);
    const separator = SEPARATORS[style.style] ?? ',';
    const text = joined(items, separator, write, separator === ',' ? ',' : encoded(separator));
    return text === undefined ? undefined : [`${key}=${text}`];
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [];
    if (style.explode && style.style === 'form') {
      const pairs = entries.map(([member, item]) => [raw ? member : encoded(member), scalar(item, write)]);
      return pairs.some(([, item]) => item === undefined) ? undefined : pairs.map((pair) => pair.join('='));
    }
    const separator = SEPARATORS[style.style] ?? ',';
    const written = separator === ',' ? ',' : encoded(separator);
    const text = joined(
      entries.flatMap(([member, item]) => [member, textOf(item)]),
      separator,
      write,
      written,
    );
    return text === undefined ? undefined : [`${key}=${text}`];
  }
  const text = scalar(value, write);
  return text === undefined ? undefined : [`${key}=${text}`];
}

/** A list as one text without any encoding, as in a part of a multipart body. */
export function listText(style: Style, list: JsonValue[]): string | undefined {
  return joined(itemsOf(style, list), SEPARATORS[style.style] ?? ',', (text) => text);
}

/** Items as texts; a list among them by the separators of its depth, none of which may be in what it holds. */
function itemsOf({ innerSeparators = [] }: Style, list: JsonValue[]): (string | undefined)[] {
  const textAt = (value: JsonValue, depth: number): string | undefined => {
    const separator = innerSeparators[depth];
    if (!Array.isArray(value) || separator === undefined) return textOf(value);
    return joined(
      value.map((item) => textAt(item, depth + 1)),
      separator,
      (text) => text,
    );
  };
  return list.map((item) => textAt(item, 0));
}

/** `filter[a]=1&filter[b][c]=2`; lists in it are not said by any standard. */
function deepPairs(key: string, value: JsonValue, write: (text: string) => string): string[] | undefined {
  if (!isObject(value)) {
    const text = scalar(value, write);
    return text === undefined ? undefined : [`${key}=${text}`];
  }
  const pairs = Object.entries(value).map(([member, item]) =>
    // An empty object in it would not be there at all.
    member === '' || (isObject(item) && Object.keys(item).length === 0) || /[[\]]/.test(member)
      ? undefined
      : deepPairs(`${key}%5B${encoded(member)}%5D`, item, write),
  );
  return pairs.includes(undefined) ? undefined : pairs.flatMap((one) => one ?? []);
}

function scalar(value: JsonValue, write: (text: string) => string): string | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : write(text);
}

/** Parts with a separator between them that none of them holds; a lone empty part would look like none at all. */
function joined(
  parts: (string | undefined)[],
  separator: string,
  write: (text: string) => string,
  between = separator,
): string | undefined {
  if (parts.length === 0 || parts.some((part) => part === undefined || part.includes(separator))) return undefined;
  if (parts.includes('')) return undefined;
  return parts.map((part) => write(part ?? '')).join(between);
}

function joinedPairs(
  value: Record<string, JsonValue>,
  equals: string,
  separator: string,
  write: (text: string) => string,
): string | undefined {
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  const written = entries.map(([member, item]) => {
    const text = textOf(item);
    const parts = [member, text];
    const clear = parts.every((part) => part !== undefined && part !== '' && !part.includes(separator));
    return clear && !member.includes(equals) ? `${write(member)}${equals}${write(text ?? '')}` : undefined;
  });
  return written.includes(undefined) ? undefined : written.join(separator);
}
