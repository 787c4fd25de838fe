/** A list that is asked for one value of an enumerated field holds only items that have it. Rides on every list. */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import { facets, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';

/** The filters of a contract that mean what they say: an enumeration or a truth value, named like the field. */
export function filtersOf(engine: Engine): Passive[] {
  return engine.spec.operations.flatMap((operation) =>
    operation.method === 'get' ? operation.parameters.flatMap((one) => filterOf(engine, operation, one) ?? []) : [],
  );
}

/** A filter by a field that all items have, whose values have one spelling each. */
export interface ExactFilter {
  parameter: Parameter;
  list: NonNullable<ReturnType<typeof listIn>>;
  /** Pointer of the schema of the field. */
  field: string;
  values: JsonValue[];
}

/** The exact filter that a parameter is, if it is one. */
export function exactFilterOf(engine: Engine, operation: Operation, parameter: Parameter): ExactFilter | undefined {
  const { spec } = engine;
  if (parameter.in !== 'query' || parameter.schema === undefined) return undefined;
  const thing = thingOf(segmentsOf(operation.path).at(-1) ?? '');
  const list = listIn(spec, operation, thing);
  const field = list === undefined ? undefined : propertySchema(spec, list.items, parameter.name);
  if (list === undefined || field === undefined || !isExact(engine, parameter.schema) || !isExact(engine, field))
    return undefined;
  const isRequired = [...facets(spec, list.items)].some(
    ({ schema }) => Array.isArray(schema['required']) && schema['required'].includes(parameter.name),
  );
  if (!isRequired) return undefined;
  const listed = [...facets(spec, parameter.schema)].flatMap(({ schema }) =>
    Array.isArray(schema['enum']) ? schema['enum'] : [],
  );
  const values = listed.length > 0 ? listed : [true, false];
  return { parameter, list, field, values: values.filter((value) => value !== null) };
}

function filterOf(engine: Engine, operation: Operation, parameter: Parameter): Passive | undefined {
  const filter = exactFilterOf(engine, operation, parameter);
  if (filter === undefined) return undefined;
  const { list, field } = filter;
  const { schemas } = engine;
  const { name } = parameter;
  return {
    ref: {
      id: `stateful filter ${operation.id} ${name}`,
      clause: parameter.pointer,
      kind: 'stateful',
      operation: operation.id,
    },
    operations: [operation.id],
    check({ operation: asked, input, answer, valid }) {
      const value = input.query[name];
      if (asked.id !== operation.id || answer.kind !== 'answer') return { seen: 0 };
      // A list without the filter is a look at it too: an unlucky run must not end undecided.
      if (value === undefined || !valid || answer.status !== 200 || answer.json === undefined) return { seen: 1 };
      const items = valueAt(answer.json, list.pointer);
      if (!Array.isArray(items) || schemas.validate(field, value, 'response').length > 0) return { seen: 1 };
      const index = items.findIndex((item) => isObject(item) && item[name] !== undefined && item[name] !== value);
      const wrong = items[index];
      if (index < 0 || !isObject(wrong)) return { seen: 1 };
      return {
        seen: 1,
        finding: {
          kind: 'failed',
          actual: `an item with ${name} ${JSON.stringify(wrong[name])}`,
          expected: `only items with ${name} ${JSON.stringify(value)}, as ${operation.id} was asked`,
          instancePath: at(list.pointer, index, name),
        },
      };
    },
  };
}

/** True where a value has one spelling only. */
function isExact(engine: Engine, schema: string): boolean {
  const types = typesOf(engine.spec, schema);
  if (types.includes('array') || types.includes('object')) return false;
  return types.join() === 'boolean' || [...facets(engine.spec, schema)].some((one) => one.schema['enum'] !== undefined);
}
