/** Every way to break the input of an operation in one place, as calls of it. */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue, tokensOf } from '../../events/index.ts';
import type { MediaType, Operation, Parameter } from '../../spec/model.ts';
import type { Call } from '../cases/cases.ts';
import { isSendable, type Place } from '../cases/inputs.ts';
import { preferring } from '../cases/prefer.ts';
import type { Binding } from '../cases/scenario.ts';
import { randomFor } from '../draw.ts';
import type { Engine } from '../run/engine.ts';
import type { Negative } from '../schema-port.ts';
import type { Sent } from '../wire/execute.ts';
import { kindOfMedia } from '../wire/media-kind.ts';
import { placeOf } from '../wire/serialise.ts';
import { isTyped, violatesInBody, violatesOnWire } from '../wire/wire-validity.ts';

export interface Violation {
  /** `body/capMinutes maximum`, as in the property's id. */
  title: string;
  clause: string;
  call: Arbitrary<Call>;
  /** Pointer into the input to the value that violates it, where that is one place. */
  where?: string;
  /** Whether what was sent really violates the clause. */
  confirmed: (sent: Sent) => boolean;
  /** True where "there is no such thing" is a fitting refusal. */
  notFoundFits: boolean;
  /** Statuses that refuse it though the operation does not document them. */
  also?: readonly number[];
  /** What to remark where it is accepted all the same: the contract does not plainly forbid that. */
  lenient?: string;
}

/** The violations of parameters and bodies; those that cannot be told on the wire are left out. */
export function* violationsOf(engine: Engine, operation: Operation): Generator<Violation> {
  for (const parameter of operation.parameters)
    if (!engine.keyring.carries(operation, parameter)) yield* parameterViolations(engine, operation, parameter);
  const bodies = engine.inputsFor(operation).places.filter((place) => place.media !== undefined);
  const [first] = bodies;
  if (first !== undefined) yield* bodyViolations(engine, operation, first);
  for (const body of bodies) if (body.media !== undefined) yield* mediaViolations(engine, operation, body, body.media);
}

function* parameterViolations(engine: Engine, operation: Operation, parameter: Parameter): Generator<Violation> {
  const { schemas, spec } = engine;
  const inputs = engine.inputsFor(operation);
  const key = `${placeOf(parameter)} ${parameter.name}`;
  const bindings = without(engine.planFor(operation).bindings, key);
  const { schema } = parameter;
  if (parameter.required && parameter.in !== 'path')
    yield {
      title: `${key} required`,
      clause: at(parameter.pointer, 'required'),
      call: inputs.fixed(key, undefined).map((input) => ({ input, valid: false, bindings })),
      confirmed: (sent) => sent.input[placeOf(parameter)][parameter.name] === undefined,
      notFoundFits: false,
    };
  if (schema === undefined) return;
  for (const negative of schemas.negatives(schema, 'request')) {
    const breaks = (value: JsonValue): boolean =>
      schemas.validate(schema, value, 'request').length > 0 &&
      violatesOnWire(schemas, spec, parameter, value, negative) &&
      isSendable(spec, operation, parameter, value);
    const usable = usableOf(negative, `${operation.id} ${negative.clause}`, breaks);
    if (usable === undefined) continue;
    yield {
      title: `${key}${negative.instancePath} ${negative.keyword}`,
      clause: negative.clause,
      where: `${at(`/${placeOf(parameter)}`, parameter.name)}${negative.instancePath}`,
      call: inputs.drawn(key, usable).map((input) => ({ input, valid: false, bindings })),
      confirmed(sent) {
        const value = sent.input[placeOf(parameter)][parameter.name];
        return value !== undefined && breaks(value);
      },
      notFoundFits: parameter.in === 'path',
    };
  }
}

/** What is wrong with a body whatever its media type: it is missing, or of a type that is not documented. */
function* bodyViolations(engine: Engine, operation: Operation, body: Place): Generator<Violation> {
  const request = operation.requestBody;
  if (request === undefined) return;
  const inputs = engine.inputsFor(operation);
  const { bindings } = engine.planFor(operation);
  if (request.required)
    yield {
      title: 'body required',
      clause: at(request.pointer, 'required'),
      call: inputs.fixed(body.key, undefined).map((input) => ({ input, valid: false, bindings })),
      confirmed: (sent) => sent.request.body === undefined,
      notFoundFits: false,
    };
  if (request.content.some((media) => media.type.includes('*'))) return;
  const documents = operation.responses.some((response) => response.status === '415');
  yield {
    title: 'body content type',
    clause: at(request.pointer, 'content'),
    call: inputs.drawn(body.key, body.arbitrary).map((input) => ({
      input,
      valid: false,
      bindings,
      manner: { contentType: 'application/x-undocumented', tolerates: [415] },
    })),
    confirmed: (sent) => sent.request.body !== undefined,
    notFoundFits: false,
    also: [415],
    ...(documents
      ? {}
      : { lenient: `${operation.id} accepts a body of an undocumented media type; RFC 9110 §15.5.16 has 415 for it` }),
  };
}

function* mediaViolations(engine: Engine, operation: Operation, body: Place, media: MediaType): Generator<Violation> {
  const { schemas, spec } = engine;
  const inputs = engine.inputsFor(operation);
  const { bindings } = engine.planFor(operation);
  // What is no JSON may still be YAML.
  const broken = media.type.includes('yaml') ? undefined : BREAKERS[kindOfMedia(media.type)];
  if (broken !== undefined)
    yield {
      title: `${body.key} malformed`,
      clause: media.pointer,
      call: fc.tuple(inputs.drawn(body.key, body.arbitrary), fc.nat(4)).map(([input, form]) => ({
        input,
        valid: false,
        bindings,
        ...(form === 4 ? { rawBody: NO_TEXT, manner: { bytes: true } } : { rawBody: broken(input.body ?? {}, form) }),
      })),
      confirmed: (sent) => sent.rawBody !== undefined && (broken !== malformedJson || !parses(sent.rawBody)),
      notFoundFits: false,
    };
  const { schema } = body;
  if (schema === undefined) return;
  for (const negative of schemas.negatives(schema, 'request')) {
    const where = `/body${negative.instancePath}`;
    const breaks = (value: JsonValue): boolean => violatesInBody(schemas, spec, media, value, negative);
    const name = `${operation.id} ${media.name} ${negative.clause}`;
    const usable = isTyped(media) ? negative.arbitrary : usableOf(negative, name, breaks);
    if (usable === undefined) continue;
    yield {
      title: `${body.key}${negative.instancePath} ${negative.keyword}`,
      clause: negative.clause,
      where,
      call: inputs.drawn(body.key, usable).map((input) => ({
        input,
        valid: false,
        bindings: bindings.filter((binding) => !meets(binding.into, where)),
      })),
      confirmed: (sent) => sent.input.body !== undefined && breaks(sent.input.body),
      notFoundFits: bindings.some((binding) => meets(binding.into, where)),
    };
  }
}

/** Values that break the clause on the wire; undefined where draws break it so seldom that for some seed none would. */
function usableOf(
  negative: Negative,
  name: string,
  breaks: (value: JsonValue) => boolean,
): Arbitrary<JsonValue> | undefined {
  const usable = preferring(negative.arbitrary, breaks);
  let breaking = 0;
  for (let index = 0; index < 5; index++)
    if (breaks(usable.generate(randomFor(0, name, index), undefined).value)) breaking++;
  return breaking >= 4 ? usable : undefined;
}

/** Bindings that would not overwrite a parameter. */
function without(bindings: Binding[], key: string): Binding[] {
  const [place, ...name] = key.split(' ');
  const into = at(`/${place}`, name.join(' '));
  return bindings.filter((binding) => binding.into !== into);
}

/** True where one pointer lies on the way to the other; `*` meets every token. */
function meets(a: string, b: string): boolean {
  const left = tokensOf(a);
  const right = tokensOf(b);
  return left.every((token, index) => {
    const other = right[index];
    return other === undefined || token === other || token === '*';
  });
}

/** Bytes that begin no text in UTF-8, which JSON must be in (RFC 8259 §8.1), nor one in XML's other encodings. */
const NO_TEXT = '\u00c3\u0028\u00a0\u00ff';

/** By kind of media type: texts that are none of it. */
const BREAKERS: Partial<Record<ReturnType<typeof kindOfMedia>, (value: JsonValue, form: number) => string>> = {
  json: malformedJson,
  xml: (_, form) => ['<a>', '<a></b>', '<a b></a>', 'a < b'][form] ?? '<',
};

function malformedJson(value: JsonValue, form: number): string {
  const text = JSON.stringify(value);
  return (
    ['{', `${text}}`, text.slice(0, -1), `{"a":${text}`].find((broken, index) => index >= form && !parses(broken)) ??
    '{'
  );
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
