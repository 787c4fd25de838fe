/**
 * An action that answers the thing itself has done what it says: what it shows otherwise than before is read so
 * afterwards. One that brings back what was removed brings back all of it.
 */
import fc from 'fast-check';
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { wordsOf } from '../cases/names.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { isKept } from '../checks/kept.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import { documentsGone, type Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

const RUNS = 2;

/** Names of actions that undo a removal. */
const RESTORES = /^(restore|undelete|recover|unarchive|reactivate)$/i;

/** Words of names that tell when, or how often, something happened. */
const MOVING = new Set('at on time timestamp date updated modified changed seen version revision rev etag'.split(' '));

/** One property for each action on a thing that answers with the thing. */
export function actedOf(engine: Engine, kind: Kind): Property[] {
  const { spec } = engine;
  const form = (one: Operation): string | undefined => {
    const schema = jsonSchemaOf(successOf(one)?.content ?? []);
    return schema === undefined ? undefined : spec.follow(schema);
  };
  const read = form(kind.reader);
  const depth = segmentsOf(kind.reader.path).length;
  return kind.below
    .filter((one) => {
      const segments = segmentsOf(one.path);
      const isAction = segments.length === depth + 1 && parametersIn(segments.at(-1) ?? '').length === 0;
      return one.method === 'post' && isAction && successOf(one)?.status === '200' && form(one) === read;
    })
    .map((one) => acted(engine, kind, one));
}

function acted(engine: Engine, kind: Kind, action: Operation): Property {
  const isRestoring = RESTORES.test(segmentsOf(action.path).at(-1) ?? '') && documentsGone(kind.reader);
  const remover = isRestoring ? kind.remover : undefined;
  const needed = neededBy(engine, kind, action);
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      drawn(engine, needed),
      drawn(engine, remover === undefined ? [] : neededBy(engine, kind, remover)),
    )
    .map(([parents, first, inputs, removal]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first);
      draft.call(kind.reader, made, [], 'check');
      if (remover !== undefined) draft.call(remover, made, removal);
      draft.call(action, made, inputs, 'call');
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `acted ${action.id}`,
    operation: action,
    runs: RUNS,
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed],
    arbitrary: () => arbitrary,
    look: (sent) => look(kind, action, remover, sent),
  });
}

function look(kind: Kind, action: Operation, remover: Operation | undefined, sent: Sent[]): Shown {
  const call = sent.find((one) => one.role === 'call');
  const removal = sent.find((one) => one.operation === remover);
  const [first, last] = sent.filter((one) => one.role === 'check');
  const [before, said] = [shownBy(kind, first), shownBy(kind, call)];
  if (call?.answer.kind !== 'answer' || call.answer.status !== 200 || last === undefined || before === undefined)
    return { kind: 'silent', reason: `${action.id} was not done` };
  if (remover !== undefined && !isDone(removal)) return { kind: 'silent', reason: `${remover.id} removed nothing` };
  const focus = sent.indexOf(last);
  if (last.answer.kind !== 'answer' || !isDone(last)) {
    if (remover === undefined) return HELD;
    return {
      kind: 'failed',
      focus,
      statusOnly: true,
      actual: describeAnswer(last.answer),
      expected: `the ${kind.thing} again: ${action.id} answered that it is there`,
    };
  }
  const after = shownBy(kind, last);
  if (after === undefined || said === undefined) return HELD;
  const name = Object.keys(after).find((one) => {
    const [old, told, now] = [before[one], said[one], after[one]].map((value) => value ?? null);
    if (remover !== undefined && kind.writable.has(one) && !isKept(one)) return !equalJson(old ?? null, now ?? null);
    if (wordsOf(one).some((word) => MOVING.has(word)) || !Object.hasOwn(said, one)) return false;
    return !equalJson(old ?? null, told ?? null) && equalJson(old ?? null, now ?? null);
  });
  if (name === undefined) return HELD;
  const wanted = remover === undefined ? said[name] : before[name];
  const why = remover === undefined ? `as ${action.id} answered` : `as before ${remover.id}`;
  return {
    kind: 'failed',
    focus,
    shown: [focus],
    actual: `${name} is ${JSON.stringify(after[name])}`,
    expected: `${name} ${JSON.stringify(wanted ?? null)}, ${why}`,
    check: `JSON.stringify(${expressionOf(kind.shownAt(kind.reader))}[${JSON.stringify(name)}] ?? null) === ${JSON.stringify(JSON.stringify(after[name] ?? null))}`,
  };
}

function shownBy(kind: Kind, sent: Sent | undefined): JsonObject | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const shown = valueAt(sent.answer.json, kind.shownAt(sent.operation));
  return isObject(shown) ? shown : undefined;
}
