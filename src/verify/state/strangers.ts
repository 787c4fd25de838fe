/**
 * What one client made, a second one must not get at, where the service itself hides it: from the list that the second is
 * shown, or when it asks for it. What is open to all is no secret of anybody's. Only where there are credentials of two.
 */
import fc from 'fast-check';
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { emptyInput, type Scenario, type Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { documentsGone, type Kind, type ListOf, putCreates } from './kinds.ts';
import { expressionOf } from './expression-of.ts';
import { checkedSource, HELD, idOf, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';

const RUNS = 2;

/** One property for each operation on a kind, and for each of its lists. */
export function strangersOf(engine: Engine, kind: Kind): Property[] {
  const on = [kind.reader, ...kind.updaters, ...(kind.remover === undefined ? [] : [kind.remover]), ...kind.below];
  const guarded = on.filter(
    (one) => !putCreates(kind, one) && (documentsGone(one) || one.responses.some(({ status }) => status === '403')),
  );
  return [...guarded, ...kind.lists.map(({ operation }) => operation)]
    .filter((one) => [one, kind.reader, kind.creator].every((each) => engine.keyring.hasStranger(each)))
    .map((one) => stranger(engine, kind, one));
}

function stranger(engine: Engine, kind: Kind, operation: Operation): Property {
  const list = kind.lists.find((one) => engine.keyring.hasStranger(one.operation));
  const isList = kind.lists.some((one) => one.operation === operation);
  const needed = isList ? [] : neededBy(engine, kind, operation);
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), engine.inputsFor(kind.creator).arbitrary, drawn(engine, needed))
    .map(([parents, first, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      const made = draft.create(first);
      const asStranger = (): void => {
        const step = draft.steps.pop();
        if (step !== undefined) draft.steps.push({ ...step, manner: { ...step.manner, stranger: true } });
      };
      if (list !== undefined) {
        draft.look(list.operation, made, emptyInput());
        draft.look(list.operation, made, emptyInput());
        asStranger();
      }
      draft.call(kind.reader, made, [], 'check');
      asStranger();
      if (isList) draft.look(operation, made, emptyInput());
      else draft.call(operation, made, inputs);
      asStranger();
      const last = draft.steps.pop();
      if (last !== undefined) draft.steps.push({ ...last, role: 'call' } satisfies Step);
      draft.call(kind.reader, made, [], 'check');
      return draft.steps;
    });
  return stateProperty(engine, {
    kind: 'security',
    name: `stranger ${operation.id} ${kind.thing}`,
    operation,
    runs: RUNS,
    needs: [...parentsOf(kind), kind.creator, kind.reader, ...needed, ...(isList ? [operation] : [])],
    arbitrary: () => arbitrary,
    look: async (sent, scenario) => {
      const shown = look(kind, operation, list, sent);
      if (shown.kind !== 'held' || !isList) return shown;
      return (await leaked(engine, kind, operation, sent, scenario)) ?? shown;
    },
  });
}

/** What a second client's list shows of others' things: one that is there for the first client, and not for the second. */
async function leaked(
  engine: Engine,
  kind: Kind,
  operation: Operation,
  sent: Sent[],
  scenario: Scenario,
): Promise<Shown | undefined> {
  const focus = sent.findIndex((one) => one.role === 'call');
  const target = kind.lists.find((one) => one.operation === operation);
  const id = target === undefined ? undefined : idsOf(target, sent[focus])?.at(-1);
  const reader = scenario.findLast((step) => step.operation === kind.reader);
  const [name] = parametersIn(segmentsOf(kind.reader.path).at(-1) ?? '');
  if (target === undefined || id === undefined || id === '' || reader === undefined || name === undefined)
    return undefined;
  const read = async (stranger: boolean): Promise<Sent | undefined> => {
    const step: Step = {
      ...reader,
      bindings: reader.bindings.filter(({ into }) => into !== at('/path', name)),
      input: { ...reader.input, path: { ...reader.input.path, [name]: id } },
      ...(stranger ? { manner: { ...reader.manner, stranger: true } } : {}),
    };
    const result = await engine.runner.send(step, sent);
    return result.kind === 'sent' ? result.sent : undefined;
  };
  const [theirs, own] = [await read(true), await read(false)];
  if (theirs?.answer.kind !== 'answer' || theirs.answer.status !== 404 || !isDone(own)) return undefined;
  return {
    kind: 'failed',
    focus,
    shown: [focus],
    actual: `a second client was shown ${target.id} ${JSON.stringify(id)}, which ${kind.reader.id} answers it with 404`,
    expected: `only what the second client may read: the ${kind.thing} is there for another client`,
    check: `${expressionOf(target.pointer)}.length > 0`,
  };
}

function look(kind: Kind, operation: Operation, list: ListOf | undefined, sent: Sent[]): Shown {
  const maker = sent.find((one) => one.operation === kind.creator && one.role !== 'setup');
  const id = idOf(kind.source, maker);
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  const checks = sent.filter((one) => one.role === 'check');
  const read = checks.find((one) => one.operation === kind.reader && one.manner?.stranger === true);
  const after = checks.at(-1);
  if (id === undefined || call === undefined || read === undefined || !isDone(maker))
    return { kind: 'silent', reason: `${kind.creator.id} made nothing` };
  const [own, theirs] = list === undefined ? [] : checks.filter((one) => one.operation === list.operation);
  const hidesInList = list !== undefined && isHidden(list, own, theirs, id);
  const hidesFromReader = isRefused(read);
  const target = kind.lists.find((one) => one.operation === operation);
  const isRead = operation === kind.reader;
  if (!hidesInList && !(hidesFromReader && !isRead))
    return hidesFromReader
      ? HELD
      : { kind: 'silent', reason: `what one client makes with ${kind.creator.id} is open to others` };
  const isOpen = target === undefined ? isDone(call) : idsOf(target, call)?.includes(id) === true;
  // What answers for what is not there as well had no effect.
  if (!isOpen || (operation === kind.remover && isDone(after))) return HELD;
  const hidden = hidesInList
    ? `${theirs?.operation.id ?? ''} does not show it`
    : `${kind.reader.id} answers ${describeAnswer(read.answer)}`;
  return {
    kind: 'failed',
    focus,
    ...(target === undefined
      ? { statusOnly: true }
      : {
          shown: [focus],
          check: `${expressionOf(target.pointer)}.some((item) => String(item[${JSON.stringify(target.id)}]) === process.argv[2])`,
          checked: checkedSource(kind.source, maker?.index ?? 0),
        }),
    actual: `a second client was answered ${describeAnswer(call.answer)}`,
    expected: `a refusal: another client made the ${kind.thing}, and ${hidden} to the second one`,
  };
}

function isRefused({ answer }: Sent): boolean {
  return answer.kind === 'answer' && [401, 403, 404, 410].includes(answer.status);
}

/** True where a second client's list, which is not cut as it is shorter than the first one's, does not show an id. */
function isHidden(list: ListOf, own: Sent | undefined, theirs: Sent | undefined, id: string): boolean {
  const [mine, others] = [idsOf(list, own), idsOf(list, theirs)];
  if (mine === undefined || others === undefined || others.includes(id)) return false;
  return mine.includes(id) || others.length < mine.length;
}

function idsOf(list: ListOf, sent: Sent | undefined): string[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items = valueAt(sent.answer.json, list.pointer);
  return Array.isArray(items) ? items.map((item) => (isObject(item) ? String(item[list.id]) : '')) : undefined;
}
