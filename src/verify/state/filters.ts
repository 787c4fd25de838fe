/** A list that is asked for items with a value, or within a bound, holds only such items. Rides on every list. */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { listIn } from '../cases/ids.ts';
import { referredThing, spelled, thingOf } from '../cases/names.ts';
import { segmentsOf } from '../cases/paths.ts';
import { facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Passive } from '../checks/passive.ts';
import type { Engine } from '../run/engine.ts';
import { expressionOf } from './expression-of.ts';

/** The filters of a contract that mean what they say: a choice, a truth value, an id, or the bound of a number. */
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
  const { spec, schemas } = engine;
  const { schema, name, pointer: clause } = parameter;
  if (parameter.in !== 'query' || schema === undefined) return undefined;
  const thing = thingOf(segmentsOf(operation.path).at(-1) ?? '');
  const list = listIn(spec, operation, thing);
  if (list === undefined) return undefined;
  const filter = narrowing(engine, list.items, parameter);
  if (filter === undefined) return undefined;
  const { field, fits, title, own: typed } = filter;
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
          check: `${expressionOf(list.pointer)}.some((item) => ${own} !== undefined && ${own} !== null && ${filter.differs(own, asWanted)})`,
          ...(from === undefined ? {} : { checked: from }),
          actual: `an item with ${field} ${JSON.stringify(wrong[field])}`,
          expected: `only items with ${field} ${title}${JSON.stringify(value)}, as ${operation.id} was asked`,
          instancePath: at(list.pointer, index, field),
        },
      };
    },
  };
}

/** What a query parameter means for the items of a list; undefined where that is not plain. */
export function narrowing(engine: Engine, items: string, parameter: Parameter): Filter | undefined {
  return equality(engine, items, parameter) ?? bound(engine, items, parameter);
}

/** How a parameter narrows a list by a field of its items. */
export interface Filter {
  /** Of the items. */
  field: string;
  /** Schema of the values that an item can have, where others mean nothing. */
  own?: string;
  fits: (own: JsonValue, wanted: JsonValue) => boolean;
  /** What stands before the value that was asked for. */
  title: string;
  /** The opposite of `fits` in JavaScript. */
  differs: (own: string, wanted: string) => string;
}

/** A parameter that is called like a field of the items, whose values have one spelling only. */
function equality(engine: Engine, items: string, { name, schema }: Parameter): Filter | undefined {
  const { spec } = engine;
  const field = fieldLike(engine, items, name);
  const own = field === undefined ? undefined : propertySchema(spec, items, field);
  if (field === undefined || own === undefined || schema === undefined) return undefined;
  const isExactly = isExact(engine, schema) && isExact(engine, own) && isRequired(engine, items, field);
  const isReference = isId(engine, field, schema) && isId(engine, field, own);
  if (!isExactly && !isReference) return undefined;
  const folded = (value: JsonValue): string => String(value).toLowerCase();
  return {
    field,
    own,
    title: '',
    differs: (mine, wanted) => `String(${mine}).toLowerCase() !== String(${wanted}).toLowerCase()`,
    fits: (mine, wanted) => mine === wanted || (isReference && folded(mine) === folded(wanted)),
  };
}

const LEAST = /^(min|minimum|least)_?(?=[A-Za-z])|(_|(?<=[a-z]))(min|Min|gte|Gte)$/;
const MOST = /^(max|maximum|most)_?(?=[A-Za-z])|(_|(?<=[a-z]))(max|Max|lte|Lte)$/;

/** `min_pages`, `priceMax`, `pages_gte`: the bound of a number that the items have. */
function bound(engine: Engine, items: string, { name, schema }: Parameter): Filter | undefined {
  const isLeast = LEAST.test(name);
  if (isLeast === MOST.test(name) || schema === undefined) return undefined;
  const field = fieldLike(engine, items, name.replace(isLeast ? LEAST : MOST, ''));
  const own = field === undefined ? undefined : propertySchema(engine.spec, items, field);
  if (field === undefined || own === undefined || !isNumeric(engine, schema) || !isNumeric(engine, own))
    return undefined;
  const title = isLeast ? 'at least ' : 'at most ';
  return {
    field,
    title,
    differs: (mine, wanted) => `${mine} ${isLeast ? '<' : '>'} Number(${wanted})`,
    fits: (mine, wanted) =>
      typeof mine !== 'number' || typeof wanted !== 'number' || (isLeast ? mine >= wanted : mine <= wanted),
  };
}

function fieldLike(engine: Engine, items: string, name: string): string | undefined {
  return propertyNames(engine.spec, items).find((one) => spelled(one) === spelled(name));
}

function isNumeric(engine: Engine, schema: string): boolean {
  const types = typesOf(engine.spec, schema).filter((type) => type !== 'null');
  return types.length > 0 && types.every((type) => type === 'integer' || type === 'number');
}

/** True for what names another thing by its id: `authorId` of a number or a UUID. */
function isId(engine: Engine, name: string, schema: string): boolean {
  if (referredThing(name) === undefined) return false;
  const types = typesOf(engine.spec, schema).filter((type) => type !== 'null');
  const isUuid = [...facets(engine.spec, schema)].some((facet) => facet.schema['format'] === 'uuid');
  return types.join() === 'integer' || (types.join() === 'string' && isUuid);
}

function isRequired(engine: Engine, items: string, field: string): boolean {
  return [...facets(engine.spec, items)].some(
    ({ schema }) => Array.isArray(schema['required']) && schema['required'].includes(field),
  );
}

/** True where a value has one spelling only. */
function isExact(engine: Engine, schema: string): boolean {
  const types = typesOf(engine.spec, schema);
  if (types.includes('array') || types.includes('object')) return false;
  return types.join() === 'boolean' || [...facets(engine.spec, schema)].some((one) => one.schema['enum'] !== undefined);
}
