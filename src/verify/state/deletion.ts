/** What is deleted stays gone, whatever is asked of it: one property for each operation on a resource or below it. */
import fc from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer } from '../wire/execute.ts';
import { canShowDeletion, documentsGone, type Kind, putCreates } from './kinds.ts';
import { HELD, isDone, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** The operation is called once before the resource is removed, where it needs something below it, and once after. */
export function usesAfterDeletion(engine: Engine, kind: Kind): Property[] {
  const { remover } = kind;
  if (remover === undefined || !documentsGone(kind.reader) || canShowDeletion(engine, kind)) return [];
  const updaters = kind.updaters.filter((one) => !putCreates(kind, one));
  const users = [...updaters, ...(kind.head === undefined ? [] : [kind.head]), ...kind.below].filter(documentsGone);
  return users.map((user) => usedAfterDeletion(engine, kind, remover, user));
}

function usedAfterDeletion(engine: Engine, kind: Kind, remover: Operation, user: Operation): Property {
  const needed = neededBy(engine, kind, user);
  const needs = [...parentsOf(kind), kind.creator, ...neededBy(engine, kind, remover), ...needed];
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      drawn(engine, needed),
      drawn(engine, neededBy(engine, kind, remover)),
    )
    .map(([parents, first, own, removal]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first);
      draft.call(user, made, own, 'check');
      const last = draft.steps.pop();
      draft.call(remover, made, removal, 'call');
      if (last !== undefined) draft.steps.push(last);
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `use-after-delete ${user.id} ${remover.id}`,
    operation: user,
    runs: Math.max(2, Math.round(engine.runs / 25)),
    needs,
    arbitrary: () => arbitrary,
    look(sent) {
      const removal = sent.find((one) => one.role === 'call');
      const focus = sent.findIndex((one) => one.role === 'check');
      const use = sent[focus];
      if (!isDone(removal)) return { kind: 'silent', reason: `${remover.id} removed nothing` };
      if (use === undefined || use.answer.kind !== 'answer')
        return { kind: 'silent', reason: `${user.id} was not called` };
      if (use.answer.status >= 400 && use.answer.status < 500) return HELD;
      return {
        kind: 'failed',
        focus,
        statusOnly: true,
        actual: describeAnswer(use.answer),
        expected: `status 404 or 410: ${remover.id} had removed the ${kind.thing}`,
      };
    },
  });
}
