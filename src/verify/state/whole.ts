/** A list that comes in pieces is whole: gone through to its end it shows what was made, nothing twice, and its count. */
import fc from 'fast-check';
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import { facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { listIn } from '../cases/ids.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { emptyInput, type Input } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';

import { expressionOf } from './expression-of.ts';
import { canShowDeletion, documentsGone, type Kind, type ListOf } from './kinds.ts';
import { narrowing } from './narrowing.ts';
import { idsIn, nowhere, otherwise, repeated, shownOf, type Walk, type Walked, walkOn } from './pieces.ts';
import { choicesOfOrder } from './sorting.ts';
import { checkedSource, HELD, idOf, isDone, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, neededBy, parentsOf } from './steps.ts';
import { allowsSize, firstQuery, type Stride, strideOf, totalIn } from './walk.ts';

const MADE = 3;
const SIZE = 2;
/** Values of one parameter that a list is asked for. */
const MOST_ARRANGED = 4;

/** One property for each list of the kind that can be gone through. */
export function wholesOf(engine: Engine, kind: Kind): Property[] {
  return kind.lists.flatMap((list) => {
    const stride = strideOf(engine, list);
    return stride === undefined ? [] : [whole(engine, kind, list, stride)];
  });
}

function whole(engine: Engine, kind: Kind, list: ListOf, stride: Stride): Property {
  const { operation } = list;
  const creations = engine.inputsFor(kind.creator).arbitrary;
  const alike = alikeIn(engine, kind);
  const remover = documentsGone(kind.reader) ? kind.remover : undefined;
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      fc.tuple(...Array.from({ length: MADE }, () => creations)),
      creations,
      drawn(engine, remover === undefined ? [] : neededBy(engine, kind, remover)),
    )
    .map(([parents, inputs, brief, removal]) => {
      const draft = draftOf(engine, kind, parents);
      const [first] = inputs;
      const likeFirst = (input: Input): Input => (first === undefined ? input : alike(input, first));
      if (remover !== undefined) {
        const gone = draft.create(likeFirst(brief));
        draft.call(remover, gone, removal);
        draft.call(kind.reader, gone, [], 'check');
      }
      let made: number | undefined;
      for (const input of inputs) made = draft.create(likeFirst(input));
      draft.look(operation, made, {
        ...emptyInput(),
        query: firstQuery(stride, allowsSize(engine, list, stride, SIZE) ? SIZE : stride.size),
      });
      return draft.steps;
    });
  const property = stateProperty(engine, {
    name: `whole ${operation.id}`,
    operation,
    runs: Math.max(2, Math.round(engine.runs / 50)),
    serial: true,
    needs: [...parentsOf(kind), kind.creator, operation],
    arbitrary: () => arbitrary,
    look: (sent, scenario) => look({ engine, kind, list, stride, sent, step: scenario.at(-1) }),
  });
  return { ...property, alone: true, foreign: true };
}

/** Makes what is created alike in all that a list may be narrowed by on its own account: choices and truth values. */
function alikeIn(engine: Engine, { creator }: Kind): (input: Input, first: Input) => Input {
  const { spec } = engine;
  const body = jsonSchemaOf(creator.requestBody?.content ?? []);
  const chosen = (body === undefined ? [] : propertyNames(spec, body)).filter((name) => {
    const own = body === undefined ? undefined : propertySchema(spec, body, name);
    if (own === undefined) return false;
    return (
      typesOf(spec, own).includes('boolean') ||
      [...facets(spec, own)].some(({ schema }) => schema['enum'] !== undefined)
    );
  });
  return (input, first) => {
    if (!isObject(input.body) || !isObject(first.body)) return input;
    const copy = { ...input.body };
    for (const name of chosen) {
      delete copy[name];
      const value = first.body[name];
      if (value !== undefined) copy[name] = value;
    }
    const made = { ...input, body: copy };
    return engine.accepts(creator, made) ? made : input;
  };
}

async function look(walk: Walk): Promise<Shown> {
  const { kind, list, sent, stride } = walk;
  const gone = removedIn(kind, sent);
  const creations = sent
    .filter((one) => one.operation === kind.creator && one.role !== 'setup')
    .slice(kind.remover !== undefined && documentsGone(kind.reader) ? 1 : 0);
  const made = creations.flatMap((one) => {
    const id = idOf(kind.source, one);
    return id === undefined ? [] : [{ id, index: one.index }];
  });
  const short = sent.length - 1;
  const piece = idsIn(list, sent[short]);
  const first = sent[short];
  if (first === undefined || piece === undefined)
    return { kind: 'silent', reason: `${list.operation.id} was not answered with a list` };
  const limit = stride.limit === undefined ? undefined : first.input.query[stride.limit];
  if (typeof limit === 'number' && piece.length > limit)
    return {
      kind: 'failed',
      focus: short,
      shown: [short],
      actual: `${piece.length} items: ${shownOf(first)}`,
      expected: `at most ${limit} items, as was asked`,
      check: `${expressionOf(list.pointer)}.length > ${limit}`,
    };
  if (made.length < MADE) return { kind: 'silent', reason: `${kind.creator.id} made too little` };
  await arranged(walk, creations);
  const whole = await walkOn(walk);
  if (whole.kind !== 'walked') return whole;
  const { items } = whole;
  const twice = repeated(walk, items);
  if (twice !== undefined) return twice;
  const ids = new Set(items.map(({ id }) => id));
  const still = gone === undefined ? undefined : stillListed(walk, items, gone);
  if (still !== undefined) return still;
  const lost = made.find(({ id }) => !ids.has(id));
  // Where none of those that are alike is listed, the list is not about such things.
  if (lost !== undefined && made.some(({ id }) => ids.has(id)))
    return {
      ...nowhere(walk, whole),
      actual: `${ids.size} items in all without ${JSON.stringify(lost.id)}: ${shownOf(sent.at(-1))}`,
      expected: `all ${MADE} that were made, in the list as a whole`,
      checked: checkedSource(kind.source, lost.index),
    };
  const other = await otherwise(walk, whole, made);
  if (other !== undefined) return other;
  const total = totalIn(list, first);
  if (lost !== undefined || total === undefined || total.count === items.length) return HELD;
  const said =
    total.place === 'header' ? `Number((/^${total.at}: *(\\d+)/m.exec(headers) ?? [])[1])` : expressionOf(total.at);
  return {
    kind: 'failed',
    focus: short,
    shown: [short],
    actual: `${total.place === 'header' ? total.at : total.at.slice(1)} is ${total.count}, but there are ${items.length}: ${shownOf(first)}`,
    expected: `${items.length}: as many as the list has, gone through with ${stride.limit ?? 'its pieces'} to the end`,
    check: total.count < MADE ? `${said} < ${MADE}` : `${said} === ${total.count}`,
  };
}

/** The first thing that was made, where it was removed and its reader says so. */
function removedIn(kind: Kind, sent: Sent[]): { id: string; index: number } | undefined {
  const removal = sent.findIndex((one) => one.operation === kind.remover);
  const made = sent.slice(0, Math.max(0, removal)).findLast((one) => one.operation === kind.creator);
  const read = sent.slice(removal + 1).find((one) => one.operation === kind.reader);
  const id = idOf(kind.source, made);
  if (removal < 0 || id === undefined || made === undefined || !isDone(sent[removal])) return undefined;
  const isGone = read?.answer.kind === 'answer' && [404, 410].includes(read.answer.status);
  return isGone ? { id, index: made.index } : undefined;
}

/** What can show that it was removed may be listed so, unless the list is to be asked for such things. */
function stillListed(
  { engine, kind, list }: Walk,
  items: Walked['items'],
  gone: { id: string; index: number },
): Shown | undefined {
  const item = items.find(({ id }) => id === gone.id);
  const asks = list.operation.parameters.some((one) => one.in === 'query' && REMOVED.test(one.name));
  if (item === undefined || (canShowDeletion(engine, kind) && !asks)) return undefined;
  return {
    kind: 'failed',
    focus: item.at,
    shown: [item.at],
    actual: `an item with ${list.id} ${JSON.stringify(gone.id)}, which ${kind.reader.id} does not find any more`,
    expected: `no ${kind.thing} that ${kind.remover?.id ?? 'a deletion'} removed`,
    check: `${expressionOf(list.pointer)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])`,
    checked: checkedSource(kind.source, gone.index),
  };
}

/** Names of what a list is asked for with to show what was removed, too. */
const REMOVED = /^((include|with|show|only)_?)?(deleted|removed|archived|trashed)$/i;

/** Asks for each order, and for what has the values of what was made: the checks of those ride on it. */
async function arranged({ engine, kind, list, stride, sent, step }: Walk, creations: Sent[]): Promise<void> {
  const items = listIn(engine.spec, list.operation, kind.thing)?.items;
  const made = creations.flatMap(({ answer }) => {
    const shown =
      answer.kind === 'answer' && answer.json !== undefined
        ? valueAt(answer.json, kind.shownAt(kind.creator))
        : undefined;
    return isObject(shown) ? [shown] : [];
  });
  if (step === undefined || items === undefined) return;
  const asked = list.operation.parameters.flatMap((parameter): JsonObject[] => {
    if (parameter.in !== 'query') return [];
    const filter = narrowing(engine, items, parameter);
    const values =
      filter === undefined
        ? choicesOfOrder(engine, parameter)
        : made.flatMap((one) => {
            const own = one[filter.field];
            const value = own === undefined || own === null ? undefined : filter.asksFor(own);
            return value === undefined ? [] : [value];
          });
    return values.slice(0, MOST_ARRANGED).map((value) => ({ ...firstQuery(stride), [parameter.name]: value }));
  });
  for (const query of asked) {
    const input = { ...step.input, query };
    if (!engine.accepts(list.operation, input)) continue;
    const result = await engine.runner.send({ ...step, input }, sent);
    if (result.kind === 'sent') sent.push(result.sent);
  }
}
