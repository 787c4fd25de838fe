/** Operations of an OpenAPI 3.x document as a flat list of pointers into it (OpenAPI 3.1.1 §4.8.8 to §4.8.20). */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type {
  HttpMethod,
  Link,
  MediaType,
  Operation,
  Parameter,
  RequestBody,
  ResponseHeader,
  ResponseSpec,
} from '../model.ts';
import { readObjective } from './objective.ts';
import { membersOf, objectAt, own, type Reader, textOf } from '../reader.ts';

const METHODS: ReadonlySet<string> = new Set<HttpMethod>([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
]);

/** Operation id to where its path item really stands, for invariants that are written on path items. */
export interface ReadOperation {
  operation: Operation;
  pathItem: string;
}

/** All operations in written order, without invariants. */
export function readOperations(reader: Reader): ReadOperation[] {
  const read: ReadOperation[] = [];
  const ids = new Map<string, string>();
  const templates = new Map<string, string>();
  for (const { name: path, pointer: written } of membersOf(reader, '#', 'paths')) {
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) {
      reader.report('error', 'path-shape', written, `path ${JSON.stringify(path)} does not begin with "/"`);
      continue;
    }
    const template = path.replaceAll(/\{[^}]*\}/g, '{}');
    const twin = templates.get(template);
    if (twin !== undefined)
      reader.report('error', 'path-ambiguous', written, `path ${path} matches the same requests as ${twin}`);
    templates.set(template, path);
    const item = objectAt(reader, written);
    if (item === undefined) continue;
    if (item.pointer !== written && Object.keys(valueAt(reader.document, written) ?? {}).length > 1)
      reader.report(
        'warning',
        'path-item-siblings',
        written,
        'members beside `$ref` are not read',
        'move them to its target',
      );
    for (const [name, value] of Object.entries(item.node)) {
      if (!METHODS.has(name)) continue;
      const pointer = at(item.pointer, name);
      if (!isObject(value)) {
        reader.report('error', 'wrong-shape', pointer, 'an operation must be an object');
        continue;
      }
      const operation = readOperation(reader, { method: name as HttpMethod, path, pointer, node: value, item });
      const other = ids.get(operation.id);
      if (other !== undefined)
        reader.report('error', 'duplicate-operation', pointer, `operationId ${operation.id} is also that of ${other}`);
      else ids.set(operation.id, pointer);
      read.push({ operation, pathItem: item.pointer });
    }
  }
  resolveLinks(reader, read);
  return read;
}

interface Written {
  method: HttpMethod;
  path: string;
  pointer: string;
  node: JsonObject;
  item: { node: JsonObject; pointer: string };
}

function readOperation(reader: Reader, { method, path, pointer, node, item }: Written): Operation {
  const operationId = textOf(node, 'operationId');
  const body = own(node, 'requestBody') === undefined ? undefined : readBody(reader, at(pointer, 'requestBody'));
  const objective = readObjective(reader, pointer);
  for (const [owner, place] of [
    [node, pointer],
    [item.node, item.pointer],
  ] as const)
    if (own(owner, 'servers') !== undefined)
      reader.report('warning', 'servers-unused', at(place, 'servers'), 'only the servers of the document are used');
  const security = own(node, 'security') ?? own(reader.document, 'security') ?? [];
  return {
    id: operationId === undefined || operationId === '' ? `${method.toUpperCase()} ${path}` : operationId,
    method,
    path,
    pointer,
    summary: textOf(node, 'summary') ?? '',
    parameters: mergeParameters(readParameters(reader, item.pointer), readParameters(reader, pointer)),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: readResponses(reader, pointer),
    invariants: [],
    ...(objective === undefined ? {} : { objective }),
    security: Array.isArray(security) ? security.filter(isObject).map(requirement) : [],
  };
}

function requirement(alternative: JsonObject): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(alternative).map(([name, scopes]) => [
      name,
      Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
    ]),
  );
}

/** Parameters of the operation replace those of its path item with the same place and name. */
function mergeParameters(inherited: Parameter[], ownOnes: Parameter[]): Parameter[] {
  const key = (parameter: Parameter) => `${parameter.in} ${parameter.name}`;
  const replaced = new Set(ownOnes.map(key));
  return [...inherited.filter((parameter) => !replaced.has(key(parameter))), ...ownOnes];
}

/** Header parameters of these names are ignored (OpenAPI 3.1.1 §4.8.12.2.1). */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

function readParameters(reader: Reader, owner: string): Parameter[] {
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
  const place = textOf(node, 'in');
  if (name === undefined || (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'cookie')) {
    reader.report(
      'error',
      'parameter-shape',
      pointer,
      place === 'querystring' || place === 'body' || place === 'formData'
        ? `parameters \`in: ${place}\` are not supported`
        : 'a parameter needs `name`, and `in` as path, query, header or cookie',
    );
    return undefined;
  }
  if (place === 'path' && own(node, 'required') !== true)
    reader.report('error', 'path-parameter-optional', pointer, `path parameter ${name} must say \`required: true\``);
  const style = textOf(node, 'style') ?? DEFAULT_STYLE[place];
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
    explode: typeof explode === 'boolean' ? explode : style === 'form',
    allowReserved: own(node, 'allowReserved') === true,
    ...(media === undefined ? {} : { contentType: media.type }),
    examples: [...readExamples(reader, pointer), ...(media?.examples ?? [])],
  };
}

function readBody(reader: Reader, written: string): RequestBody | undefined {
  const body = objectAt(reader, written);
  if (body === undefined) return undefined;
  return {
    pointer: written,
    required: own(body.node, 'required') === true,
    content: readContent(reader, body.pointer),
  };
}

function readContent(reader: Reader, owner: string): MediaType[] {
  return membersOf(reader, owner, 'content').flatMap(({ name, pointer }) => {
    const media = objectAt(reader, pointer);
    if (media === undefined) return [];
    return [
      {
        type: (name.split(';')[0] ?? '').trim().toLowerCase(),
        pointer: media.pointer,
        ...(own(media.node, 'schema') === undefined ? {} : { schema: at(media.pointer, 'schema') }),
        examples: readExamples(reader, media.pointer),
      },
    ];
  });
}

function readExamples(reader: Reader, owner: string): JsonValue[] {
  const node = valueAt(reader.document, owner);
  if (!isObject(node)) return [];
  const single = own(node, 'example');
  const many = isObject(own(node, 'examples')) ? membersOf(reader, owner, 'examples') : [];
  return [
    ...(single === undefined ? [] : [single]),
    ...many.flatMap(({ pointer }) => {
      const example = objectAt(reader, pointer)?.node;
      const value = example && (own(example, 'value') ?? own(example, 'dataValue'));
      return value === undefined ? [] : [value];
    }),
  ];
}

function readResponses(reader: Reader, owner: string): ResponseSpec[] {
  return membersOf(reader, owner, 'responses').flatMap(({ name, pointer }) => {
    if (name.startsWith('x-')) return [];
    if (!/^([1-5]\d\d|[1-5][xX][xX]|default)$/.test(name)) {
      reader.report('error', 'status-shape', pointer, `${JSON.stringify(name)} is not a status, 4XX or default`);
      return [];
    }
    const response = objectAt(reader, pointer);
    if (response === undefined) return [];
    return [
      {
        status: name === 'default' ? name : name.toUpperCase(),
        description: textOf(response.node, 'description') ?? '',
        pointer,
        content: readContent(reader, response.pointer),
        headers: readHeaders(reader, response.pointer),
        links: readLinks(reader, response.pointer),
      },
    ];
  });
}

function readHeaders(reader: Reader, response: string): ResponseHeader[] {
  return membersOf(reader, response, 'headers').flatMap(({ name, pointer }) => {
    const header = objectAt(reader, pointer);
    if (header === undefined || name.toLowerCase() === 'content-type') return [];
    const schema = own(header.node, 'schema') === undefined ? undefined : at(header.pointer, 'schema');
    return [
      {
        name: name.toLowerCase(),
        required: own(header.node, 'required') === true,
        pointer: header.pointer,
        ...(schema === undefined ? {} : { schema }),
      },
    ];
  });
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

/** Turns `operationRef`s into ids and reports links that lead nowhere; those are left out. */
function resolveLinks(reader: Reader, read: ReadOperation[]): void {
  const ids = new Set(read.map(({ operation }) => operation.id));
  const reported = new Set<string>();
  const target = (link: Link): string | undefined => {
    if (ids.has(link.operation)) return link.operation;
    const pointer = reader.references.target(link.operation, link.pointer);
    return read.find(({ operation }) => operation.pointer === pointer)?.operation.id;
  };
  for (const { operation } of read)
    for (const response of operation.responses)
      response.links = response.links.flatMap((link) => {
        const id = target(link);
        if (id !== undefined) return [{ ...link, operation: id }];
        if (!reported.has(link.pointer))
          reader.report('error', 'link-target', link.pointer, `link ${link.name} names no operation of this contract`);
        reported.add(link.pointer);
        return [];
      });
}
