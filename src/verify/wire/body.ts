/** Bodies as they go over the wire, by media type. */
import type { JsonValue } from '../../events/index.ts';
import type { MediaType } from '../../spec/model.ts';
import { typesOf } from '../cases/schema-walk.ts';
import { bytesOf } from './bytes.ts';
import { formText } from './form.ts';
import { type Document, isBinary } from './hints.ts';
import { concreteType, kindOfMedia } from './media-kind.ts';
import { hasParts, multipartBody } from './multipart.ts';
import { textOf } from './styles.ts';
import { xmlText } from './xml-write.ts';

export interface Body {
  /** Value of `Content-Type`. */
  type: string;
  content: string | Uint8Array;
}

/** Writes a body; undefined where the media type cannot hold the value. */
export function bodyOf(document: Document, media: MediaType, value: JsonValue): Body | undefined {
  const type = sentType(document, media);
  switch (kindOfMedia(type.toLowerCase().split(';')[0]?.trim() ?? '')) {
    case 'json':
      return { type, content: JSON.stringify(value) };
    case 'lines':
      return Array.isArray(value)
        ? { type, content: value.map((item) => `${JSON.stringify(item)}\n`).join('') }
        : undefined;
    case 'sequence':
      // RFC 7464 §2.2.
      return Array.isArray(value)
        ? { type, content: value.map((item) => `\u001e${JSON.stringify(item)}\n`).join('') }
        : undefined;
    case 'form': {
      const text = formText(value, media.encoding);
      return text === undefined ? undefined : { type, content: text };
    }
    case 'multipart': {
      const body = multipartBody(document, { ...media, type }, value);
      if (body === undefined) return undefined;
      const text = body.content.toString();
      const content = Buffer.from(text).equals(body.content) ? text : body.content;
      return { type: `${type}; boundary=${body.boundary}`, content };
    }
    case 'xml': {
      const text = media.schema === undefined ? undefined : xmlText(document, media.schema, value);
      return text === undefined ? undefined : { type, content: text };
    }
    case 'text': {
      const text = textOf(value);
      return text === undefined ? undefined : { type, content: text };
    }
    default:
      return typeof value === 'string' ? bytesBody(type, value) : undefined;
  }
}

function bytesBody(type: string, text: string): Body | undefined {
  const content = bytesOf(text);
  return content === undefined ? undefined : { type, content };
}

/** Why no body of a media type can be written; undefined where some can. */
export function unwritable(document: Document, media: MediaType): string | undefined {
  const type = sentType(document, media);
  const kind = kindOfMedia(type.toLowerCase().split(';')[0]?.trim() ?? '');
  const types = media.schema === undefined ? [] : typesOf(document, media.schema);
  const may = (...wanted: string[]): boolean => types.length === 0 || wanted.some((one) => types.includes(one));
  const refused = (reason: string): string => `bodies of ${media.name} cannot be written: ${reason}`;
  switch (kind) {
    case 'events':
      return refused('event streams come from services');
    case 'xml':
      return media.schema === undefined || !may('object', 'array')
        ? refused('its schema names no elements')
        : undefined;
    case 'form':
      return may('object') ? undefined : refused('its schema has no fields');
    case 'multipart':
      return hasParts(document, media) ? undefined : refused('its schema has no parts');
    case 'lines':
    case 'sequence':
      return media.itemSchema !== undefined || may('array') ? undefined : refused('its schema is no list');
    case 'text':
      return may('string', 'number', 'integer', 'boolean') ? undefined : refused('its schema is no text');
    case 'binary':
      return may('string') ? undefined : refused('no serialisation of its schema is known');
    default:
      return undefined;
  }
}

/** The media type that is sent where the contract has a range. */
function sentType(document: Document, media: MediaType): string {
  if (!media.type.includes('*')) return media.name;
  const types = media.schema === undefined ? [] : typesOf(document, media.schema);
  const text = types.length > 0 && types.every((type) => type === 'string');
  if (
    text &&
    media.schema !== undefined &&
    isBinary(document, media.schema) &&
    !/^(text|image|audio|video)/.test(media.type)
  )
    return 'application/octet-stream';
  return concreteType(media.type, !text);
}
