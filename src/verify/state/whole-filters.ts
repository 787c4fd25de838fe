/**
 * A list that is asked for one value of a field leaves out no item of the whole list that has it. Only of filters that
 * mean what they say, and of lists that are the same before and afterwards.
 */
import type { Arbitrary } from 'fast-check';
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import type { Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import { createRecent, type Recent } from '../recent.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import { afterMaking, hasOwnView, RECENT } from './made-before.ts';
import { fieldOf, type Filter, narrowing } from './narrowing.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';

/** Values that a case asks for. */
const MOST_VALUES = 4;

interface WholeFilter extends Filter {
  parameter: Parameter;
  /** Pointer of the list in the answer. */
  pointer: string;
}

/** One property for each filter of each list that may be asked for without it. */
export function wholeFiltersOf(engine: Engine): Property[] {
  const recent = createRecent<Arbitrary<Scenario>>(RECENT);
  return engine.spec.operations.flatMap((operation) => {
    if (operation.method !== 'get' || engine.obstacle(operation) !== undefined) return [];
    const list = listIn(engine.spec, operation, thingOf(segmentsOf(operation.path).at(-1) ?? ''));
    if (list === undefined) return [];
    return operation.parameters.flatMap((parameter) => {
      const isOpen = parameter.in === 'query' && !parameter.required;
      const filter = isOpen ? narrowing(engine, list.items, parameter) : undefined;
      return filter === undefined
        ? []
        : [wholeFilter(engine, operation, { ...filter, parameter, pointer: list.pointer }, recent)];
    });
  });
}

function wholeFilter(
  engine: Engine,
  operation: Operation,
  filter: WholeFilter,
  recent: Recent<Arbitrary<Scenario>>,
): Property {
  const { name } = filter.parameter;
  const required = new Set(operation.parameters.filter((one) => one.required).map((one) => one.name));
  const asking = engine.inputsFor(operation).arbitrary.map((input) => ({
    input: { ...input, query: Object.fromEntries(Object.entries(input.query).filter(([key]) => required.has(key))) },
    valid: true,
  }));
  const property = stateProperty(engine, {
    name: `whole filter ${operation.id} ${name}`,
    clause: filter.parameter.pointer,
    operation,
    serial: !hasOwnView(engine, operation),
    runs: Math.max(4, Math.round(engine.runs / 12)),
    needs: [...engine.planFor(operation).setup.map((step) => step.operation), operation],
    arbitrary: () => recent(`${operation.id} ${name}`, () => afterMaking(engine, operation, asking)),
    look: (sent, scenario) => look(engine, filter, sent, scenario),
  });
  return { ...property, foreign: true };
}

/** What is asked for, where it comes from, and which items must be listed then. */
interface Ask {
  value: JsonValue;
  /** Place in the list of the item that has the very value; undefined where it is put together. */
  item?: number;
}

async function look(engine: Engine, filter: WholeFilter, sent: Sent[], scenario: Scenario): Promise<Shown> {
  const call = scenario.findLast((step) => step.role === 'call');
  const first = sent.at(-1);
  const whole = itemsIn(first, filter.pointer);
  if (call === undefined || first === undefined || whole === undefined)
    return { kind: 'silent', reason: 'the list was not answered' };
  const asks = asksOf(filter, whole);
  const focus: number[] = [];
  for (const { value, item } of [...asks, {}] as Partial<Ask>[]) {
    const step = stepOf(filter, call, first.index, value, item);
    if (value !== undefined && !engine.accepts(call.operation, step.input)) continue;
    const result = await engine.runner.send(step, sent);
    if (result.kind !== 'sent') return { kind: 'silent', reason: result.reason };
    focus.push(sent.length);
    sent.push(result.sent);
  }
  const again = itemsIn(sent.at(-1), filter.pointer);
  if (again === undefined || !equalJson(whole, again)) return { kind: 'silent', reason: 'the list changed by itself' };
  let seen = 0;
  for (const index of focus.slice(0, -1)) {
    const one = sent[index];
    const wanted = one?.input.query[filter.parameter.name];
    const items = itemsIn(one, filter.pointer);
    if (wanted === undefined || items === undefined) continue;
    const wrong = items.find((item) => isForeign(filter, item, wanted));
    if (wrong !== undefined)
      return {
        kind: 'failed',
        focus: index,
        check: `${expressionOf(filter.pointer)}.length >= ${items.length}`,
        actual: `an item with ${filter.field} ${JSON.stringify(fieldOf(wrong, filter.field))}`,
        expected: `only items with ${filter.field} ${filter.title}${JSON.stringify(wanted)}`,
      };
    const fitting = whole.filter((item) => demanded(filter, item, wanted));
    seen += fitting.length;
    const lost = fitting.find((item) => !items.some((other) => equalJson(other, item)));
    if (lost === undefined) continue;
    return {
      kind: 'failed',
      focus: index,
      check: `${expressionOf(filter.pointer)}.length < ${fitting.length}`,
      actual: `${items.length} items without ${JSON.stringify(lost).slice(0, 300)}`,
      expected: `all items of the list with ${filter.field} ${filter.title}${JSON.stringify(wanted)}`,
    };
  }
  const { name } = filter.parameter;
  return seen > 0 ? HELD : { kind: 'silent', reason: `no item was seen with a value of ${name} that was asked for` };
}

function demanded({ field, demands }: Filter, item: JsonValue, wanted: JsonValue): boolean {
  const own = fieldOf(item, field);
  return own !== undefined && own !== null && demands(own, wanted);
}

function isForeign({ field, fits }: Filter, item: JsonValue, wanted: JsonValue): boolean {
  const own = fieldOf(item, field);
  return own !== undefined && own !== null && !fits(own, wanted);
}

/** Values of the items that are there, the last ones first: those were just made; lists of two where lists are asked for. */
function asksOf({ field, asksFor, choices = [] }: Filter, whole: JsonValue[]): Ask[] {
  const asks: Ask[] = [];
  for (const [item, one] of [...whole.entries()].toReversed()) {
    const own = fieldOf(one, field);
    const value = own === undefined || own === null ? undefined : asksFor(own);
    if (value === undefined || asks.some((other) => equalJson(other.value, value))) continue;
    asks.push(value === own && typeof value !== 'boolean' ? { value, item } : { value });
    if (asks.length === MOST_VALUES) break;
  }
  // What no item has must bring none.
  const others = choices.filter((choice) => !asks.some(({ value }) => equalJson(value, choice)));
  asks.push(...others.slice(0, MOST_VALUES - asks.length).map((value) => ({ value })));
  const [one, other] = asks.map(({ value }) => value);
  if (Array.isArray(one) && Array.isArray(other)) return [...asks.slice(0, -1), { value: [...other, ...one] }];
  return asks;
}

function stepOf(
  { parameter, pointer, field }: WholeFilter,
  call: Step,
  from: number,
  value?: JsonValue,
  item?: number,
): Step {
  const { name } = parameter;
  const query = value === undefined ? call.input.query : { ...call.input.query, [name]: value };
  const source = { step: from, place: 'body' as const, pointer: at(pointer, item ?? 0, field) };
  return {
    ...call,
    role: 'check',
    input: { ...call.input, query },
    bindings: item === undefined ? call.bindings : [...call.bindings, { into: at('/query', name), from: source }],
  };
}

function itemsIn(sent: Sent | undefined, pointer: string): JsonValue[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items = valueAt(sent.answer.json, pointer);
  return Array.isArray(items) ? items.filter(isObject) : undefined;
}
