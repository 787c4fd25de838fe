/** Multipart bodies (RFC 2046 §5.1, RFC 7578; OpenAPI 3.1 §4.8.15.4, OpenAPI 3.2 §4.15). */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Encoding, MediaType } from '../../spec/model.ts';
import { itemSchema, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { bytesOf } from './bytes.ts';
import { fieldText } from './form.ts';
import { type Document, isBinary, sampleOf } from './hints.ts';
import { concreteType, isJsonType } from './media-kind.ts';
import { listText } from './styles.ts';

interface Part {
  headers: string[];
  content: Buffer;
}

/** The body with its boundary, or undefined where a part cannot be said. */
export function multipartBody(
  document: Document,
  media: MediaType,
  value: JsonValue,
): { boundary: string; content: Buffer } | undefined {
  const parts = Array.isArray(value)
    ? value.map((item, index) =>
        partOf(document, {
          schema: media.itemSchema ?? (media.schema === undefined ? undefined : itemSchema(document, media.schema)),
          encoding: media.prefixEncoding?.[index] ?? media.itemEncoding,
          value: item,
        }),
      )
    : isObject(value)
      ? Object.entries(value).flatMap(([name, field]) => partsOfField(document, media, name, field))
      : [undefined];
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length || whole.length === 0) return undefined;
  let boundary = 'plumbline-boundary';
  while (whole.some(({ content }) => content.includes(boundary))) boundary += '-x';
  const chunks = whole.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return { boundary, content: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]) };
}

function partsOfField(document: Document, media: MediaType, name: string, value: JsonValue): (Part | undefined)[] {
  const property = media.schema === undefined ? undefined : propertySchema(document, media.schema, name);
  const encoding = media.encoding[name];
  // A list is one part an item, all of one name (RFC 7578 §4.3).
  const single = !Array.isArray(value) || (encoding?.contentType !== undefined && isJsonType(encoding.contentType));
  const schema = single || property === undefined ? property : itemSchema(document, property);
  const named = media.type === 'multipart/form-data' ? { name } : {};
  // What its style joins is one part (OpenAPI 3.1 §4.8.15.1); alone of Swagger 2.0 and 3.1 on, and of forms.
  if (encoding?.style !== undefined && encoding.explode === false && !single && 'name' in named) {
    const text = listText({ ...encoding, style: encoding.style, explode: false }, value);
    return [text === undefined ? undefined : partOf(document, { ...named, schema: undefined, encoding, value: text })];
  }
  const items = single ? [value] : value;
  return items.map((item) => partOf(document, { ...named, schema, encoding, value: item }));
}

interface Field {
  name?: string;
  schema: string | undefined;
  encoding: Encoding | undefined;
  value: JsonValue;
}

function partOf(document: Document, { name, schema, encoding, value }: Field): Part | undefined {
  const structured = isObject(value) || Array.isArray(value);
  const binary = schema !== undefined && isBinary(document, schema);
  const written = encoding?.contentType?.split(',')[0]?.trim();
  const type =
    written !== undefined && written !== ''
      ? concreteType(written, structured)
      : structured
        ? 'application/json'
        : binary
          ? 'application/octet-stream'
          : undefined;
  const isFile = type !== undefined && !type.startsWith('text/') && !isJsonType(type);
  const text = isJsonType(type ?? '') ? JSON.stringify(value) : fieldText(value);
  if (text === undefined || (name !== undefined && /[\r\n"\\]/.test(name))) return undefined;
  const headers: string[] = [];
  if (name !== undefined)
    headers.push(`content-disposition: form-data; name="${name}"${isFile ? '; filename="file.bin"' : ''}`);
  if (type !== undefined) headers.push(`content-type: ${type}`);
  for (const header of encoding?.headers ?? []) {
    if (header.name === 'content-disposition') continue;
    const sample = header.schema === undefined ? 'value' : sampleOf(document, header.schema);
    headers.push(`${header.name}: ${sample}`);
  }
  const content = isFile && typeof value === 'string' ? bytesOf(value) : Buffer.from(text);
  return content === undefined ? undefined : { headers, content };
}

/** True where the schema of a multipart body has the parts that such a body is made of. */
export function hasParts(document: Document, media: MediaType): boolean {
  if (media.schema === undefined) return media.itemSchema !== undefined;
  const types = typesOf(document, media.schema);
  return types.length === 0 || types.includes('object') || types.includes('array');
}
