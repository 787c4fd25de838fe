/** Operations of an OpenAPI document as a flat list of pointers into it (OpenAPI 3.1.1 §4.8.8 to §4.8.20). */
import { at, isObject, type JsonObject, tokensOf, valueAt } from '../../events/index.ts';
import type { Link, Operation, RequestBody } from '../model.ts';
import { readContent } from './content.ts';
import { readObjective } from './objective.ts';
import { mergeParameters, readParameters } from './parameters.ts';
import { readResponses } from './responses.ts';
import { membersOf, objectAt, own, type Reader, type Resolved, textOf } from '../reader.ts';
import { readSwaggerMessages } from '../swagger/messages.ts';
import { basePathOf } from './servers.ts';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Operation id to where its path item really stands, for invariants that are written on path items. */
/** Longer ones no server takes: RFC 9110 §4.1 asks for 8,000 octets of a whole URI. */
const LONGEST_PATH = 4000;

export interface ReadOperation {
  operation: Operation;
  pathItem: string;
}

/** All operations in written order, without invariants. */
export function readOperations(reader: Reader): ReadOperation[] {
  const read: ReadOperation[] = [];
  const ids = new Map<string, string>();
  const templates = new Map<string, { path: string; methods: string[] }[]>();
  for (const { name: path, pointer: written } of membersOf(reader, '#', 'paths')) {
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) {
      reader.report('error', 'path-shape', written, `path ${JSON.stringify(path)} does not begin with "/"`);
      continue;
    }
    if (path.length > LONGEST_PATH) {
      reader.report(
        'error',
        'path-shape',
        written,
        `a path of ${path.length} characters is not read`,
        `at most ${LONGEST_PATH} are`,
      );
      continue;
    }
    const template = path.replaceAll(/\{[^}]*\}/g, '{}');
    const item = objectAt(reader, written);
    if (item === undefined) continue;
    const twins = templates.get(template) ?? [];
    const found = methodsOf(reader, item);
    const methods = new Set(found.map(({ method }) => method));
    const twin = twins.find((one) => one.methods.some((method) => methods.has(method))) ?? twins[0];
    if (twin !== undefined) {
      // OpenAPI forbids both; where no method is in both, every request still has one meaning.
      const isClear = !twin.methods.some((method) => methods.has(method));
      const message = `path ${path} matches the same requests as ${twin.path}`;
      reader.report(isClear ? 'warning' : 'error', 'path-ambiguous', written, message, 'write both as one path');
    }
    templates.set(template, [...twins, { path, methods: [...methods] }]);
    if (item.pointer !== written && Object.keys(valueAt(reader.document, written) ?? {}).length > 1)
      reader.report(
        'warning',
        'path-item-siblings',
        written,
        'members beside `$ref` are not read',
        'move them to its target',
      );
    for (const { method, pointer } of found) {
      const node = valueAt(reader.document, pointer);
      if (!isObject(node)) {
        reader.report('error', 'wrong-shape', pointer, 'an operation must be an object');
        continue;
      }
      const operation = readOperation(reader, { method, path, pointer, node, item });
      const other = ids.get(operation.id);
      if (other !== undefined) {
        const route = `${method.toUpperCase()} ${path}`;
        const message = `operationId ${operation.id} is also that of ${other}; this one is called ${route}`;
        reader.report('warning', 'duplicate-operation', pointer, message, 'links and probes name operations by it');
        operation.id = route;
      }
      ids.set(operation.id, pointer);
      read.push({ operation, pathItem: item.pointer });
    }
  }
  resolveLinks(reader, read);
  return read;
}

/** Operations of a path item with their methods in lower case; a method in `additionalOperations` is of OpenAPI 3.2. */
function methodsOf(reader: Reader, item: Resolved): { method: string; pointer: string }[] {
  const methods = Object.keys(item.node).flatMap((name) =>
    METHODS.has(name) || (name === 'query' && reader.edition === '3.2')
      ? [{ method: name, pointer: at(item.pointer, name) }]
      : [],
  );
  if (reader.edition !== '3.2') return methods;
  return [
    ...methods,
    ...membersOf(reader, item.pointer, 'additionalOperations').flatMap(({ name, pointer }) => {
      if (/^[A-Z0-9!#$%&'*+.^_`|~-]+$/.test(name) && !METHODS.has(name.toLowerCase()) && name !== 'QUERY')
        return [{ method: name.toLowerCase(), pointer }];
      const message = METHODS.has(name.toLowerCase())
        ? `${name} has a place of its own`
        : `${JSON.stringify(name)} is no HTTP method in upper case`;
      reader.report(
        'error',
        'method-shape',
        pointer,
        message,
        'write it as `get:` or the like, beside additionalOperations',
      );
      return [];
    }),
  ];
}

/** An operation as it is written, and the path item that it belongs to. */
export interface Written {
  method: string;
  path: string;
  pointer: string;
  node: JsonObject;
  item: Resolved;
}

function readOperation(reader: Reader, written: Written): Operation {
  const { method, path, pointer, node, item } = written;
  const operationId = textOf(node, 'operationId');
  const objective = readObjective(reader, pointer);
  const servers = own(node, 'servers') ?? own(item.node, 'servers');
  const security = own(node, 'security') ?? own(reader.document, 'security') ?? [];
  return {
    id: operationId === undefined || operationId === '' ? `${method.toUpperCase()} ${path}` : operationId,
    method,
    path,
    pointer,
    summary: textOf(node, 'summary') ?? '',
    ...(reader.edition === '2.0' ? readSwaggerMessages(reader, written) : readMessages(reader, written)),
    invariants: [],
    ...(objective === undefined ? {} : { objective }),
    security: Array.isArray(security) ? security.filter(isObject).map(requirement) : [],
    ...(servers === undefined || reader.edition === '2.0' ? {} : { basePath: basePathOf(servers) }),
    ...(own(node, 'deprecated') === true ? { deprecated: true } : {}),
  };
}

/** What goes over the wire. */
export type Messages = Pick<Operation, 'parameters' | 'requestBody' | 'responses'>;

function readMessages(reader: Reader, { pointer, node, item }: Written): Messages {
  const body = own(node, 'requestBody') === undefined ? undefined : readBody(reader, at(pointer, 'requestBody'));
  return {
    parameters: mergeParameters(readParameters(reader, item.pointer), readParameters(reader, pointer)),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: readResponses(reader, pointer),
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

function readBody(reader: Reader, written: string): RequestBody | undefined {
  const body = objectAt(reader, written);
  if (body === undefined) return undefined;
  return {
    pointer: written,
    required: own(body.node, 'required') === true,
    content: readContent(reader, body.pointer),
  };
}

/** Turns `operationRef`s into ids and reports links that lead nowhere; those are left out. */
function resolveLinks(reader: Reader, read: ReadOperation[]): void {
  const ids = new Set(read.map(({ operation }) => operation.id));
  const reported = new Set<string>();
  const target = (link: Link): string | undefined => {
    if (ids.has(link.operation)) return link.operation;
    const found = reader.references.target(link.operation, link.pointer);
    // Written percent-encoded, as a fragment: `#/paths/~1users~1%7Bid%7D/get` (RFC 6901 §6).
    const pointer = found === undefined ? undefined : at('#', ...tokensOf(found));
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
