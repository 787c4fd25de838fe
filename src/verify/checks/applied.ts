/**
 * What was accepted was applied: a change that leaves a field as it was, or a creation that drops one, has not done what
 * it said. Only where no service may sensibly do so: what it makes itself, and what it may spell otherwise, is left out.
 */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { jsonSchemaOf, successOf } from '../cases/media.ts';
import { commonNames, facets, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { equalJson } from '../equal-json.ts';
import type { Engine } from '../run/engine.ts';

/** A field that was not applied. */
export interface Unapplied {
  name: string;
  actual: string;
  expected: string;
  /** JavaScript that is true where the object of an expression shows it. */
  check: (object: string) => string;
}

/** Names of what a service keeps in its own hands, or keeps to itself, whatever is sent. */
const OWN =
  /(^|_)(id|uuid|slug|key|version|revision|rev|e_?tag|status|state|stage|phase|role|roles|owner|position|rank|order|default|primary|main|password|secret|token|pin|code)$|(Id|Uuid|Key|Version|Status|State|Role|Roles|Password|Secret|Token|At|On)$|(_at|_on)$|^(created|updated|modified)/;

/** By operation that writes and operation that reads: the fields that both have, of the same kind. */
export function appliedFields(engine: Engine, writer: Operation, reader: Operation): Set<string> {
  const { spec } = engine;
  const fields = new Set<string>();
  const sent = jsonSchemaOf(writer.requestBody?.content ?? []);
  const read = jsonSchemaOf(successOf(reader)?.content ?? []);
  // One schema for both says nothing of which fields are the service's own.
  if (sent === undefined || read === undefined || spec.follow(sent) === spec.follow(read)) return fields;
  for (const name of new Set(commonNames(spec, sent))) {
    const own = propertySchema(spec, sent, name);
    const other = propertySchema(spec, read, name);
    if (own === undefined || other === undefined || OWN.test(name)) continue;
    const types = kindsOf(engine, own);
    const isOwn = [...facets(spec, own), ...facets(spec, other)].some(
      ({ schema }) => schema['readOnly'] === true || schema['writeOnly'] === true || schema['deprecated'] === true,
    );
    if (!isOwn && types !== '' && types === kindsOf(engine, other)) fields.add(name);
  }
  return fields;
}

function kindsOf({ spec }: Engine, pointer: string): string {
  return typesOf(spec, pointer)
    .filter((type) => type !== 'null')
    .toSorted()
    .join();
}

/** A field that still has the value from before a change that named another one. */
export function keptField(
  fields: ReadonlySet<string>,
  sent: JsonObject,
  before: JsonObject,
  after: JsonObject,
): Unapplied | undefined {
  for (const name of fields) {
    const [value, old, now] = [own(sent, name), own(before, name), own(after, name)];
    if (value === undefined || value === null || old === undefined || now === undefined) continue;
    if (!equalJson(old, now) || isAlike(value, old)) continue;
    return {
      name,
      actual: `${name} is still ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}: the change that says so was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

/**
 * A field that was created with another value than was sent, though it leaves nothing to spell otherwise: a number, a day
 * or a truth value. What a service begins with whatever is sent, such as nought, is its own affair.
 */
export function alteredField(
  engine: Engine,
  fields: ReadonlySet<string>,
  body: string,
  sent: JsonObject,
  after: JsonObject,
): Unapplied | undefined {
  for (const name of fields) {
    const [value, now] = [own(sent, name), own(after, name)];
    const schema = propertySchema(engine.spec, body, name);
    if (schema === undefined || value === undefined || now === undefined || now === null || value === null) continue;
    if (!isPlain(engine, schema, value) || typeof now !== typeof value || isAlike(value, now)) continue;
    const isStart = now === 0 || now === false || isDefault(engine, schema, now);
    if (isStart) continue;
    return {
      name,
      actual: `${name} is ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}: what was sent was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

function isPlain({ spec }: Engine, schema: string, value: JsonValue): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  return typeof value === 'string' && [...facets(spec, schema)].some((facet) => facet.schema['format'] === 'date');
}

function isDefault({ spec }: Engine, schema: string, now: JsonValue): boolean {
  return [...facets(spec, schema)].some(
    (facet) => facet.schema['default'] !== undefined && equalJson(facet.schema['default'], now),
  );
}

/** A field that was sent with something in it, and is empty, or a list that has lost some of its items. */
export function droppedField(fields: ReadonlySet<string>, sent: JsonObject, after: JsonObject): Unapplied | undefined {
  for (const name of fields) {
    const [value, now] = [own(sent, name), own(after, name)];
    if (value === undefined || isEmpty(value)) continue;
    const isShort = Array.isArray(value) && Array.isArray(now) && now.length < differentIn(value);
    if (!isShort && now !== undefined && now !== null && !isEmpty(now)) continue;
    // A number or a truth value is never empty.
    if (typeof now === 'number' || typeof now === 'boolean') continue;
    return {
      name,
      actual: now === undefined ? `no ${name}` : `${name} is ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}: what was sent was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

function checkOf(name: string, now: JsonValue | undefined): Unapplied['check'] {
  const text = JSON.stringify(JSON.stringify(now ?? null));
  return (object) => `JSON.stringify(${object}[${JSON.stringify(name)}] ?? null) === ${text}`;
}

/** How many texts or numbers of a list no service would take for the same, or for nothing. */
function differentIn(list: JsonValue[]): number {
  return new Set(list.filter((one) => typeof one !== 'object' && !isEmpty(one)).map(text)).size;
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** True for what a service may rightly take for nothing: blanks, marks without a letter or a digit, lists of such. */
function isEmpty(value: JsonValue): boolean {
  if (typeof value === 'string') return !/[A-Za-z0-9]/.test(value);
  if (Array.isArray(value)) return value.every(isEmpty);
  if (isObject(value)) return Object.values(value).every(isEmpty);
  return value === null;
}

/** True for values that a service may rightly hold for the same: another spelling, a rounded number, another order. */
function isAlike(a: JsonValue, b: JsonValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < 1;
  if (typeof a === 'string' && typeof b === 'string') return folded(a) === folded(b) || Date.parse(a) === Date.parse(b);
  if (Array.isArray(a) && Array.isArray(b))
    return JSON.stringify(a.map(text).toSorted()) === JSON.stringify(b.map(text).toSorted());
  return equalJson(a, b) || isEmpty(a);
}

function text(value: JsonValue): string {
  return folded(typeof value === 'string' ? value : JSON.stringify(value));
}

function folded(value: string): string {
  return value
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
