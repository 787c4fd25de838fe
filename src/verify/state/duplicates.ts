/** A contract that says of a creation's conflict that such a thing exists already refuses the very same thing twice. */
import fc from 'fast-check';
import { isObject } from '../../events/index.ts';
import type { Operation, ResponseSpec } from '../../spec/model.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { preferring } from '../cases/prefer.ts';
import type { Input, Scenario, Step } from '../cases/scenario.ts';
import { propertyNames } from '../cases/schema-walk.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { IDEMPOTENCY_KEY } from '../cases/names.ts';

const EXISTS = /already (exists?|registered|taken|in use|used)|duplicat|(must be|not) unique|same \w+ exists/i;

/** The property of a `POST` that says so in words; none for others. */
export function duplicatesOf(engine: Engine, operation: Operation): Property[] {
  const conflict = operation.responses.find(({ status, description }) => status === '409' && EXISTS.test(description));
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  if (operation.method !== 'post' || conflict === undefined || body === undefined) return [];
  if (operation.parameters.some((one) => one.in === 'query' || IDEMPOTENCY_KEY.test(one.name))) return [];
  const plan = engine.planFor(operation);
  const names = propertyNames(engine.spec, body);
  // What it is that must not come twice is not said: only things that say all there is to say are the same.
  const isFull = (input: Input): boolean => isObject(input.body) && names.every((name) => name in Object(input.body));
  const inputs = preferring(engine.inputsFor(operation).arbitrary, isFull);
  const arbitrary = fc
    .tuple(fc.tuple(...plan.setup.map((one) => engine.inputsFor(one.operation).arbitrary)), inputs)
    .map(([setups, input]): Scenario => {
      const call: Step = { role: 'call', operation, input, bindings: plan.bindings, valid: true };
      return [
        ...plan.setup.flatMap((one, index): Step[] => {
          const made = setups[index];
          return made === undefined ? [] : [{ ...one, role: 'setup', input: made, valid: true }];
        }),
        call,
        { ...call, role: 'check' },
      ];
    });
  return [
    stateProperty(engine, {
      name: `duplicate ${operation.id}`,
      operation,
      clause: conflict.pointer,
      runs: Math.max(2, Math.round(engine.runs / 25)),
      needs: [...plan.setup.map((one) => one.operation), operation],
      arbitrary: () => arbitrary,
      look: (sent) => look(operation, conflict, isFull, sent),
    }),
  ];
}

function look(operation: Operation, conflict: ResponseSpec, isFull: (input: Input) => boolean, sent: Sent[]): Shown {
  const first = sent.find((one) => one.role === 'call');
  const focus = sent.findIndex((one) => one.role === 'check');
  const again = sent[focus];
  if (!isDone(first) || again === undefined) return { kind: 'silent', reason: `${operation.id} made nothing` };
  if (!isFull(again.input)) return { kind: 'silent', reason: `${operation.id} was not sent everything` };
  if (!isDone(again)) return HELD;
  return {
    kind: 'failed',
    focus,
    statusOnly: true,
    actual: `${describeAnswer(again.answer)} to the very same request once more`,
    expected: `status 409: ${conflict.description}`,
  };
}
