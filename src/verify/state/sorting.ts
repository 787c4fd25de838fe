/** A list that is asked for in an order comes in it. Rides on every list whose orders are named after its fields. */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { spelled, thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import { facets, propertyNames, propertySchema } from '../cases/schema-walk.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';
import { expressionOf } from './expression-of.ts';

const BY = /^(sort|sort_?by|order_?by|ordering|order|sort_?(key|field|column))$/i;
const DIRECTION = /^(order|sort_?(order|dir|direction)|direction|dir)$/i;

type Direction = 'up' | 'down';

/** The orders that a contract names in a choice: `price`, `-price`, `price:desc`, `price_desc`. */
export function sortingsOf(engine: Engine): Passive[] {
  return engine.spec.operations.flatMap((operation) => {
    const by = operation.method === 'get' ? operation.parameters.find((one) => isChoice(engine, one, BY)) : undefined;
    return by === undefined ? [] : (sortingOf(engine, operation, by) ?? []);
  });
}

function isChoice(engine: Engine, { in: place, name, schema }: Parameter, named: RegExp): boolean {
  return place === 'query' && named.test(name) && schema !== undefined && choicesOf(engine, schema).length > 0;
}

function choicesOf(engine: Engine, schema: string): string[] {
  const choices = [...facets(engine.spec, schema)].flatMap((facet): JsonValue[] =>
    Array.isArray(facet.schema['enum']) ? facet.schema['enum'] : [],
  );
  return choices.filter((one) => typeof one === 'string');
}

/** The two ways of a direction without a field to go by; undefined where the list says what it is ordered by. */
export function waysOfOrder(
  engine: Engine,
  operation: Operation,
): { name: string; up: string; down: string } | undefined {
  const of = (parameter: Parameter, way: Direction): string | undefined =>
    parameter.schema === undefined ? undefined : choicesOf(engine, parameter.schema).find((one) => wayOf(one) === way);
  const directions = operation.parameters.filter((one) => isChoice(engine, one, DIRECTION));
  const [only] = directions;
  const others = operation.parameters.filter((one) => one !== only && one.in === 'query' && BY.test(one.name));
  if (only === undefined || directions.length > 1 || others.length > 0) return undefined;
  const [up, down] = [of(only, 'up'), of(only, 'down')];
  return up === undefined || down === undefined ? undefined : { name: only.name, up, down };
}

/** The orders that a parameter of a list gives a choice of; empty where it is no such parameter. */
export function choicesOfOrder(engine: Engine, parameter: Parameter): string[] {
  return isChoice(engine, parameter, BY) && parameter.schema !== undefined ? choicesOf(engine, parameter.schema) : [];
}

function sortingOf(engine: Engine, operation: Operation, by: Parameter): Passive | undefined {
  const list = listIn(engine.spec, operation, thingOf(segmentsOf(operation.path).at(-1) ?? ''));
  if (list === undefined || by.schema === undefined) return undefined;
  // Choices may have an order of their own, low before high.
  const fields = propertyNames(engine.spec, list.items).filter((name) => {
    const own = propertySchema(engine.spec, list.items, name);
    return own !== undefined && choicesOf(engine, own).length === 0;
  });
  const orders = new Map(choicesOf(engine, by.schema).map((choice) => [choice, orderOf(choice, fields)]));
  if (![...orders.values()].some((one) => one !== undefined)) return undefined;
  const direction = operation.parameters.find((one) => one !== by && isChoice(engine, one, DIRECTION));
  return {
    ref: {
      id: `stateful sorting ${operation.id} ${by.name}`,
      clause: by.pointer,
      kind: 'stateful',
      operation: operation.id,
    },
    operations: [operation.id],
    check({ operation: asked, input, answer, valid }) {
      if (asked.id !== operation.id || answer.kind !== 'answer') return { seen: 0 };
      const wanted = input.query[by.name];
      const order = typeof wanted === 'string' ? orders.get(wanted) : undefined;
      if (order === undefined || !valid || answer.status !== 200 || answer.json === undefined) return { seen: 1 };
      const items = valueAt(answer.json, list.pointer);
      if (!Array.isArray(items)) return { seen: 1 };
      const values = items.flatMap((item) => (isObject(item) ? (valueOf(item, order.field) ?? []) : []));
      const way = order.way ?? wayOf(direction === undefined ? undefined : input.query[direction.name]);
      const found = values.length < items.length ? undefined : disorder(values, way);
      if (found === undefined) return { seen: 1 };
      const [one, other] = found.map((index) => JSON.stringify(values[index]));
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          actual: `${order.field} ${one} before ${other}`,
          expected: `items in the order of ${order.field}${way === undefined ? '' : `, going ${way}`}, as ${operation.id} was asked`,
          instancePath: at(list.pointer, found[1], order.field),
          ...(way === undefined
            ? {}
            : {
                check: `${expressionOf(list.pointer)}.map((item) => item[${JSON.stringify(order.field)}]).some((one, index, all) => index > 0 && all[index - 1] ${way === 'up' ? '>' : '<'} one)`,
              }),
        },
      };
    },
  };
}

/** What a choice says; without a direction of its own both are right, for "by date" may well begin with the newest. */
function orderOf(choice: string, fields: string[]): { field: string; way: Direction | undefined } | undefined {
  const parts = /^(?<sign>[+-]?)(?<bare>.+?)(?:[:_. -](?<last>asc|desc|ascending|descending))?$/i.exec(choice)?.groups;
  const { sign = '', bare = '', last } = parts ?? {};
  const field = fields.find((one) => spelled(one) === spelled(bare));
  if (field === undefined) return undefined;
  if (sign !== '') return { field, way: sign === '-' ? 'down' : 'up' };
  return { field, way: wayOf(last) };
}

function wayOf(text: JsonValue | undefined): Direction | undefined {
  if (typeof text !== 'string') return undefined;
  if (/^desc/i.test(text)) return 'down';
  return /^asc/i.test(text) ? 'up' : undefined;
}

function valueOf(item: JsonObject, field: string): string | number | undefined {
  const value = item[field];
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

type Compare = (a: string | number, b: string | number) => number;

const CODE_UNITS: Compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const collator = new Intl.Collator('en');
const natural = new Intl.Collator('en', { numeric: true });
const INSTANT = /^\d{4}-\d\d-\d\d([Tt ]|$)/;

/** Every order of texts that a service may sensibly have. */
const ORDERS: Compare[] = [
  CODE_UNITS,
  (a, b) => CODE_UNITS(String(a).toLowerCase(), String(b).toLowerCase()),
  (a, b) => CODE_UNITS(String(a).toUpperCase(), String(b).toUpperCase()),
  (a, b) => collator.compare(String(a), String(b)),
  (a, b) => natural.compare(String(a), String(b)),
];
const BY_TIME: Compare = (a, b) => CODE_UNITS(Date.parse(String(a)) || 0, Date.parse(String(b)) || 0);

/** The first value that comes too early, and the one before it; undefined where some order of such values is kept. */
function disorder(values: (string | number)[], way: Direction | undefined): [before: number, at: number] | undefined {
  const isPlain = values.every((one) => typeof one === 'number');
  const isTime = values.every((one) => typeof one === 'string' && INSTANT.test(one));
  // Whoever orders texts of other letters, or marks, may do it in a way that nobody can guess; the others say enough.
  const present = values.flatMap((value, index) =>
    isPlain || isTime || /^[A-Za-z0-9]+$/.test(String(value)) ? [{ value, index }] : [],
  );
  let first: [number, number] | undefined;
  for (const compare of isPlain ? [CODE_UNITS] : isTime ? [CODE_UNITS, BY_TIME] : ORDERS)
    for (const direction of way === undefined ? (['up', 'down'] as const) : [way]) {
      const found = present.findIndex(({ value }, index) => {
        const before = present[index - 1];
        const difference = before === undefined ? 0 : compare(before.value, value);
        return direction === 'up' ? difference > 0 : difference < 0;
      });
      const [before, early] = [present[found - 1], present[found]];
      if (before === undefined || early === undefined) return undefined;
      first ??= [before.index, early.index];
    }
  return first;
}
