/** A list that comes in pages: none is longer than was asked, none repeats another, and together they hold all. */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Parameter } from '../../spec/model.ts';
import { segmentsOf } from '../cases/paths.ts';
import { schemaAt } from '../cases/schema-walk.ts';
import { emptyInput, type Input } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import type { Kind, ListOf } from './kinds.ts';
import { HELD, idOf, type Shown, stateProperty } from './state-property.ts';
import { draftOf, drawn, parentsOf } from './steps.ts';
import { LIMIT, OFFSET, PAGE } from './walk.ts';

const SIZE = 2;
const MADE = 3;

/** One property for each list of the kind that takes a limit and says where to begin. */
export function pagesOf(engine: Engine, kind: Kind): Property[] {
  return kind.lists.flatMap((list) => {
    const find = (name: RegExp): Parameter | undefined =>
      list.operation.parameters.find((one) => one.in === 'query' && name.test(one.name));
    const limit = find(LIMIT);
    const from = find(OFFSET) ?? find(PAGE);
    if (limit === undefined || from === undefined || !allows(engine, limit, SIZE)) return [];
    const first = PAGE.test(from.name) ? (allows(engine, from, 0) ? undefined : 1) : 0;
    // Whether the first page has the number 0 or 1 is not certain where both are allowed.
    const starts = first === undefined ? undefined : PAGE.test(from.name) ? [first, first + 1] : [0, SIZE];
    if (starts === undefined || !starts.every((start) => allows(engine, from, start))) return [];
    return [pages(engine, kind, list, limit.name, from.name, starts)];
  });
}

function allows(engine: Engine, parameter: Parameter, value: JsonValue): boolean {
  if (parameter.schema === undefined) return true;
  const typed = schemaAt(engine.spec, parameter.schema);
  return typed !== undefined && engine.schemas.validate(parameter.schema, value, 'request').length === 0;
}

function pages(engine: Engine, kind: Kind, list: ListOf, limit: string, from: string, starts: number[]): Property {
  const { operation } = list;
  const ask = (start: number): Input => ({ ...emptyInput(), query: { [limit]: SIZE, [from]: start } });
  const arbitrary = fc
    .tuple(
      drawn(engine, parentsOf(kind)),
      fc.tuple(...Array.from({ length: MADE }, () => engine.inputsFor(kind.creator).arbitrary)),
    )
    .map(([parents, inputs]) => {
      const draft = draftOf(engine, kind, parents);
      let made: number | undefined;
      for (const input of inputs) made = draft.create(input);
      const [one = 0, two = 0] = starts;
      for (const start of [one, two, one]) draft.look(operation, made, ask(start));
      return draft.steps;
    });
  const isOwn = segmentsOf(operation.path).some((segment) => segment.includes('{')) && parentsOf(kind).length > 0;
  return stateProperty(engine, {
    name: `pages ${operation.id}`,
    operation,
    runs: Math.max(2, Math.round(engine.runs / 25)),
    serial: !isOwn,
    needs: [...parentsOf(kind), kind.creator, operation],
    arbitrary: () => arbitrary,
    look: (sent) => look(kind, list, sent, isOwn),
  });
}

function look(kind: Kind, list: ListOf, sent: Sent[], isOwn: boolean): Shown {
  const asked = sent.flatMap((one, index) => (one.role === 'check' ? [index] : []));
  const read = asked.map((index) => idsIn(list, sent[index]));
  const [first, second, again] = read;
  const [focus = 0, next = 0] = asked;
  if (first === undefined || second === undefined || again === undefined)
    return { kind: 'silent', reason: `${list.operation.id} was not answered with a list` };
  const longest = [first, second].findIndex((page) => page.length > SIZE);
  if (longest >= 0)
    return failed(
      sent,
      longest === 0 ? focus : next,
      list,
      `${read[longest]?.length ?? 0} items`,
      `at most ${SIZE} items, as was asked`,
      `length > ${SIZE}`,
    );
  // Only while nobody else changes the list do its pages fit together.
  if (first.join('\n') !== again.join('\n')) return { kind: 'silent', reason: 'the list was changed meanwhile' };
  const twice = second.find((id) => first.includes(id));
  if (twice !== undefined) {
    const where = `${list.pointer}/${first.indexOf(twice)}/${list.id}`;
    return {
      ...failed(sent, next, list, `${JSON.stringify(twice)} again`, 'items that the page before does not hold'),
      check: `${expressionOf(list.pointer)}.some((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2])`,
      checked: { step: sent[focus]?.index ?? 0, place: 'body', pointer: where },
    };
  }
  const made = sent.flatMap((one) =>
    one.operation === kind.creator && one.role !== 'setup' ? (idOf(kind.source, one) ?? []) : [],
  );
  const lost =
    isOwn && second.length < SIZE ? made.find((id) => !first.includes(id) && !second.includes(id)) : undefined;
  if (lost === undefined) return HELD;
  const actual = `${first.length} and ${second.length} items without ${JSON.stringify(lost)}`;
  return failed(
    sent,
    next,
    list,
    actual,
    `all ${made.length} that were made, on the pages together`,
    `length < ${Math.max(1, made.length - SIZE)}`,
  );
}

function failed(
  sent: Sent[],
  focus: number,
  list: ListOf,
  actual: string,
  expected: string,
  length?: string,
): Extract<Shown, { kind: 'failed' }> {
  const one = sent[focus];
  const told = one === undefined ? actual : `${actual}: ${describeAnswer(one.answer)}`;
  return {
    kind: 'failed',
    focus,
    actual: told,
    expected,
    ...(length === undefined ? {} : { check: `${expressionOf(list.pointer)}.${length}` }),
  };
}

function idsIn(list: ListOf, sent: Sent | undefined): string[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items = valueAt(sent.answer.json, list.pointer);
  if (!Array.isArray(items)) return undefined;
  return items.map((item) => (isObject(item) ? String(item[list.id]) : ''));
}
