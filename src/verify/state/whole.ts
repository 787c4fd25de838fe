/** A list that comes in pieces is whole: gone through to its end it shows what was made, nothing twice, and its count. */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import { facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { emptyInput, type Input, type Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import type { Kind, ListOf } from './kinds.ts';
import { checkedSource, HELD, idOf, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, parentsOf } from './steps.ts';
import { firstQuery, nextQuery, type Stride, strideOf, totalIn } from './walk.ts';

const MADE = 3;
const SIZE = 2;
/** A list that has more pieces than these is not gone through. */
const MOST_PIECES = 40;
/** A list that is longer is gone through only once. */
const MOST_TWICE = 600;
/** Pieces without anything in them, one after the other, after which there is no end in sight. */
const MOST_EMPTY = 5;

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
  const arbitrary = fc
    .tuple(drawn(engine, parentsOf(kind)), fc.tuple(...Array.from({ length: MADE }, () => creations)))
    .map(([parents, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      const [first] = inputs;
      let made: number | undefined;
      for (const input of inputs) made = draft.create(first === undefined ? input : alike(input, first));
      draft.look(operation, made, { ...emptyInput(), query: firstQuery(stride, smallest(engine, list, stride)) });
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
  return { ...property, alone: true };
}

/** Two where a list may be cut so, so that three things do not fit into one piece. */
function smallest(engine: Engine, { operation }: ListOf, { limit, size }: Stride): number | undefined {
  const schema = operation.parameters.find((one) => one.in === 'query' && one.name === limit)?.schema;
  return schema !== undefined && engine.schemas.validate(schema, SIZE, 'request').length > 0 ? size : SIZE;
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

interface Walk {
  engine: Engine;
  kind: Kind;
  list: ListOf;
  stride: Stride;
  /** What is sent on the way is added to it. */
  sent: Sent[];
  /** The step that asked for the first piece. */
  step: Step | undefined;
}

async function look(walk: Walk): Promise<Shown> {
  const { kind, list, sent, stride } = walk;
  const creations = sent.filter((one) => one.operation === kind.creator && one.role !== 'setup');
  const made = creations.flatMap((one) => {
    const id = idOf(kind.source, one);
    return id === undefined ? [] : [{ id, index: one.index }];
  });
  const short = sent.length - 1;
  const piece = idsIn(list, sent[short]);
  const first = sent[short];
  if (first === undefined || piece === undefined)
    return { kind: 'silent', reason: `${list.operation.id} was not answered with a list` };
  if (made.length < MADE) return { kind: 'silent', reason: `${kind.creator.id} made too little` };
  const seen: { id: string; at: number }[] = [];
  const ended = await walkOn(walk, seen);
  if (ended.kind !== 'ended') return ended;
  const ids = seen.map(({ id }) => id);
  const twice = seen.find(({ id }, index) => ids.indexOf(id) < index);
  if (twice !== undefined) {
    const before = seen.find(({ id }) => id === twice.id);
    if (before !== undefined && before.at !== twice.at)
      return {
        kind: 'failed',
        focus: twice.at,
        shown: [twice.at],
        actual: `${JSON.stringify(twice.id)} again: ${shownOf(sent[twice.at])}`,
        expected: 'items that no piece of the list before it holds',
        check: `${arrayOf(list)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])`,
        checked: {
          step: sent[before.at]?.index ?? 0,
          place: 'body',
          pointer: `${list.pointer}/${ids.indexOf(twice.id) - seen.findIndex(({ at }) => at === before.at)}/${list.id}`,
        },
      };
  }
  const lost = made.find(({ id }) => !ids.includes(id));
  // Where none of those that are alike is listed, the list is not about such things.
  if (lost !== undefined && made.some(({ id }) => ids.includes(id))) {
    const focus = sent.length - 1;
    return {
      kind: 'failed',
      focus,
      shown: [focus],
      actual: `${ids.length} items in all without ${JSON.stringify(lost.id)}: ${shownOf(sent[focus])}`,
      expected: `all ${MADE} that were made, in the list as a whole`,
      check: `!${arrayOf(list)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])`,
      checked: checkedSource(kind.source, lost.index),
    };
  }
  const other = await otherwise(walk, ids);
  if (other !== undefined) return other;
  const total = totalIn(list, first);
  if (lost !== undefined || total === undefined || total.count === ids.length) return HELD;
  const said =
    total.place === 'header'
      ? `Number((/^${total.at}: *(\\d+)/m.exec(headers) ?? [])[1])`
      : `body${total.at
          .split('/')
          .slice(1)
          .map((token) => `[${JSON.stringify(token)}]`)
          .join('')}`;
  return {
    kind: 'failed',
    focus: short,
    shown: [short],
    actual: `${total.place === 'header' ? total.at : total.at.slice(1)} is ${total.count}, but there are ${ids.length}: ${shownOf(first)}`,
    expected: `${ids.length}: as many as the list has, gone through with ${stride.limit ?? 'its pieces'} to the end`,
    check: total.count < MADE ? `${said} < ${MADE}` : `${said} === ${total.count}`,
  };
}

/** The same list in smaller pieces, whose ends are elsewhere, holds the same: what is lost between two pieces is seen. */
async function otherwise(walk: Walk, ids: string[]): Promise<Shown | undefined> {
  const { list, stride, sent } = walk;
  if (stride.size === undefined || stride.by === 'nothing' || ids.length > MOST_TWICE) return undefined;
  const smaller = Math.max(1, Math.floor(stride.size * 0.6));
  const seen: { id: string; at: number }[] = [];
  const ended = await walkOn(walk, seen, smaller);
  if (ended.kind !== 'ended') return ended.kind === 'failed' ? ended : undefined;
  const others = new Set(seen.map(({ id }) => id));
  const lost = ids.find((id) => !others.has(id)) ?? [...others].find((id) => !ids.includes(id));
  if (lost === undefined) return undefined;
  const focus = sent.length - 1;
  return {
    kind: 'failed',
    focus,
    shown: [focus],
    actual: `${ids.length} items in pieces of ${stride.size}, but ${others.size} in pieces of ${smaller}; ${JSON.stringify(lost)} is in one of them only: ${shownOf(sent[focus])}`,
    expected: 'the same items, however large the pieces are',
  };
}

/** Asks for one piece after the other, and once more for the first: only while nobody else changes it is it one list. */
async function walkOn(
  { engine, list, stride, sent, step }: Walk,
  seen: { id: string; at: number }[],
  size = stride.size,
): Promise<{ kind: 'ended' } | Exclude<Shown, { kind: 'held' }>> {
  const silent = (reason: string): Shown & { kind: 'silent' } => ({ kind: 'silent', reason });
  if (step === undefined) return silent('nothing was asked');
  let query = firstQuery(stride, size);
  let empty = 0;
  let before: string[] | undefined;
  for (let piece = 0; piece < MOST_PIECES; piece++) {
    const result = await engine.runner.send({ ...step, input: { ...step.input, query } }, sent);
    if (result.kind !== 'sent') return silent(result.reason);
    sent.push(result.sent);
    const ids = idsIn(list, result.sent);
    // After a piece that was not full some refuse to go on, and some show the last piece again.
    const isFull = size !== undefined && (before?.length ?? size) >= size;
    if (
      !isFull &&
      stride.by !== 'token' &&
      before !== undefined &&
      (ids === undefined || ids.join('\n') === before.join('\n'))
    )
      return { kind: 'ended' };
    before = ids;
    if (ids === undefined) return silent(`${list.operation.id} was answered ${describeAnswer(result.sent.answer)}`);
    for (const id of ids) seen.push({ id, at: sent.length - 1 });
    empty = ids.length === 0 ? empty + 1 : 0;
    const next = nextQuery(engine, list, stride, result.sent, ids.length);
    if (next === 'end') return { kind: 'ended' };
    if (next === undefined) return silent(`how ${list.operation.id} goes on cannot be told`);
    if (empty === MOST_EMPTY || JSON.stringify(next) === JSON.stringify(query))
      return {
        kind: 'failed',
        focus: sent.length - 1,
        shown: [sent.length - 1],
        actual: `${ids.length} items, and the same way on as before: ${shownOf(result.sent)}`,
        expected: 'an end of the list: the piece after this one is the same, or as empty',
      };
    query = next;
  }
  return silent(`${list.operation.id} has more than ${MOST_PIECES} pieces`);
}

function shownOf(sent: Sent | undefined): string {
  return sent === undefined ? '' : describeAnswer(sent.answer);
}

function arrayOf({ pointer }: ListOf): string {
  return `body${pointer
    .split('/')
    .slice(1)
    .map((token) => `[${JSON.stringify(token)}]`)
    .join('')}`;
}

function idsIn(list: ListOf, sent: Sent | undefined): string[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items: JsonValue | undefined = valueAt(sent.answer.json, list.pointer);
  if (!Array.isArray(items)) return undefined;
  return items.map((item) => (isObject(item) ? String(item[list.id]) : ''));
}
