/** Valid inputs of an operation, and the places in them that can be varied one at a time. */
import fc, { type Arbitrary } from 'fast-check';
import type { JsonValue } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { preferring } from './prefer.ts';
import type { SchemaRefusal, Schemas, Unsatisfiable } from '../schema-port.ts';
import { emptyInput, type Input } from './scenario.ts';
import { bodyMedia, placeOf, serialise } from '../wire/serialise.ts';

/** One parameter or the body. */
export interface Place {
  /** `query limit`, `body`. */
  key: string;
  parameter?: Parameter;
  required: boolean;
  schema?: string;
  arbitrary: Arbitrary<JsonValue>;
  /** Examples of the spec first, then the boundary values of the schema; all valid. */
  notable: JsonValue[];
}

export interface Inputs {
  places: Place[];
  /** Why no valid input can be made; then there are no usable places. */
  refusal: string | undefined;
  /** Those that the rules let succeed, wherever a few draws find one. */
  arbitrary: Arbitrary<Input>;
  /** Half of them without regard to the rules: whether those hold is what is to be found out. */
  open: Arbitrary<Input>;
  /** Inputs whose place holds one value, or is left out. */
  fixed(key: string, value: JsonValue | undefined): Arbitrary<Input>;
  /** Inputs whose place is drawn from another arbitrary. */
  drawn(key: string, arbitrary: Arbitrary<JsonValue>): Arbitrary<Input>;
}

export interface InputsOptions {
  schemas: Schemas;
  /** Path parameters that are bound to produced resources, so that nothing is generated for them. */
  bound: ReadonlySet<string>;
  /** True for a parameter that carries credentials; nothing is generated for it. */
  carried?: (parameter: Parameter) => boolean;
  /** What the operation's rules say about its input. */
  wished: (input: Input) => boolean;
  /** Changes an input that is not wished into one that is, where the rules say how. */
  mend?: (input: Input) => Input;
}

/** Makes the inputs of one operation. */
export function inputsOf(operation: Operation, options: InputsOptions): Inputs {
  const places: Place[] = [];
  let refusal: string | undefined;
  for (const parameter of operation.parameters) {
    if ((parameter.in === 'path' && options.bound.has(parameter.name)) || options.carried?.(parameter)) continue;
    const place = placeFor(
      options.schemas,
      `${placeOf(parameter)} ${parameter.name}`,
      parameter.required || parameter.in === 'path',
      parameter.schema,
      parameter.examples,
    );
    if ('refusal' in place) refusal ??= place.refusal;
    else places.push({ ...place, parameter, arbitrary: sendable(operation, parameter, fresh(options.schemas, place)) });
  }
  const media = bodyMedia(operation);
  if (media !== undefined && operation.requestBody !== undefined) {
    const place = placeFor(options.schemas, 'body', operation.requestBody.required, media.schema, media.examples);
    if ('refusal' in place) refusal ??= place.refusal;
    else places.push(place);
  }
  const make = (replaced?: string, arbitrary?: Arbitrary<JsonValue>): Arbitrary<Input> => {
    const model: Record<string, Arbitrary<JsonValue>> = {};
    const requiredKeys: string[] = [];
    for (const place of places) {
      if (place.key === replaced) continue;
      model[place.key] = place.arbitrary;
      if (place.required) requiredKeys.push(place.key);
    }
    // Also where nothing is generated for it by default: a path parameter that is bound otherwise.
    if (replaced !== undefined && arbitrary !== undefined) {
      model[replaced] = arbitrary;
      requiredKeys.push(replaced);
    }
    return fc.record(model, { requiredKeys }).map(toInput);
  };
  const plain = make();
  const wished = preferring(options.mend === undefined ? plain : plain.map(options.mend), options.wished);
  return {
    places,
    refusal,
    arbitrary: wished,
    open: fc.oneof(wished, plain),
    fixed: (key, value) => preferring(make(key, value === undefined ? undefined : fc.constant(value)), options.wished),
    drawn: (key, arbitrary) => make(key, arbitrary),
  };
}

function placeFor(
  schemas: Schemas,
  key: string,
  required: boolean,
  schema: string | undefined,
  examples: JsonValue[],
): Place | { refusal: string } {
  if (schema === undefined) {
    const values = examples.length > 0 ? examples : [key === 'body' ? {} : 'value'];
    return { key, required, arbitrary: fc.constantFrom(...values), notable: values };
  }
  const generator = schemas.generator(schema, 'request');
  if (generator.kind !== 'generator') return { refusal: describeRefusal(generator) };
  const good = examples.filter((example) => schemas.validate(schema, example, 'request').length === 0);
  return { key, required, schema, arbitrary: generator.arbitrary, notable: [...good, ...generator.boundaries] };
}

/** One line that names the keyword and the place that cannot be served. */
export function describeRefusal(refusal: SchemaRefusal | Unsatisfiable): string {
  return refusal.kind === 'refused'
    ? `cannot generate values for ${refusal.keyword} at ${refusal.pointer}: ${refusal.reason}`
    : `no value satisfies the schema at ${refusal.pointer}: ${refusal.reason}`;
}

/** True where HTTP can carry a value in the place of its parameter. */
export function isSendable(operation: Operation, parameter: Parameter, value: JsonValue): boolean {
  const path = parameter.in === 'path' ? `/{${parameter.name}}` : '/';
  const input = emptyInput();
  input[placeOf(parameter)][parameter.name] = value;
  return serialise('', { ...operation, path, parameters: [parameter] }, input).kind === 'request';
}

function sendable(operation: Operation, parameter: Parameter, arbitrary: Arbitrary<JsonValue>): Arbitrary<JsonValue> {
  if (parameter.in === 'query') return arbitrary;
  return preferring(arbitrary, (value) => isSendable(operation, parameter, value));
}

/** A key that was sent before with another request may be refused, or answered as then: each call has one of its own. */
function fresh(schemas: Schemas, { key, schema, arbitrary }: Place): Arbitrary<JsonValue> {
  if (schema === undefined || !/^headers (x-)?idempotency-key$/i.test(key)) return arbitrary;
  const fits = (value: JsonValue): boolean => schemas.validate(schema, value, 'request').length === 0;
  return fc
    .tuple(fc.noShrink(fc.uuid({ version: 4 })), arbitrary)
    .map(([uuid, drawn]) => [uuid, uuid.replaceAll('-', ''), uuid.slice(0, 8)].find(fits) ?? drawn);
}

function toInput(values: Record<string, JsonValue | undefined>): Input {
  const input = emptyInput();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (key === 'body') input.body = value;
    else {
      const space = key.indexOf(' ');
      const place = key.slice(0, space);
      if (place === 'path' || place === 'query' || place === 'headers' || place === 'cookies')
        input[place][key.slice(space + 1)] = value;
    }
  }
  return input;
}
