/** Which values a service must be able to make up, as nothing that is sent or remembered gives them. */
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { OperationDesign, Resource } from '../design.ts';
import { orderedSteps } from '../rules/order.ts';
import { isComplete } from '../rules/step-forms.ts';
import { bodySchema } from '../resources.ts';
import { shapeOf } from '../shape.ts';
import type { Emitted } from './emitted.ts';
import { partsOfSchema } from './schema-traits.ts';

/** Keywords that a plain schema of an answer has none of. */
const SPECIAL = new Set(
  'oneOf anyOf allOf not if const prefixItems contains minItems maxItems uniqueItems minProperties maxProperties patternProperties propertyNames dependentRequired dependentSchemas unevaluatedProperties readOnly writeOnly default'.split(
    ' ',
  ),
);

/** The traits that `values.js` is cut by. */
export function valueTraits(emitted: Emitted): Set<string> {
  const { schemas } = emitted;
  const traits = new Set<string>();
  const shown = shownSchemas(emitted);
  const isPlain = [...shown].every((name) => isPlainSchema(schemas, name));
  if (
    Object.values(schemas)
      .flatMap(partsOfSchema)
      .some(
        (part) =>
          isObject(part) &&
          (part['allOf'] !== undefined ||
            (part['$ref'] !== undefined && Object.keys(part).length > 1) ||
            typeof part['items'] === 'boolean'),
      )
  )
    traits.add('merged');
  if (!isPlain) {
    for (const name of ['merged', 'counted', 'made:date', 'made:time', 'made:date-time', 'made:uuid']) traits.add(name);
    return traits;
  }
  traits.add('plain-values');
  const made = madeUp(emitted);
  for (const { type } of [...shown].flatMap((name) => partsOfSchema(schemas[name] ?? true)).filter(isObject))
    if (type === 'array') traits.add('made:array');
  const texts = made.filter(({ schema }) => schema['type'] === 'string' && schema['enum'] === undefined);
  const numbers = made.filter(
    ({ schema }) => (schema['type'] === 'integer' || schema['type'] === 'number') && schema['enum'] === undefined,
  );
  for (const { schema } of made) {
    if (schema['enum'] !== undefined) traits.add('made:enum');
    else if (typeof schema['type'] === 'string') traits.add(`made:${schema['type']}`);
    if (typeof schema['format'] === 'string') traits.add(`made:${schema['format']}`);
  }
  const isPlainText = ({ schema }: Made): boolean =>
    ['uuid', 'date', 'date-time', 'time'].includes(String(schema['format'])) &&
    schema['pattern'] === undefined &&
    schema['minLength'] === undefined &&
    schema['maxLength'] === undefined;
  const isPlainNumber = ({ name, schema }: Made): boolean =>
    !/(^|_)id$|Id$|^number$/.test(name) &&
    ['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].every((keyword) => schema[keyword] === undefined) &&
    Number(schema['minimum'] ?? 0) >= 0 &&
    Number(schema['maximum'] ?? 0) >= 0;
  if (texts.every(isPlainText)) traits.add('plain-texts');
  if (numbers.every(isPlainNumber)) traits.add('plain-numbers');
  if (numbers.some(({ schema }) => Number(schema['minimum'] ?? 0) > 0)) traits.add('made:minimum');
  if (!traits.has('plain-texts') || !traits.has('plain-numbers'))
    for (const name of ['counted', 'made:date', 'made:time', 'made:date-time', 'made:uuid']) traits.add(name);
  return traits;
}

/** Names of the schemas that answers, records and their ids have. */
export function shownSchemas({ data, schemas, operations }: Emitted): Set<string> {
  const shown = new Set<string>();
  const add = (part: JsonValue | undefined): void => {
    for (const { $ref } of partsOfSchema(part ?? true).filter(isObject)) {
      if (typeof $ref !== 'string' || shown.has($ref)) continue;
      shown.add($ref);
      add(schemas[$ref]);
    }
  };
  const responses = [...data.operations.values()].flatMap(({ responses: known }) =>
    isObject(known) ? Object.values(known) : [],
  );
  for (const response of [...responses, data.undocumented ?? {}]) {
    if (!isObject(response)) continue;
    add(response['schema']);
    if (isObject(response['headers'])) for (const header of Object.values(response['headers'])) add(header);
  }
  for (const [, name = ''] of operations.matchAll(/\bschemas\.(\w+)/g)) add({ $ref: name });
  return shown;
}

/** True for records, lists of records, and scalars of one type. */
function isPlainSchema(schemas: Record<string, JsonValue>, name: string): boolean {
  const names = new Set<string>();
  const isCircular = (one: string, open: ReadonlySet<string>): boolean =>
    open.has(one) ||
    partsOfSchema(schemas[one] ?? true).some(
      (part) => isObject(part) && typeof part['$ref'] === 'string' && isCircular(part['$ref'], new Set([...open, one])),
    );
  if (isCircular(name, names)) return false;
  return partsOfSchema(schemas[name] ?? true).every((part) => {
    if (part === false) return true;
    if (!isObject(part)) return false;
    if (Object.keys(part).some((keyword) => SPECIAL.has(keyword))) return false;
    if (part['$ref'] !== undefined) return Object.keys(part).length === 1;
    if (part['enum'] !== undefined)
      return Array.isArray(part['enum']) && part['enum'].every((item) => typeof item === 'string');
    if (part['type'] === 'object') return isPlainObject(part);
    if (part['type'] === 'array') return isObject(part['items']);
    return ['string', 'integer', 'number', 'boolean'].includes(String(part['type']));
  });
}

function isPlainObject(schema: JsonObject): boolean {
  const { properties, required, additionalProperties } = schema;
  if (!isObject(properties) || (additionalProperties !== undefined && additionalProperties !== false)) return false;
  const names = Object.keys(properties);
  const isNamed = !Array.isArray(required) || required.every((name) => names.includes(String(name)));
  return isNamed && names.every((name) => !(name in {}));
}

/** A value that is made up, by the name of its member. */
export interface Made {
  name: string;
  schema: JsonObject;
}

/** Members and ids that nothing gives a value. */
export function madeUp({ spec, design, data, plans, schemas, table }: Emitted): Made[] {
  const made: Made[] = [];
  const resolve = (schema: JsonValue | undefined): JsonObject => {
    if (!isObject(schema)) return {};
    return typeof schema['$ref'] === 'string' ? resolve(schemas[schema['$ref']]) : schema;
  };
  const need = (schema: JsonValue | undefined, given: ReadonlySet<string>, name = ''): void => {
    const flat = resolve(schema);
    if (isObject(flat['properties'])) {
      const required = Array.isArray(flat['required']) ? flat['required'].map(String) : [];
      for (const [member, part] of Object.entries(flat['properties'])) {
        if (required.includes(member) && !given.has(member)) need(part, new Set(), member);
      }
    } else if (flat['type'] !== 'array') made.push({ name, schema: flat });
  };
  const sent = ({ operation, requestWrapper }: OperationDesign): string[] => {
    const body = bodySchema(operation);
    return body === null || requestWrapper !== null ? [] : [...shapeOf(spec, body).required];
  };
  const asked = (one: OperationDesign): string[] =>
    one.operation.parameters
      .filter(({ in: place, required }) => place === 'path' || (place === 'query' && required))
      .map(({ name }) => name);
  for (const [one, known] of data.operations) {
    const responses = isObject(known['responses']) ? known['responses'] : {};
    for (const status of one.successes) {
      const response = responses[String(status)];
      if (!isObject(response)) continue;
      if (isObject(response['headers']))
        for (const header of Object.values(response['headers'])) need(header, new Set());
      if (one.action.kind === 'compute') need(response['schema'], new Set([...sent(one), ...asked(one)]));
      else if (one.wrapper !== null || (one.action.kind === 'list' && one.action.envelope !== null))
        need(
          response['schema'],
          new Set([
            one.wrapper ?? '',
            ...(one.action.kind === 'list'
              ? [one.action.envelope?.items ?? '', ...Object.keys(one.action.envelope?.facts ?? {})]
              : []),
          ]),
        );
    }
  }
  const views = (resource: Resource, given: Iterable<string>): void => {
    for (const view of resource.views)
      need({ $ref: table.name(view) }, new Set([...given, ...resource.parents, resource.idField ?? '']));
  };
  for (const resource of design.resources) {
    // An id is made up as a view has it.
    for (const view of resource.views) {
      const { properties } = resolve({ $ref: table.name(view) });
      const own = isObject(properties) ? properties[resource.idField ?? ''] : undefined;
      if (own !== undefined) made.push({ name: resource.idField ?? '', schema: resolve(own) });
    }
    made.push({
      name: 'id',
      schema:
        resource.idSchema === null
          ? { type: 'string', format: 'uuid' }
          : resolve({ $ref: table.name(resource.idSchema) }),
    });
    const makers = design.operations.filter(
      (one) => one.action.resource === resource && (one.action.kind === 'create' || one.action.kind === 'replace'),
    );
    for (const one of makers) views(resource, sent(one));
    const readers = design.operations.filter(
      (one) => one.action.resource === resource && ['read', 'act', 'patch'].includes(one.action.kind),
    );
    if (resource.isSingleton || makers.length === 0) for (const one of readers) views(resource, asked(one));
  }
  for (const plan of plans.values()) {
    for (const step of orderedSteps(plan).steps) {
      if (step.kind !== 'ensureEntry' || step.lister.action.resource === null) continue;
      views(step.lister.action.resource, isComplete(step) ? [...step.required, ...step.wanted.fields.keys()] : []);
    }
  }
  for (const schema of refusalSchemas(data)) need(schema, new Set(Object.keys(FACTS)));
  return made;
}

/** Words for the members of an error, by what a contract calls them. */
const FACTS: Record<string, string> = {
  message: 'message', error: 'message', detail: 'message', details: 'message', description: 'message', reason: 'message',
  title: 'message', msg: 'message', errorMessage: 'message', status: 'status', statusCode: 'status', code: 'status',
}; // prettier-ignore

/** The answers that refuse something. */
function refusals(data: Emitted['data']): JsonObject[] {
  const found: JsonObject[] = [];
  for (const known of data.operations.values()) {
    const responses = isObject(known['responses']) ? known['responses'] : {};
    const statuses = [
      ...Object.values(isObject(known['refusals']) ? known['refusals'] : {}),
      ...(Array.isArray(known['outcomes']) ? known['outcomes'] : []),
    ].filter((status) => Number(status) >= 300);
    for (const status of statuses) {
      const response = responses[String(status)];
      found.push(isObject(response) ? response : {});
    }
  }
  found.push(data.undocumented ?? {});
  return found;
}

function refusalSchemas(data: Emitted['data']): JsonValue[] {
  return refusals(data).flatMap(({ schema }) => schema ?? []);
}

/** The content type of all refusals where they are the same in everything; undefined where they are not. */
export function refusalType({ data, schemas }: Emitted): string | undefined {
  const all = new Set(refusals(data).map((response) => JSON.stringify(response)));
  const [only] = refusals(data);
  if (all.size !== 1 || only === undefined || only['headers'] !== undefined) return undefined;
  const schema = only['schema'];
  const flat = isObject(schema) && typeof schema['$ref'] === 'string' ? schemas[schema['$ref']] : schema;
  if (!isObject(flat) || !isObject(flat['properties']) || !Array.isArray(flat['required'])) return undefined;
  const members = flat['properties'];
  const isMet = flat['required'].every((name) => {
    const member = members[String(name)];
    const fact = FACTS[String(name)];
    return (
      isObject(member) &&
      member['enum'] === undefined &&
      fact !== undefined &&
      member['type'] === (fact === 'status' ? 'integer' : 'string')
    );
  });
  return isMet && typeof only['type'] === 'string' ? only['type'] : undefined;
}

/** The members that refusals must have, as code: `{ title: message, status }`. */
export function factsCode({ data, schemas }: Emitted): string {
  const names = new Set<string>();
  const collect = (schema: JsonValue | undefined): void => {
    if (!isObject(schema)) return;
    if (typeof schema['$ref'] === 'string') collect(schemas[schema['$ref']]);
    if (Array.isArray(schema['required'])) for (const name of schema['required']) names.add(String(name));
  };
  refusalSchemas(data).forEach(collect);
  const members = [...names].filter((name) => FACTS[name] !== undefined);
  return `{ ${members.map((name) => (FACTS[name] === name ? name : `${name}: ${FACTS[name] ?? name}`)).join(', ')} }`;
}
