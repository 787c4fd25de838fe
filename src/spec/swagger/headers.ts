/** Response headers of Swagger 2.0: each is a schema of its own. */
import type { ResponseHeader } from '../model.ts';
import { membersOf, objectAt, type Reader } from '../reader.ts';

/** The headers that a response declares; `Content-Type` is said by `produces` and left out. */
export function readSwaggerHeaders(reader: Reader, response: string): ResponseHeader[] {
  return membersOf(reader, response, 'headers').flatMap(({ name, pointer }) => {
    const header = objectAt(reader, pointer);
    if (header === undefined || name.toLowerCase() === 'content-type') return [];
    return [{ name: name.toLowerCase(), required: false, pointer: header.pointer, schema: header.pointer }];
  });
}
