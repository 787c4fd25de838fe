/** Methods of an OpenRPC document as a flat list (OpenRPC 1.3.2, Method Object). */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Method, MethodError, MethodExample, MethodLink, MethodValue } from '../model.ts';
import { readObjective } from '../openapi/objective.ts';
import { objectAt, own, type Reader, type Resolved, textOf } from '../reader.ts';

export interface ReadMethod {
  method: Method;
  /** Where the method really is. */
  place: string;
}

const STRUCTURES = ['by-name', 'by-position', 'either'] as const;
/** Names with this prefix are reserved (JSON-RPC 2.0 §4). */
const RESERVED = 'rpc.';
const TYPES = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

/** All methods in written order, without invariants. */
export function readMethods(reader: Reader): ReadMethod[] {
  const read: ReadMethod[] = [];
  for (const item of itemsOf(reader, '#', 'methods')) {
    const method = readMethod(reader, item);
    if (method === undefined) continue;
    if (read.some((other) => other.method.name === method.name))
      reader.report('error', 'duplicate-method', item.pointer, `method ${method.name} is declared twice`);
    else read.push({ method, place: item.pointer });
  }
  resolveLinks(
    reader,
    read.map(({ method }) => method),
  );
  return read;
}

/** The objects of a list, `$ref`s followed. */
function itemsOf(reader: Reader, owner: string, name: string): Resolved[] {
  const list = valueAt(reader.document, at(owner, name));
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reader.report('error', 'wrong-shape', at(owner, name), `\`${name}\` must be a list`);
    return [];
  }
  return [...list.keys()].flatMap((index) => objectAt(reader, at(owner, name, index)) ?? []);
}

function readMethod(reader: Reader, { node, pointer: place }: Resolved): Method | undefined {
  const name = textOf(node, 'name');
  if (name === undefined || name === '') {
    reader.report('error', 'method-shape', place, 'a method needs a `name`');
    return undefined;
  }
  const pointer = at('#/methods', name);
  if (name.startsWith(RESERVED))
    reader.report('warning', 'method-name', pointer, `names that begin with "${RESERVED}" are reserved by JSON-RPC`);
  const written = own(node, 'paramStructure') ?? 'either';
  const structure = STRUCTURES.find((one) => one === written);
  if (structure === undefined)
    reader.report('error', 'method-shape', at(pointer, 'paramStructure'), `it is one of ${STRUCTURES.join(', ')}`);
  const parameters = readParameters(reader, place, pointer, structure ?? 'either');
  const resultAt = own(node, 'result') === undefined ? undefined : objectAt(reader, at(place, 'result'));
  const result = resultAt && readValue(reader, resultAt, at(pointer, 'result'));
  const objective = readObjective(reader, place);
  const pure = own(node, 'x-pure') ?? false;
  if (typeof pure !== 'boolean')
    reader.report('error', 'method-shape', at(pointer, 'x-pure'), '`x-pure` is true or false');
  return {
    name,
    pointer,
    summary: textOf(node, 'summary') ?? '',
    deprecated: own(node, 'deprecated') === true,
    structure: structure ?? 'either',
    parameters,
    ...(result === undefined ? {} : { result }),
    errors: readErrors(reader, place, pointer),
    links: readLinks(reader, place, pointer),
    examples: readExamples(reader, place, pointer, parameters),
    invariants: [],
    ...(objective === undefined ? {} : { objective: { ...objective, pointer: at(pointer, 'x-objective') } }),
    pure: pure === true,
  };
}

function readParameters(reader: Reader, place: string, pointer: string, structure: Method['structure']): MethodValue[] {
  const parameters: MethodValue[] = [];
  for (const item of itemsOf(reader, place, 'params')) {
    const name = textOf(item.node, 'name');
    const clause = at(pointer, 'params', name ?? '');
    if (name === undefined || name === '') {
      reader.report('error', 'parameter-shape', item.pointer, 'a parameter needs a `name`');
      continue;
    }
    const parameter = readValue(reader, item, clause);
    if (parameter === undefined) continue;
    if (parameters.some((other) => other.name === name))
      reader.report('error', 'duplicate-parameter', clause, `parameter ${name} is declared twice`);
    else parameters.push(parameter);
  }
  const firstOptional = parameters.findIndex(({ required }) => !required);
  const late = parameters.find(({ required }, index) => required && firstOptional >= 0 && index > firstOptional);
  if (late !== undefined)
    reader.report(
      structure === 'by-name' ? 'warning' : 'error',
      'parameter-order',
      late.pointer,
      `the required parameter ${late.name} stands behind an optional one`,
      'write the required ones first',
    );
  return parameters;
}

function readValue(reader: Reader, { node, pointer: place }: Resolved, pointer: string): MethodValue | undefined {
  if (own(node, 'schema') === undefined) {
    const message = 'it has no `schema`, so nothing says which values it takes';
    reader.report('error', 'no-schema', pointer, message, 'write `schema: {}` where any value is meant');
    return undefined;
  }
  return {
    name: textOf(node, 'name') ?? '',
    required: own(node, 'required') === true,
    pointer,
    schema: at(place, 'schema'),
  };
}

function readErrors(reader: Reader, place: string, pointer: string): MethodError[] {
  const errors: MethodError[] = [];
  for (const item of itemsOf(reader, place, 'errors')) {
    const code = own(item.node, 'code');
    if (typeof code !== 'number' || !Number.isSafeInteger(code)) {
      reader.report('error', 'error-shape', item.pointer, 'an error needs a `code`, a whole number');
      continue;
    }
    const clause = at(pointer, 'errors', code);
    if (errors.some((other) => other.code === code)) {
      reader.report('error', 'duplicate-error', clause, `error ${code} is declared twice`);
      continue;
    }
    errors.push({
      pointer: clause,
      code,
      message: textOf(item.node, 'message') ?? '',
      ...(isSchema(own(item.node, 'data')) ? { data: at(item.pointer, 'data') } : {}),
    });
  }
  return errors;
}

/** OpenRPC leaves open what `data` is: one that reads like a schema is taken as one, any other value as an example. */
function isSchema(data: JsonValue | undefined): boolean {
  if (!isObject(data)) return false;
  const type = own(data, 'type');
  const types = Array.isArray(type) ? type : [type];
  return typeof own(data, '$ref') === 'string' || types.some((one) => typeof one === 'string' && TYPES.has(one));
}

function readLinks(reader: Reader, place: string, pointer: string): MethodLink[] {
  return itemsOf(reader, place, 'links').flatMap(({ node, pointer: where }, index) => {
    const name = textOf(node, 'name') ?? String(index);
    const params = own(node, 'params') ?? {};
    const method = textOf(node, 'method');
    if (!isObject(params) || method === undefined) {
      const message = 'a link needs `method`, and `params` as an object';
      reader.report('error', 'link-shape', where, message, 'write `{ name, method, params: { id: "${result.id}" } }`');
      return [];
    }
    return [{ name, pointer: at(pointer, 'links', name), method, params: { ...params } }];
  });
}

function resolveLinks(reader: Reader, methods: Method[]): void {
  for (const method of methods)
    method.links = method.links.filter((link) => {
      const target = methods.find(({ name }) => name === link.method);
      const stranger = Object.keys(link.params).find(
        (name) => target !== undefined && !target.parameters.some((parameter) => parameter.name === name),
      );
      if (target !== undefined && stranger === undefined) return true;
      const what =
        target === undefined ? `no method is called ${link.method}` : `it has no parameter ${stranger ?? ''}`;
      reader.report('error', 'link-target', link.pointer, `link ${link.name} leads to ${link.method}: ${what}`);
      return false;
    });
}

function readExamples(reader: Reader, place: string, pointer: string, parameters: MethodValue[]): MethodExample[] {
  return itemsOf(reader, place, 'examples').flatMap(({ node, pointer: where }, index) => {
    const name = textOf(node, 'name') ?? String(index);
    const values = itemsOf(reader, where, 'params').map((item) => item.node);
    const byName = values.every((one) => parameters.some((parameter) => parameter.name === textOf(one, 'name')));
    const params: JsonObject = {};
    for (const [at_, one] of values.entries()) {
      const key = byName ? textOf(one, 'name') : parameters[at_]?.name;
      const value = own(one, 'value');
      if (key === undefined || value === undefined) {
        const message = `example ${name} has a parameter that is not declared, or no \`value\``;
        reader.report('warning', 'example-shape', at(pointer, 'examples', name), message);
        return [];
      }
      params[key] = value;
    }
    const result = own(node, 'result') === undefined ? undefined : objectAt(reader, at(where, 'result'));
    const value = result === undefined ? undefined : own(result.node, 'value');
    return [
      { name, pointer: at(pointer, 'examples', name), params, ...(value === undefined ? {} : { result: value }) },
    ];
  });
}
