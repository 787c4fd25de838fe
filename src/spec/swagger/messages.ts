/** What goes over the wire in a Swagger 2.0 document, as the model of OpenAPI 3 says it (Swagger 2.0, "Operation Object"). */
import { at, isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { MediaType, RequestBody, ResponseSpec } from '../model.ts';
import type { Messages, Written } from '../openapi/operations.ts';
import { isStatus } from '../openapi/responses.ts';
import { typeOf } from '../openapi/headers.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';
import { readForm } from './forms.ts';
import { readSwaggerHeaders } from './headers.ts';
import { isFormField, readSwaggerParameters, type SwaggerParameter } from './parameters.ts';

/** Parameters, body and responses of an operation. Pointers are those of the document as it is written. */
export function readSwaggerMessages(reader: Reader, written: Written): Messages {
  const all = readSwaggerParameters(reader, written.item.pointer, written.pointer);
  const body = readBody(reader, written, all);
  return {
    parameters: all.flatMap(({ parameter }) => (parameter === undefined ? [] : [parameter])),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: readResponses(reader, written),
  };
}

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

function readBody(reader: Reader, written: Written, all: SwaggerParameter[]): RequestBody | undefined {
  const fields = all.filter(isFormField);
  const body = all.find((one) => one.in === 'body');
  const consumes = typesOf(reader, written, 'consumes');
  if (body !== undefined) {
    if (fields.length > 0)
      reader.report(
        'error',
        'body-and-form',
        body.pointer,
        'an operation has either a body or form fields',
        'remove one of them',
      );
    const named = consumes.filter((name) => !FORMS.includes(typeOf(name)));
    const types = named.length > 0 ? named : consumes.length > 0 ? consumes : ['application/json'];
    const examples = ['example', 'x-example'].flatMap((name) => own(body.node, name) ?? []);
    return {
      pointer: body.written,
      required: own(body.node, 'required') === true,
      content: types.map((name): MediaType => ({
        type: typeOf(name),
        name,
        pointer: body.pointer,
        ...(own(body.node, 'schema') === undefined ? {} : { schema: at(body.pointer, 'schema') }),
        encoding: {},
        examples,
      })),
    };
  }
  return fields.length === 0
    ? undefined
    : readForm(reader, written, { fields, types: consumes.filter((name) => FORMS.includes(typeOf(name))) });
}

function readResponses(reader: Reader, written: Written): ResponseSpec[] {
  const produces = typesOf(reader, written, 'produces');
  return membersOf(reader, written.pointer, 'responses').flatMap(({ name, pointer }) => {
    if (name.startsWith('x-') || !isStatus(reader, name, pointer)) return [];
    const response = objectAt(reader, pointer);
    if (response === undefined) return [];
    return [
      {
        status: name === 'default' ? name : name.toUpperCase(),
        description: textOf(response.node, 'description') ?? '',
        pointer,
        content: readAnswer(response, produces),
        headers: readSwaggerHeaders(reader, response.pointer),
        links: [],
      },
    ];
  });
}

/** Without `schema` an answer has no content; without `produces` it may be of any type. */
function readAnswer({ node, pointer }: { node: JsonObject; pointer: string }, produces: string[]): MediaType[] {
  const schema = own(node, 'schema');
  if (schema === undefined) return [];
  const isFile = isObject(schema) && own(schema, 'type') === 'file';
  const examples = own(node, 'examples');
  return (produces.length === 0 ? ['*/*'] : produces).map((name): MediaType => {
    const example = isObject(examples) ? own(examples, name) : undefined;
    return {
      type: typeOf(name),
      name,
      pointer,
      ...(isFile ? {} : { schema: at(pointer, 'schema') }),
      encoding: {},
      examples: example === undefined ? [] : [example],
    };
  });
}

/** Media types of the operation, else of the document; those of the operation replace, also with an empty list. */
function typesOf(reader: Reader, { node }: Written, member: 'consumes' | 'produces'): string[] {
  const list = own(node, member) ?? valueAt(reader.document, at('#', member));
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string' && name.includes('/')).map(String) : [];
}
