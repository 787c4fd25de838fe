/** Valid inputs of an operation, and the places in them that can be varied one at a time. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { MediaType, Operation, Parameter } from '../../spec/model.ts';
import { bodyOf, unwritable } from '../wire/body.ts';
import { isJsonType } from '../wire/media-kind.ts';
import { textOf } from '../wire/styles.ts';
import { bodyMedia, placeOf, serialise, type WireContext } from '../wire/serialise.ts';
import type { SchemaRefusal, Schemas, Unsatisfiable } from '../schema-port.ts';
import { schemaExamples } from './examples.ts';
import { IDEMPOTENCY_KEY } from './names.ts';
import { preferring } from './prefer.ts';
import { withBytes } from './bytes-in-bodies.ts';
import { createSparse, WIDE } from './sparse.ts';
import { startingAt } from './starting.ts';
import { emptyInput, type Input } from './scenario.ts';

/** One parameter, or the body in one of its media types. */
export interface Place {
  /** `query limit`, `body`, `body text/csv` for a media type that is not the preferred one. */
  key: string;
  parameter?: Parameter;
  media?: MediaType;
  required: boolean;
  schema?: string;
  arbitrary: Arbitrary<JsonValue>;
  /** Examples of the spec first, then values that hold the edges of the schema; all valid, no two alike on the wire. */
  notable: JsonValue[];
}

export interface Inputs {
  places: Place[];
  /** Why no valid input can be made; then there are no usable places. */
  refusal: string | undefined;
  /** Media types of the body that cannot be served, each with the reason. */
  unserved: string[];
  /** Those that the rules let succeed, wherever a few draws find one. */
  arbitrary: Arbitrary<Input>;
  /** Half of them without regard to the rules: whether those hold is what is to be found out. */
  open: Arbitrary<Input>;
  /** Inputs whose place holds one value, or is left out. */
  fixed(key: string, value: JsonValue | undefined): Arbitrary<Input>;
  /** Inputs that hold these values in these places, or leave them out. */
  pinned(values: ReadonlyMap<string, JsonValue | undefined>): Arbitrary<Input>;
  /** The same to begin with: they shrink to inputs that hold simpler ones. */
  opened(values: ReadonlyMap<string, JsonValue | undefined>): Arbitrary<Input>;
  /** Inputs whose place is drawn from another arbitrary; those that no rule forbids, wherever a few draws find one. */
  drawn(key: string, arbitrary: Arbitrary<JsonValue>): Arbitrary<Input>;
}

export interface InputsOptions {
  schemas: Schemas;
  wire: WireContext;
  /** Path parameters that are bound to produced resources, so that nothing is generated for them. */
  bound: ReadonlySet<string>;
  /** True for a parameter that carries credentials; nothing is generated for it. */
  carried?: (parameter: Parameter) => boolean;
  /** What the operation's rules say about its input. */
  wished: (input: Input) => boolean;
  /** Changes an input that is not wished into one that is, where the rules say how. */
  mend?: (input: Input) => Input;
}

/** The most notable values of one place. */
const MAX_NOTABLE = 200;

/** Makes the inputs of one operation. */
export function inputsOf(operation: Operation, options: InputsOptions): Inputs {
  const { schemas, wire } = options;
  const places: Place[] = [];
  const reasons: string[] = [];
  for (const parameter of operation.parameters) {
    if ((parameter.in === 'path' && options.bound.has(parameter.name)) || options.carried?.(parameter)) continue;
    const place = placeFor(options, {
      key: `${placeOf(parameter)} ${parameter.name}`,
      required: parameter.required || parameter.in === 'path',
      schema: parameter.schema,
      examples: parameter.examples,
      sendable: (value) => isSendable(wire, operation, parameter, value),
      plain: 'value',
    });
    if ('refusal' in place) reasons.push(place.refusal);
    else places.push({ ...place, parameter, arbitrary: fresh(schemas, place) });
  }
  const bodies: Place[] = [];
  const unserved: string[] = [];
  const preferred = bodyMedia(operation);
  for (const media of operation.requestBody?.content ?? []) {
    const place = bodyPlace(options, operation, media, media === preferred ? 'body' : `body ${media.name}`);
    if ('refusal' in place) unserved.push(place.refusal);
    else bodies.push(place);
  }
  const [reason] = unserved;
  if (bodies.length === 0 && reason !== undefined) reasons.push(reason);
  // The preferred one is drawn twice as often.
  bodies.sort((a, b) => Number(b.media === preferred) - Number(a.media === preferred));
  places.push(...bodies);
  const sparse = places.length > WIDE ? createSparse(places.filter(({ media }) => media === undefined)) : undefined;
  const make = (pins: ReadonlyMap<string, Arbitrary<JsonValue> | undefined> = new Map()): Arbitrary<Input> => {
    if (sparse !== undefined) return sparse(withBody(pins, bodies[0])).map(toInput);
    const model: Record<string, Arbitrary<JsonValue>> = {};
    const requiredKeys: string[] = [];
    for (const place of places) {
      if (place.media !== undefined || pins.has(place.key)) continue;
      model[place.key] = place.arbitrary;
      if (place.required) requiredKeys.push(place.key);
    }
    // Also where nothing is generated for it by default: a path parameter that is bound otherwise.
    for (const [key, pin] of pins) {
      if (pin === undefined) continue;
      model[key] = pin;
      requiredKeys.push(key);
    }
    const record = (own: Record<string, Arbitrary<JsonValue>>, keys: string[]): Arbitrary<Input> =>
      fc.record(own, { requiredKeys: keys }).map(toInput);
    if (bodies.length === 0 || [...pins.keys()].some((key) => /^body\b/.test(key))) return record(model, requiredKeys);
    const each = bodies.map(({ key, required, arbitrary }) =>
      record({ ...model, [key]: arbitrary }, required ? [...requiredKeys, key] : requiredKeys),
    );
    const [first, ...others] = each;
    return first === undefined || others.length === 0
      ? (first ?? record(model, requiredKeys))
      : fc.oneof({ weight: 2, arbitrary: first }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));
  };
  const plain = make();
  const wished = preferring(options.mend === undefined ? plain : plain.map(options.mend), options.wished);
  const pinnedBy = (
    values: ReadonlyMap<string, JsonValue | undefined>,
    arbitraryOf: (key: string, value: JsonValue) => Arbitrary<JsonValue>,
  ): Arbitrary<Input> => {
    const pins = [...values].map(
      ([key, value]) => [key, value === undefined ? undefined : arbitraryOf(key, value)] as const,
    );
    return preferring(make(new Map(pins)), options.wished);
  };
  const pinned = (values: ReadonlyMap<string, JsonValue | undefined>): Arbitrary<Input> =>
    pinnedBy(values, (_key, value) => fc.constant(value));
  return {
    places,
    refusal: reasons[0],
    unserved: bodies.length === 0 ? [] : unserved,
    arbitrary: wished,
    open: fc.oneof(wished, plain),
    fixed: (key, value) => pinned(new Map([[key, value]])),
    pinned,
    opened(values) {
      const opening = pinnedBy(values, (key, value) => {
        const place = places.find((one) => one.key === key);
        return place === undefined ? fc.constant(value) : startingAt(value, place.arbitrary);
      });
      // What the rules forbid as a whole would show nothing of its parts.
      return options.mend === undefined ? opening : opening.map(options.mend);
    },
    drawn: (key, arbitrary) => preferring(make(new Map([[key, arbitrary]])), options.wished),
  };
}

/** The same pins with the body of its first media type, where they say nothing of a body. */
function withBody(
  pins: ReadonlyMap<string, Arbitrary<JsonValue> | undefined>,
  body: Place | undefined,
): ReadonlyMap<string, Arbitrary<JsonValue> | undefined> {
  if (body === undefined || [...pins.keys()].some((key) => /^body\b/.test(key))) return pins;
  return new Map([...pins, [body.key, body.arbitrary]]);
}

/** Inputs whose bodies say as little, or as much, as any notable one does. */
export function extremeOf({ places, arbitrary, opened }: Inputs, end: 'least' | 'most'): Arbitrary<Input> {
  const body = places.find(({ media }) => media !== undefined);
  const notable = body?.notable ?? [];
  const value =
    end === 'least'
      ? notable.toSorted((a, b) => sizeOf(a) - sizeOf(b))[0]
      : notable.toSorted((a, b) => filledIn(a) - filledIn(b)).at(-1);
  return body === undefined || value === undefined ? arbitrary : opened(new Map([[body.key, value]]));
}

function sizeOf(value: JsonValue): number {
  return isObject(value) ? Object.keys(value).length : 0;
}

/** How many members hold something. */
function filledIn(value: JsonValue): number {
  const members = isObject(value) ? Object.values(value) : [];
  return members.filter((one) => one !== null && one !== '' && !(Array.isArray(one) && one.length === 0)).length;
}

interface Wanted {
  key: string;
  required: boolean;
  schema: string | undefined;
  examples: JsonValue[];
  /** False for a value that cannot go over the wire. */
  sendable: (value: JsonValue) => boolean;
  /** What is sent where neither schema nor example says anything. */
  plain: JsonValue;
}

function placeFor({ schemas, wire }: InputsOptions, wanted: Wanted): Place | { refusal: string } {
  const { key, required, schema, sendable } = wanted;
  if (schema === undefined) {
    const values = wanted.examples.filter(sendable);
    if (values.length === 0) values.push(wanted.plain);
    return { key, required, arbitrary: fc.constantFrom(...values), notable: values };
  }
  const generator = schemas.generator(schema, 'request');
  if (generator.kind !== 'generator') return { refusal: describeRefusal(generator) };
  const examples = [...wanted.examples, ...schemaExamples(wire, schema)];
  const good = examples.filter((example) => schemas.validate(schema, example, 'request').length === 0);
  const arbitrary = preferring(generator.arbitrary, sendable);
  return { key, required, schema, arbitrary, notable: distinct([...good, ...generator.edges], sendable) };
}

function bodyPlace(
  options: InputsOptions,
  operation: Operation,
  media: MediaType,
  key: string,
): Place | { refusal: string } {
  const { wire, schemas } = options;
  const reason = unwritable(wire, media);
  if (reason !== undefined) return { refusal: reason };
  const required = operation.requestBody?.required ?? false;
  // Every value is JSON, and there is nothing to look at.
  const always = isJsonType(media.type);
  const sendable = (value: JsonValue): boolean => always || bodyOf(wire, media, value) !== undefined;
  const item = media.schema === undefined ? media.itemSchema : undefined;
  if (item !== undefined) {
    const generator = schemas.generator(item, 'request');
    if (generator.kind !== 'generator') return { refusal: describeRefusal(generator) };
    const arbitrary = preferring(fc.array(generator.arbitrary, { minLength: 1, maxLength: 3 }), sendable);
    const notable = distinct(
      generator.edges.map((one) => [one]),
      sendable,
    );
    return { key, media, required, arbitrary, notable };
  }
  const plain = [{}, 'text', []].find(sendable) ?? '';
  const { schema, examples } = media;
  const place = placeFor(options, { key, required, schema, examples, sendable, plain });
  if ('refusal' in place) return place;
  const fits = (value: JsonValue): boolean =>
    (schema === undefined || schemas.validate(schema, value, 'request').length === 0) && sendable(value);
  return { ...withBytes(wire, media, place, fits), media };
}

/** The sendable ones, each once. */
function distinct(values: JsonValue[], sendable: (value: JsonValue) => boolean): JsonValue[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    // Numbers and the texts of them are one on a wire without types; a body tells them apart by its quotes.
    const text = JSON.stringify(value);
    return seen.size < MAX_NOTABLE && !seen.has(text) && sendable(value) && seen.add(text) !== undefined;
  });
}

/** One line that names the keyword and the place that cannot be served. */
export function describeRefusal(refusal: SchemaRefusal | Unsatisfiable): string {
  return refusal.kind === 'refused'
    ? `cannot generate values for ${refusal.keyword} at ${refusal.pointer}: ${refusal.reason}`
    : `no value satisfies the schema at ${refusal.pointer}: ${refusal.reason}`;
}

/** Texts below it fit into a query whatever they are made of. */
const LONG = 600;

/** True where HTTP can carry a value in the place of its parameter, without being taken for another parameter. */
export function isSendable(wire: WireContext, operation: Operation, parameter: Parameter, value: JsonValue): boolean {
  const text = parameter.in === 'query' && parameter.media === undefined ? textOf(value) : undefined;
  if (text !== undefined && text.length < LONG) return true;
  const path = parameter.in === 'path' ? `/{${parameter.name}}` : '/';
  const input = emptyInput();
  input[placeOf(parameter)][parameter.name] = value;
  const sent = serialise(wire, { ...operation, path, parameters: [parameter] }, input);
  if (sent.kind !== 'request') return false;
  const members = parameter.in === 'query' && parameter.explode && isRecord(value) ? Object.keys(value) : [];
  if (members.length === 0) return true;
  const taken = operation.parameters.filter((one) => one !== parameter && one.in === 'query').map((one) => one.name);
  return !members.some((name) => taken.includes(name));
}

function isRecord(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key that was sent before with another request may be refused, or answered as then: each call has one of its own. */
function fresh(schemas: Schemas, { key, schema, arbitrary }: Place): Arbitrary<JsonValue> {
  if (schema === undefined || !(key.startsWith('headers ') && IDEMPOTENCY_KEY.test(key))) return arbitrary;
  const fits = (value: JsonValue): boolean => schemas.validate(schema, value, 'request').length === 0;
  return fc
    .tuple(fc.noShrink(fc.uuid({ version: 4 })), arbitrary)
    .map(([uuid, drawn]) => [uuid, uuid.replaceAll('-', ''), uuid.slice(0, 8)].find(fits) ?? drawn);
}

function toInput(values: Record<string, JsonValue | undefined>): Input {
  const input = emptyInput();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const space = key.indexOf(' ');
    const place = space < 0 ? key : key.slice(0, space);
    if (place === 'body') {
      input.body = value;
      if (space >= 0) input.media = key.slice(space + 1);
    } else if (place === 'path' || place === 'query' || place === 'headers' || place === 'cookies')
      input[place][key.slice(space + 1)] = value;
  }
  return input;
}
