/** What a contract needs of the general texts of `runtime/`: names that {@link trimmed} keeps lines by. */
import { isObject, type JsonObject } from '../../../events/index.ts';
import type { Spec } from '../../../spec/model.ts';
import type { OperationDesign } from '../design.ts';
import { schemaAt } from '../shape.ts';
import { uncheckedParts } from './checks.ts';
import type { Emitted } from './emitted.ts';
import { ruleTraits } from './rule-traits.ts';
import { schemaTraits, type Mark } from './schema-traits.ts';
import { storeTraits } from './store-traits.ts';
import { valueTraits } from './value-traits.ts';

/** The traits of a service. */
export function traitsOf(emitted: Emitted): Set<string> {
  const traits = new Set<string>();
  const mark = (name: string, isThere: boolean): void => void (isThere && traits.add(name));
  schemaTraits(emitted.schemas, mark);
  requestTraits(emitted, mark);
  answerTraits(emitted, mark);
  ruleTraits(emitted, mark);
  storeTraits(emitted, traits, mark);
  for (const name of valueTraits(emitted)) traits.add(name);
  return traits;
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
    mark('successes', Array.isArray(known['outcomes']) && known['outcomes'].some((status) => Number(status) < 300));
    mark('wrapper', known['wrapper'] !== undefined);
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
