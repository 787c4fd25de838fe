/** A list that can be asked for whole holds what was created. */
import { at, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { normalised, segmentsOf, templateOf } from '../cases/paths.ts';
import { sourceValue } from '../cases/resolve.ts';
import { facets, itemSchema, propertyNames, propertySchema, schemaAt, typesOf } from '../cases/schema-walk.ts';
import type { Source } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { afterwards, bindCreated, needsMore, type Read } from './afterwards.ts';
import type { Property } from './property.ts';

const CUTS =
  /limit|page|size|offset|skip|start|from|cursor|after|before|since|until|take|top|count|first|last|token|max/i;

/** True for a query parameter that, left out, leaves a list whole: it neither cuts it nor filters by default. */
function onlyFilters({ spec }: Engine, parameter: Parameter): boolean {
  if (parameter.required || CUTS.test(parameter.name)) return false;
  const typed = parameter.schema === undefined ? undefined : schemaAt(spec, parameter.schema);
  return typed?.schema['default'] === undefined;
}

/** The property of a creation whose things a list shows whole; undefined where no such list is documented. */
export function listContainsCreated(engine: Engine, creator: Operation, read: Read): Property | undefined {
  const list = engine.spec.operations.find(
    (one) =>
      one.method === 'get' &&
      one.parameters.every((parameter) => parameter.in !== 'query' || onlyFilters(engine, parameter)) &&
      templateOf(one.path) === normalised(segmentsOf(read.reader.path).slice(0, -1)),
  );
  const where = list === undefined ? undefined : listPointer(engine, list, read.source);
  return list === undefined || where === undefined || creator.method !== 'post'
    ? undefined
    : contains(engine, creator, list, read, where);
}

function contains(engine: Engine, creator: Operation, list: Operation, read: Read, where: string): Property {
  // One at a time and alone: what others create in between would stand last in the list, where items get lost.
  const one = afterwards(
    engine,
    'list-contains-created',
    creator,
    () => [list],
    (plan, call) =>
      bindCreated(plan, read, call).filter((binding) =>
        list.parameters.some((parameter) => at('/path', parameter.name) === binding.into),
      ),
    (call, [check]) => {
      const id = sourceValue(read.source, call);
      if (check === undefined || id === undefined) return { skipped: 'nothing was listed' };
      if (check.answer.kind !== 'answer' || check.answer.status !== 200)
        return { skipped: 'the list was not answered' };
      const items = check.answer.json === undefined ? undefined : valueAt(check.answer.json, where);
      if (!Array.isArray(items)) return { skipped: 'the list was not found in the answer' };
      const found = items.filter((item) => String(valueAt(item, read.source.pointer)) === String(id)).length;
      if (found === 1) return 'passed';
      const actual = `${found} items with ${read.source.pointer} ${JSON.stringify(id)} in a list of ${items.length}`;
      const field = JSON.stringify(read.source.pointer.slice(1));
      const listed = `body${where === '' ? '' : `[${JSON.stringify(where.slice(1))}]`}`;
      return {
        actual,
        expected: 'exactly one item for what was created',
        shown: [check],
        check: `${listed}.filter((item) => String(item[${field}]) === process.argv[2]).length === ${found}`,
        checked: { ...read.source, step: call.index },
      };
    },
    Math.max(3, Math.round(engine.runs / 5)),
  );
  return { ...one, serial: true, alone: true };
}

/** Pointer of the only array in the answer of a list whose items carry the id; undefined where that is not plain. */
function listPointer(engine: Engine, list: Operation, source: Source): string | undefined {
  if (source.place !== 'body' || needsMore(list)) return undefined;
  const schema = jsonSchemaOf(successOf(list)?.content ?? []);
  if (schema === undefined) return undefined;
  const { spec } = engine;
  const field = source.pointer.slice(1);
  const carries = (pointer: string): boolean => {
    const items = itemSchema(spec, pointer);
    // A list that says how long it can get may leave some out.
    if ([...facets(spec, pointer)].some(({ schema }) => schema['maxItems'] !== undefined)) return false;
    return items !== undefined && !field.includes('/') && propertySchema(spec, items, field) !== undefined;
  };
  if (typesOf(spec, schema).includes('array')) return carries(schema) ? '' : undefined;
  const arrays = propertyNames(spec, schema).filter((name) => {
    const property = propertySchema(spec, schema, name);
    return property !== undefined && typesOf(spec, property).includes('array');
  });
  const only = arrays[0];
  const property = only === undefined || arrays.length > 1 ? undefined : propertySchema(spec, schema, only);
  return only !== undefined && property !== undefined && carries(property) ? at('', only) : undefined;
}
