/**
 * Form fields of Swagger 2.0 as one body. The document has no schema of the whole form, so one is derived: an object
 * whose properties refer to the fields where they are written. It stands in the document under {@link FORMS}, where
 * digests, walks and readers of the written text never look.
 */
import { at, isObject, type JsonObject } from '../../events/index.ts';
import type { Encoding, MediaType, RequestBody } from '../model.ts';
import type { Written } from '../openapi/operations.ts';
import { typeOf } from '../openapi/headers.ts';
import { own, type Reader } from '../reader.ts';
import { collectionStyle, type SwaggerParameter } from './parameters.ts';

/** Member of the document that holds the derived schemas. */
export const FORMS = 'x-plumb-forms';

/** The body that an operation's form fields make together. */
export function readForm(
  reader: Reader,
  { path, method, pointer }: Written,
  { fields, types }: { fields: SwaggerParameter[]; types: string[] },
): RequestBody {
  const required = fields.filter(({ node }) => own(node, 'required') === true).map(({ name }) => name);
  const schema = addForm(reader.document, [path, method], {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields.map(({ name, node, pointer: field }) => [name, propertyOf(node, field)])),
  });
  const hasFile = fields.some(({ node }) => own(node, 'type') === 'file');
  const fallback = hasFile ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
  // A file fits into a multipart body only.
  const fitting = hasFile ? types.filter((name) => typeOf(name) === 'multipart/form-data') : types;
  return {
    pointer: fields[0]?.written ?? at(pointer, 'parameters'),
    required: required.length > 0,
    content: (fitting.length > 0 ? fitting : [fallback]).map((name): MediaType => ({
      type: typeOf(name),
      name,
      pointer: at(pointer, 'parameters'),
      schema,
      encoding: Object.fromEntries(fields.flatMap(encodingOf)),
      examples: [],
    })),
  };
}

function propertyOf(node: JsonObject, pointer: string): JsonObject {
  return own(node, 'type') === 'file' ? { type: 'string', format: 'binary' } : { $ref: pointer };
}

function encodingOf({ name, node, pointer }: SwaggerParameter): [string, Encoding][] {
  const rest = { pointer, headers: [], encoding: {} };
  if (own(node, 'type') === 'file') return [[name, { ...rest, contentType: 'application/octet-stream' }]];
  if (own(node, 'type') !== 'array') return [];
  return [[name, { ...rest, ...collectionStyle(node, 'formData'), allowReserved: false }]];
}

function addForm(document: JsonObject, [path, method]: [string, string], schema: JsonObject): string {
  const forms = own(document, FORMS);
  const ofPath = isObject(forms) ? own(forms, path) : undefined;
  document[FORMS] = {
    ...(isObject(forms) ? forms : {}),
    [path]: { ...(isObject(ofPath) ? ofPath : {}), [method]: schema },
  };
  return at('#', FORMS, path, method);
}
