/**
 * What belongs to one thing is not found under another one of the same kind: `/orders/2/lines/7` where line 7 is of order
 * 1. Only where the contract says what is answered for what is not there.
 */
import fc from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { documentsGone, type Kind, putCreates } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** One property for each operation on something that belongs to something else which a case can make twice. */
export function wrongParentsOf(engine: Engine, kind: Kind): Property[] {
  const maker = parentMaker(kind);
  if (maker === undefined) return [];
  const on = [kind.reader, ...kind.updaters, ...(kind.remover === undefined ? [] : [kind.remover])];
  return on
    .filter((one) => documentsGone(one) && !putCreates(kind, one))
    .flatMap((one) => wrongParent(engine, kind, one, maker) ?? []);
}

/** Place of the parent's parameter among the segments of the path, and the step of the plan that makes a parent. */
function parentMaker({ plan, reader }: Kind): { segment: number; step: number } | undefined {
  const segments = segmentsOf(reader.path);
  const named = segments.flatMap((text, segment) => (parametersIn(text).length === 1 ? [segment] : []));
  const segment = named.at(-2);
  const [name] = segment === undefined ? [] : parametersIn(segments[segment] ?? '');
  if (segment === undefined || name === undefined) return undefined;
  const from = plan.bindings.find(({ into }) => into === at('/path', name))?.from;
  if (from === undefined || from.place === 'input' || plan.found.has(from.step)) return undefined;
  return { segment, step: from.step };
}

function wrongParent(
  engine: Engine,
  kind: Kind,
  operation: Operation,
  { segment, step }: { segment: number; step: number },
): Property | undefined {
  const maker = kind.plan.setup[step]?.operation;
  const [name] = parametersIn(segmentsOf(operation.path)[segment] ?? '');
  if (maker === undefined || name === undefined) return undefined;
  const needed = neededBy(engine, kind, operation);
  // Setups stand in the order of the plan, without the creator of the thing itself.
  const parentAt = step > kind.source.step ? step - 1 : step;
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      engine.inputsFor(maker).arbitrary,
      drawn(engine, needed),
    )
    .map(([parents, first, second, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      const parent = draft.steps[parentAt];
      const made = draft.create(first);
      const other = draft.steps.length;
      if (parent !== undefined) draft.steps.push({ ...parent, role: 'setup', input: second });
      draft.call(operation, made, inputs, 'call');
      const call = draft.steps.pop();
      const into = at('/path', name);
      const misled = call?.bindings.map((one) =>
        one.into === into ? { ...one, from: { ...one.from, step: other } } : one,
      );
      if (call !== undefined && misled !== undefined) draft.steps.push({ ...call, bindings: misled });
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `wrong parent ${operation.id}`,
    operation,
    runs: Math.max(2, Math.round(engine.runs / 25)),
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed],
    arbitrary: () => arbitrary,
    look: (sent) => look(kind, operation, sent),
  });
}

function look(kind: Kind, operation: Operation, sent: Sent[]): Shown {
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  const maker = sent.find((one) => one.operation === kind.creator && one.role === 'history');
  const own = sent.at(-1);
  if (call === undefined || !isDone(maker)) return { kind: 'silent', reason: `${kind.creator.id} made nothing` };
  // What answers for what is not there as well had no effect; and where even its own parent has it no more, it had one.
  if (!isDone(call) || (operation === kind.remover && isDone(own))) return HELD;
  return {
    kind: 'failed',
    focus,
    statusOnly: true,
    actual: describeAnswer(call.answer),
    expected: `status 404: the ${kind.thing} belongs to another one than its path says`,
  };
}
