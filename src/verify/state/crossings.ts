/**
 * Different changes of one resource at the same time. Whatever came first, what was deleted is gone, and what was
 * replaced twice is one of the two: only what no order could give is a failure.
 */
import fc from 'fast-check';
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { canShowDeletion, documentsGone, type Kind, putCreates } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

const ATTEMPTS = 12;

/** The properties of one kind: each update against its removal, and each replacement against another one. */
export function crossingsOf(engine: Engine, kind: Kind): Property[] {
  const { remover } = kind;
  const removable = remover !== undefined && documentsGone(kind.reader) && !canShowDeletion(engine, kind);
  return [
    ...(removable
      ? kind.updaters
          .filter((one) => !putCreates(kind, one))
          .map((one) => crossing(engine, kind, [one, remover], (sent) => afterRemoval(kind, one, remover, sent)))
      : []),
    ...kind.updaters
      // Where a PUT also makes, each of the two may have made one of its own.
      .filter((one) => one.method === 'put' && !putCreates(kind, one))
      .map((one) => crossing(engine, kind, [one, one], (sent) => oneOfTwo(kind, one, sent))),
  ];
}

function crossing(
  engine: Engine,
  kind: Kind,
  [one, other]: [Operation, Operation],
  look: (sent: Sent[]) => Shown,
): Property {
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      engine.inputsFor(kind.creator).arbitrary,
      drawn(engine, neededBy(engine, kind, one)),
      drawn(engine, neededBy(engine, kind, other)),
    )
    .map(([parents, first, mine, theirs]): Scenario => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first, 'setup');
      draft.call(one, made, mine, 'call');
      const racers = [draft.steps.pop()];
      draft.call(other, made, theirs, 'call');
      racers.push(draft.steps.pop());
      for (const racer of racers) if (racer !== undefined) draft.steps.push({ ...racer, together: true });
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    name: `crossing ${one.id} ${other.id}`,
    operation: one,
    runs: Math.max(3, Math.round(engine.runs / 20)),
    serial: !isolated(engine, kind.reader),
    needs: [...parentsOf(kind), kind.creator, kind.reader, one, other],
    attempts: ATTEMPTS,
    arbitrary: () => arbitrary,
    look,
  });
}

interface Crossed {
  racers: [Sent, Sent];
  read: Sent;
  focus: number;
  said: string;
}

/** What was sent at once, and the look at it; undefined where something else came between. */
function crossed(sent: Sent[]): Crossed | undefined {
  const [mine, theirs] = sent.filter((one) => one.together === true);
  const read = sent.find((one) => one.role === 'check');
  if (mine === undefined || theirs === undefined || read === undefined) return undefined;
  const statuses = [statusOf(mine), statusOf(theirs), statusOf(read)];
  if (statuses.some((status) => status === 0 || status === 429 || status === 503)) return undefined;
  const said = `${mine.operation.id} and ${theirs.operation.id} at once were answered ${statuses.slice(0, 2).join(', ')}`;
  return { racers: [mine, theirs], read, focus: sent.indexOf(read), said };
}

const SILENT: Shown = { kind: 'silent', reason: 'the two were not answered side by side' };

function afterRemoval(kind: Kind, updater: Operation, remover: Operation, sent: Sent[]): Shown {
  const all = crossed(sent);
  if (all === undefined) return SILENT;
  const { racers, read, focus, said } = all;
  const [update, removal] = racers;
  const isThere = statusOf(read) >= 200 && statusOf(read) < 300;
  if (isDone(removal) && isThere)
    return {
      kind: 'failed',
      focus,
      shown: [focus],
      statusOnly: true,
      actual: `${said}, and then ${kind.reader.id} ${describeAnswer(read.answer)}`,
      expected: `status 404 or 410: ${updater.id} makes no ${kind.thing}, so it came first, or was refused`,
    };
  const gone = [404, 410];
  const lost = gone.includes(statusOf(removal)) ? removal : undefined;
  const early = gone.includes(statusOf(update)) && !isDone(removal) ? update : undefined;
  const wrong = lost ?? early;
  if (wrong === undefined) return HELD;
  return {
    kind: 'failed',
    focus: sent.indexOf(wrong),
    statusOnly: true,
    actual: said,
    expected: `no ${statusOf(wrong)} of ${wrong.operation.id}: the ${kind.thing} was there, and only ${remover.id} removes it`,
  };
}

function oneOfTwo(kind: Kind, updater: Operation, sent: Sent[]): Shown {
  const all = crossed(sent);
  if (all === undefined) return SILENT;
  const { racers, read, focus, said } = all;
  const done = racers.filter(isDone);
  const shown = fieldsIn(kind, kind.reader, read);
  const claims = done.map((one) => fieldsIn(kind, updater, one)).filter((claim) => claim !== undefined);
  if (shown === undefined || done.length === 0 || claims.length < done.length)
    return { kind: 'silent', reason: `${updater.id} or ${kind.reader.id} showed nothing` };
  const fits = (claim: JsonObject): boolean =>
    Object.entries(claim).every(([name, value]) => {
      const now = shown[name];
      return now === undefined || equalJson(now, value);
    });
  if (claims.some(fits)) return HELD;
  return {
    kind: 'failed',
    focus,
    shown: [focus],
    actual: `${said}, and then ${describeAnswer(read.answer)}, which is neither`,
    expected: `what one of the two answered, whole: ${claims.map((claim) => JSON.stringify(claim)).join(' or ')}`,
  };
}

function statusOf(sent: Sent): number {
  return sent.answer.kind === 'answer' ? sent.answer.status : 0;
}

/** The writable fields that an answer shows. */
function fieldsIn(kind: Kind, operation: Operation, { answer }: Sent): JsonObject | undefined {
  if (answer.kind !== 'answer' || answer.json === undefined || answer.status > 299) return undefined;
  const resource = valueAt(answer.json, kind.shownAt(operation));
  if (!isObject(resource)) return undefined;
  const fields = Object.entries(resource).filter(([name]) => kind.writable.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
