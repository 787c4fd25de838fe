/** Responses and their links (OpenAPI 3.1.1 §4.8.16, §4.8.20). */
import { isObject, type JsonObject } from '../../events/index.ts';
import type { Link, ResponseSpec } from '../model.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';
import { readContent } from './content.ts';
import { readHeaders } from './headers.ts';

/** The responses of an operation, in written order. */
export function readResponses(reader: Reader, owner: string): ResponseSpec[] {
  return membersOf(reader, owner, 'responses').flatMap(({ name, pointer }) => {
    if (name.startsWith('x-') || !isStatus(reader, name, pointer)) return [];
    const response = objectAt(reader, pointer);
    if (response === undefined) return [];
    return [responseOf(reader, name === 'default' ? name : name.toUpperCase(), pointer, response)];
  });
}

/** `x-undocumented`: what answers paths and methods that the contract does not document, with 404 and 405. */
export function readUndocumented(reader: Reader): ResponseSpec | undefined {
  const pointer = '#/x-undocumented';
  const response = own(reader.document, 'x-undocumented') === undefined ? undefined : objectAt(reader, pointer);
  return response === undefined ? undefined : responseOf(reader, '4XX', pointer, response);
}

function responseOf(
  reader: Reader,
  status: string,
  pointer: string,
  response: { node: JsonObject; pointer: string },
): ResponseSpec {
  return {
    status,
    description: textOf(response.node, 'description') ?? '',
    pointer,
    content: readContent(reader, response.pointer),
    headers: readHeaders(reader, response.pointer),
    links: readLinks(reader, response.pointer),
  };
}

/** True for `200`, `4XX` and `default`; anything else is reported. */
export function isStatus(reader: Reader, name: string, pointer: string): boolean {
  if (/^([1-5]\d\d|[1-5][xX][xX]|default)$/.test(name)) return true;
  reader.report('error', 'status-shape', pointer, `${JSON.stringify(name)} is not a status, 4XX or default`);
  return false;
}

function readLinks(reader: Reader, response: string): Link[] {
  return membersOf(reader, response, 'links').flatMap(({ name, pointer }) => {
    const link = objectAt(reader, pointer);
    if (link === undefined) return [];
    const parameters = own(link.node, 'parameters');
    const requestBody = own(link.node, 'requestBody');
    return [
      {
        name,
        pointer: link.pointer,
        // A reference to an operation; resolved to an id when all operations are known.
        operation: textOf(link.node, 'operationId') ?? textOf(link.node, 'operationRef') ?? '',
        parameters: isObject(parameters) ? { ...parameters } : {},
        ...(requestBody === undefined ? {} : { requestBody }),
      },
    ];
  });
}
