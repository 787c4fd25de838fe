/** A list below one thing holds what belongs to it, where its items say whose they are. Rides on every such list. */
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { isIdLike, referredThing, thingOf } from '../cases/names.ts';
import { isItem, parametersIn, segmentsOf } from '../cases/paths.ts';
import { propertyNames } from '../cases/schema-walk.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';
import { expressionOf } from './expression-of.ts';

/** Those who have to do with one another in several ways: a message below its receiver names its sender. */
const PEOPLE = /\b(user|account|profile|member|person|player|friend|contact)$/;

/** One check for each list below something that its items name. */
export function belongingsOf(engine: Engine): Passive[] {
  return engine.spec.operations.flatMap((one) =>
    one.method === 'get' && !isItem(one) ? (belonging(engine, one) ?? []) : [],
  );
}

function belonging(engine: Engine, operation: Operation): Passive | undefined {
  const segments = segmentsOf(operation.path);
  const segment = segments.findLastIndex((text) => parametersIn(text).length === 1);
  const [name] = parametersIn(segments[segment] ?? '');
  const owner = thingOf(segments[segment - 1] ?? '');
  const thing = thingOf(segments.at(-1) ?? '');
  const list = segment < 1 || segment !== segments.length - 2 ? undefined : listIn(engine.spec, operation, thing);
  if (name === undefined || list === undefined || PEOPLE.test(owner) || owner === thing) return undefined;
  const names = propertyNames(engine.spec, list.items);
  const [field, ...others] = names.filter((one) => referredThing(one) === owner);
  const hasOwn = names.some((one) => one !== field && isIdLike(one, thing) && referredThing(one) !== owner);
  if (field === undefined || others.length > 0 || !hasOwn) return undefined;
  return {
    ref: {
      id: `stateful belonging ${operation.id} ${field}`,
      clause: operation.pointer,
      kind: 'stateful',
      operation: operation.id,
    },
    operations: [operation.id],
    check({ operation: asked, input, answer, valid, bindings }) {
      if (asked.id !== operation.id || answer.kind !== 'answer') return { seen: 0 };
      const value = input.path[name];
      // Only of what was made in the same case is it sure that its id is spelled so.
      const from = bindings.find(({ into }) => into === at('/path', name))?.from;
      if (!valid || from === undefined || answer.status !== 200 || answer.json === undefined) return { seen: 1 };
      const items = valueAt(answer.json, list.pointer);
      if (!Array.isArray(items)) return { seen: 1 };
      const wanted = String(value).toLowerCase();
      const index = items.findIndex((item) => {
        const own = isObject(item) ? item[field] : undefined;
        if (!isObject(item) || (typeof own !== 'string' && typeof own !== 'number')) return false;
        return !Object.values(item).some((one) => String(one).toLowerCase() === wanted);
      });
      const wrong = items[index];
      if (index < 0 || !isObject(wrong)) return { seen: 1 };
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          check: `${expressionOf(list.pointer)}.some((item) => String(item[${JSON.stringify(field)}]).toLowerCase() !== String(process.argv[2]).toLowerCase())`,
          checked: from,
          actual: `an item with ${field} ${JSON.stringify(wrong[field])} below ${JSON.stringify(value)}`,
          expected: `only items with ${field} ${JSON.stringify(value)}, as the path says`,
          instancePath: at(list.pointer, index, field),
        },
      };
    },
  };
}
