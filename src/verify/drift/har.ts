/** Recorded traffic (HTTP Archive 1.2) as exchanges. */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Observed } from './drift.ts';

export type ReadHar =
  | {
      kind: 'traffic';
      exchanges: (Observed & { origin: string })[];
      /** Entries without a usable URL or status. */
      skipped: number;
      /** Bodies that are said to be JSON and are none: archives are often cut. */
      unread: number;
    }
  | { kind: 'invalid'; message: string };

/** Reads a parsed archive; entries without a usable URL or status are skipped and counted. */
export function readHar(archive: JsonValue): ReadHar {
  const log = isObject(archive) ? archive['log'] : undefined;
  const entries = isObject(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries)) return { kind: 'invalid', message: 'it is no HTTP archive: it has no log.entries' };
  let unread = 0;
  const exchanges = entries.map((entry) => exchangeOf(entry, () => unread++));
  const usable = exchanges.filter((one) => one !== undefined);
  return { kind: 'traffic', exchanges: usable, skipped: exchanges.length - usable.length, unread };
}

function exchangeOf(entry: JsonValue, unread: () => void): (Observed & { origin: string }) | undefined {
  const request = isObject(entry) ? entry['request'] : undefined;
  const response = isObject(entry) ? entry['response'] : undefined;
  if (!isObject(request) || !isObject(response)) return undefined;
  const { method, url: written } = request;
  const { status, headers, content } = response;
  const url = typeof written === 'string' ? URL.parse(written) : null;
  if (url === null || typeof method !== 'string' || typeof status !== 'number' || status < 100) return undefined;
  const named = headersOf(headers);
  const type = isObject(content) ? content['mimeType'] : undefined;
  // Recorders may leave headers out, and say the type beside the body.
  if (named['content-type'] === undefined && typeof type === 'string' && type !== '' && type !== 'x-unknown')
    named['content-type'] = type;
  const body = bodyOf(content, named['content-type'] ?? '', unread);
  return {
    origin: url.origin,
    method: method.toUpperCase(),
    path: url.pathname + url.search,
    status,
    headers: named,
    ...(body === undefined ? {} : { body }),
  };
}

function headersOf(headers: JsonValue | undefined): Record<string, string> {
  const named: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const header of Array.isArray(headers) ? headers : []) {
    if (!isObject(header) || typeof header['name'] !== 'string' || typeof header['value'] !== 'string') continue;
    // HTTP/2 archives name pseudo-headers too.
    if (!header['name'].startsWith(':')) named[header['name'].toLowerCase()] = header['value'];
  }
  return named;
}

function bodyOf(content: JsonValue | undefined, type: string, unread: () => void): JsonValue | undefined {
  if (!isObject(content) || typeof content['text'] !== 'string' || content['text'] === '' || !/json/i.test(type))
    return undefined;
  const text =
    content['encoding'] === 'base64' ? Buffer.from(content['text'], 'base64').toString('utf8') : content['text'];
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    unread();
    return undefined;
  }
}
