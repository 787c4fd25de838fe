/** Parameters of Swagger 2.0: other than in OpenAPI 3 each is its own schema, and bodies and form fields are among them. */
import { at, isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { Encoding, Parameter } from '../model.ts';
import { IGNORED_HEADERS, mergeParameters } from '../openapi/parameters.ts';
import { objectAt, own, type Reader, textOf } from '../reader.ts';

const PLACES = ['path', 'query', 'header', 'body', 'formData'] as const;

/** A parameter with its place; `parameter` is set where it is neither body nor form field. */
export interface SwaggerParameter {
  name: string;
  in: (typeof PLACES)[number];
  node: JsonObject;
  /** After `$ref`. */
  pointer: string;
  /** Where the operation says it, before `$ref`. */
  written: string;
  parameter?: Parameter;
}

/** True for a field of a form. */
export function isFormField(one: SwaggerParameter): boolean {
  return one.in === 'formData';
}

/** Parameters of a path item and its operation; those of the operation replace. */
export function readSwaggerParameters(reader: Reader, item: string, operation: string): SwaggerParameter[] {
  return mergeParameters(read(reader, item), read(reader, operation));
}

function read(reader: Reader, owner: string): SwaggerParameter[] {
  const list = valueAt(reader.document, at(owner, 'parameters'));
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reader.report('error', 'wrong-shape', at(owner, 'parameters'), '`parameters` must be a list');
    return [];
  }
  const seen = new Set<string>();
  return [...list.keys()].flatMap((index) => {
    const written = at(owner, 'parameters', index);
    const resolved = objectAt(reader, written);
    const one = resolved && readOne(reader, { ...resolved, written });
    if (one === undefined) return [];
    const key = one.in === 'body' ? 'body' : `${one.in} ${one.name}`;
    const again = seen.has(key);
    seen.add(key);
    if (again) reader.report('error', 'duplicate-parameter', written, `${key} is declared twice`);
    const isIgnored = one.in === 'header' && IGNORED_HEADERS.has(one.name.toLowerCase());
    return again || isIgnored ? [] : [one];
  });
}

function readOne(
  reader: Reader,
  { node, pointer, written }: { node: JsonObject; pointer: string; written: string },
): SwaggerParameter | undefined {
  const name = textOf(node, 'name');
  const place = PLACES.find((one) => one === own(node, 'in'));
  if (place === undefined || (name === undefined && place !== 'body')) {
    const message = 'a parameter needs `name`, and `in` as path, query, header, body or formData';
    reader.report('error', 'parameter-shape', pointer, message);
    return undefined;
  }
  if (place === 'path' && own(node, 'required') !== true)
    reader.report('error', 'path-parameter-optional', pointer, `path parameter ${name} must say \`required: true\``);
  const one = { name: name ?? 'body', in: place, node, pointer, written };
  if (place === 'body' || place === 'formData') return one;
  const { style = 'simple', explode = false, ...inner } = collectionStyle(node, place);
  return {
    ...one,
    parameter: {
      name: one.name,
      in: place,
      required: place === 'path' || own(node, 'required') === true,
      pointer,
      schema: pointer,
      style,
      explode,
      ...inner,
      allowReserved: false,
      ...(own(node, 'allowEmptyValue') === true ? { allowEmptyValue: true } : {}),
      examples: ['example', 'x-example'].flatMap((member) => own(node, member) ?? []),
    },
  };
}

/** `collectionFormat` as a style of OpenAPI 3; `csv` where nothing is said. */
export function collectionStyle(
  node: JsonObject,
  place: 'path' | 'query' | 'header' | 'formData',
): Pick<Encoding, 'style' | 'explode' | 'innerSeparators'> {
  const inQuery = place === 'query' || place === 'formData';
  const innerSeparators = separatorsIn(own(node, 'items'));
  const inner = innerSeparators.length === 0 ? {} : { innerSeparators };
  switch (own(node, 'collectionFormat')) {
    case 'ssv':
      return { style: 'spaceDelimited', explode: false, ...inner };
    case 'tsv':
      return { style: 'tabDelimited', explode: false, ...inner };
    case 'pipes':
      return { style: 'pipeDelimited', explode: false, ...inner };
    case 'multi':
      return { ...(inQuery ? { style: 'form', explode: true } : { style: 'simple', explode: false }), ...inner };
    default:
      return { style: inQuery ? 'form' : 'simple', explode: false, ...inner };
  }
}

const SEPARATORS: Record<string, string> = { ssv: ' ', tsv: '\t', pipes: '|' };

/** Of the lists in a list, each with a `collectionFormat` of its own; `csv` where nothing is said. */
function separatorsIn(items: unknown): string[] {
  const found: string[] = [];
  for (let inner = items; isObject(inner) && own(inner, 'type') === 'array'; inner = own(inner, 'items'))
    found.push(SEPARATORS[String(own(inner, 'collectionFormat'))] ?? ',');
  return found;
}
