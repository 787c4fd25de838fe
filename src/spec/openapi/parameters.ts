/** Parameters of path items and operations (OpenAPI 3.1.1 §4.8.12, 3.2 §4.12). */
import { at, type JsonObject, valueAt } from '../../events/index.ts';
import type { Parameter } from '../model.ts';
import { objectAt, own, type Reader, textOf } from '../reader.ts';
import { readContent, readExamples } from './content.ts';

/** Parameters of the operation replace those of its path item with the same place and name. */
export function mergeParameters<One extends { in: string; name: string }>(inherited: One[], ownOnes: One[]): One[] {
  // A body has a name that means nothing.
  const key = (one: One) => (one.in === 'body' ? 'body' : `${one.in} ${one.name}`);
  const replaced = new Set(ownOnes.map(key));
  return [...inherited.filter((one) => !replaced.has(key(one))), ...ownOnes];
}

/** Header parameters of these names are ignored (OpenAPI 3.1.1 §4.8.12.2.1). */
export const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

/** Parameters that are written under an owner, in written order. */
export function readParameters(reader: Reader, owner: string): Parameter[] {
  const list = valueAt(reader.document, at(owner, 'parameters'));
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reader.report('error', 'wrong-shape', at(owner, 'parameters'), '`parameters` must be a list');
    return [];
  }
  const parameters: Parameter[] = [];
  const seen = new Set<string>();
  for (const index of list.keys()) {
    const resolved = objectAt(reader, at(owner, 'parameters', index));
    const parameter = resolved && readParameter(reader, resolved.node, resolved.pointer);
    if (parameter === undefined) continue;
    const key = `${parameter.in} ${parameter.name}`;
    if (seen.has(key))
      reader.report('error', 'duplicate-parameter', at(owner, 'parameters', index), `${key} is declared twice`);
    else if (parameter.in !== 'header' || !IGNORED_HEADERS.has(parameter.name.toLowerCase()))
      parameters.push(parameter);
    seen.add(key);
  }
  return parameters;
}

const DEFAULT_STYLE = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' } as const;

function readParameter(reader: Reader, node: JsonObject, pointer: string): Parameter | undefined {
  const name = textOf(node, 'name');
  const written = textOf(node, 'in');
  const whole = written === 'querystring' && reader.edition === '3.2';
  const place = whole ? 'query' : written;
  if (name === undefined || (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'cookie')) {
    const places = `path, query, header${reader.edition === '3.2' ? ', cookie or querystring' : ' or cookie'}`;
    reader.report('error', 'parameter-shape', pointer, `a parameter needs \`name\`, and \`in\` as ${places}`);
    return undefined;
  }
  if (place === 'path' && own(node, 'required') !== true)
    reader.report('error', 'path-parameter-optional', pointer, `path parameter ${name} must say \`required: true\``);
  const style = whole ? 'querystring' : (textOf(node, 'style') ?? DEFAULT_STYLE[place]);
  const explode = own(node, 'explode');
  const media = readContent(reader, pointer)[0];
  const schema = own(node, 'schema') === undefined ? media?.schema : at(pointer, 'schema');
  return {
    name,
    in: place,
    required: place === 'path' || own(node, 'required') === true,
    pointer,
    ...(schema === undefined ? {} : { schema }),
    style,
    // The default of `cookie` is as that of `form` (OpenAPI 3.2 §4.12.2.2).
    explode: typeof explode === 'boolean' ? explode : style === 'form' || style === 'cookie',
    allowReserved: own(node, 'allowReserved') === true,
    ...(own(node, 'allowEmptyValue') === true ? { allowEmptyValue: true } : {}),
    ...(media === undefined ? {} : { contentType: media.type, media }),
    examples: [...readExamples(reader, pointer, undefined), ...(media?.examples ?? [])],
  };
}
