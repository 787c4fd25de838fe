/**
 * `@invariant(rule:, id:, message:, severity:, source:, given:, then:)` on a field or a type. On a field the rule sees
 * `args`, `result`, `errors` and `constant`, on a field of an ordinary type also `parent`; on a type it sees `self`.
 * Probes stand on root fields only: `given: { before: "{ book(id: $id) { stock } }" }` runs before the call and gives
 * the rule the data of its answer as `before`. A variable takes the argument of the call of that name, or the CEL
 * source that `{ query: "…", variables: { id: "result.id" } }` gives it.
 */
import {
  getNamedType,
  type GraphQLNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Invariant, Probe } from '../model.ts';
import type { Report } from '../report.ts';
import { compileRule } from '../rule/rule.ts';
import { isBuiltInName } from '../rule/rule-ast.ts';
import type { Applied, GraphContract } from './contract.ts';
import { readProbeQuery } from './probe.ts';

/** What an invariant stands on. */
interface Place {
  pointer: string;
  /** Id of the root field; undefined for fields of ordinary types and for types. */
  root: string | undefined;
  kind: 'field' | 'type';
  /** Type that it stands on, or on a field of. */
  type: string;
  name: string;
  /** Names of the field's arguments. */
  args: string[];
}

/** All invariants in the order of the schema; `note` learns where each stands, as directives repeat. */
export function readGraphInvariants(
  contract: GraphContract,
  report: Report,
  constants: readonly string[],
  note: (pointer: string, offset: number) => void,
): Invariant[] {
  const invariants: Invariant[] = [];
  const ids = new Set<string>();
  for (const place of placesOf(contract))
    for (const [index, applied] of contract.applied(place.pointer, 'invariant').entries()) {
      const given = applied.args['id'];
      const base = `${place.name}${index === 0 ? '' : `-${index + 1}`}`;
      const id = typeof given === 'string' && given !== '' ? given : base;
      const pointer = at(applied.pointer, id);
      note(pointer, applied.offset);
      if (ids.has(id)) {
        report('error', 'duplicate-invariant', pointer, `two invariants have the id ${id}`, 'give one another `id:`');
        continue;
      }
      ids.add(id);
      const invariant = readInvariant({ contract, report, constants }, place, id, pointer, applied);
      if (invariant !== undefined) invariants.push(invariant);
    }
  return invariants;
}

function placesOf({ schema, roots }: GraphContract): Place[] {
  const places: Place[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    const pointer = at('#', type.name);
    places.push({ pointer, root: undefined, kind: 'type', type: type.name, name: type.name, args: [] });
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const place = at(pointer, field.name);
      const root = roots.find((one) => one.pointer === place)?.id;
      const name = root ?? `${type.name}.${field.name}`;
      const args = field.args.map((one) => one.name);
      places.push({ pointer: place, root, kind: 'field', type: type.name, name, args });
    }
  }
  return places;
}

interface Context {
  contract: GraphContract;
  report: Report;
  constants: readonly string[];
}

function readInvariant(
  context: Context,
  place: Place,
  id: string,
  pointer: string,
  { args }: Applied,
): Invariant | undefined {
  const { contract, report } = context;
  const { rule, severity = 'must', message, source } = args;
  if (typeof rule !== 'string' || rule.trim() === '') {
    report('error', 'invariant-shape', pointer, `invariant ${id} has no rule`, 'write `@invariant(rule: "CEL")`');
    return undefined;
  }
  if (severity !== 'must' && severity !== 'should')
    report('error', 'invariant-shape', pointer, '`severity` is must or should');
  const type = contract.schema.getType(place.name);
  if (place.kind === 'type' && !isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type))
    report(
      'error',
      'invariant-shape',
      pointer,
      `an invariant has no meaning on ${place.name}`,
      'put it on an object type or a field',
    );
  const known = place.kind === 'type' ? ['self', 'constant'] : ['args', 'constant'];
  const probes = (name: 'given' | 'then'): Probe[] => readProbes(context, place, at(pointer, name), args[name], known);
  const given = probes('given');
  if (place.kind === 'field') known.push('result', 'errors', ...(place.root === undefined ? ['parent'] : []));
  const then = probes('then');
  checkSource(context, rule, at(pointer, 'rule'), known);
  return {
    id,
    pointer,
    rule,
    ...(typeof message === 'string' ? { message } : {}),
    severity: severity === 'should' ? 'should' : 'must',
    ...(typeof source === 'string' ? { source } : {}),
    given,
    // oxlint-disable-next-line unicorn/no-thenable -- the member of an invariant
    then,
    scope: place.root === undefined ? 'schema' : 'operation',
    operations: place.root === undefined ? rootsReaching(contract, place.type) : [place.root],
    ...(place.root === undefined ? { schema: place.pointer } : {}),
  };
}

/** Ids of the root fields whose answers may hold a type, or whose arguments may. */
function rootsReaching({ schema, roots }: GraphContract, wanted: string): string[] {
  const reaches = (start: GraphQLNamedType): boolean => {
    const seen = new Set<string>();
    const open = [start];
    for (let type = open.pop(); type !== undefined; type = open.pop()) {
      if (seen.has(type.name)) continue;
      seen.add(type.name);
      if (isAbstractType(type)) open.push(...schema.getPossibleTypes(type));
      if (isObjectType(type) || isInterfaceType(type)) {
        open.push(...type.getInterfaces());
        for (const field of Object.values(type.getFields())) open.push(getNamedType(field.type));
      } else if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) open.push(getNamedType(field.type));
    }
    return seen.has(wanted);
  };
  return roots
    .filter(({ field }) => [field, ...field.args].some((one) => reaches(getNamedType(one.type))))
    .map(({ id }) => id);
}

function checkSource({ report, constants }: Context, source: string, pointer: string, known: readonly string[]): void {
  const compiled = compileRule(source);
  if (compiled.kind === 'invalid') {
    report('error', 'rule-syntax', pointer, `not a CEL expression: ${compiled.message}`);
    return;
  }
  for (const name of compiled.rule.references)
    if (!known.includes(name))
      report('error', 'rule-reference', pointer, `the rule does not know ${name}`, `known here: ${known.join(', ')}`);
  if (compiled.rule.references.includes('constant') && constants.length === 0)
    report(
      'error',
      'rule-reference',
      pointer,
      'the contract has no constants',
      'write `schema @constant(name:, value:)`',
    );
}

/** Reads probes in written order; each is known to the next. */
function readProbes(
  context: Context,
  place: Place,
  pointer: string,
  value: JsonValue | undefined,
  known: string[],
): Probe[] {
  if (value === undefined || value === null) return [];
  const refuse = (where: string, message: string, hint?: string): void =>
    context.report('error', 'probe-shape', where, message, hint);
  if (place.root === undefined) {
    refuse(pointer, 'only an invariant on a field of Query or Mutation has probes');
    return [];
  }
  if (!isObject(value)) {
    refuse(pointer, 'probes are written as `{ NAME: "{ query }" }`');
    return [];
  }
  return Object.entries(value).flatMap(([name, node]) => {
    const where = at(pointer, name);
    if (known.includes(name) || RESERVED.has(name) || isBuiltInName(name)) {
      context.report('error', 'probe-name', where, `the name ${name} is already taken`, 'rename the probe');
      return [];
    }
    const written: JsonObject = typeof node === 'string' ? { query: node } : isObject(node) ? node : {};
    const { query, variables = {}, ...others } = written;
    if (typeof query !== 'string' || !isObject(variables) || Object.keys(others).length > 0) {
      refuse(where, 'a probe is a query text, or `{ query: "…", variables: { NAME: "CEL" } }`');
      return [];
    }
    const read = readProbeQuery(query, context.contract.schema);
    if (read.kind === 'invalid') {
      refuse(where, `the query of the probe is not valid: ${read.message}`);
      return [];
    }
    const parameters: Record<string, string> = {};
    for (const variable of read.variables) {
      const source = variables[variable];
      if (typeof source === 'string') parameters[variable] = source;
      else if (typeof source === 'number' || typeof source === 'boolean') parameters[variable] = String(source);
      else if (source === undefined && place.args.includes(variable)) parameters[variable] = `args.${variable}`;
      else refuse(where, `nothing says what $${variable} is`, `write \`variables: { ${variable}: "CEL" }\``);
      const made = parameters[variable];
      if (made !== undefined) checkSource(context, made, where, known);
    }
    for (const extra of Object.keys(variables).filter((one) => !read.variables.includes(one)))
      refuse(where, `the query has no variable $${extra}`);
    known.push(name);
    return [{ name, pointer: where, operation: read.text, parameters }];
  });
}

const RESERVED = new Set(['args', 'result', 'errors', 'constant', 'parent', 'self']);
