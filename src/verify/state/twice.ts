/** Doing it twice is doing it once: `PUT` and `DELETE` are idempotent (RFC 9110 §9.2.2). */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { canShowDeletion, documentsGone, type Kind } from './kinds.ts';
import { HELD, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

/** Refusals of a repeated request that say nothing against it: a lock, a stale tag, a rate. */
const EXCUSED = new Set([401, 403, 409, 412, 423, 425, 428, 429]);

/** The properties of one kind. */
export function twiceOf(engine: Engine, kind: Kind): Property[] {
  const puts = kind.updaters.filter(({ method }) => method === 'put');
  return [...puts, ...(kind.remover === undefined ? [] : [kind.remover])].map((one) => twice(engine, kind, one));
}

function twice(engine: Engine, kind: Kind, operation: Operation): Property {
  const needed = neededBy(engine, kind, operation);
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), engine.inputsFor(kind.creator).arbitrary, drawn(engine, needed))
    .map(([parents, first, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first);
      const once = draft.steps[draft.call(operation, made, inputs, 'call')];
      draft.call(kind.reader, made, [], 'check');
      // The very same request: what it refers to is not made a second time.
      if (once !== undefined) draft.steps.push(once);
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  const staysGone = documentsGone(kind.reader) && !canShowDeletion(engine, kind);
  return stateProperty(engine, {
    name: `twice ${operation.id}`,
    operation,
    runs: Math.max(2, Math.round(engine.runs / 25)),
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed],
    arbitrary: () => arbitrary,
    look(sent) {
      const calls = sent.flatMap((one, index) => (one.role === 'call' ? [index] : []));
      const reads = sent.filter((one) => one.role === 'check');
      const [once, again] = calls.map((index) => sent[index]);
      const focus = calls[1];
      if (!isDone(once) || again === undefined || focus === undefined)
        return { kind: 'silent', reason: `${operation.id} was not done` };
      if (again.answer.kind !== 'answer') return { kind: 'silent', reason: again.answer.message };
      const { status } = again.answer;
      const isRemoval = operation === kind.remover;
      if (EXCUSED.has(status)) return { kind: 'silent', reason: `${operation.id} answered ${status} the second time` };
      if (status >= 500 || (!isRemoval && status >= 400))
        return {
          kind: 'failed',
          focus,
          statusOnly: true,
          actual: describeAnswer(again.answer),
          expected: isRemoval
            ? 'an answer such as 404 or 204: what is gone can be removed again (RFC 9110 §9.2.2)'
            : `success, as the first time: ${operation.method.toUpperCase()} is idempotent (RFC 9110 §9.2.2)`,
        };
      return isRemoval ? afterRemoval(reads, sent, staysGone) : sameRead(kind, reads, sent);
    },
  });
}

function afterRemoval([, last]: Sent[], sent: Sent[], staysGone: boolean): Shown {
  if (!staysGone || last?.answer.kind !== 'answer' || last.answer.status >= 300) return HELD;
  const focus = sent.indexOf(last);
  const actual = describeAnswer(last.answer);
  return { kind: 'failed', focus, statusOnly: true, actual, expected: 'status 404 after it was removed twice' };
}

function sameRead(kind: Kind, [before, after]: Sent[], sent: Sent[]): Shown {
  const [one, other] = [fieldsIn(kind, before), fieldsIn(kind, after)];
  if (one === undefined || other === undefined || after === undefined)
    return { kind: 'silent', reason: `${kind.reader.id} was not answered` };
  for (const [name, value] of Object.entries(one)) {
    const now = other[name];
    if (!kind.writable.has(name) || (now !== undefined && equalJson(now, value))) continue;
    return {
      kind: 'failed',
      focus: sent.indexOf(after),
      actual: `${name} is read as ${JSON.stringify(now ?? null)} after the same request once more`,
      expected: `${name} ${JSON.stringify(value)}, as after the first time (RFC 9110 §9.2.2)`,
    };
  }
  return HELD;
}

function fieldsIn(kind: Kind, read: Sent | undefined): Record<string, JsonValue> | undefined {
  if (read?.answer.kind !== 'answer' || read.answer.json === undefined || read.answer.status !== 200) return undefined;
  const shown = valueAt(read.answer.json, kind.shownAt(kind.reader));
  return isObject(shown) ? shown : undefined;
}
