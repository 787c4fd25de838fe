/**
 * The kinds of resources that a contract shows: who makes, reads, changes, removes and lists one. What follows is
 * checked on them by sequences of calls; nothing here knows how the subject keeps its state.
 */
import type { Operation } from '../../spec/model.ts';
import { episodeOn } from '../cases/history.ts';
import { listIn, resourceIn } from '../cases/ids.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { isIdLike, spelled, thingOf } from '../cases/names.ts';
import { normalised, parametersIn, resourceKey, segmentsOf } from '../cases/paths.ts';
import type { Plan } from '../cases/producers.ts';
import { facets, propertyNames, propertySchema } from '../cases/schema-walk.ts';
import type { Source } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';

/** A list that holds all resources of a kind that are below one parent. */
export interface ListOf {
  operation: Operation;
  /** Pointer of the array in its answer. */
  pointer: string;
  /** Name of the id in its items. */
  id: string;
  /** True where it may leave some out: it takes a limit, a page or a filter that has a default. */
  partial: boolean;
}

export interface Kind {
  /** `/todos/{}`. */
  item: string;
  /** `todo`. */
  thing: string;
  reader: Operation;
  head: Operation | undefined;
  creator: Operation;
  /** Step of the creator in the reader's plan. */
  source: Source;
  plan: Plan;
  updaters: Operation[];
  remover: Operation | undefined;
  lists: ListOf[];
  /** Operations on what belongs to the resource, and its actions. */
  below: Operation[];
  /** Fields that clients write and readers show. */
  writable: Set<string>;
  /** Fields that the body of an operation has. */
  sends(operation: Operation): Set<string>;
  /** Where the resource is in an answer of one of its operations. */
  shownAt(operation: Operation): string;
}

/** Names of parameters that cut a list into pieces. */
export const PAGING =
  /^(limit|page|offset|cursor|skip|take|top|first|last|after|before|start|per_?page|page_?size|page_?token|max_?results|size|count)$/i;

const MAX_BELOW = 6;

/** Every kind that the contract lets one make and read. */
export function kindsOf(engine: Engine): Kind[] {
  const kinds = engine.spec.operations.flatMap((reader) => kindOf(engine, reader) ?? []);
  return kinds.filter((kind, index) => kinds.findIndex((other) => other.item === kind.item) === index);
}

function kindOf(engine: Engine, reader: Operation): Kind | undefined {
  const segments = segmentsOf(reader.path);
  if (reader.method !== 'get' || parametersIn(segments.at(-1) ?? '').length !== 1) return undefined;
  if (reader.parameters.some((one) => one.required && one.in !== 'path')) return undefined;
  const plan = engine.planFor(reader);
  const item = normalised(segments);
  const source = plan.resources.get(resourceKey(segments, segments.length - 1));
  const step = source === undefined ? undefined : plan.setup[source.step];
  if (source === undefined || step === undefined || plan.found.has(source.step)) return undefined;
  // What comes after the creator in the plan would hang on one of many.
  if (plan.setup.some(({ bindings }) => bindings.some((one) => one.from.step === source.step))) return undefined;
  // What the plan makes and no path names would be made anew by each read, whose steps are given no input for it.
  if (episodeOn(plan, plan).steps.length > 1) return undefined;
  if (engine.obstacle(reader) !== undefined) return undefined;
  const { spec } = engine;
  const thing = thingOf(segments.at(-2) ?? '');
  const usable = (one: Operation): boolean => engine.obstacle(one) === undefined;
  const on = (path: string, ...methods: string[]): Operation[] =>
    spec.operations.filter(
      (one) => methods.includes(one.method) && normalised(segmentsOf(one.path)) === path && usable(one),
    );
  const updaters = on(item, 'put', 'patch');
  const shown = new Map<string, string>();
  return {
    item,
    thing,
    reader,
    head: on(item, 'head')[0],
    creator: step.operation,
    source,
    plan,
    updaters,
    remover: on(item, 'delete').find(deletesAtOnce),
    lists: on(normalised(segments.slice(0, -1)), 'get').flatMap((one) => listOf(engine, one, thing, source) ?? []),
    below: spec.operations
      .filter((one) => /^[/:]./.test(pathAfter(item, one)) && one.method !== 'head' && usable(one))
      .slice(0, MAX_BELOW),
    writable: writableOf(engine, reader, [step.operation, ...updaters]),
    sends: (operation) => new Set(fieldsOf(engine, operation)),
    shownAt(operation) {
      let pointer = shown.get(operation.id);
      if (pointer === undefined) shown.set(operation.id, (pointer = resourceIn(spec, operation, thing)));
      return pointer;
    },
  };
}

function pathAfter(item: string, operation: Operation): string {
  const path = normalised(segmentsOf(operation.path));
  return path.startsWith(item) ? path.slice(item.length) : '';
}

/** False where a deletion is only ever accepted for later (202). */
function deletesAtOnce(remover: Operation): boolean {
  return remover.responses.some(({ status }) => /^2|^default$/.test(status) && status !== '202');
}

function listOf(engine: Engine, operation: Operation, thing: string, source: Source): ListOf | undefined {
  const { spec } = engine;
  const found = listIn(spec, operation, thing);
  if (found === undefined || operation.parameters.some((one) => one.required && one.in !== 'path')) return undefined;
  const id = idOfItems(engine, found.items, thing, source);
  if (id === undefined) return undefined;
  const narrows = operation.parameters.some(
    ({ in: place, name, schema }) =>
      place === 'query' &&
      (PAGING.test(name) ||
        (schema !== undefined && [...facets(spec, schema)].some((facet) => facet.schema['default'] !== undefined))),
  );
  const bounded = [...facets(spec, found.schema)].some((facet) => facet.schema['maxItems'] !== undefined);
  return { operation, pointer: found.pointer, id, partial: narrows || bounded };
}

/** The field of the items that is the very id by which they are asked for. */
function idOfItems(engine: Engine, items: string, thing: string, source: Source): string | undefined {
  const names = propertyNames(engine.spec, items);
  const own = source.place === 'location' ? 'id' : (source.pointer.split('/').at(-1) ?? '');
  const same = names.find((name) => name === own) ?? names.find((name) => spelled(name) === spelled(own));
  return same ?? names.find((name) => spelled(own).includes('id') && isIdLike(name, thing) && /id$/i.test(name));
}

/** Names that one resource of a kind takes from another: setting it here unsets it there. */
const SHARED =
  /^(is_?)?(default|primary|main|position|rank|sequence|ordinal|sort|sort_?order|version|revision|e_?tag)$/i;

function writableOf(engine: Engine, reader: Operation, writers: Operation[]): Set<string> {
  const { spec } = engine;
  const read = jsonSchemaOf(successOf(reader)?.content ?? []);
  const at = read === undefined ? undefined : shownSchema(engine, reader, read);
  const shown = new Set(at === undefined ? [] : propertyNames(spec, at));
  return new Set(
    writers.flatMap((one) => fieldsOf(engine, one)).filter((name) => shown.has(name) && !SHARED.test(name)),
  );
}

function fieldsOf(engine: Engine, operation: Operation): string[] {
  const body = jsonSchemaOf(operation.requestBody?.content ?? []);
  return body === undefined ? [] : propertyNames(engine.spec, body);
}

function shownSchema(engine: Engine, reader: Operation, schema: string): string | undefined {
  const thing = thingOf(segmentsOf(reader.path).at(-2) ?? '');
  return resourceIn(engine.spec, reader, thing)
    .split('/')
    .slice(1)
    .reduce<string | undefined>(
      (pointer, name) => (pointer === undefined ? undefined : propertySchema(engine.spec, pointer, name)),
      schema,
    );
}

/** True where an operation says what it answers for a resource that is not there. */
export function documentsGone(operation: Operation): boolean {
  return ['404', '410', '4XX'].some((status) => operation.responses.some((one) => one.status === status));
}

/** True for a `PUT` that makes a resource where there is none. */
export function putCreates(kind: Kind, operation: Operation): boolean {
  return (
    operation.method === 'put' &&
    (operation === kind.creator ||
      operation.responses.some(({ status }) => status === '201') ||
      !documentsGone(operation))
  );
}

const MARKS =
  /^(is_?)?(deleted|archived|removed|active|enabled|cancell?ed|closed|deleted_?at|archived_?at|removed_?at)$/i;
const ENDS = /^(deleted|archived|removed|inactive|cancell?ed|closed|terminated|disabled)$/i;

/** True where the resource itself can show that it was deleted, so that reading it afterwards may be right. */
export function canShowDeletion(engine: Engine, { reader }: Kind): boolean {
  const schema = jsonSchemaOf(successOf(reader)?.content ?? []);
  const at = schema === undefined ? undefined : shownSchema(engine, reader, schema);
  if (at === undefined) return false;
  return propertyNames(engine.spec, at).some((name) => {
    if (MARKS.test(name)) return true;
    const property = propertySchema(engine.spec, at, name);
    return (
      property !== undefined &&
      [...facets(engine.spec, property)].some(
        ({ schema: { enum: values } }) =>
          Array.isArray(values) && values.some((one) => typeof one === 'string' && ENDS.test(one)),
      )
    );
  });
}
