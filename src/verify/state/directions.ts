/**
 * A list that goes up or down, whatever it goes by: two items that have nothing in common cannot stand in the same order
 * both ways.
 */
import type { Arbitrary } from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { referredThing, thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import type { Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import { createRecent } from '../recent.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import { afterMaking, hasOwnView, RECENT } from './made-before.ts';
import { walkOn } from './pieces.ts';
import { waysOfOrder } from './sorting.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';
import { firstQuery, strideOf } from './walk.ts';

/** What was made within the same second may be ordered by nothing but that. */
const APART_MS = 1100;

const MOST_COMPARED = 20;

/** One property for each list that can be asked for in two directions. */
export function directionsOf(engine: Engine): Property[] {
  const recent = createRecent<Arbitrary<Scenario>>(RECENT);
  return engine.spec.operations.flatMap((operation) => {
    if (operation.method !== 'get' || engine.obstacle(operation) !== undefined) return [];
    const ways = waysOfOrder(engine, operation);
    const list = listIn(engine.spec, operation, thingOf(segmentsOf(operation.path).at(-1) ?? ''));
    if (ways === undefined || list === undefined) return [];
    const required = new Set(operation.parameters.filter((one) => one.required).map((one) => one.name));
    const asking = engine.inputsFor(operation).arbitrary.map((input) => {
      const query = Object.fromEntries(Object.entries(input.query).filter(([key]) => required.has(key)));
      return { input: { ...input, query: { ...query, [ways.name]: ways.up } }, valid: true };
    });
    return [
      {
        foreign: true,
        slow: true,
        ...stateProperty(engine, {
          name: `directions ${operation.id} ${ways.name}`,
          clause: operation.parameters.find((one) => one.name === ways.name)?.pointer ?? operation.pointer,
          operation,
          serial: !hasOwnView(engine, operation),
          runs: Math.max(2, Math.round(engine.runs / 25)),
          needs: [...engine.planFor(operation).setup.map((step) => step.operation), operation],
          arbitrary: () => recent(operation.id, () => afterMaking(engine, operation, asking)),
          look: (sent, scenario) => look(engine, { operation, pointer: list.pointer, ...ways }, sent, scenario),
        }),
      },
    ];
  });
}

interface Ways {
  operation: Operation;
  pointer: string;
  name: string;
  up: string;
  down: string;
}

async function look(engine: Engine, ways: Ways, sent: Sent[], scenario: Scenario): Promise<Shown> {
  const call = scenario.findLast((step) => step.role === 'call');
  if (call === undefined) return { kind: 'silent', reason: 'the list was not asked for' };
  const asked = async (way: string): Promise<JsonObject[] | undefined> => {
    const query = { ...call.input.query, [ways.name]: way };
    const result = await engine.runner.send({ ...call, role: 'check', input: { ...call.input, query } }, sent);
    if (result.kind !== 'sent') return undefined;
    sent.push(result.sent);
    return itemsIn(result.sent, ways.pointer);
  };
  const [first, down] = [itemsIn(sent.at(-1), ways.pointer), await asked(ways.down)];
  if (first === undefined || down === undefined) return { kind: 'silent', reason: 'the list was not answered' };
  const pair = unturned(first, down);
  if (pair === undefined) return first.length > 1 ? HELD : { kind: 'silent', reason: 'there are too few items' };
  // Once more with something that is surely younger: what was made in one instant may have no other order.
  const maker = scenario.findLast((step) => step.role === 'history');
  if (maker === undefined) return { kind: 'silent', reason: 'nothing was made' };
  await sleep(APART_MS);
  const again = await engine.runner.send(maker, sent);
  if (again.kind === 'sent') sent.push(again.sent);
  const [up, downwards] = [await asked(ways.up), await asked(ways.down)];
  if (up === undefined || downwards === undefined) return { kind: 'silent', reason: 'the list was not answered' };
  const field = idIn(up);
  const focus = sent.length - 1;
  const fresh = up.filter((one) => !first.some((other) => equalJson(other, one)));
  // A long list shows what is new on a later piece.
  const still =
    fresh.length > 0 ? unturned(up, downwards, fresh) : await unturnedInWhole(engine, ways, call, sent, field);
  if (still === undefined) return { kind: 'silent', reason: 'what was made in one instant stands in one order' };
  return {
    kind: 'failed',
    focus,
    check: `String(${expressionOf(ways.pointer)}[0][${JSON.stringify(field)}]) === process.argv[2]`,
    checked: { step: sent[focus - 1]?.index ?? 0, place: 'body', pointer: at(ways.pointer, 0, field) },
    actual: `${JSON.stringify(still[0]).slice(0, 200)} before ${JSON.stringify(still[1]).slice(0, 200)} with ${ways.name}=${ways.up} and with ${ways.name}=${ways.down}`,
    expected: `the one before the other with ${ways.up}, and after it with ${ways.down}`,
  };
}

/** The same of the list gone through to its end both ways; its last pieces hold what was made last one way or the other. */
async function unturnedInWhole(
  engine: Engine,
  { operation, pointer, name, up, down }: Ways,
  step: Step,
  sent: Sent[],
  id: string,
): Promise<[JsonObject, JsonObject] | undefined> {
  const list = { operation, pointer, id, partial: true };
  const stride = strideOf(engine, list);
  const made = sent.at(-3);
  if (stride === undefined || made?.answer.kind !== 'answer') return undefined;
  const walked = async (way: string): Promise<JsonObject[] | undefined> => {
    const from = sent.length;
    const query = { ...step.input.query, ...firstQuery(stride), [name]: way };
    const whole = await walkOn({ engine, list, stride, sent, step: { ...step, role: 'check' } }, stride.size, query);
    return whole.kind === 'walked' ? sent.slice(from).flatMap((one) => itemsIn(one, pointer) ?? []) : undefined;
  };
  const [upwards, downwards] = [await walked(up), await walked(down)];
  if (upwards === undefined || downwards === undefined) return undefined;
  const own = made.answer.json;
  const fresh = upwards.filter((one) => isObject(own) && own[id] !== undefined && equalJson(own[id], one[id] ?? null));
  return keptInOrder(upwards, downwards, fresh);
}

/**
 * A fresh item and one before it that stand in the same order both ways, where no field is left that the list could go
 * by: of each there are two values that stand in the same order both ways.
 */
function keptInOrder(up: JsonObject[], down: JsonObject[], fresh: JsonObject[]): [JsonObject, JsonObject] | undefined {
  const known = new Map(down.map((one, index) => [JSON.stringify(one), index]));
  const placed = up.flatMap((item): { item: JsonObject; place: number }[] => {
    const place = known.get(JSON.stringify(item));
    return place === undefined ? [] : [{ item, place }];
  });
  const pairs = placed.flatMap((one, index): [JsonObject, JsonObject][] => {
    const next = placed[index + 1];
    return next === undefined || next.place < one.place ? [] : [[one.item, next.item]];
  });
  const [first = {}] = up;
  const isOpen = Object.keys(first).some((name) => {
    const values = new Set(up.map((item) => JSON.stringify(item[name])));
    return values.size > 1 && !pairs.some(([one, other]) => folded(one[name]) !== folded(other[name]));
  });
  return isOpen ? undefined : pairs.find((pair) => pair.some((one) => fresh.includes(one)));
}

function idIn([head = {}]: JsonObject[]): string {
  return Object.hasOwn(head, 'id') ? 'id' : (Object.keys(head)[0] ?? '');
}

/** Two items that differ in all that they show, and stand in the same order both ways; one of them among `of`. */
function unturned(up: JsonObject[], down: JsonObject[], of?: JsonObject[]): [JsonObject, JsonObject] | undefined {
  const known = new Map(down.map((one, index) => [JSON.stringify(one), index]));
  const telling = tellingFields(up);
  const places = up.map((one) => known.get(JSON.stringify(one)) ?? -1);
  for (const [index, one] of up.entries())
    for (let later = index + 1; later < Math.min(up.length, index + MOST_COMPARED); later++) {
      const other = up[later];
      const [place = -1, next = -1] = [places[index], places[later]];
      if (other === undefined || place < 0 || next < place || !areStrangers(one, other, telling)) continue;
      if (of === undefined || of.includes(one) || of.includes(other)) return [one, other];
    }
  return undefined;
}

/**
 * Fields that a list can go by where it does not say so: no truth value, nothing that refers to other things, nothing that
 * is the same in all, as what the service begins with is.
 */
function tellingFields(items: JsonObject[]): string[] {
  const [first = {}] = items;
  return Object.keys(first).filter((name) => {
    const values = items.map((item) => item[name]);
    const isScalar = values.every((one) => typeof one === 'string' || typeof one === 'number');
    return isScalar && referredThing(name) === undefined && new Set(values).size > FEW_VALUES;
  });
}

/** Choices have as many, or fewer. */
const FEW_VALUES = 3;

/** True for items of which every order of one field tells which comes first. */
function areStrangers(one: JsonObject, other: JsonObject, fields: string[]): boolean {
  return fields.length > 0 && fields.every((name) => folded(one[name]) !== folded(other[name]));
}

function folded(value: JsonValue | undefined): string {
  return String(value).trim().toLowerCase();
}

function itemsIn(sent: Sent | undefined, pointer: string): JsonObject[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items = valueAt(sent.answer.json, pointer);
  return Array.isArray(items) ? items.filter(isObject) : undefined;
}
