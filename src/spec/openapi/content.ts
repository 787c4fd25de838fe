/** Media types: schemas, examples, and how the parts of forms and multipart bodies are written (OpenAPI 3.1.1 §4.8.14). */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Encoding, MediaType } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';
import { readHeaders, typeOf } from './headers.ts';

/** Encodings may nest as deep as multipart bodies in multipart bodies; no service goes further. */
const MAX_NESTING = 4;

/** The media types under an owner's `content`, in written order. */
export function readContent(reader: Reader, owner: string): MediaType[] {
  return membersOf(reader, owner, 'content').flatMap(({ name, pointer }) => {
    const media = objectAt(reader, pointer);
    if (media === undefined) return [];
    const place = (keyword: string) =>
      own(media.node, keyword) === undefined ? undefined : at(media.pointer, keyword);
    const schema = place('schema');
    const itemSchema = place('itemSchema');
    const type = typeOf(name);
    return [
      {
        type,
        name,
        pointer: media.pointer,
        ...(schema === undefined ? {} : { schema }),
        ...(itemSchema === undefined ? {} : { itemSchema }),
        ...readEncodings(reader, media.pointer, MAX_NESTING),
        examples: readExamples(reader, media.pointer, type),
      },
    ];
  });
}

type Encodings = Pick<MediaType, 'encoding' | 'prefixEncoding' | 'itemEncoding'>;

function readEncodings(reader: Reader, owner: string, nesting: number): Encodings {
  const node = valueAt(reader.document, owner);
  if (!isObject(node) || nesting === 0) return { encoding: {} };
  const encoding = Object.fromEntries(
    membersOf(reader, owner, 'encoding').flatMap(({ name, pointer }) => {
      const read = readEncoding(reader, pointer, nesting);
      return read === undefined ? [] : [[name, read]];
    }),
  );
  const prefix = own(node, 'prefixEncoding');
  const item =
    own(node, 'itemEncoding') === undefined ? undefined : readEncoding(reader, at(owner, 'itemEncoding'), nesting);
  return {
    encoding,
    ...(Array.isArray(prefix)
      ? {
          prefixEncoding: [...prefix.keys()].map(
            (index): Encoding =>
              readEncoding(reader, at(owner, 'prefixEncoding', index), nesting) ?? {
                pointer: at(owner, 'prefixEncoding', index),
                headers: [],
                encoding: {},
              },
          ),
        }
      : {}),
    ...(item === undefined ? {} : { itemEncoding: item }),
  };
}

function readEncoding(reader: Reader, pointer: string, nesting: number): Encoding | undefined {
  const node = valueAt(reader.document, pointer);
  if (!isObject(node)) {
    reader.report('error', 'wrong-shape', pointer, 'an encoding must be an object');
    return undefined;
  }
  const contentType = textOf(node, 'contentType');
  const style = textOf(node, 'style');
  const explode = own(node, 'explode');
  const allowReserved = own(node, 'allowReserved');
  // One of them is enough, the others then have their defaults (OpenAPI 3.1.1 §4.8.15.1.2).
  const styled = style !== undefined || explode !== undefined || allowReserved !== undefined;
  return {
    pointer,
    ...(contentType === undefined ? {} : { contentType }),
    headers: readHeaders(reader, pointer),
    ...(styled
      ? {
          style: style ?? 'form',
          explode: typeof explode === 'boolean' ? explode : (style ?? 'form') === 'form',
          allowReserved: allowReserved === true,
        }
      : {}),
    encoding: readEncodings(reader, pointer, nesting - 1).encoding,
  };
}

/** Values of `example` and `examples`; what stands in a file of its own (`externalValue`) is not read. */
export function readExamples(reader: Reader, owner: string, type: string | undefined): JsonValue[] {
  const node = valueAt(reader.document, owner);
  if (!isObject(node)) return [];
  const single = own(node, 'example');
  const many = isObject(own(node, 'examples')) ? membersOf(reader, owner, 'examples') : [];
  return [
    ...(single === undefined ? [] : [single]),
    ...many.flatMap(({ pointer }) => {
      const example = objectAt(reader, pointer)?.node;
      const value = example && (own(example, 'value') ?? own(example, 'dataValue') ?? unserialised(example, type));
      return value === undefined ? [] : [value];
    }),
  ];
}

/** The value of a `serializedValue` where it can be told without guessing: JSON and plain text. */
function unserialised(example: Record<string, JsonValue>, type: string | undefined): JsonValue | undefined {
  const text = textOf(example, 'serializedValue');
  if (text === undefined || type === undefined) return undefined;
  if (type.startsWith('text/')) return text;
  if (!/^application\/(.+\+)?json$/.test(type)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
