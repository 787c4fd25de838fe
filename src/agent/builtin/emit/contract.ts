/** Emits `contract.js`: what the contract says, as data. */
import type { JsonObject, JsonValue } from '../../../events/index.ts';
import type { ConstantValue, Operation, SecurityScheme, Spec } from '../../../spec/model.ts';
import { parameterData, responseData, type SchemaTable } from '../contract-data.ts';
import type { Design, OperationDesign } from '../design.ts';
import { comment, literal, memberName, quote } from '../text.ts';

/** The text of `contract.js`. Names every schema that the operations use. */
export function emitContract(spec: Spec, design: Design, table: SchemaTable): string {
  const operations = design.operations.map(
    (one) => `  ${memberName(one.name)}: ${literal(operationData(table, one), 2)},\n`,
  );
  const security = design.operations
    .filter((one) => one.operation.security.length > 0)
    .map((one) => `  ${memberName(one.name)}: ${literal(credentials(spec, one.operation), 2)},\n`);
  const constants = Object.entries(spec.constants).map(
    ([name, values]) => `  ${memberName(name)}: ${literal(datedValues(values), 2)},\n`,
  );
  const undocumented = spec.undocumented === undefined ? {} : responseData(table, spec.undocumented);
  const schemas = table.all();
  return `'use strict';
// The contract of ${comment(design.title)}, as data.

const schemas = ${literal(schemas)};

/** What may stand at each place of a text that a pattern describes: characters, fewest, most. */
const texts = ${literal(table.texts())};

/** Every path stands below this one. */
const basePath = ${quote(spec.basePath)};

const operations = {
${operations.join('')}};

/** What answers everything else, where the contract says so. */
const undocumented = ${literal(undocumented)};

/** Credentials by operation; one of them must be sent where they are asked for. */
const security = {
${security.join('')}};

/** Named values, each from a day on. */
const dated = {
${constants.join('')}};

const DAY_MS = 86_400_000;
let known = { day: -1, held: {} };

/** The named values that hold today. */
function constants(now = Date.now()) {
  const day = Math.floor(now / DAY_MS);
  if (day === known.day) return known.held;
  const today = new Date(now).toISOString().slice(0, 10);
  const held = {};
  for (const [name, values] of Object.entries(dated)) {
    held[name] = values.findLast(({ from }) => from === undefined || from <= today)?.value ?? null;
  }
  known = { day, held };
  return held;
}

module.exports = { basePath, constants, operations, schemas, security, texts, undocumented };
`;
}

function operationData(table: SchemaTable, one: OperationDesign): JsonObject {
  const { operation } = one;
  const body = operation.requestBody;
  const content: JsonObject = {};
  for (const media of body?.content ?? [])
    content[media.type] = media.schema === undefined ? {} : { $ref: table.name(media.schema) };
  return {
    method: operation.method.toUpperCase(),
    path: operation.path,
    pathNames: one.pathNames,
    parameters: operation.parameters.map((parameter) => parameterData(table, parameter)),
    body: body === undefined ? null : { required: body.required, content },
    responses: Object.fromEntries(
      operation.responses.map((response) => [response.status, responseData(table, response)]),
    ),
    refusals: { ...one.refusals },
    outcomes: one.outcomes,
    isSafe: ['get', 'head', 'options'].includes(operation.method),
    ...(one.wrapper === null ? {} : { wrapper: one.wrapper }),
    ...(one.requestWrapper === null ? {} : { requestWrapper: one.requestWrapper }),
  };
}

/** Values in order of their dates, the undated first. */
function datedValues(values: readonly ConstantValue[]): JsonValue {
  const ordered = values.toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? ''));
  return ordered.map(({ value, from }) => (from === undefined ? { value } : { value, from }));
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
