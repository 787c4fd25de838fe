/** Goes through a list piece by piece, in pieces of one size and then of another. */
import { isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Step } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import type { Kind, ListOf } from './kinds.ts';
import { checkedSource, type Shown } from './state-property.ts';
import { allowsSize, endIn, firstQuery, nextQuery, type Stride } from './walk.ts';

/** A list that has more pieces than these is not gone through. */
const MOST_PIECES = 40;
/** Pieces without anything in them, one after the other, after which there is no end in sight. */
const MOST_EMPTY = 5;
/** Pieces at the end of a list that are gone through in another size. */
const LAST_PIECES = 3;
/** A list that is longer is gone through only once. */
const MOST_TWICE = 600;

/** A list, and what is sent to go through it. */
export interface Walk {
  engine: Engine;
  kind: Kind;
  list: ListOf;
  stride: Stride;
  /** What is sent on the way is added to it. */
  sent: Sent[];
  /** The step that asked for the first piece. */
  step: Step | undefined;
}

/** What was seen on a way through the list; `at` is the index of its piece in `sent`. */
export interface Walked {
  kind: 'walked';
  items: { id: string; at: number }[];
  /** Index in `sent` of its first piece. */
  from: number;
  /** What its pieces were asked for with, by the index in `sent`. */
  asked: { query: JsonObject; at: number }[];
}

type Failed = Extract<Shown, { kind: 'failed' }>;

/** The failure of a walk on which an item came twice, in different pieces. */
export function repeated({ list, sent }: Walk, items: Walked['items']): Failed | undefined {
  const first = new Map<string, { at: number; index: number }>();
  for (const [index, { id, at }] of items.entries()) {
    const before = first.get(id);
    if (before === undefined) first.set(id, { at, index });
    else if (before.at !== at) {
      const start = items.findIndex((item) => item.at === before.at);
      return {
        kind: 'failed',
        focus: at,
        actual: `${JSON.stringify(id)} again: ${shownOf(sent[at])}`,
        expected: 'items that no piece of the list before it holds',
        check: `${expressionOf(list.pointer)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])`,
        checked: {
          step: sent[before.at]?.index ?? 0,
          place: 'body',
          pointer: `${list.pointer}/${before.index - start}/${list.id}`,
        },
      };
    }
  }
  return undefined;
}

/** The failure that something, to be named, is in no piece of a walk. */
export function nowhere({ list, sent }: Walk, { from }: Walked): Omit<Failed, 'actual' | 'expected'> {
  const pieces = sent.flatMap((_, index) => (index >= from ? [index] : []));
  const last = sent.at(-1);
  const end = pieces.length > 1 || last === undefined ? undefined : endIn(last);
  return {
    kind: 'failed',
    focus: sent.length - 1,
    shown: pieces,
    check: `process.argv[2] !== '' && !${expressionOf(list.pointer)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])${end === undefined ? '' : ` && body[${JSON.stringify(end)}] === null`}`,
  };
}

/** The same list in smaller pieces, whose ends are elsewhere, holds the same: what is lost between two pieces is seen. */
export async function otherwise(
  walk: Walk,
  whole: Walked,
  made: { id: string; index: number }[],
): Promise<Failed | undefined> {
  const { engine, kind, list, stride, sent } = walk;
  // Of a long list the end will do, which holds what was made last in most; the number of a page is of one size only.
  const begin = stride.by === 'page' ? whole.asked[0] : (whole.asked.at(-LAST_PIECES) ?? whole.asked[0]);
  const items = whole.items.filter(({ at }) => begin === undefined || at >= begin.at);
  if (stride.size === undefined || stride.by === 'nothing' || items.length > MOST_TWICE) return undefined;
  const size = Math.floor(Math.min(stride.size, items.length) * 0.6);
  if (size < 1 || !allowsSize(engine, list, stride, size)) return undefined;
  const { limit } = stride;
  const from = begin === undefined || begin === whole.asked[0] || limit === undefined ? undefined : begin.query;
  const other = await walkOn(walk, size, from === undefined || limit === undefined ? from : { ...from, [limit]: size });
  if (other.kind !== 'walked') return other.kind === 'failed' ? other : undefined;
  const twice = repeated(walk, other.items);
  if (twice !== undefined) return twice;
  const own = made.filter(({ id }) => items.some((item) => item.id === id));
  const isLost = ({ id }: { id: string }): boolean => !other.items.some((item) => item.id === id);
  const [lost, more] = [items.find(isLost), other.items.find(({ id }) => !items.some((item) => item.id === id))];
  const one = own.find(isLost);
  const id = one?.id ?? lost?.id ?? more?.id;
  if (id === undefined) return undefined;
  const told = {
    actual: `${items.length} items in pieces of ${stride.size}, but ${other.items.length} in pieces of ${size}; ${JSON.stringify(id)} is in one of them only: ${shownOf(sent.at(-1))}`,
    expected: 'the same items, however large the pieces are',
  };
  if (one !== undefined) return { ...nowhere(walk, other), ...told, checked: checkedSource(kind.source, one.index) };
  return { kind: 'failed', focus: sent.length - 1, ...told };
}

/** Asks for one piece after the other, to the end; nobody else may change the list meanwhile. */
export async function walkOn(
  { engine, list, stride, sent, step }: Omit<Walk, 'kind'>,
  size = stride.size,
  begin?: JsonObject,
): Promise<Walked | Exclude<Shown, { kind: 'held' }>> {
  const silent = (reason: string): Shown & { kind: 'silent' } => ({ kind: 'silent', reason });
  if (step === undefined) return silent('nothing was asked');
  const walked: Walked = { kind: 'walked', items: [], from: sent.length, asked: [] };
  let query = begin ?? firstQuery(stride, size);
  let empty = 0;
  let before: string[] | undefined;
  for (let piece = 0; piece < MOST_PIECES; piece++) {
    const result = await engine.runner.send({ ...step, input: { ...step.input, query } }, sent);
    if (result.kind !== 'sent') return silent(result.reason);
    walked.asked.push({ query, at: sent.length });
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
      return walked;
    before = ids;
    if (ids === undefined) return silent(`${list.operation.id} was answered ${describeAnswer(result.sent.answer)}`);
    for (const id of ids) walked.items.push({ id, at: sent.length - 1 });
    empty = ids.length === 0 ? empty + 1 : 0;
    const next = nextQuery(engine, list, stride, result.sent, ids.length, piece > 0);
    if (next === 'end') return walked;
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

/** What was answered, for a person. */
export function shownOf(sent: Sent | undefined): string {
  return sent === undefined ? '' : describeAnswer(sent.answer);
}

/** The ids in a piece; undefined where it is no list. */
export function idsIn(list: ListOf, sent: Sent | undefined): string[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items: JsonValue | undefined = valueAt(sent.answer.json, list.pointer);
  if (!Array.isArray(items)) return undefined;
  return items.map((item) => (isObject(item) ? String(item[list.id]) : ''));
}
