/** What a contract needs of the general texts of `runtime/`: names that {@link trimmed} keeps lines by. */
import { isObject, type JsonObject, type JsonValue } from '../../../events/index.ts';
import type { Spec } from '../../../spec/model.ts';
import type { OperationDesign } from '../design.ts';
import { bodySchema } from '../resources.ts';
import { membersOf, schemaAt } from '../shape.ts';
import { uncheckedParts } from './checks.ts';
import type { Emitted } from './emitted.ts';
import { ruleTraits } from './rule-traits.ts';
import { partsOfSchema, schemaTraits, type Mark } from './schema-traits.ts';
import { storeTraits } from './store-traits.ts';
import { checkedSchemas, isTrusted, slimmed } from './slim.ts';
import { madeUp, refusalType, shownSchemas, valueTraits } from './value-traits.ts';

/** What a service is cut by, and what its `contract.js` then holds. */
export interface Cut {
  traits: Set<string>;
  schemas: Record<string, JsonValue>;
  /** Formats that values are checked by. */
  formats: string[];
  /** The content type of all refusals, where it is one. */
  type: string;
}

/** Reads the traits off a service; leaves out of its data what they make needless. */
export function traitsOf(emitted: Emitted): Cut {
  const traits = valueTraits(emitted);
  const mark = (name: string, isThere: boolean): void => void (isThere && traits.add(name));
  requestTraits(emitted, mark);
  answerTraits(emitted, mark);
  ruleTraits(emitted, mark);
  storeTraits(emitted, traits, mark);
  const made = traits.has('plain-values') ? madeUp(emitted) : [];
  const isPlain =
    traits.has('plain-values') && !traits.has('sound') && !traits.has('bare-refusals') && !traits.has('partial-checks');
  const type = isPlain && !traits.has('media-status') ? refusalType(emitted) : undefined;
  if (!isPlain || type === undefined || !isTrusted(emitted, shownSchemas(emitted))) {
    schemaTraits(emitted.schemas, mark);
    return { traits, schemas: emitted.schemas, formats: emitted.table.formats(), type: '' };
  }
  traits.add('trusted').add('same-refusals');
  mark('exact', isExact(emitted));
  leaveOut(emitted, traits.has('exact'));
  if (!traits.has('missing-bodies'))
    for (const { body } of emitted.data.operations.values()) if (isObject(body)) delete body['required'];
  const checked = checkedSchemas(emitted);
  schemaTraits(Object.fromEntries(Object.entries(emitted.schemas).filter(([name]) => checked.has(name))), mark);
  const schemas = slimmed(emitted, made, rootsOf(emitted));
  const answered = Object.entries(schemas).filter(([name]) => !checked.has(name));
  if (answered.every(([, schema]) => !JSON.stringify(schema).includes('"type":"array"'))) traits.delete('made:array');
  return { traits, schemas, formats: formatsIn(emitted.schemas, checked), type };
}

function formatsIn(schemas: Record<string, JsonValue>, names: ReadonlySet<string>): string[] {
  const parts = [...names].flatMap((name) => partsOfSchema(schemas[name] ?? true)).filter(isObject);
  return parts.flatMap(({ format }) => (typeof format === 'string' ? [format] : []));
}

/** True where a stored record is what each answer shows of it. */
function isExact({ spec, design }: Emitted): boolean {
  return design.operations.every(({ action, operation, wrapper, requestWrapper }) => {
    if (action.kind === 'compute') return true;
    const { views } = action.resource;
    if (
      wrapper !== null ||
      requestWrapper !== null ||
      views.length !== 1 ||
      (action.kind === 'list' && action.envelope !== null)
    )
      return false;
    const body = bodySchema(operation);
    const shown = membersOf(spec, views[0] ?? '');
    return body === null || [...membersOf(spec, body)].every((name) => shown.has(name));
  });
}

/** Takes out of the data what no answer is made by. */
function leaveOut({ data }: Emitted, isStored: boolean): void {
  for (const [one, known] of data.operations) {
    const responses = isObject(known['responses']) ? known['responses'] : {};
    known['responses'] = Object.fromEntries(
      Object.entries(responses).flatMap(([status, response]) => {
        if (!one.successes.includes(Number(status)) || !isObject(response)) return [];
        const { schema, ...rest } = response;
        return [
          [
            status,
            isStored && one.action.kind !== 'compute' ? rest : { ...rest, ...(schema === undefined ? {} : { schema }) },
          ],
        ];
      }),
    );
  }
}

/** Everything that names schemas: operations, and the collections of `operations.js`. */
function rootsOf({ data, operations }: Emitted): JsonValue[] {
  const named = [...operations.matchAll(/\bschemas\.(\w+)/g)].map(([, name = '']) => ({ $ref: name }));
  const ofData = [...data.operations.values()].flatMap(({ parameters, body, responses }) => [
    ...(Array.isArray(parameters) ? parameters : []).filter(isObject).map(({ schema }) => schema ?? true),
    ...(isObject(body) && isObject(body['content']) ? Object.values(body['content']) : []),
    ...(isObject(responses) ? Object.values(responses).filter(isObject) : []).map(({ schema }) => schema ?? true),
  ]);
  return [...named, ...ofData];
}

function requestTraits({ spec, design, data }: Emitted, mark: Mark): void {
  mark(
    'partial-checks',
    design.operations.some((one) => uncheckedParts(one).length > 0),
  );
  for (const [one, known] of data.operations) {
    const parameters = Array.isArray(known['parameters']) ? known['parameters'].filter(isObject) : [];
    for (const { in: place, reads, empty } of parameters) {
      mark('empties', empty === true);
      mark('typed', reads !== undefined);
      if (typeof reads === 'string') mark(reads === 'parts' ? 'structured' : reads, true);
      mark('cookies', place === 'cookies');
      mark('typed-headers', place === 'headers' && reads !== undefined);
    }
    mark('parameters', parameters.length > 0);
    mark('checks', parameters.length > 0 || known['body'] !== undefined);
    for (const { in: place, schema } of one.operation.parameters) {
      mark('decoded', place === 'cookie' || (place === 'path' && !isPlainId(spec, schema)));
    }
    requestBodyTraits(one, known, mark);
  }
}

/** True for ids in which nothing is ever encoded. */
function isPlainId(spec: Spec, pointer: string | undefined): boolean {
  const schema = pointer === undefined ? {} : schemaAt(spec, pointer);
  return schema['format'] === 'uuid' || schema['type'] === 'integer';
}

function requestBodyTraits(one: OperationDesign, known: JsonObject, mark: Mark): void {
  const { body } = known;
  if (!isObject(body)) {
    mark('bodiless', true);
    return;
  }
  const media = isObject(body['content']) ? Object.keys(body['content']) : [];
  const isSplit = one.refusals.invalid !== one.refusals.mediaType;
  mark('bodies', true);
  mark(
    'media-ranges',
    media.some((type) => type.includes('*')),
  );
  mark(
    'other-bodies',
    media.some((type) => !/[/+]json$/.test(type)),
  );
  mark('missing-bodies', body['required'] !== true || isSplit || media.some((type) => !/[/+]json$/.test(type)));
  mark('media-status', isSplit);
}

function answerTraits({ design, data }: Emitted, mark: Mark): void {
  mark('undocumented', data.undocumented !== undefined);
  for (const [one, known] of data.operations) {
    const responses = isObject(known['responses']) ? known['responses'] : {};
    mark(
      'status-ranges',
      Object.keys(responses).some((status) => !/^\d{3}$/.test(status)),
    );
    for (const response of Object.values(responses)) {
      if (!isObject(response)) continue;
      mark('answer-headers', response['headers'] !== undefined);
      mark('empty-answers', response['schema'] === undefined || response['type'] === undefined);
      mark('other-answers', typeof response['type'] === 'string' && !/json/.test(response['type']));
    }
    const possible = [
      ...Object.values(isObject(known['refusals']) ? known['refusals'] : {}),
      ...(Array.isArray(known['outcomes']) ? known['outcomes'] : []),
    ];
    for (const status of possible) {
      const response = responses[String(status)];
      mark('bare-refusals', !isObject(response) || response['schema'] === undefined);
    }
    for (const status of one.successes) mark('empty-answers', !isObject(responses[String(status)]));
    mark('outcomes', known['outcomes'] !== undefined);
    mark('successes', Array.isArray(known['outcomes']) && known['outcomes'].some((status) => Number(status) < 300));
    mark('wrapper', known['wrapper'] !== undefined);
    mark('located', known['itemPath'] !== undefined);
    mark('homes', known['itemPath'] !== undefined);
    mark('unknown', one.switches.unknown);
    mark('credentials', one.switches.credentials && one.operation.security.length > 0);
  }
  const { undocumented } = data;
  mark('bare-refusals', undocumented !== undefined && undocumented['schema'] === undefined);
  mark('empty-answers', undocumented !== undefined && undocumented['schema'] === undefined);
  mark(
    'fields',
    design.operations.some((one) => one.switches.checks.size > 0),
  );
}
