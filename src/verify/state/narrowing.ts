/** What a query parameter means for the items of a list, where its name and its schema leave no doubt. */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Parameter } from '../../spec/model.ts';
import { referredThing, singular, spelled } from '../cases/names.ts';
import { facets, itemSchema, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { Engine } from '../run/engine.ts';

/** How a parameter narrows a list by a field of its items. */
export interface Filter {
  /** Of the items. */
  field: string;
  /** Schema of the values that an item can have, where others mean nothing. */
  own?: string;
  /** False for an item that the list must not hold. */
  fits: (own: JsonValue, wanted: JsonValue) => boolean;
  /** True for an item that the list must not leave out. */
  demands: (own: JsonValue, wanted: JsonValue) => boolean;
  /** What stands before the value that was asked for. */
  title: string;
  /** The opposite of `fits` in JavaScript; undefined where every item fits. */
  differs: ((own: string, wanted: string) => string) | undefined;
  /** All that can be asked for, where the contract lists it. */
  choices?: JsonValue[];
  /** What to ask for so that an item with such a value is in the list; undefined where it tells nothing. */
  asksFor: (own: JsonValue) => JsonValue | undefined;
}

/** What a query parameter means for the items of a list; undefined where that is not plain. */
export function narrowing(engine: Engine, items: string, parameter: Parameter): Filter | undefined {
  return (
    equality(engine, items, parameter) ??
    bound(engine, items, parameter) ??
    membership(engine, items, parameter) ??
    text(engine, items, parameter)
  );
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
  return {
    field,
    ...(isExactly ? { choices: choicesIn(engine, schema) } : {}),
    own,
    title: '',
    asksFor: (mine) => (typeof mine === 'object' ? undefined : mine),
    demands: (mine, wanted) => mine === wanted,
    differs: (mine, wanted) => `String(${mine}).toLowerCase() !== String(${wanted}).toLowerCase()`,
    fits: (mine, wanted) => mine === wanted || (isReference && folded(mine) === folded(wanted)),
  };
}

function choicesIn({ spec }: Engine, schema: string): JsonValue[] {
  const listed = [...facets(spec, schema)].flatMap((facet): JsonValue[] =>
    Array.isArray(facet.schema['enum']) ? facet.schema['enum'] : [],
  );
  return listed.length > 0 ? listed.filter((one) => one !== null) : [true, false];
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
    asksFor: (mine) => (typeof mine === 'number' ? mine : undefined),
    demands: (mine, wanted) =>
      typeof mine === 'number' && typeof wanted === 'number' && (isLeast ? mine >= wanted : mine <= wanted),
    differs: (mine, wanted) => `${mine} ${isLeast ? '<' : '>'} Number(${wanted})`,
    fits: (mine, wanted) =>
      typeof mine !== 'number' || typeof wanted !== 'number' || (isLeast ? mine >= wanted : mine <= wanted),
  };
}

/**
 * One of several: a value among those of the items' list, `tag` of `tags`, or a list of values of which the items have
 * one. Whether several are to be there together, or one of them, is not certain; what has all must be listed in both.
 */
function membership(engine: Engine, items: string, { name, schema }: Parameter): Filter | undefined {
  const { spec } = engine;
  if (schema === undefined) return undefined;
  const asked = itemSchema(spec, schema);
  const bare = name.replace(/\[\]$/, '');
  const field =
    fieldLike(engine, items, bare) ??
    propertyNames(spec, items).find((one) => singular(spelled(one)) === singular(spelled(bare)));
  const own = field === undefined ? undefined : propertySchema(spec, items, field);
  if (field === undefined || own === undefined) return undefined;
  const held = itemSchema(spec, own);
  if (asked === undefined && held === undefined) return undefined;
  const values = [asked ?? schema, held ?? own];
  if (!values.every((one) => isExact(engine, one) || isPlainText(engine, one))) return undefined;
  if (held === undefined && !isRequired(engine, items, field)) return undefined;
  const listed = (value: JsonValue): string[] => (Array.isArray(value) ? value : [value]).map(folded);
  const listable = asked !== undefined && held === undefined && isExact(engine, asked) ? choicesIn(engine, asked) : [];
  return {
    field,
    choices: listable.map((one) => [one]),
    title: asked === undefined ? 'that has ' : 'among ',
    asksFor(mine) {
      const last = (Array.isArray(mine) ? mine : [mine]).findLast(isTelling);
      return last === undefined || asked === undefined ? last : [last];
    },
    demands(mine, wanted) {
      const [has, wants] = [listed(mine), listed(wanted)];
      return held === undefined ? wants.some((one) => has.includes(one)) : wants.every((one) => has.includes(one));
    },
    differs: (mine, wanted) =>
      `!([${wanted}].flat().some((one) => [${mine}].flat().some((own) => String(own).toLowerCase().includes(String(one).toLowerCase()))))`,
    fits(mine, wanted) {
      const has = listed(mine);
      const wants = Array.isArray(wanted) ? wanted : [wanted];
      // Blanks and marks may mean something of their own, and a part of it may do.
      if (wants.length === 0 || !wants.every(isTelling)) return true;
      return listed(wants).some((one) => has.some((each) => each.includes(one)));
    },
  };
}

const NO_FILTER =
  /^(sort|order|sort_?by|order_?by|direction|fields|expand|include|lang|language|locale|format|version|cursor|before|after|token)$/i;

/** A text that is asked for by its field's name: whatever else is listed, what has this very text must be. */
function text(engine: Engine, items: string, { name, schema }: Parameter): Filter | undefined {
  const field = NO_FILTER.test(name) ? undefined : fieldLike(engine, items, name);
  const own = field === undefined ? undefined : propertySchema(engine.spec, items, field);
  if (field === undefined || own === undefined || schema === undefined) return undefined;
  if (!isPlainText(engine, schema) || !isPlainText(engine, own)) return undefined;
  return {
    field,
    title: '',
    asksFor: (mine) => (isTelling(mine) ? mine : undefined),
    demands: (mine, wanted) => mine === wanted,
    differs: undefined,
    fits: () => true,
  };
}

function folded(value: JsonValue): string {
  return String(value).toLowerCase();
}

/** True for a value that no search takes for anything else: no blanks, no marks. */
function isTelling(value: JsonValue): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && /^[A-Za-z0-9]+$/.test(value))
  );
}

function isPlainText(engine: Engine, schema: string): boolean {
  const types = typesOf(engine.spec, schema).filter((type) => type !== 'null');
  return (
    types.join() === 'string' && ![...facets(engine.spec, schema)].some((one) => one.schema['format'] !== undefined)
  );
}

/** The value of a field, where an object has it. */
export function fieldOf(item: JsonValue, field: string): JsonValue | undefined {
  const object: JsonObject | undefined = isObject(item) ? item : undefined;
  return object !== undefined && Object.hasOwn(object, field) ? object[field] : undefined;
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
