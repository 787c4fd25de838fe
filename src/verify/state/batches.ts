/** What is made together is there, each of it: the second thing that a batch answers is read like any other. */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { listIn } from '../cases/ids.ts';
import { successOf } from '../cases/media.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { preferring } from '../cases/prefer.ts';
import { emptyInput, type Input, type Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import type { Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';

const RUNS = 2;

/** One property for each operation that makes several things of a kind at once. */
export function batchesOf(engine: Engine, kind: Kind): Property[] {
  const collection = segmentsOf(kind.reader.path).slice(0, -1);
  if (kind.source.place !== 'body' || collection.some((segment) => parametersIn(segment).length > 0)) return [];
  return engine.spec.operations.flatMap((one) => {
    const segments = segmentsOf(one.path);
    const isNear = segments.length <= collection.length + 1 && segments.join('/').startsWith(collection.join('/'));
    if (one.method !== 'post' || one === kind.creator || !isNear || successOf(one)?.status !== '201') return [];
    const list = engine.obstacle(one) === undefined ? listIn(engine.spec, one, kind.thing) : undefined;
    return list === undefined ? [] : [batch(engine, kind, one, list.pointer)];
  });
}

function batch(engine: Engine, kind: Kind, operation: Operation, pointer: string): Property {
  const [name = ''] = parametersIn(segmentsOf(kind.reader.path).at(-1) ?? '');
  const id = kind.source.pointer.split('/').at(-1) ?? '';
  const plan = engine.planFor(operation);
  const reading = (call: number): Step => ({
    role: 'check',
    operation: kind.reader,
    input: emptyInput(),
    bindings: [{ into: at('/path', name), from: { step: call, place: 'body', pointer: at(pointer, 1, id) } }],
    valid: true,
  });
  const arbitrary = scenarios({
    plan,
    call: preferring(engine.inputsFor(operation).arbitrary, isOfSeveral).map((input) => ({ input, valid: true })),
    inputs: (one) => engine.inputsFor(one),
    accepts: (one, input) => engine.accepts(one, input),
    episodes: [],
    after: (_, call) => [reading(call)],
  });
  return stateProperty(engine, {
    name: `batch ${operation.id} ${kind.reader.id}`,
    operation,
    runs: RUNS,
    needs: [...plan.setup.map((one) => one.operation), operation, kind.reader],
    arbitrary: () => arbitrary,
    look: (sent) => look(kind, operation, sent),
  });
}

function look(kind: Kind, operation: Operation, sent: Sent[]): Shown {
  const call = sent.find((one) => one.role === 'call');
  const focus = sent.findIndex((one) => one.role === 'check');
  const read = sent[focus];
  if (!isDone(call) || read?.answer.kind !== 'answer')
    return { kind: 'silent', reason: `${operation.id} did not make two` };
  if (![404, 410].includes(read.answer.status)) return HELD;
  return {
    kind: 'failed',
    focus,
    statusOnly: true,
    actual: describeAnswer(read.answer),
    expected: `the second ${kind.thing} that ${operation.id} answered that it made`,
  };
}

/** True for a body with a list of at least two: its own, or that of a member. */
function isOfSeveral({ body }: Input): boolean {
  const isLong = (value: JsonValue): boolean => Array.isArray(value) && value.length > 1;
  return body !== undefined && (isLong(body) || (isObject(body) && Object.values(body).some(isLong)));
}
