/** Bytes that are no text, wherever a body may hold them: a file as the whole body, or as a part of a form. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { MediaType } from '../../spec/model.ts';
import { type Document, isBinary } from '../wire/hints.ts';
import { isJsonType, kindOfMedia } from '../wire/media-kind.ts';
import { itemSchema, propertyNames, propertySchema, typesOf } from './schema-walk.ts';

interface Drawn {
  arbitrary: Arbitrary<JsonValue>;
  notable: JsonValue[];
}

/** What readers of text trip over: all bytes, no byte at all in UTF-8, line ends, a line that looks like a boundary. */
const TELLING = [
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1'),
  '\xff\xfe\x00\xc3',
  '\r\n--\r\n\r\n',
];

/** The same bodies with bytes among them; each satisfies `fits`. */
export function withBytes<One extends Drawn>(
  document: Document,
  media: MediaType,
  place: One,
  fits: (value: JsonValue) => boolean,
): One {
  const put = putIn(document, media);
  if (put === undefined) return place;
  const holding = (body: JsonValue, bytes: string): JsonValue => {
    const changed = put(body, bytes);
    return fits(changed) ? changed : body;
  };
  const mixed = fc
    .tuple(place.arbitrary, fc.uint8Array({ maxLength: 32 }))
    .map(([drawn, bytes]) => holding(drawn, Buffer.from(bytes).toString('latin1')));
  const [full] = place.notable.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const telling = full === undefined ? [] : TELLING.map((bytes) => put(full, bytes)).filter(fits);
  const known = new Set(place.notable.map((value) => JSON.stringify(value)));
  return {
    ...place,
    arbitrary: fc.oneof(place.arbitrary, mixed),
    notable: [...place.notable, ...telling.filter((value) => !known.has(JSON.stringify(value)))],
  };
}

/** Puts bytes where a body has them; undefined for a body that has none. */
function putIn(document: Document, media: MediaType): ((body: JsonValue, bytes: string) => JsonValue) | undefined {
  const kind = kindOfMedia(media.type);
  if (kind === 'binary') return (_body, bytes) => bytes;
  if (kind !== 'multipart' || media.schema === undefined) return undefined;
  const files = propertyNames(document, media.schema).filter((name) => isFile(document, media, name));
  if (files.length === 0) return undefined;
  return (body, bytes) => {
    if (!isObject(body)) return body;
    const changed = { ...body };
    for (const name of files) {
      const value = body[name];
      if (typeof value === 'string') changed[name] = bytes;
      else if (Array.isArray(value) && value.length > 0) changed[name] = value.with(0, bytes);
    }
    return changed;
  };
}

/** True for a part that is bytes by its schema, or by its media type. */
function isFile(document: Document, media: MediaType, name: string): boolean {
  const property = media.schema === undefined ? undefined : propertySchema(document, media.schema, name);
  if (property === undefined) return false;
  const types = typesOf(document, property);
  const item = types.includes('array') ? itemSchema(document, property) : property;
  if (item === undefined) return false;
  const written = media.encoding[name]?.contentType?.split(',')[0]?.trim() ?? '';
  return (
    isBinary(document, item) || (/^[\w*]+\//.test(written) && !written.startsWith('text/') && !isJsonType(written))
  );
}

function sizeOf(value: JsonValue): number {
  return isObject(value) ? Object.keys(value).length : 0;
}
