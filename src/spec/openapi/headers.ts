/** Headers of responses and of multipart parts (OpenAPI 3.1.1 §4.8.21). */
import { at } from '../../events/index.ts';
import type { ResponseHeader } from '../model.ts';
import { membersOf, objectAt, own, type Reader } from '../reader.ts';

/** The headers that are declared under an owner; `Content-Type` is said by the media type and left out. */
export function readHeaders(reader: Reader, owner: string): ResponseHeader[] {
  return membersOf(reader, owner, 'headers').flatMap(({ name, pointer }) => {
    const header = objectAt(reader, pointer);
    if (header === undefined || name.toLowerCase() === 'content-type') return [];
    const media = membersOf(reader, header.pointer, 'content')[0];
    const holder =
      own(header.node, 'schema') === undefined && media !== undefined ? objectAt(reader, media.pointer) : header;
    const schema =
      holder === undefined || own(holder.node, 'schema') === undefined ? undefined : at(holder.pointer, 'schema');
    return [
      {
        name: name.toLowerCase(),
        required: own(header.node, 'required') === true,
        pointer: header.pointer,
        ...(schema === undefined ? {} : { schema }),
        ...(own(header.node, 'explode') === true ? { explode: true } : {}),
        ...(media === undefined ? {} : { contentType: typeOf(media.name) }),
      },
    ];
  });
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function typeOf(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}
