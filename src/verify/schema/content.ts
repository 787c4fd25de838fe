/**
 * Texts that hold something else: `contentEncoding`, `contentMediaType` and `contentSchema` (2020-12 Validation §8). They
 * are annotations, which no value violates, but whoever writes them means them: drawn values keep them.
 */
import { isObject } from '../../events/json.ts';
import type { JsonValue } from '../../events/json.ts';
import type { Node } from './node.ts';

export interface Content {
  encoding: Encoding;
  isJson: boolean;
  /** True where `contentSchema` says more of the JSON. */
  hasSchema: boolean;
}

interface Encoding {
  encode(bytes: Buffer): string;
  /** Undefined where the text is none of it. */
  decode(text: string): Buffer | undefined;
}

const PLAIN: Encoding = { encode: (bytes) => bytes.toString(), decode: (text) => Buffer.from(text) };

function coded(name: BufferEncoding, form: RegExp, unit: number): Encoding {
  return {
    encode: (bytes) => bytes.toString(name),
    decode: (text) => (text.length % unit === 0 && form.test(text) ? Buffer.from(text, name) : undefined),
  };
}

const ENCODINGS: Record<string, Encoding> = {
  '7bit': PLAIN,
  '8bit': PLAIN,
  base16: coded('hex', /^[\dA-Fa-f]*$/, 2),
  base64: coded('base64', /^[\dA-Za-z+/]*={0,2}$/, 4),
  base64url: coded('base64url', /^[\w-]*$/, 1),
};

/** What else says which texts there are: the two together may leave none, and content is only a remark. */
const DECIDING = ['enum', 'const', 'pattern', 'format'];
/** A shorter text has no room for much. */
const ROOM = 256;
const KNOWING = new Set(['draft-07', '2019-09', '2020-12', 'openapi-3.1']);

/** What a schema says of the content of its texts, where that can be kept. */
export function contentOf({ schema, resource: { features } }: Node): Content | undefined {
  if (!isObject(schema) || !KNOWING.has(features.dialect)) return undefined;
  const { contentEncoding: name, contentMediaType: type, maxLength } = schema;
  if (name === undefined && type === undefined) return undefined;
  if (DECIDING.some((word) => Object.hasOwn(schema, word)) || (typeof maxLength === 'number' && maxLength < ROOM))
    return undefined;
  const known = typeof name === 'string' && Object.hasOwn(ENCODINGS, name.toLowerCase());
  const encoding = known ? ENCODINGS[name.toLowerCase()] : name === undefined ? PLAIN : undefined;
  const isJson = typeof type === 'string' && /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type);
  if (encoding === undefined || (encoding === PLAIN && !isJson)) return undefined;
  return {
    encoding,
    isJson,
    hasSchema: isJson && features.dialect !== 'draft-07' && schema['contentSchema'] !== undefined,
  };
}

/** What a text holds: `bytes` where that is no JSON, or nothing at all where it is not what it should be. */
export function heldBy({ encoding, isJson }: Content, text: string): { json?: JsonValue } | undefined {
  const bytes = encoding.decode(text);
  if (bytes === undefined || !isJson) return bytes && {};
  try {
    return { json: JSON.parse(bytes.toString()) as JsonValue };
  } catch {
    return undefined;
  }
}
