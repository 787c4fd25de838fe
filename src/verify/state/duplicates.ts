/** A contract that says of a creation's conflict that such a thing exists already refuses the very same thing twice. */
import fc from 'fast-check';
import { at, isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { Operation, ResponseSpec } from '../../spec/model.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { preferring } from '../cases/prefer.ts';
import { emptyInput, type Input, type Scenario, type Step } from '../cases/scenario.ts';
import { propertyNames } from '../cases/schema-walk.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { equalJson } from '../equal-json.ts';
import type { Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';
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

/** The same of changes: one that makes a thing the same as another one in all that it can say is refused. */
export function duplicatedByChange(engine: Engine, kind: Kind): Property[] {
  return kind.updaters.flatMap((updater) => {
    const conflict = updater.responses.find(({ status, description }) => status === '409' && EXISTS.test(description));
    const body = jsonSchemaOf(updater.requestBody?.content ?? []);
    if (conflict === undefined || body === undefined) return [];
    return [duplicatedBy(engine, kind, updater, conflict, propertyNames(engine.spec, body))];
  });
}

function duplicatedBy(
  engine: Engine,
  kind: Kind,
  updater: Operation,
  conflict: ResponseSpec,
  names: string[],
): Property {
  const part = ({ body }: Input): JsonObject =>
    Object.fromEntries(Object.entries(isObject(body) ? body : {}).filter(([name]) => names.includes(name)));
  const isFull = (input: Input): boolean => names.every((name) => name in part(input));
  const creations = preferring(engine.inputsFor(kind.creator).arbitrary, isFull);
  const needed = neededBy(engine, kind, updater);
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), creations, creations, drawn(engine, needed))
    .map(([parents, first, second, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      draft.create(first);
      // Alike in all else, so that it is what the change can say that tells the two apart.
      const other = { ...first, body: { ...(isObject(first.body) ? first.body : {}), ...part(second) } };
      const made = draft.create(engine.accepts(kind.creator, other) ? other : second);
      const last = inputs.at(-1) ?? emptyInput();
      // That it is refused once more shows that such things must differ.
      draft.create(first);
      draft.call(updater, made, [...inputs.slice(0, -1), { ...last, body: part(first) }], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `duplicate ${updater.id}`,
    operation: updater,
    clause: conflict.pointer,
    runs: Math.max(2, Math.round(engine.runs / 25)),
    needs: [...parentsOf(kind), kind.creator, ...needed],
    arbitrary: () => arbitrary,
    look(sent) {
      const made = sent.filter((one) => one.operation === kind.creator && one.role === 'history');
      const focus = sent.findIndex((one) => one.role === 'check');
      const change = sent[focus];
      const [first, second, again] = made.slice(-3);
      if (!isDone(first) || !isDone(second) || first === undefined || second === undefined || change === undefined)
        return { kind: 'silent', reason: `${kind.creator.id} made no two` };
      if (again?.answer.kind !== 'answer' || again.answer.status !== 409)
        return { kind: 'silent', reason: `${kind.creator.id} does not refuse the same a second time` };
      const isApart = Object.entries(second.input.body ?? {}).every(
        ([name, value]) =>
          names.includes(name) || equalJson(value, valueAt(first.input.body ?? {}, at('', name)) ?? null),
      );
      if (!isFull(first.input) || !isApart || !engine.accepts(updater, change.input))
        return { kind: 'silent', reason: `${updater.id} was not sent everything` };
      if (!isDone(change)) return HELD;
      return {
        kind: 'failed',
        focus,
        statusOnly: true,
        actual: `${describeAnswer(change.answer)} to a change that makes it the same as another one`,
        expected: `status 409: ${conflict.description}`,
      };
    },
  });
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
