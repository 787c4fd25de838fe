/**
 * `x-invariants` on the root, a path item, an operation or a schema; a list of objects with `id`, or a map from id.
 * An invariant of the root or of a path item says with `operations` which operations it holds for; on a path item all
 * of its operations are meant where it says nothing, on the root it must say.
 */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import { walk } from '../openapi/grammar.ts';
import type { Invariant, Operation, Probe } from '../model.ts';
import type { ReadOperation } from '../openapi/operations.ts';
import { own, type Reader, textOf } from '../reader.ts';
import { schemaUsers } from '../openapi/schema-users.ts';

const MEMBERS = new Set(['id', 'rule', 'message', 'severity', 'source', 'given', 'then', 'operations']);

interface Written {
  id: string;
  node: JsonObject;
  /** `…/x-invariants/ID`, stable when the list is reordered. */
  pointer: string;
}

/** All invariants in written order. Malformed ones are reported; one whose rule does not parse stays, so that it fails. */
export function readInvariants(reader: Reader, read: ReadOperation[]): Invariant[] {
  const invariants: Invariant[] = [];
  const ids = new Map<string, string>();
  const users = schemaUsers(
    reader,
    read.map(({ operation }) => operation),
  );
  walk(reader.document, ({ kind, node, pointer }) => {
    if (kind !== 'document' && kind !== 'pathItem' && kind !== 'operation' && kind !== 'schema') return;
    if (!Object.hasOwn(node, 'x-invariants')) return;
    for (const written of writtenAt(reader, at(pointer, 'x-invariants'))) {
      const other = ids.get(written.id);
      if (other !== undefined) {
        reader.report('error', 'duplicate-invariant', written.pointer, `id ${written.id} is also that of ${other}`);
        continue;
      }
      ids.set(written.id, written.pointer);
      const candidates =
        kind === 'schema'
          ? users(pointer)
          : read
              .filter(
                ({ operation, pathItem }) =>
                  kind === 'document' || pointer === (kind === 'operation' ? operation.pointer : pathItem),
              )
              .map(({ operation }) => operation);
      const invariant = readInvariant(reader, written, {
        scope: kind === 'schema' ? 'schema' : 'operation',
        mustName: kind === 'document',
        candidates: candidates.map(({ id }) => id),
      });
      if (invariant !== undefined) invariants.push(kind === 'schema' ? { ...invariant, schema: pointer } : invariant);
    }
  });
  return invariants;
}

function writtenAt(reader: Reader, pointer: string): Written[] {
  const value = valueAt(reader.document, pointer);
  if (isObject(value))
    return Object.entries(value).flatMap(([id, node]) => {
      const place = at(pointer, id);
      if (isObject(node) && (own(node, 'id') ?? id) === id) return [{ id, node, pointer: place }];
      reader.report('error', 'invariant-shape', place, 'an invariant must be an object, its `id` that of its key');
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

interface Context {
  scope: Invariant['scope'];
  /** Whether `operations` is required. */
  mustName: boolean;
  /** Operation ids that it may hold for. */
  candidates: string[];
}

function readInvariant(reader: Reader, { id, node, pointer }: Written, context: Context): Invariant | undefined {
  const { report } = reader;
  for (const name of Object.keys(node))
    if (!MEMBERS.has(name) && !name.startsWith('x-'))
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
    operations: namedOperations(reader, pointer, own(node, 'operations'), context),
  };
}

function namedOperations(reader: Reader, pointer: string, named: JsonValue | undefined, context: Context): string[] {
  if (named === undefined) {
    if (!context.mustName) {
      if (context.candidates.length === 0 && context.scope === 'operation')
        reader.report(
          'error',
          'invariant-operations',
          pointer,
          'the invariant stands on no operation that can be called',
        );
      return context.candidates;
    }
    reader.report(
      'error',
      'invariant-operations',
      pointer,
      'an invariant of the root must say which operations it holds for',
      'add `operations: [operationId, …]`',
    );
    return [];
  }
  if (!Array.isArray(named) || named.length === 0 || context.scope === 'schema') {
    reader.report(
      'error',
      'invariant-operations',
      at(pointer, 'operations'),
      context.scope === 'schema'
        ? 'an invariant of a schema holds wherever the schema is used'
        : '`operations` must list operation ids',
    );
    return context.candidates;
  }
  return named.filter((id): id is string => {
    if (typeof id === 'string' && context.candidates.includes(id)) return true;
    reader.report(
      'error',
      'unknown-operation',
      at(pointer, 'operations'),
      `${JSON.stringify(id)} is no operation here`,
    );
    return false;
  });
}

function readProbes(reader: Reader, pointer: string, value: JsonValue | undefined, context: Context): Probe[] {
  if (value === undefined) return [];
  if (!isObject(value) || context.scope === 'schema') {
    reader.report(
      'error',
      'probe-shape',
      pointer,
      context.scope === 'schema'
        ? 'an invariant of a schema has no probes'
        : 'probes are written as `NAME: { operationId, … }`',
    );
    return [];
  }
  return Object.entries(value).flatMap(([name, node]) => {
    const place = at(pointer, name);
    const probe = readProbe(reader, name, node, place);
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

/** Puts each invariant on the operations that it holds for. */
export function attachInvariants(operations: Operation[], invariants: Invariant[]): void {
  for (const operation of operations)
    operation.invariants = invariants.filter((invariant) => invariant.operations.includes(operation.id));
}
