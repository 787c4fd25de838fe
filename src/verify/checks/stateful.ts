/** What a resource that was created, changed or deleted must look like afterwards. */
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { resourceIn } from '../cases/ids.ts';
import { bodySchemaOf } from '../cases/media.ts';
import { thingOf } from '../cases/names.ts';
import { isItem, parametersIn, segmentsOf, templateOf } from '../cases/paths.ts';
import type { Engine } from '../run/engine.ts';
import { expressionOf } from '../state/expression-of.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { mediaOf } from '../wire/serialise.ts';
import { afterwards, bindCreated, bindShared, needsMore, type Read, type Verdict } from './afterwards.ts';
import {
  alteredField,
  appliedFields,
  defaultedField,
  droppedField,
  keptField,
  movedField,
  takenOver,
  type Unapplied,
  zoneLost,
} from './applied.ts';
import { listContainsCreated } from './list-contains-created.ts';
import type { Property } from './property.ts';
import { plainFields, readsBack, sameForm } from './reads-back.ts';

/** The stateful properties of a spec, by inferred links between operations on one resource. */
export function statefulOf(engine: Engine): Property[] {
  const properties: Property[] = [];
  const names = new Set<string>();
  // Of what one operation makes and several read, each reading has a name of its own.
  const add = ({ ref, ...property }: Property, reader: Operation): void => {
    const id = names.has(ref.id) ? `${ref.id} by ${reader.id}` : ref.id;
    names.add(id);
    properties.push({ ...property, ref: { ...ref, id } });
  };
  for (const reader of engine.spec.operations) {
    if (reader.method !== 'get' || !isItem(reader)) continue;
    const plan = engine.planFor(reader);
    const item = templateOf(reader.path);
    const source = plan.resources.get(item);
    const creator = source === undefined ? undefined : plan.setup[source.step]?.operation;
    if (source === undefined || creator === undefined || needsMore(reader)) continue;
    const read = { reader, plan, source };
    add(createdIsReadable(engine, creator, read), reader);
    for (const changer of engine.spec.operations) {
      if (templateOf(changer.path) !== item) continue;
      if (changer.method === 'put' || changer.method === 'patch') add(changedIsReadable(engine, changer, read), reader);
      const gone = ['404', '410', '4XX'].some((status) => reader.responses.some((one) => one.status === status));
      if (changer.method === 'delete' && gone && deletesAtOnce(changer))
        add(deletedIsGone(engine, changer, read), reader);
    }
    const listed = listContainsCreated(engine, creator, read);
    if (listed !== undefined) add(listed, reader);
  }
  return properties;
}

/** Of things that nobody can make anew, such tries may cost one each. */
const TRIES_ON_WHAT_IS_LEFT = 4;

/** False where a deletion is only ever accepted for later (202). */
function deletesAtOnce(remover: Operation): boolean {
  return remover.responses.some(({ status }) => /^2|^default$/.test(status) && status !== '202');
}

function createdIsReadable(engine: Engine, creator: Operation, read: Read): Property {
  const isSame = sameForm(engine, creator, read.reader);
  const fields = appliedFields(engine, creator, read.reader);
  const doubtful = appliedFields(engine, creator, read.reader, true);
  const form = bodySchemaOf(creator.requestBody?.content ?? []) ?? '';
  return afterwards(
    engine,
    'created-is-readable',
    creator,
    () => [read.reader],
    (plan, call) => bindCreated(plan, read, call),
    (call, [check]) => {
      const verdict = readsBack(call, check, 'created', isSame);
      if (verdict !== 'passed' || check?.answer.kind !== 'answer') return verdict;
      const { body } = call.input;
      // The fields are those of the whole bodies: what is sent in a wrapper is shown in one.
      const shown = check.answer.json;
      if (!isObject(body) || !isObject(shown)) return 'passed';
      const found =
        droppedField(fields, body, shown) ??
        alteredField(engine, fields, form, { sent: body, after: shown, isNew: true }) ??
        defaultedField(engine, doubtful, form, body, shown) ??
        zoneLost(doubtful, body, shown);
      return found === undefined ? 'passed' : unapplied(found, check, '');
    },
    Math.max(5, Math.round(engine.runs / 2)),
  );
}

function unapplied({ actual, expected, check }: Unapplied, read: Sent, where: string): Verdict {
  return { actual, expected, shown: [read], check: check(expressionOf(where)) };
}

function changedIsReadable(engine: Engine, changer: Operation, read: Read): Property {
  const plan = engine.planFor(changer);
  const last = parametersIn(segmentsOf(changer.path).at(-1) ?? '')[0] ?? '';
  const own = plan.bindings.some((binding) => binding.into === at('/path', last));
  const isSame = sameForm(engine, changer, read.reader);
  const plain = plainFields(engine, changer, read.reader);
  const fields = appliedFields(engine, changer, read.reader);
  const doubtful = appliedFields(engine, changer, read.reader, true);
  const form = bodySchemaOf(changer.requestBody?.content ?? []) ?? '';
  const thing = thingOf(segmentsOf(read.reader.path).at(-2) ?? '');
  return afterwards(
    engine,
    'updated-is-readable',
    changer,
    () => [read.reader],
    (shared, call) => (own ? bindShared(shared, changer, read) : bindCreated(shared, read, call)),
    (call, [check], before) => {
      const verdict = readsBack(call, check, 'updated', isSame, plain);
      if (verdict !== 'passed' || check?.answer.kind !== 'answer' || !own) return verdict;
      const made = before.find(({ index }) => index === plan.resources.get(templateOf(changer.path))?.step);
      const [old, now] = [made, check].map((sent) =>
        sent?.answer.kind === 'answer' && sent.answer.json !== undefined
          ? valueAt(sent.answer.json, resourceIn(engine.spec, sent.operation, thing))
          : undefined,
      );
      const { body } = call.input;
      if (!isObject(body) || !isObject(now)) return 'passed';
      const found =
        (isObject(old)
          ? (keptField(
              new Set([...fields, ...takenOver(doubtful, made?.input.body, old)]),
              body,
              old,
              now,
              isMergePatch(call),
            ) ?? (changer.method === 'patch' ? movedField(fields, body, old, now) : undefined))
          : undefined) ?? alteredField(engine, fields, form, { sent: body, after: now, isNew: false });
      return found === undefined ? 'passed' : unapplied(found, check, resourceIn(engine.spec, check.operation, thing));
    },
    Math.max(5, Math.round(engine.runs / 2)),
  );
}

function isMergePatch({ operation, input }: Sent): boolean {
  return mediaOf(operation, input)?.type === 'application/merge-patch+json';
}

/** Of what nobody can make anew there may be nothing left; then it stays untried, which is no fault. */
function onWhatIsLeft(property: Property): Property {
  let tried = 0;
  return {
    ...property,
    runs: TRIES_ON_WHAT_IS_LEFT,
    async judge(scenario) {
      const judgement = await property.judge(scenario);
      if (judgement.kind !== 'discarded') tried++;
      return judgement.kind === 'discarded' ? { kind: 'passed', sent: judgement.sent } : judgement;
    },
    conclude: () =>
      tried > 0 ? {} : { remarks: [`${property.ref.id} was never put to the test: nothing was left to delete`] },
  };
}

function deletedIsGone(engine: Engine, remover: Operation, read: Read): Property {
  const property = afterwards(
    engine,
    'deleted-is-gone',
    remover,
    () => [read.reader],
    (plan) => bindShared(plan, remover, read),
    (call, [check]) => {
      if (call.answer.kind === 'answer' && call.answer.status === 202) return { skipped: 'deletion was only accepted' };
      if (check === undefined) return { skipped: 'nothing was read' };
      if (check.answer.kind === 'answer' && [404, 410].includes(check.answer.status)) return 'passed';
      const expected = 'status 404 after it was deleted';
      return { actual: describeAnswer(check.answer), expected, shown: [check] };
    },
    Math.max(3, Math.round(engine.runs / 5)),
  );
  return engine.takes(remover) ? onWhatIsLeft(property) : property;
}
