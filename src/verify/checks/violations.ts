/** Every way to break the input of an operation in one place, as calls of it. */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { MediaType, Operation, Parameter } from '../../spec/model.ts';
import type { Call } from '../cases/cases.ts';
import { isSendable, type Place } from '../cases/inputs.ts';
import { preferring } from '../cases/prefer.ts';
import type { Binding } from '../cases/scenario.ts';
import { randomFor } from '../draw.ts';
import type { Engine } from '../run/engine.ts';
import type { Breakable, Negative } from '../schema-port.ts';
import type { Sent } from '../wire/execute.ts';
import { isNullForNone, isSpelledOtherwise, readsAsEmpty } from './leniency.ts';
import { isMalformed, malformedOf, NO_TEXT, UNREADABLE } from './malformed.ts';
import { placeOf } from '../wire/serialise.ts';
import { isTyped, violatesInBody, violatesOnWire } from '../wire/wire-validity.ts';

/** Why a keyword is not broken: nothing breaks it alone, or what does can be taken for valid on the wire. */
export interface Moot {
  moot: string;
}

export interface Violation {
  /** `body/capMinutes maximum`, as in the property's id. */
  title: string;
  clause: string;
  /** Calls that violate it, or why there are none that anybody must refuse. */
  calls(): Arbitrary<Call> | Moot;
  /** Calls that violate it in its most telling ways, those first that show most. */
  telling?(): Arbitrary<Call>[];
  /** Set where only so many values violate it. */
  few?: number;
  /** True where there always are; else asking takes some time. */
  sure: boolean;
  /** Where it does: places of the schema that it grows with. */
  width?: number;
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
  /** The same of what was sent: undefined where the contract plainly forbids it. */
  isLenient?: (sent: Sent) => string | undefined;
}

/** The violations of parameters and bodies, named; `cut` is told of places of which not all keywords are. */
export function* violationsOf(
  engine: Engine,
  operation: Operation,
  cut: (place: string) => void,
): Generator<Violation> {
  const named = (schema: string, key: string): Breakable[] => {
    const { named: all, more } = engine.schemas.breakables(schema, 'request');
    if (more) cut(`${operation.id} ${key} (${all.length} of more)`);
    return all;
  };
  for (const parameter of operation.parameters)
    if (!engine.keyring.carries(operation, parameter)) yield* parameterViolations(engine, operation, parameter, named);
  const bodies = engine.inputsFor(operation).places.filter((place) => place.media !== undefined);
  const [first] = bodies;
  if (first !== undefined) yield* bodyViolations(engine, operation, first);
  for (const body of bodies)
    if (body.media !== undefined) yield* mediaViolations(engine, operation, body, body.media, named);
}

type Names = (schema: string, key: string) => Breakable[];

function* parameterViolations(
  engine: Engine,
  operation: Operation,
  parameter: Parameter,
  named: Names,
): Generator<Violation> {
  const { schemas, spec } = engine;
  const inputs = engine.inputsFor(operation);
  const key = `${placeOf(parameter)} ${parameter.name}`;
  const bindings = without(engine.planFor(operation).bindings, key);
  const { schema } = parameter;
  if (parameter.required && parameter.in !== 'path')
    yield {
      title: `${key} required`,
      clause: at(parameter.pointer, 'required'),
      calls: () => inputs.fixed(key, undefined).map((input) => ({ input, valid: false, bindings })),
      sure: true,
      confirmed: (sent) => sent.input[placeOf(parameter)][parameter.name] === undefined,
      notFoundFits: false,
    };
  if (schema === undefined) return;
  for (const breakable of named(schema, key)) {
    const breaks = (value: JsonValue): boolean =>
      schemas.validate(schema, value, 'request').length > 0 &&
      violatesOnWire(schemas, spec, parameter, value, breakable) &&
      isSendable(spec, operation, parameter, value);
    const usable = usableOf(breakable, `${operation.id} ${breakable.clause}`, breaks);
    yield {
      title: `${key}${breakable.instancePath} ${breakable.keyword}`,
      clause: breakable.clause,
      ...fewOf(breakable),
      where: `${at(`/${placeOf(parameter)}`, parameter.name)}${breakable.instancePath}`,
      ...callsOf(usable, (values) => inputs.drawn(key, values).map((input) => ({ input, valid: false, bindings }))),
      sure: false,
      width: breakable.width,
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
      calls: () => inputs.fixed(body.key, undefined).map((input) => ({ input, valid: false, bindings })),
      sure: true,
      confirmed: (sent) => sent.request.body === undefined,
      notFoundFits: false,
      ...(readsAsEmpty(engine, body)
        ? { lenient: `${operation.id} takes a body that is missing, though it is required, for an empty object` }
        : {}),
    };
  if (request.content.some((media) => media.type.includes('*'))) return;
  const documents = operation.responses.some((response) => response.status === '415');
  yield {
    title: 'body content type',
    clause: at(request.pointer, 'content'),
    calls: () =>
      inputs.drawn(body.key, body.arbitrary).map((input) => ({
        input,
        valid: false,
        bindings,
        manner: { contentType: 'application/x-undocumented', tolerates: [415] },
      })),
    sure: true,
    confirmed: (sent) => sent.request.body !== undefined,
    notFoundFits: false,
    also: [415],
    ...(documents
      ? {}
      : { lenient: `${operation.id} accepts a body of an undocumented media type; RFC 9110 §15.5.16 has 415 for it` }),
  };
}

function* mediaViolations(
  engine: Engine,
  operation: Operation,
  body: Place,
  media: MediaType,
  named: Names,
): Generator<Violation> {
  const { schemas, spec } = engine;
  const inputs = engine.inputsFor(operation);
  const { bindings } = engine.planFor(operation);
  const broken = malformedOf(media);
  const malformed = (form: number): Arbitrary<Call> =>
    inputs.drawn(body.key, body.arbitrary).map((input) => ({
      input,
      valid: false,
      bindings,
      manner: { tolerates: UNREADABLE, ...(form === FORMS - 1 ? { bytes: true } : {}) },
      rawBody: form === FORMS - 1 ? NO_TEXT : (broken?.(input.body ?? {}, form) ?? ''),
    }));
  if (broken !== undefined)
    yield {
      title: `${body.key} malformed`,
      clause: media.pointer,
      calls: () => fc.nat(FORMS - 1).chain(malformed),
      telling: () => Array.from({ length: FORMS }, (_, form) => malformed(form)),
      few: FORMS,
      sure: true,
      confirmed: (sent) => sent.rawBody !== undefined && isMalformed(media, sent.rawBody),
      notFoundFits: false,
      also: UNREADABLE,
    };
  // Of a sequence whose items only have a schema, one item violates it.
  const ofItems = media.schema === undefined && media.itemSchema !== undefined && isTyped(media);
  const schema = ofItems ? media.itemSchema : body.schema;
  if (schema === undefined) return;
  const amid = (bad: Arbitrary<JsonValue>): Arbitrary<JsonValue> =>
    ofItems
      ? fc.tuple(bad, body.arbitrary).map(([item, good]) => (Array.isArray(good) ? [item, ...good] : [item]))
      : bad;
  for (const breakable of named(schema, body.key)) {
    const where = `/body${ofItems ? '/0' : ''}${breakable.instancePath}`;
    const breaks = (value: JsonValue): boolean =>
      ofItems
        ? Array.isArray(value) && schemas.validate(schema, value[0] ?? null, 'request').length > 0
        : violatesInBody(schemas, spec, media, value, breakable);
    const name = `${operation.id} ${media.name} ${breakable.clause}`;
    const usable = usableOf(breakable, name, isTyped(media) ? undefined : breaks);
    yield {
      title: `${body.key}${breakable.instancePath} ${breakable.keyword}`,
      clause: breakable.clause,
      ...fewOf(breakable),
      where,
      ...callsOf(usable, (values) =>
        inputs.drawn(body.key, amid(values)).map((input) => ({
          input,
          valid: false,
          bindings: bindings.filter(({ into }) => !meets(into, where) || isApart(breakable.keyword, into, where)),
        })),
      ),
      sure: false,
      width: breakable.width,
      confirmed: (sent) => sent.input.body !== undefined && breaks(sent.input.body),
      notFoundFits: bindings.some((binding) => meets(binding.into, where)),
      isLenient({ input }) {
        const own = ofItems ? valueAt(input.body ?? null, '/0') : input.body;
        if (isNullForNone(engine, schema, own, breakable.instancePath))
          return `${operation.id} takes null for no ${where.slice(1)}, which its schema does not allow`;
        return breakable.keyword === 'type' && isSpelledOtherwise(engine, schema, own, breakable.instancePath)
          ? `${operation.id} takes another type for ${where.slice(1)} where it can be read as the right one`
          : undefined;
      },
    };
  }
}

/** Forms of a body that is none of its media type: four texts, and bytes that are no text. */
const FORMS = 5;

/** Of so many draws, so many must break the clause on the wire; else for some seed none would. */
const LOOKS = 5;
const LEAST = 4;

function fewOf({ few }: Breakable): Pick<Violation, 'few'> {
  return few === undefined ? {} : { few };
}

/** Values that break a clause, and the same in its most telling ways. */
interface Usable {
  values: Arbitrary<JsonValue>;
  telling: () => Arbitrary<JsonValue>[];
}

/** The calls of a violation from the values that break it. */
function callsOf(
  usable: () => Usable | Moot,
  callWith: (values: Arbitrary<JsonValue>) => Arbitrary<Call>,
): Required<Pick<Violation, 'calls' | 'telling'>> {
  return {
    calls() {
      const made = usable();
      return 'moot' in made ? made : callWith(made.values);
    },
    telling() {
      const made = usable();
      return 'moot' in made ? [] : made.telling().map(callWith);
    },
  };
}

/** Values that break the clause on the wire; without `breaks` all of them do. */
function usableOf(
  breakable: Breakable,
  name: string,
  breaks: ((value: JsonValue) => boolean) | undefined,
): () => Usable | Moot {
  let moot: string | undefined;
  let looked = breaks === undefined;
  return () => {
    if (moot !== undefined) return { moot };
    const negative = breakable.confirm();
    if (!('arbitrary' in negative)) return { moot: (moot = negative.reason) };
    const usable = breaks === undefined ? negative.arbitrary : preferring(negative.arbitrary, breaks);
    if (!looked && breaks !== undefined && !breaksOften(usable, name, breaks))
      return { moot: (moot = 'what breaks it can be taken for valid on the wire') };
    looked = true;
    return { values: usable, telling: () => tellingOf(negative, usable, name, breaks) };
  };
}

/** Faces that a few draws do not take on are left out: for some seeds they would show nothing. */
function tellingOf(
  { faces }: Negative,
  usable: Arbitrary<JsonValue>,
  name: string,
  breaks: ((value: JsonValue) => boolean) | undefined,
): Arbitrary<JsonValue>[] {
  return faces.flatMap((face) => {
    const shown = (value: JsonValue): JsonValue | undefined => {
      const faced = face(value);
      return faced === undefined || breaks?.(faced) === false ? undefined : faced;
    };
    const isTaken = shown(usable.generate(randomFor(0, name, 0), undefined).value) !== undefined;
    return isTaken ? [usable.map((value) => shown(value) ?? value)] : [];
  });
}

function breaksOften(usable: Arbitrary<JsonValue>, name: string, breaks: (value: JsonValue) => boolean): boolean {
  let missed = 0;
  for (let index = 0; index < LOOKS && missed <= LOOKS - LEAST; index++)
    if (!breaks(usable.generate(randomFor(0, name, index), undefined).value)) missed++;
  return missed <= LOOKS - LEAST;
}

/** Bindings that would not overwrite a parameter. */
function without(bindings: Binding[], key: string): Binding[] {
  const [place, ...name] = key.split(' ');
  const into = at(`/${place}`, name.join(' '));
  return bindings.filter((binding) => binding.into !== into);
}

/** Keywords on which members there are: what a member holds, where it is there, mends nothing. */
const MEMBERS = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'required',
  'dependentRequired',
  'minProperties',
  'maxProperties',
]);

/** True where a value that is put in leaves the violation around it as it is. */
function isApart(keyword: string, into: string, where: string): boolean {
  return MEMBERS.has(keyword) && into.startsWith(`${where}/`);
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
