/** Random sequences of calls on a few resources of one kind, held against the model and shrunk as a whole. */
import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from '../../spec/model.ts';
import type { Property } from '../checks/property.ts';
import type { Input, Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { canShowDeletion, documentsGone, type Kind } from './kinds.ts';
import { violationIn } from './model.ts';
import { checkedSource, HELD, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** One call of a sequence: an operation on the resource that the `which`-th creation before it made. */
interface Command {
  operation: Operation;
  which: number;
  inputs: Input[];
}

const MAX_COMMANDS = 10;
const MAX_RESOURCES = 3;

/** The property of a kind; undefined where nothing but reading can be done to it. */
export function sequencesOf(engine: Engine, kind: Kind): Property[] {
  const deletes = kind.remover !== undefined && documentsGone(kind.reader) && !canShowDeletion(engine, kind);
  const arbitrary = sequences(engine, kind);
  return [
    stateProperty(engine, {
      name: `sequence ${kind.creator.id} ${kind.item}`,
      operation: kind.creator,
      runs: Math.max(6, Math.round(engine.runs / 2)),
      needs: [...parentsOf(kind), kind.creator, kind.reader],
      arbitrary: () => arbitrary,
      look(sent, scenario) {
        const violation = violationIn(kind, scenario, sent, deletes);
        if (violation === undefined)
          return sent.some(
            (one) => one.operation === kind.creator && one.answer.kind === 'answer' && one.answer.status < 300,
          )
            ? HELD
            : { kind: 'silent', reason: `${kind.creator.id} made nothing` };
        const { step, check, checked, actual, expected } = violation;
        const focus = sent.findIndex((one) => one.index === step);
        return {
          kind: 'failed',
          focus,
          shown: [focus],
          actual,
          expected,
          ...(check === undefined ? {} : { check }),
          ...(checked === undefined ? {} : { checked: checkedSource(kind.source, checked) }),
        };
      },
    }),
  ];
}

function sequences(engine: Engine, kind: Kind): Arbitrary<Scenario> {
  const command = (weight: number, operation: Operation): { weight: number; arbitrary: Arbitrary<Command> } => ({
    weight,
    arbitrary: fc.record({
      operation: fc.constant(operation),
      which: fc.nat(MAX_RESOURCES - 1),
      inputs: drawn(engine, neededBy(engine, kind, operation)),
    }),
  });
  const creation = {
    weight: 5,
    arbitrary: engine.inputsFor(kind.creator).arbitrary.map((input): Command => ({
      operation: kind.creator,
      which: 0,
      inputs: [input],
    })),
  };
  const others = [
    command(5, kind.reader),
    ...kind.updaters.map((one) => command(3, one)),
    ...(kind.remover === undefined ? [] : [command(3, kind.remover)]),
    ...kind.lists.map((one) => command(2, one.operation)),
    ...(kind.head === undefined ? [] : [command(2, kind.head)]),
    ...kind.below.map((one) => command(1, one)),
  ];
  const commands = fc.array(fc.oneof(creation, ...others), { minLength: 2, maxLength: MAX_COMMANDS, size: 'max' });
  return fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      fc.option(engine.inputsFor(kind.creator).arbitrary, { nil: undefined, freq: 1 }),
      commands,
    )
    .map(([parents, first, second, called]) => {
      const draft = draftOf(engine, kind, parents);
      const made = [draft.create(first)];
      if (second !== undefined) made.push(draft.create(second));
      for (const { operation, which, inputs: own } of called) {
        const [input] = own;
        if (operation === kind.creator && input !== undefined && made.length < MAX_RESOURCES)
          made.push(draft.create(input));
        else if (operation !== kind.creator) draft.call(operation, made[which % made.length], own);
      }
      return draft.steps;
    });
}
