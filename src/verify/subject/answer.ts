/** What came back, as a value: unpacked, decoded, and parsed where it is JSON. */
import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { endOfText, type JsonValue } from '../../events/index.ts';
import type { SubjectAnswer } from '../model.ts';

/** Longer answers are a fault. */
export const maxAnswerBytes = 4 * 1024 * 1024;

/** Nothing here follows a deeper nesting; readers of JSON may set such a limit (RFC 8259 §9). */
const DEEPEST = 500;

/** An answer as it came off the wire. */
export interface RawAnswer {
  status: number;
  /** Lower-case names. */
  received: Record<string, string | string[] | undefined>;
  body: Buffer;
  ms: number;
  /** True where the service was still sending. */
  partial: boolean;
  /** True where it is the answer to a second attempt. */
  retried: boolean;
}

/** Makes a value of an answer; a body that its headers lie about is a fault. */
export function answered({ status, received, body, ms, partial, retried }: RawAnswer): SubjectAnswer {
  const headers = joined(received);
  const decoded = decompressed(body, headers['content-encoding']);
  if (typeof decoded === 'string') return { kind: 'fault', message: decoded, ms };
  const contentType = headers['content-type'];
  const { text, problem } = decodedText(decoded, contentType, partial);
  if (isJson(contentType) && isTooDeep(text))
    return { kind: 'fault', message: `an answer that is nested deeper than ${DEEPEST} levels`, ms };
  const json = isJson(contentType) ? parsed(text) : undefined;
  const cookies = received['set-cookie'];
  return {
    kind: 'answer',
    status,
    headers,
    text,
    ...(json === undefined ? {} : { json }),
    ...(cookies === undefined ? {} : { cookies: typeof cookies === 'string' ? [cookies] : cookies }),
    ...(problem === undefined ? {} : { problem }),
    ...(partial ? { partial } : {}),
    ...(retried ? { retried } : {}),
    ms,
  };
}

/** True for media types whose answers may go on for ever without being wrong. */
export function isStream(received: Record<string, string | string[] | undefined>): boolean {
  const type = received['content-type'];
  return (
    typeof type === 'string' &&
    /^\s*(text\/event-stream|application\/(x-ndjson|ndjson|jsonl|x-jsonlines|json-seq))\s*(;|$)/i.test(type) &&
    received['content-length'] === undefined
  );
}

/** Codings of one answer that are undone; nobody in good faith applies more. */
const MOST_CODINGS = 4;

/** The unpacked body, or what is wrong with it: the coding that was applied last is undone first (RFC 9110 §8.4). */
function decompressed(body: Buffer, encoding: string | undefined): Buffer | string {
  const codings = encoding?.split(',') ?? [];
  if (codings.length > MOST_CODINGS) return `an answer with more than ${MOST_CODINGS} content codings`;
  let left: Buffer | string = body;
  for (const coding of codings.toReversed()) {
    left = uncoded(left, coding);
    if (typeof left === 'string') break;
  }
  return left;
}

function uncoded(body: Buffer, encoding: string): Buffer | string {
  if (body.length === 0) return body;
  const options = { maxOutputLength: maxAnswerBytes };
  try {
    switch (encoding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, options);
      case 'deflate':
        return inflateSync(body, options);
      case 'br':
        return brotliDecompressSync(body, options);
      case 'zstd':
        // Node 22 before 22.15 has no zstd.
        return typeof zstdDecompressSync === 'function' ? zstdDecompressSync(body, options) : body;
      default:
        return body;
    }
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      ? `answer longer than ${maxAnswerBytes} bytes when it is unpacked`
      : 'malformed answer: its content encoding does not hold';
  }
}

/** Text in the charset that the content type names; JSON is always UTF-8 (RFC 8259 §8.1). */
function decodedText(
  body: Buffer,
  contentType: string | undefined,
  partial: boolean,
): { text: string; problem?: string } {
  const named = /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1];
  const json = isJson(contentType);
  if (named !== undefined && !json && !/^(utf-?8|us-ascii)$/i.test(named)) {
    try {
      return { text: new TextDecoder(named).decode(body) };
    } catch {
      return { text: body.toString('latin1'), problem: `nobody knows its charset ${named}` };
    }
  }
  const text = body.toString('utf8');
  // A stream may have been cut in the middle of a character.
  const claimed = json || named !== undefined;
  if (!claimed || partial || !text.includes('\ufffd') || isUtf8(body)) return { text };
  return { text, problem: `its bytes are not UTF-8, as ${json ? 'JSON must be' : 'its content type says'}` };
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function joined(received: RawAnswer['received']): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in received) {
    const value = received[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

/** True where brackets outside of texts nest too deeply; other media than JSON seldom come near. */
function isTooDeep(text: string): boolean {
  if (text.length <= DEEPEST * 2) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfText(text, index);
    else if ((code === 0x5b || code === 0x7b) && ++depth > DEEPEST) return true;
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}
