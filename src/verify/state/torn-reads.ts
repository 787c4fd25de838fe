/**
 * Reads of a thing while it is removed: each shows the whole of it or says that it is gone. That what they show is as the
 * contract says, the checks that ride on every answer see.
 */
import fc from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import type { Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import type { Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** Reads on either side of the removal. */
const READS = 2;
const ATTEMPTS = 12;

/** One property for each kind that can be removed. */
export function tornReadsOf(engine: Engine, kind: Kind): Property[] {
  const { remover } = kind;
  if (remover === undefined || neededBy(engine, kind, remover).length !== 1) return [];
  const below = kind.below.find((one) => one.method === 'get' && neededBy(engine, kind, one).length === 1);
  const readers = below === undefined ? [kind.reader] : [kind.reader, below];
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      drawn(engine, [remover, ...readers]),
    )
    .map(([parents, first, [removal, ...inputs]]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first, 'setup');
      const together = (operation: Operation, input = removal): void => {
        draft.call(operation, made, input === undefined ? [] : [input], 'call');
        const step: Step | undefined = draft.steps.pop();
        if (step !== undefined) draft.steps.push({ ...step, together: true });
      };
      const reads = (): void => {
        for (let read = 0; read < READS; read++)
          together(readers[read % readers.length] ?? kind.reader, inputs[read % readers.length]);
      };
      reads();
      together(remover);
      reads();
      return draft.steps;
    });
  return [
    stateProperty(engine, {
      name: `read while removed ${kind.reader.id} ${remover.id}`,
      operation: kind.reader,
      runs: Math.max(3, Math.round(engine.runs / 20)),
      needs: [...parentsOf(kind), kind.creator, kind.reader, remover],
      attempts: ATTEMPTS,
      arbitrary: () => arbitrary,
      look: (sent) => look(remover, sent),
    }),
  ];
}

function look(remover: Operation, sent: Sent[]): Shown {
  const racers = sent.filter((one) => one.together === true);
  const removal = racers.find((one) => one.operation === remover);
  if (!isDone(removal)) return { kind: 'silent', reason: `${remover.id} was not done` };
  const broken = racers.find(
    ({ operation, answer }) =>
      operation !== remover && (answer.kind === 'fault' || (answer.status >= 500 && answer.status !== 503)),
  );
  if (broken === undefined) return HELD;
  return {
    kind: 'failed',
    focus: sent.indexOf(broken),
    statusOnly: true,
    actual: `while ${remover.id} removed it, ${broken.operation.id} was answered ${describeAnswer(broken.answer)}`,
    expected: 'the whole of it, or that it is gone',
  };
}
