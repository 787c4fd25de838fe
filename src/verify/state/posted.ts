/** What was posted to a collection is in it, also where nothing reads one item alone: comments, notes, readings. */
import fc from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { idSource, listIn } from '../cases/ids.ts';
import { thingOf } from '../cases/names.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import { emptyInput, type Scenario, type Step } from '../cases/scenario.ts';
import { facets, propertySchema } from '../cases/schema-walk.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import { checkedSource, HELD, idOf, isDone, type Shown, stateProperty } from './state-property.ts';

/** More than one, so that a list that leaves out its end still shows that it is about such things. */
const POSTED = 2;

/** One property for each list below a resource that is posted to, whose items nothing reads alone. */
export function postedOf(engine: Engine): Property[] {
  const { operations } = engine.spec;
  const posters = new Map<string, Operation>();
  const listsOfRead = new Set<string>();
  for (const { method, path } of operations) {
    if (method === 'get' && /\/\{[^/]*\}$/.test(path)) listsOfRead.add(path.slice(0, path.lastIndexOf('/')));
  }
  for (const one of operations) if (one.method === 'post' && !posters.has(one.path)) posters.set(one.path, one);
  return operations.flatMap((list) => {
    const poster = posters.get(list.path);
    const isBelow = parametersIn(list.path).length > 0 && parametersIn(segmentsOf(list.path).at(-1) ?? '').length === 0;
    if (list.method !== 'get' || poster === undefined || !isBelow || listsOfRead.has(list.path)) return [];
    // A list that takes a query may be narrowed or cut by what is not said.
    if (list.parameters.some((one) => one.in === 'query')) return [];
    if ([list, poster].some((one) => engine.obstacle(one) !== undefined)) return [];
    return postedTo(engine, list, poster) ?? [];
  });
}

function postedTo(engine: Engine, list: Operation, poster: Operation): Property | undefined {
  const { spec } = engine;
  const thing = thingOf(segmentsOf(list.path).at(-1) ?? '');
  const found = listIn(spec, list, thing);
  const source = idSource(spec, poster, { parameter: 'id', thing });
  const id = source?.place === 'body' ? (source.pointer.split('/').at(-1) ?? '') : '';
  if (found === undefined || source === undefined || propertySchema(spec, found.items, id) === undefined)
    return undefined;
  if ([...facets(spec, found.schema)].some(({ schema }) => schema['maxItems'] !== undefined)) return undefined;
  const plan = engine.planFor(poster);
  const inputs = engine.inputsFor(poster).arbitrary;
  const arbitrary = fc
    .tuple(
      fc.tuple(...plan.setup.map((one) => engine.inputsFor(one.operation).arbitrary)),
      fc.array(inputs, { minLength: POSTED, maxLength: POSTED }),
    )
    .map(([setups, posted]): Scenario => {
      const post = (input: Step['input']): Step => ({
        role: 'call',
        operation: poster,
        input,
        bindings: plan.bindings,
        valid: true,
      });
      return [
        ...plan.setup.flatMap((one, index): Step[] => {
          const input = setups[index];
          return input === undefined ? [] : [{ ...one, role: 'setup', input, valid: true }];
        }),
        ...posted.map(post),
        {
          role: 'check',
          operation: list,
          input: emptyInput(),
          bindings: plan.bindings.filter(({ into }) => into.startsWith('/path/')),
          valid: true,
        },
      ];
    });
  return stateProperty(engine, {
    name: `posted ${poster.id} ${list.id}`,
    operation: poster,
    runs: Math.max(3, Math.round(engine.runs / 20)),
    needs: [...plan.setup.map((one) => one.operation), poster, list],
    arbitrary: () => arbitrary,
    look(sent) {
      const calls = sent.filter((one) => one.role === 'call');
      const made = calls.flatMap((one) => (isDone(one) ? [{ one, id: idOf({ ...source, step: 0 }, one) }] : []));
      const items = itemsIn(sent.at(-1), found.pointer);
      const last = sent.at(-1);
      if (items === undefined || last === undefined || made.length < POSTED)
        return { kind: 'silent', reason: `${poster.id} or ${list.id} was not done` };
      const ids = new Set(items.map((item) => (isObject(item) ? String(item[id]) : '')));
      const lost = made.find((one) => one.id !== undefined && !ids.has(one.id));
      // Where none of them is listed, the list is about something else.
      if (lost === undefined || made.every((one) => one.id !== undefined && !ids.has(one.id))) return HELD;
      const shown: Shown = {
        kind: 'failed',
        focus: sent.length - 1,
        actual: `no ${id} ${JSON.stringify(lost.id)} in ${describeAnswer(last.answer)}`,
        expected: `both that ${poster.id} made`,
        check: `!${expressionOf(found.pointer)}.some((item) => String(item[${JSON.stringify(id)}]) === process.argv[2])`,
        checked: checkedSource({ ...source, step: 0 }, lost.one.index),
      };
      return shown;
    },
  });
}

function itemsIn(sent: Sent | undefined, pointer: string): JsonValue[] | undefined {
  if (sent?.answer.kind !== 'answer' || sent.answer.status !== 200 || sent.answer.json === undefined) return undefined;
  const items = valueAt(sent.answer.json, pointer);
  return Array.isArray(items) ? items : undefined;
}
