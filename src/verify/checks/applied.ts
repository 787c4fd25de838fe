/**
 * What was accepted was applied: a change that leaves a field as it was, or a creation that drops one, has not done what
 * it said. Only where no service may sensibly do so: what it makes itself, and what it may spell otherwise, is left out.
 */
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { bodySchemaOf, jsonSchemaOf, successOf } from '../cases/media.ts';
import { wordsOf } from '../cases/names.ts';
import { commonNames, facets, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import { equalJson } from '../equal-json.ts';
import { isGiven, isKept, isOwned, isReserved } from './kept.ts';
import type { Engine } from '../run/engine.ts';

/** A field that was not applied. */
export interface Unapplied {
  name: string;
  actual: string;
  expected: string;
  /** JavaScript that is true where the object of an expression shows it. */
  check: (object: string) => string;
}

/**
 * By operation that writes and operation that reads: the fields that a client decides on, as far as the contract says.
 * With `doubtful`, also those whose names may mean what the service has a say in.
 */
export function appliedFields(engine: Engine, writer: Operation, reader: Operation, doubtful = false): Set<string> {
  const { spec } = engine;
  const fields = new Set<string>();
  const sent = bodySchemaOf(writer.requestBody?.content ?? []);
  const read = jsonSchemaOf(successOf(reader)?.content ?? []);
  if (sent === undefined || read === undefined || !areApart(engine, sent, read)) return fields;
  if (isReserved(spec, [writer.pointer, sent])) return fields;
  const demanded = requiredIn(engine, sent);
  for (const name of new Set(commonNames(spec, sent))) {
    const own = propertySchema(spec, sent, name);
    const other = propertySchema(spec, read, name);
    if (own === undefined || other === undefined || isReserved(spec, [own, other])) continue;
    // What must be sent is taken over: no service demands what it then makes itself.
    const isDoubtful = isKept(name) && !(demanded.has(name) && isGiven(name));
    if (doubtful ? isOwned(name) : isDoubtful) continue;
    const form = formOf(engine, own);
    if (form !== undefined && form === formOf(engine, other)) fields.add(name);
  }
  return fields;
}

function requiredIn({ spec }: Engine, schema: string): Set<unknown> {
  return new Set(
    [...facets(spec, schema)].flatMap(({ schema: { required } }) => (Array.isArray(required) ? required : [])),
  );
}

/**
 * True where the contract tells what is written from what is shown: whoever gives the writer a schema of its own, without
 * what the service adds, has left in it what the client decides on. One schema for both says nothing of that.
 */
function areApart({ spec }: Engine, sent: string, read: string): boolean {
  if (spec.follow(sent) === spec.follow(read)) return false;
  const written = new Set(propertyNames(spec, sent));
  return propertyNames(spec, read).some((name) => !written.has(name));
}

/** What a value is, as far as that says how it is spelled; undefined where it may be many things. */
function formOf(engine: Engine, schema: string): string | undefined {
  const types = kindsOf(engine, schema);
  if (types === '') return undefined;
  const words = [...facets(engine.spec, schema)].map(({ schema: { format, enum: values } }) => [format, values]);
  const stated = (index: number): JsonValue | undefined =>
    words.map((one) => one[index]).find((one) => one !== undefined);
  const choices = stated(1);
  // What is shown may know more choices than may be sent.
  const format = types === 'string' ? (stated(0) ?? null) : null;
  return JSON.stringify([types, format, Array.isArray(choices)]);
}

function kindsOf({ spec }: Engine, pointer: string): string {
  return typesOf(spec, pointer)
    .filter((type) => type !== 'null')
    .toSorted()
    .join();
}

/** Those of the fields whose value the client itself gave the thing: it was taken over as it was sent. */
export function takenOver(fields: ReadonlySet<string>, sent: JsonValue | undefined, shown: JsonObject): Set<string> {
  const given = isObject(sent) ? sent : {};
  return new Set(
    [...fields].filter((name) => {
      const value = own(given, name);
      // What a thing begins with anyway shows nothing.
      if (value === undefined || value === 0 || value === false || isEmpty(value)) return false;
      return equalJson(value, own(shown, name) ?? null);
    }),
  );
}

/**
 * A field that still has the value from before a change that named another one; with `unsets`, also one that null was to
 * remove (RFC 7396 §1), which in other bodies may mean that nothing was said.
 */
export function keptField(
  fields: ReadonlySet<string>,
  sent: JsonObject,
  before: JsonObject,
  after: JsonObject,
  unsets = false,
): Unapplied | undefined {
  for (const name of fields) {
    const [value, old, now] = [own(sent, name), own(before, name), own(after, name)];
    if (value === undefined || old === undefined || now === undefined || !equalJson(old, now)) continue;
    if (value === null ? !unsets || isEmpty(old) : isAlike(value, old)) continue;
    return {
      name,
      actual: `${name} is still ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}: the change that says so was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

/** A field that a merging change did not name, and that has another value than before it. */
export function movedField(
  fields: ReadonlySet<string>,
  sent: JsonObject,
  before: JsonObject,
  after: JsonObject,
): Unapplied | undefined {
  for (const name of fields) {
    const [old, now] = [own(before, name), own(after, name)];
    if (Object.hasOwn(sent, name) || old === undefined || now === undefined || equalJson(old, now)) continue;
    return {
      name,
      actual: `${name} is ${JSON.stringify(now)} after a change of ${Object.keys(sent).join(', ')}`,
      expected: `${name} ${JSON.stringify(old)}: a PATCH leaves alone what it does not name (RFC 5789, RFC 7396)`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

/**
 * A field that has another value than was sent, though the value leaves nothing to spell otherwise: a truth value, a
 * number, a choice, a day, an instant, plain words. What a new thing begins with whatever is sent, such as nought, is the
 * service's own affair, unless the contract has it as the default: that is for what is not sent.
 */
export function alteredField(
  engine: Engine,
  fields: ReadonlySet<string>,
  body: string,
  { sent, after, isNew }: { sent: JsonObject; after: JsonObject; isNew: boolean },
): Unapplied | undefined {
  for (const name of fields) {
    const [value, now] = [own(sent, name), own(after, name)];
    const schema = propertySchema(engine.spec, body, name);
    if (schema === undefined || value === undefined || now === undefined || now === null || value === null) continue;
    if (typeof now !== typeof value || !isAltered(engine, schema, value, now)) continue;
    const isGiven = isDefault(engine, schema, now);
    if (isNew && !isGiven && (now === 0 || (now === false && beginsUnset(name)))) continue;
    return {
      name,
      actual: `${name} is ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}: what was sent was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

/** Words of truth values that some things have to earn, whatever they are made with. */
const EARNED = new Set('active enabled public visible open ready done valid featured live online'.split(' '));

function beginsUnset(name: string): boolean {
  return wordsOf(name).some((word) => EARNED.has(word));
}

const WORDS = /^[A-Za-z]{3,}( [A-Za-z]{2,})*$/;

function isAltered(engine: Engine, schema: string, value: JsonValue, now: JsonValue): boolean {
  if (typeof value === 'boolean') return now !== value;
  if (typeof value === 'number' && typeof now === 'number') {
    // An integer is never rounded; what else is may be kept with fewer digits.
    if (kindsOf(engine, schema) === 'integer') return Math.abs(value) <= Number.MAX_SAFE_INTEGER && now !== value;
    return Math.abs(now - value) >= Math.max(A_TENTH, Math.abs(value) * 1e-6);
  }
  if (typeof value !== 'string' || typeof now !== 'string') return false;
  const stated = [...facets(engine.spec, schema)].map((facet) => facet.schema);
  if (stated.some((one) => Array.isArray(one['enum']))) return folded(now) !== folded(value);
  const format = stated.map((one) => one['format']).find((one) => one !== undefined);
  if (format === 'date') return now.slice(0, value.length) !== value;
  if (format === 'date-time') return Math.abs(Date.parse(now) - Date.parse(value)) >= A_MINUTE_MS;
  if (DECIMAL.test(value) && DECIMAL.test(now)) return decimal(value) !== decimal(now);
  const isPlain = format === undefined && stated.every((one) => one['pattern'] === undefined);
  return isPlain && WORDS.test(value) && !folded(now).includes(folded(value));
}

/** An amount as text: with a point in it, so that it is no code. */
const DECIMAL = /^-?\d+\.\d+$/;

/** One spelling of each decimal number. */
function decimal(text: string): string {
  return text.replace(/^(-?)0+(?=\d)/, '$1').replace(/\.?0+$/, '');
}

/** What a number may lose of its digits. */
const A_TENTH = 0.1;
/** What an instant may lose of its end. */
const A_MINUTE_MS = 60_000;

/** A field that has its documented default although something else was sent: `quantity || 1` for nought. */
export function defaultedField(
  engine: Engine,
  fields: ReadonlySet<string>,
  body: string,
  sent: JsonObject,
  after: JsonObject,
): Unapplied | undefined {
  for (const name of fields) {
    const [value, now] = [own(sent, name), own(after, name)];
    const schema = propertySchema(engine.spec, body, name);
    if (schema === undefined || !isGiven(name) || value === undefined || value === null || now === undefined) continue;
    if (typeof value === 'object' || equalJson(value, now) || !isDefault(engine, schema, now)) continue;
    return {
      name,
      actual: `${name} is ${JSON.stringify(now)}, its default`,
      expected: `${name} ${JSON.stringify(value)}: what was sent was accepted`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

function isDefault({ spec }: Engine, schema: string, now: JsonValue): boolean {
  return [...facets(spec, schema)].some(
    (facet) => facet.schema['default'] !== undefined && equalJson(facet.schema['default'], now),
  );
}

/** An instant whose clock is as it was sent, in another zone: whatever it means, it is another instant. */
export function zoneLost(fields: ReadonlySet<string>, sent: JsonObject, after: JsonObject): Unapplied | undefined {
  for (const name of fields) {
    const [value, now] = [own(sent, name), own(after, name)];
    if (typeof value !== 'string' || typeof now !== 'string' || value.slice(0, 16) !== now.slice(0, 16)) continue;
    if (!ZONED.test(value) || !ZONED.test(now)) continue;
    if (Math.abs(Date.parse(now) - Date.parse(value)) < A_MINUTE_MS) continue;
    return {
      name,
      actual: `${name} is ${JSON.stringify(now)}`,
      expected: `${name} ${JSON.stringify(value)}, or the same instant in another zone`,
      check: checkOf(name, now),
    };
  }
  return undefined;
}

const ZONED = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

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
