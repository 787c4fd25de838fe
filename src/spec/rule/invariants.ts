/**
 * `x-invariants` on the root, a path item, an operation, a method or a schema; a list of objects with `id`, or a map
 * from id. An invariant of the root or of a path item says with `operations` (`methods` in OpenRPC) which ones it holds
 * for; on a path item all of its operations are meant where it says nothing, on the root it must say.
 */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import { type Place, walk } from '../openapi/walk.ts';
import type { Invariant, Probe } from '../model.ts';
import { own, type Reader, textOf } from '../reader.ts';

/** What stands around an invariant. */
export interface Holder {
  scope: Invariant['scope'];
  /** The clause of the place, where it is not the place itself. */
  pointer?: string;
  /** Whether it must say which operations it holds for. */
  mustName: boolean;
  /** Operations or methods that it may hold for. */
  candidates: string[];
}

const MEMBERS = new Set(['id', 'rule', 'message', 'severity', 'source', 'given', 'then']);
const NAMING: Record<Invariant['scope'], string | undefined> = {
  operation: 'operations',
  method: 'methods',
  schema: undefined,
};

interface Written {
  id: string;
  node: JsonObject;
  /** `…/x-invariants/ID`, stable when the list is reordered. */
  pointer: string;
}

/**
 * All invariants in written order; `holderOf` says what a place is, undefined where none may stand. Malformed ones are
 * reported; one whose rule does not parse stays, so that it fails.
 */
export function readInvariants(reader: Reader, holderOf: (place: Place) => Holder | undefined): Invariant[] {
  const invariants: Invariant[] = [];
  const ids = new Map<string, string>();
  walk(reader.document, (place) => {
    if (!Object.hasOwn(place.node, 'x-invariants')) return;
    const holder = holderOf(place);
    if (holder === undefined) return;
    for (const written of writtenAt(reader, at(place.pointer, 'x-invariants'), holder.pointer)) {
      const other = ids.get(written.id);
      if (other !== undefined) {
        reader.report('error', 'duplicate-invariant', written.pointer, `id ${written.id} is also that of ${other}`);
        continue;
      }
      ids.set(written.id, written.pointer);
      const invariant = readInvariant(reader, written, holder);
      if (invariant !== undefined)
        invariants.push(holder.scope === 'schema' ? { ...invariant, schema: place.pointer } : invariant);
    }
  });
  return invariants;
}

function writtenAt(reader: Reader, place: string, owner: string | undefined): Written[] {
  const value = valueAt(reader.document, place);
  const pointer = owner === undefined ? place : at(owner, 'x-invariants');
  if (isObject(value))
    return Object.entries(value).flatMap(([id, node]) => {
      if (isObject(node) && (own(node, 'id') ?? id) === id) return [{ id, node, pointer: at(pointer, id) }];
      reader.report(
        'error',
        'invariant-shape',
        at(pointer, id),
        'an invariant must be an object, its `id` that of its key',
      );
      return [];
    });
  if (!Array.isArray(value)) {
    reader.report('error', 'invariant-shape', pointer, '`x-invariants` must be a list');
    return [];
  }
  return value.flatMap((node, index) => {
    const id = isObject(node) ? textOf(node, 'id') : undefined;
    if (isObject(node) && id !== undefined && id !== '') return [{ id, node, pointer: at(pointer, id) }];
    reader.report('error', 'invariant-shape', at(pointer, index), 'an invariant must be an object with an `id`');
    return [];
  });
}

function readInvariant(reader: Reader, { id, node, pointer }: Written, context: Holder): Invariant | undefined {
  const { report } = reader;
  for (const name of Object.keys(node))
    if (!MEMBERS.has(name) && name !== (NAMING[context.scope] ?? 'operations') && !name.startsWith('x-'))
      report('error', 'invariant-shape', at(pointer, name), `an invariant has no member ${JSON.stringify(name)}`);
  const rule = textOf(node, 'rule');
  if (rule === undefined || rule.trim() === '') {
    report('error', 'invariant-shape', pointer, `invariant ${id} has no rule`, 'write `rule: <CEL expression>`');
    return undefined;
  }
  const severity = own(node, 'severity') ?? 'must';
  if (severity !== 'must' && severity !== 'should')
    report('error', 'invariant-shape', at(pointer, 'severity'), '`severity` is must or should');
  const message = textOf(node, 'message');
  const source = textOf(node, 'source');
  return {
    id,
    pointer,
    rule,
    ...(message === undefined ? {} : { message }),
    severity: severity === 'should' ? 'should' : 'must',
    ...(source === undefined ? {} : { source }),
    given: readProbes(reader, at(pointer, 'given'), own(node, 'given'), context),
    // oxlint-disable-next-line unicorn/no-thenable -- the member of `x-invariants`
    then: readProbes(reader, at(pointer, 'then'), own(node, 'then'), context),
    scope: context.scope,
    operations: namedOperations(reader, pointer, own(node, NAMING[context.scope] ?? 'operations'), context),
  };
}

function namedOperations(reader: Reader, pointer: string, named: JsonValue | undefined, context: Holder): string[] {
  if (named === undefined) {
    if (!context.mustName) {
      if (context.candidates.length === 0 && context.scope !== 'schema')
        reader.report(
          'error',
          'invariant-operations',
          pointer,
          'the invariant stands on no operation that can be called',
        );
      return context.candidates;
    }
    const naming = NAMING[context.scope] ?? 'operations';
    reader.report(
      'error',
      'invariant-operations',
      pointer,
      `an invariant of the root must say which ${naming} it holds for`,
      naming === 'methods' ? 'add `methods: [NAME, …]`' : 'add `operations: [operationId, …]`',
    );
    return [];
  }
  const naming = NAMING[context.scope] ?? 'operations';
  if (!Array.isArray(named) || named.length === 0 || context.scope === 'schema') {
    reader.report(
      'error',
      'invariant-operations',
      at(pointer, naming),
      context.scope === 'schema'
        ? 'an invariant of a schema holds wherever the schema is used'
        : `\`${naming}\` must list ${naming === 'methods' ? 'names of methods' : 'operation ids'}`,
    );
    return context.candidates;
  }
  return named.filter((id): id is string => {
    if (typeof id === 'string' && context.candidates.includes(id)) return true;
    reader.report(
      'error',
      naming === 'methods' ? 'unknown-method' : 'unknown-operation',
      at(pointer, naming),
      `${JSON.stringify(id)} is no ${naming === 'methods' ? 'method' : 'operation'} here`,
    );
    return false;
  });
}

function readProbes(reader: Reader, pointer: string, value: JsonValue | undefined, context: Holder): Probe[] {
  if (value === undefined) return [];
  if (!isObject(value) || context.scope === 'schema') {
    reader.report(
      'error',
      'probe-shape',
      pointer,
      context.scope === 'schema'
        ? 'an invariant of a schema has no probes'
        : `probes are written as \`NAME: { ${context.scope === 'method' ? 'method' : 'operationId'}, … }\``,
    );
    return [];
  }
  return Object.entries(value).flatMap(([name, node]) => {
    const place = at(pointer, name);
    const read = context.scope === 'method' ? readMethodProbe : readProbe;
    const probe = read(reader, name, node, place);
    return probe === undefined ? [] : [probe];
  });
}

function readProbe(reader: Reader, name: string, node: JsonValue, pointer: string): Probe | undefined {
  const refuse = (place: string, message: string, hint?: string): undefined => {
    reader.report('error', 'probe-shape', place, message, hint);
  };
  if (!/^[A-Za-z_]\w*$/.test(name)) return refuse(pointer, `${JSON.stringify(name)} cannot be named in a rule`);
  if (!isObject(node)) return refuse(pointer, 'a probe must be an object');
  for (const member of Object.keys(node))
    if (!['operationId', 'parameters', 'body'].includes(member))
      refuse(at(pointer, member), `a probe has no member ${JSON.stringify(member)}`);
  const operation = textOf(node, 'operationId');
  if (operation === undefined) return refuse(pointer, 'a probe needs `operationId`');
  const written = own(node, 'parameters') ?? {};
  if (!isObject(written)) return refuse(at(pointer, 'parameters'), '`parameters` must be an object');
  const parameters: Record<string, string> = {};
  for (const [parameter, source] of Object.entries(written)) {
    // A bare number or truth value is its own CEL source.
    if (typeof source === 'string') parameters[parameter] = source;
    else if (typeof source === 'number' || typeof source === 'boolean') parameters[parameter] = String(source);
    else
      refuse(
        at(pointer, 'parameters', parameter),
        'the value of a parameter is a CEL expression',
        'quote a text twice: `"\'abc\'"`',
      );
  }
  const body = own(node, 'body');
  return { name, pointer, operation, parameters, ...(body === undefined ? {} : { body }) };
}

function readMethodProbe(reader: Reader, name: string, node: JsonValue, pointer: string): Probe | undefined {
  const refuse = (place: string, message: string, hint?: string): undefined => {
    reader.report('error', 'probe-shape', place, message, hint);
  };
  if (!/^[A-Za-z_]\w*$/.test(name)) return refuse(pointer, `${JSON.stringify(name)} cannot be named in a rule`);
  if (!isObject(node)) return refuse(pointer, 'a probe must be an object');
  for (const member of Object.keys(node))
    if (!['method', 'params'].includes(member))
      refuse(at(pointer, member), `a probe of a method has no member ${JSON.stringify(member)}`);
  const method = textOf(node, 'method');
  if (method === undefined) return refuse(pointer, 'a probe needs `method`');
  const params = own(node, 'params') ?? {};
  if (!isObject(params))
    return refuse(at(pointer, 'params'), '`params` must be an object', 'write `{ NAME: CEL expression }`');
  return { name, pointer, operation: method, parameters: {}, body: params };
}

/** Puts each invariant on the operations or methods that it holds for. */
export function attachInvariants<T extends { invariants: Invariant[] }>(
  holders: T[],
  nameOf: (holder: T) => string,
  invariants: Invariant[],
): void {
  for (const holder of holders)
    holder.invariants = invariants.filter((invariant) => invariant.operations.includes(nameOf(holder)));
}
