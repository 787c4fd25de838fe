/** Bodies that are none of their media type. */
import type { JsonValue } from '../../events/index.ts';
import type { MediaType } from '../../spec/model.ts';
import { kindOfMedia, type MediaKind } from '../wire/media-kind.ts';

/** How frameworks refuse what cannot be read at all, before anything that the contract describes (RFC 9110 §15.5.1). */
export const UNREADABLE: readonly number[] = [400];

/** Bytes that begin no text in UTF-8, which JSON must be in (RFC 8259 §8.1), nor one in XML's other encodings. */
export const NO_TEXT = '\u00c3\u0028\u00a0\u00ff';

type Breaker = (value: JsonValue, form: number) => string;

/** By kind of media type; readers of a sequence may leave out what they cannot read (RFC 7464 §2.3). */
const BREAKERS: Partial<Record<MediaKind, Breaker>> = {
  json: malformedJson,
  lines: (value, form) =>
    `${JSON.stringify(Array.isArray(value) ? (value[0] ?? {}) : value)}\n${malformedJson({}, form)}\n`,
  xml: (_, form) => ['<a>', '<a></b>', '<a b></a>', 'a < b'][form] ?? '<',
};

/** Texts that are none of the media type, by the value that is sent and the number of a form; undefined where all may be. */
export function malformedOf({ type }: MediaType): Breaker | undefined {
  // What is no JSON may still be YAML.
  return type.includes('yaml') ? undefined : BREAKERS[kindOfMedia(type)];
}

/** False for what some reader takes for a body of the media type after all. */
export function isMalformed({ type }: MediaType, text: string): boolean {
  return kindOfMedia(type) !== 'json' || !parses(text);
}

function malformedJson(value: JsonValue, form: number): string {
  const text = JSON.stringify(value);
  return (
    // Nothing after a whole text: readers of streams, as Go's decoder, stop where it ends.
    ['{', `}${text}`, text.slice(0, -1), `{"a":${text}`].find((broken, index) => index >= form && !parses(broken)) ??
    '{'
  );
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
