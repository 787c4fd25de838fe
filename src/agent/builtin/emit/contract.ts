/** Emits `contract.js`: what the contract says, as data. */
import type { JsonObject, JsonValue } from '../../../events/index.ts';
import type { ConstantValue, Operation, SecurityScheme, Spec } from '../../../spec/model.ts';
import { PARTS, parameterData, responseData, type SchemaTable } from '../contract-data.ts';
import type { Design, OperationDesign } from '../design.ts';
import { requestParts } from '../repairs.ts';
import { comment, literal, memberName } from '../text.ts';
import { looksUpPath, uncheckedParts } from './checks.ts';

/** What `contract.js` holds of the operations and of everything else that is asked for. */
export interface ContractData {
  operations: Map<OperationDesign, JsonObject>;
  /** What answers everything else; undefined where the contract does not say. */
  undocumented: JsonObject | undefined;
}

/** Reads the data off the spec; names every schema that the operations use. */
export function contractData(
  spec: Spec,
  design: Design,
  table: SchemaTable,
  outcomes: ReadonlyMap<OperationDesign, number[]>,
): ContractData {
  const isPartial = design.operations.some((one) => uncheckedParts(one).length > 0);
  return {
    operations: new Map(
      design.operations.map((one) => [one, operationData(spec, table, one, outcomes.get(one) ?? [], isPartial)]),
    ),
    undocumented: spec.undocumented === undefined ? undefined : responseData(table, spec.undocumented),
  };
}

/** The text of `contract.js`. */
export function emitContract(
  spec: Spec,
  design: Design,
  table: SchemaTable,
  data: ContractData,
  schemas: Record<string, JsonValue>,
): string {
  // The more a path fixes, the more specific it is, and the sooner it is tried.
  const ordered = [...data.operations].toSorted(([a], [b]) => fixedLength(b) - fixedLength(a));
  const operations = ordered.map(([one, known]) => `  ${memberName(one.name)}: ${literal(known, 2)},\n`);
  const security = design.operations
    .filter((one) => one.operation.security.length > 0)
    .map((one) => `  ${memberName(one.name)}: ${literal(credentials(spec, one.operation), 2)},\n`);
  const constants = Object.entries(spec.constants).map(
    ([name, values]) => `  ${memberName(name)}: ${literal(datedValues(values), 2)},\n`,
  );
  return `'use strict';
// The contract of ${comment(design.title)}, as data.

const schemas = ${literal(schemas)};

/** What may stand at each place of a text that a pattern describes: characters, fewest, most. */
const texts = ${literal(table.texts())};

const operations = {
${operations.join('')}};

/** What answers everything else. */
const undocumented = ${literal(data.undocumented ?? {})};

/** Credentials by operation; one of them must be sent where they are asked for. */
const security = {
${security.join('')}};

/** Named values, each from a day on. */
const dated = {
${constants.join('')}};

/** The named values that hold today. */
function constants() {
  const today = new Date().toISOString();
  const held = {};
  for (const [name, values] of Object.entries(dated)) held[name] = values.findLast(({ from }) => from <= today).value;
  return held;
}

module.exports = { constants, operations, schemas, security, texts, undocumented };
`;
}

function fixedLength({ operation }: OperationDesign): number {
  return operation.path.replaceAll(/\{[^}]*\}/g, '').length;
}

function operationData(
  spec: Spec,
  table: SchemaTable,
  one: OperationDesign,
  outcomes: number[],
  isPartial: boolean,
): JsonObject {
  const { operation } = one;
  const body = operation.requestBody;
  const content: JsonObject = {};
  for (const media of body?.content ?? [])
    content[media.type] = media.schema === undefined ? true : { $ref: table.name(media.schema) };
  const parameters = operation.parameters
    .map((parameter) => parameterData(spec, table, parameter))
    .filter((data) => data['in'] !== 'path' || data['reads'] !== undefined || isPartial || !looksUpPath(one));
  const refusals = refusalsUsed(one, parameters.length > 0);
  const itemPath = itemPathOf(spec, one);
  return {
    method: operation.method.toUpperCase(),
    pattern: patternOf(spec.basePath + operation.path),
    pathNames: one.pathNames,
    ...(spec.operations.some((other) => other.parameters.length > 0) ? { parameters } : {}),
    ...(body === undefined ? {} : { body: { ...(body.required ? { required: true } : {}), content } }),
    responses: Object.fromEntries(
      operation.responses.map((response) => [response.status, responseData(table, response)]),
    ),
    ...(Object.keys(refusals).length === 0 ? {} : { refusals }),
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(one.wrapper === null ? {} : { wrapper: one.wrapper }),
    ...(itemPath === undefined ? {} : { itemPath: spec.basePath + itemPath }),
    ...(one.switches.replayBy === null ? {} : { replayBy: one.switches.replayBy }),
    ...(hasOtherStatus(one) ? { replayStatus: one.switches.replayStatus } : {}),
  };
}

/** A path template as a regular expression with one group per parameter. */
function patternOf(path: string): string {
  const parts = path.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]{}\\]/g, String.raw`\$&`));
  return `^${parts.join('([^/]+)')}$`;
}

/** Where what a call makes is read afterwards, for an answer that must say so in its `Location` (RFC 9110 §10.2.2). */
function itemPathOf(spec: Spec, { action, operation }: OperationDesign): string | undefined {
  const names = operation.responses.flatMap(({ headers }) => headers).map(({ name }) => name.toLowerCase());
  if (action.kind !== 'create' || !names.includes('location')) return undefined;
  return spec.operations.find(
    ({ method, path }) =>
      method === 'get' && path.startsWith(operation.path) && /^\/\{[^}/]*\}$/.test(path.slice(operation.path.length)),
  )?.path;
}

/** The statuses of the refusals that the operation can come to. */
function refusalsUsed({ refusals, switches, operation }: OperationDesign, hasParameters: boolean): JsonObject {
  const isChecked = switches.checks.size > 0 && (hasParameters || switches.checks.has('body'));
  return {
    ...(isChecked ? { invalid: refusals.invalid } : {}),
    ...(switches.checks.has('body') ? { mediaType: refusals.mediaType } : {}),
    ...(switches.unknown ? { unknown: refusals.unknown } : {}),
    ...(switches.credentials && operation.security.length > 0 ? { unauthorized: refusals.unauthorized } : {}),
  };
}

/** Values in order of their dates, the undated first, as if they were older than all days. */
function datedValues(values: readonly ConstantValue[]): JsonValue {
  const ordered = values.toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? ''));
  return ordered.map(({ value, from }) => ({ value, from: from ?? '' }));
}

function credentials(spec: Spec, operation: Operation): JsonValue {
  const names = new Set(operation.security.flatMap((alternative) => Object.keys(alternative)));
  const isOptional = operation.security.some((alternative) => Object.keys(alternative).length === 0);
  if (isOptional) return [{ in: 'header', name: 'host', prefix: '' }];
  return spec.securitySchemes.filter((scheme) => names.has(scheme.name)).map(credential);
}

function credential(scheme: SecurityScheme): JsonObject {
  if (scheme.type === 'apiKey' && scheme.in !== undefined) {
    const name = scheme.parameterName ?? scheme.name;
    return { in: scheme.in, name: scheme.in === 'header' ? name.toLowerCase() : name, prefix: '' };
  }
  const prefix = scheme.type === 'http' && scheme.scheme?.toLowerCase() === 'basic' ? 'basic ' : '';
  return { in: 'header', name: 'authorization', prefix: prefix === '' ? 'bearer ' : prefix };
}

/** The parts of the request that are checked, as the service calls them. */
export function checkedParts(one: OperationDesign): string[] {
  return requestParts(one.operation)
    .filter((part) => one.switches.checks.has(part))
    .map((part) => (part === 'body' ? part : PARTS[part]))
    .toSorted();
}

/** True where a repeated request is answered by another status than the first one. */
export function hasOtherStatus({ switches, successes }: OperationDesign): boolean {
  return switches.replayStatus !== null && (successes.length > 1 || switches.replayStatus !== successes[0]);
}
