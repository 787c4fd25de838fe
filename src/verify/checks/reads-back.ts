/** What was sent, or echoed, is what is read. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import type { Verdict } from './afterwards.ts';
import { documented } from './conformance.ts';

/** Fields whose values no service rewrites: integers, booleans and enumerations on both sides. */
export function plainFields(engine: Engine, changer: Operation, reader: Operation): Set<string> {
  const sent = jsonSchemaOf(changer.requestBody?.content ?? []);
  const read = jsonSchemaOf(successOf(reader)?.content ?? []);
  const plain = new Set<string>();
  if (sent === undefined || read === undefined) return plain;
  for (const name of propertyNames(engine.spec, sent)) {
    const own = propertySchema(engine.spec, sent, name);
    const other = propertySchema(engine.spec, read, name);
    if (own === undefined || other === undefined) continue;
    const types = typesOf(engine.spec, own);
    if (types.length > 0 && types.every((type) => type === 'integer' || type === 'boolean')) plain.add(name);
  }
  return plain;
}

/** True where both operations answer with the very same schema. */
export function sameForm(engine: Engine, one: Operation, other: Operation): boolean {
  const [a, b] = [one, other].map((operation) => jsonSchemaOf(successOf(operation)?.content ?? []));
  return a !== undefined && b !== undefined && engine.spec.follow(a) === engine.spec.follow(b);
}

/** What was sent, and echoed by the answer (or is plain where nothing is echoed), must be read the same. */
export function readsBack(
  call: Sent,
  check: Sent | undefined,
  done: string,
  sameForm: boolean,
  plain = new Set<string>(),
): Verdict {
  if (check === undefined) return { skipped: 'nothing was read' };
  const { answer } = check;
  if (answer.kind !== 'answer') return { actual: answer.message, expected: `the ${done} resource`, shown: [check] };
  if (answer.status < 200 || answer.status > 299) {
    if ([401, 403].includes(answer.status) && documented(check.operation, answer.status))
      return { skipped: 'not allowed' };
    return { actual: describeAnswer(answer), expected: `the ${done} resource with a 2xx status`, shown: [check] };
  }
  const echo = call.answer.kind === 'answer' ? call.answer.json : undefined;
  const sent = call.input.body;
  if (!isObject(sent) || !isObject(answer.json)) return 'passed';
  for (const [name, value] of Object.entries(sent)) {
    const read: JsonValue | undefined = member(answer.json, name);
    const echoed = isObject(echo) ? member(echo, name) : undefined;
    const claimed = echoed !== undefined ? equalJson(echoed, value) : echo === undefined && plain.has(name);
    if (!claimed || (read !== undefined && equalJson(read, value))) continue;
    if (read === undefined) {
      if (echoed === undefined || !sameForm) continue;
      const actual = `no ${name} in ${describeAnswer(answer)}`;
      return { actual, expected: `${name} ${JSON.stringify(value)}, as it was ${done}`, shown: [check] };
    }
    const actual = `${name} is read as ${JSON.stringify(read)}`;
    return { actual, expected: `${name} ${JSON.stringify(value)}, as it was ${done}`, shown: [check] };
  }
  return 'passed';
}

function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
