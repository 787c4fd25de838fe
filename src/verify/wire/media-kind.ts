/** What is known of media types: how their bodies are written and read. */

export type MediaKind = 'json' | 'lines' | 'sequence' | 'events' | 'form' | 'multipart' | 'xml' | 'text' | 'binary';

/** How the bodies of a media type are written; unknown ones hold bytes. The type is lower case, without parameters. */
export function kindOfMedia(type: string): MediaKind {
  if (isJsonType(type)) return 'json';
  // Every JSON text is YAML (YAML 1.2.2 §1.3).
  if (/^(application|text)\/((x-|[\w.-]+\+)?yaml)$/.test(type)) return 'json';
  if (/^application\/((x-)?ndjson|jsonl|x-jsonlines|jsonlines)$/.test(type)) return 'lines';
  if (/^application\/([\w.-]+\+)?json-seq$/.test(type)) return 'sequence';
  if (type === 'text/event-stream') return 'events';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (/^(application|text)\/xml$|\+xml$/.test(type)) return 'xml';
  return type.startsWith('text/') ? 'text' : 'binary';
}

/** True for `application/json` and `application/problem+json`. */
export function isJsonType(type: string): boolean {
  return /^(application|text|\*)\/([\w.-]+\+)?json$/.test(type);
}

/** A media type that a range such as `image/*` allows; `structured` where the value has parts. */
export function concreteType(range: string, structured: boolean): string {
  const concrete: Record<string, string> = {
    '*/*': structured ? 'application/json' : 'text/plain',
    'application/*': structured ? 'application/json' : 'application/octet-stream',
    'text/*': 'text/plain',
    'image/*': 'image/png',
    'audio/*': 'audio/wav',
    'video/*': 'video/mp4',
    'multipart/*': 'multipart/form-data',
  };
  return concrete[range] ?? range;
}
