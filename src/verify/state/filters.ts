/** A list that is asked for items with a value, or within a bound, holds only such items. Rides on every list. */
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';
import { expressionOf } from './expression-of.ts';
import { narrowing } from './narrowing.ts';

/** The filters of a contract that mean what they say: a choice, a truth value, an id, or the bound of a number. */
export function filtersOf(engine: Engine): Passive[] {
  return engine.spec.operations.flatMap((operation) =>
    operation.method === 'get' ? operation.parameters.flatMap((one) => filterOf(engine, operation, one) ?? []) : [],
  );
}

function filterOf(engine: Engine, operation: Operation, parameter: Parameter): Passive | undefined {
  const { spec, schemas } = engine;
  const { schema, name, pointer: clause } = parameter;
  if (parameter.in !== 'query' || schema === undefined) return undefined;
  const thing = thingOf(segmentsOf(operation.path).at(-1) ?? '');
  const list = listIn(spec, operation, thing);
  if (list === undefined) return undefined;
  const filter = narrowing(engine, list.items, parameter);
  if (filter?.differs === undefined) return undefined;
  const { field, fits, title, own: typed, differs } = filter;
  return {
    ref: {
      id: `stateful filter ${operation.id} ${name}`,
      clause,
      kind: 'stateful',
      operation: operation.id,
    },
    operations: [operation.id],
    check({ operation: asked, input, answer, valid, bindings }) {
      const value = input.query[name];
      if (asked.id !== operation.id || answer.kind !== 'answer') return { seen: 0 };
      // A list without the filter is a look at it too: an unlucky run must not end undecided.
      if (value === undefined || !valid || answer.status !== 200 || answer.json === undefined) return { seen: 1 };
      const items = valueAt(answer.json, list.pointer);
      if (!Array.isArray(items)) return { seen: 1 };
      if (typed !== undefined && schemas.validate(typed, value, 'response').length > 0) return { seen: 1 };
      const index = items.findIndex((item) => {
        const own = isObject(item) ? item[field] : undefined;
        return own !== undefined && own !== null && !fits(own, value);
      });
      const wrong = items[index];
      if (index < 0 || !isObject(wrong)) return { seen: 1 };
      const from = bindings.find(({ into }) => into === at('/query', name))?.from;
      const asWanted = from === undefined ? JSON.stringify(value) : 'process.argv[2]';
      const own = `item[${JSON.stringify(field)}]`;
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          check: `${expressionOf(list.pointer)}.some((item) => ${own} !== undefined && ${own} !== null && ${differs(own, asWanted)})`,
          ...(from === undefined ? {} : { checked: from }),
          actual: `an item with ${field} ${JSON.stringify(wrong[field])}`,
          expected: `only items with ${field} ${title}${JSON.stringify(value)}, as ${operation.id} was asked`,
          instancePath: at(list.pointer, index, field),
        },
      };
    },
  };
}
