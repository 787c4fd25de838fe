/** A request that is sent again with its `Idempotency-Key` makes nothing a second time. */
import fc from 'fast-check';
import type { JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { idSource } from '../cases/ids.ts';
import { IDEMPOTENCY_KEY, thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import { preferring } from '../cases/prefer.ts';
import type { Input, Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { HELD, idOf, isDone, type Shown, stateProperty } from './state-property.ts';

/** The property of an operation that takes such a key; none for others. */
export function idempotencyKeyOf(engine: Engine, operation: Operation): Property[] {
  const parameter = operation.parameters.find((one) => one.in === 'header' && IDEMPOTENCY_KEY.test(one.name));
  const place = engine
    .inputsFor(operation)
    .places.find((one) => one.parameter !== undefined && one.parameter === parameter);
  if (parameter === undefined || place === undefined || operation.method !== 'post') return [];
  const plan = engine.planFor(operation);
  const thing = thingOf(segmentsOf(operation.path).at(-1) ?? '');
  const source = idSource(engine.spec, operation, { parameter: 'id', thing });
  if (source === undefined || source.place === 'input') return [];
  const keyed = preferring(engine.inputsFor(operation).drawn(place.key, place.arbitrary), (input) =>
    engine.rules.mayAccept(operation, input),
  );
  // Only a contract that speaks of it says what a key is worth that was used for something else.
  const refusesOthers = operation.responses.some(
    ({ status, description }) => status.startsWith('4') && /\bkey\b|idempot/i.test(description),
  );
  const step = (role: Step['role'], input: Input): Step => ({
    role,
    operation,
    input,
    bindings: plan.bindings,
    valid: true,
  });
  const arbitrary = fc
    .tuple(fc.tuple(...plan.setup.map((one) => engine.inputsFor(one.operation).arbitrary)), keyed, keyed)
    .map(([setups, input, other]): Scenario => {
      const key: JsonValue = input.headers[parameter.name] ?? '';
      const reused: Input = { ...other, headers: { ...other.headers, [parameter.name]: key } };
      return [
        ...plan.setup.flatMap(({ operation: maker, bindings }, index): Step[] => {
          const made = setups[index];
          return made === undefined ? [] : [{ role: 'setup', operation: maker, input: made, bindings, valid: true }];
        }),
        step('call', input),
        step('check', input),
        ...(refusesOthers ? [step('check', reused)] : []),
      ];
    });
  return [
    stateProperty(engine, {
      name: `idempotency-key ${operation.id}`,
      operation,
      clause: parameter.pointer,
      runs: Math.max(3, Math.round(engine.runs / 20)),
      needs: [...plan.setup.map((one) => one.operation), operation],
      arbitrary: () => arbitrary,
      look: (sent) => look(operation, { ...source, step: 0 }, sent),
    }),
  ];
}

function look(operation: Operation, source: Parameters<typeof idOf>[0], sent: Sent[]): Shown {
  const focus = sent.findIndex((one) => one.role === 'call');
  const [first, again, other] = sent.slice(focus);
  if (focus < 0 || !isDone(first) || first === undefined || again === undefined)
    return { kind: 'silent', reason: `${operation.id} was not done` };
  const id = idOf(source, first);
  if (again.answer.kind === 'answer' && [400, 404, 422].includes(again.answer.status))
    return {
      kind: 'failed',
      focus: focus + 1,
      statusOnly: true,
      actual: describeAnswer(again.answer),
      expected: 'the answer of the first time, for the same request with the same key',
    };
  const second = isDone(again) ? idOf(source, again) : id;
  const check =
    source.place === 'body' ? `status < 300 && String(${expressionOf(source.pointer)}) !== process.argv[2]` : undefined;
  const checked = { ...source, step: first.index };
  if (id !== undefined && second !== undefined && second !== id)
    return {
      kind: 'failed',
      focus: focus + 1,
      actual: `${describeAnswer(again.answer)}: another one than ${JSON.stringify(id)}`,
      expected: `the one that the same request with the same key made before, ${JSON.stringify(id)}`,
      ...(check === undefined ? {} : { check, checked }),
    };
  const third = isDone(other) ? idOf(source, other) : undefined;
  const isOther = other !== undefined && !equalJson(other.input.body ?? null, first.input.body ?? null);
  if (id !== undefined && isOther && third !== undefined && third !== id)
    return {
      kind: 'failed',
      focus: focus + 2,
      actual: `${describeAnswer(other.answer)}: another one than ${JSON.stringify(id)}`,
      expected: 'a refusal, or the first one: the key was used for another request',
      ...(check === undefined ? {} : { check, checked }),
    };
  return HELD;
}

function expressionOf(pointer: string): string {
  return `body${pointer
    .split('/')
    .slice(1)
    .map((token) => `[${JSON.stringify(token)}]`)
    .join('')}`;
}
