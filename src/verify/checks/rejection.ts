/**
 * Invalid input is refused as declared: one property per (place, keyword). Each violation sits alone in an otherwise
 * valid request on existing resources, and is confirmed on what is really sent.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue, tokensOf } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { type Call, scenarios } from '../cases/cases.ts';
import { documentsRefusal } from './conformance.ts';
import { drawValue, randomFor } from '../draw.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { isSendable, type Place } from '../cases/inputs.ts';
import { preferring } from '../cases/prefer.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';
import { isJson } from '../cases/media.ts';
import type { Binding, Scenario } from '../cases/scenario.ts';
import { bodyMedia, placeOf } from '../wire/serialise.ts';
import { violatesOnWire } from '../wire/wire-validity.ts';

/** Steps towards the simplest violation. */
const MAX_SIMPLER = 400;

interface Violation {
  /** `body/capMinutes maximum`, as in the property's id. */
  title: string;
  clause: string;
  call: Arbitrary<Call>;
  /** Whether what was sent really violates the clause. */
  confirmed: (sent: Sent) => boolean;
  /** True where "there is no such thing" is a fitting refusal. */
  notFoundFits: boolean;
}

/** The rejection properties of an operation; places whose violations cannot be told on the wire have none. */
export function rejectionsOf(engine: Engine, operation: Operation): Property[] {
  const seen = new Map<string, number>();
  return [...violationsOf(engine, operation)].map((violation) => {
    const count = (seen.get(violation.title) ?? 0) + 1;
    seen.set(violation.title, count);
    const id = `rejection ${operation.id} ${violation.title}${count > 1 ? ` ${count}` : ''}`;
    return propertyOf(engine, operation, violation, id);
  });
}

function propertyOf(engine: Engine, operation: Operation, violation: Violation, id: string): Property {
  const plan = engine.planFor(operation);
  const arbitrary = scenarios({
    plan,
    call: violation.call,
    inputs: (one) => engine.inputsFor(one),
    accepts: (one, input) => engine.accepts(one, input),
    episodes: [],
  });
  return {
    ref: { id, clause: violation.clause, kind: 'rejection', operation: operation.id },
    // A wrong type has many faces; the others are at their most telling next to the bound.
    runs: Math.max(2, Math.round(engine.runs / (violation.title.endsWith(' type') ? 10 : 25))),
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id],
    arbitrary: (index) => (index === 0 ? nearest(arbitrary, engine.seed, id) : arbitrary),
    judge: (scenario) => judge(engine, violation, scenario),
  };
}

/** The simplest case that still violates: `maximum` plus one, one character too many. Nothing is sent to find it. */
function nearest(arbitrary: Arbitrary<Scenario>, seed: number, id: string): Arbitrary<Scenario> {
  let { value, context } = drawValue(arbitrary, seed, id, 0);
  for (let step = 0; step < MAX_SIMPLER; step++) {
    const simpler = arbitrary.shrink(value, context).getNthOrLast(0);
    if (simpler === null) break;
    ({ value, context } = simpler);
  }
  return fc.constant(value);
}

async function judge(engine: Engine, violation: Violation, scenario: Scenario): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
  if (!violation.confirmed(call)) return { kind: 'discarded', sent, reason: 'what was sent is valid after all' };
  const allowed = refusalsOf(call.operation, violation.notFoundFits);
  if (call.answer.kind === 'answer' && allowed.fits(call.answer.status)) return { kind: 'passed', sent };
  return {
    kind: 'failed',
    sent,
    focus,
    statusOnly: true,
    actual: describeAnswer(call.answer),
    expected: `${allowed.title}, because of ${violation.title} (${violation.clause})`,
  };
}

/** The statuses with which an operation may refuse malformed input. */
function refusalsOf(operation: Operation, notFoundFits: boolean): { title: string; fits: (status: number) => boolean } {
  const statuses = operation.responses.map((response) => response.status);
  if (!documentsRefusal(operation)) return { title: 'a 4xx status', fits: (status) => status >= 400 && status < 500 };
  const listed = statuses.filter((status) => /^4\d\d$/.test(status) && (notFoundFits || status !== '404'));
  const wide = statuses.includes('4XX') || statuses.includes('default');
  return {
    title: wide ? 'a 4xx status' : `status ${listed.join(' or ')}`,
    fits: (status) => (wide ? status >= 400 && status < 500 : listed.includes(String(status))),
  };
}

function* violationsOf(engine: Engine, operation: Operation): Generator<Violation> {
  const { schemas } = engine;
  const inputs = engine.inputsFor(operation);
  const plan = engine.planFor(operation);
  const keyOf = (parameter: Operation['parameters'][number]): string => `${placeOf(parameter)} ${parameter.name}`;
  for (const parameter of operation.parameters) {
    if (engine.keyring.carries(operation, parameter)) continue;
    const key = keyOf(parameter);
    const { schema } = parameter;
    if (parameter.required && parameter.in !== 'path')
      yield {
        title: `${key} required`,
        clause: at(parameter.pointer, 'required'),
        call: inputs
          .fixed(key, undefined)
          .map((input) => ({ input, valid: false, bindings: without(plan.bindings, key) })),
        confirmed: (sent) => sent.input[placeOf(parameter)][parameter.name] === undefined,
        notFoundFits: false,
      };
    if (schema === undefined) continue;
    for (const negative of schemas.negatives(schema, 'request')) {
      const breaks = (value: JsonValue): boolean =>
        schemas.validate(schema, value, 'request').length > 0 &&
        violatesOnWire(schemas, parameter, value, negative) &&
        isSendable(operation, parameter, value);
      const usable = preferring(negative.arbitrary, breaks);
      if (!mostlyUsable(usable, `${operation.id} ${negative.clause}`, breaks)) continue;
      yield {
        title: `${key}${negative.instancePath} ${negative.keyword}`,
        clause: negative.clause,
        call: inputs
          .drawn(key, usable)
          .map((input) => ({ input, valid: false, bindings: without(plan.bindings, key) })),
        confirmed(sent) {
          const value = sent.input[placeOf(parameter)][parameter.name];
          return value !== undefined && breaks(value);
        },
        notFoundFits: parameter.in === 'path',
      };
    }
  }
  const body = inputs.places.find((place) => place.key === 'body');
  if (body !== undefined) yield* bodyViolations(engine, operation, body);
}

function* bodyViolations(engine: Engine, operation: Operation, body: Place): Generator<Violation> {
  const { schemas } = engine;
  const media = bodyMedia(operation);
  const request = operation.requestBody;
  if (media === undefined || request === undefined) return;
  const inputs = engine.inputsFor(operation);
  const { bindings } = engine.planFor(operation);
  if (request.required)
    yield {
      title: 'body required',
      clause: at(request.pointer, 'required'),
      call: inputs.fixed('body', undefined).map((input) => ({ input, valid: false, bindings })),
      confirmed: (sent) => sent.request.body === undefined,
      notFoundFits: false,
    };
  if (!isJson(media.type)) return;
  yield {
    title: 'body malformed',
    clause: media.pointer,
    call: fc
      .tuple(inputs.arbitrary, body.arbitrary, fc.nat(3))
      .map(([input, value, form]) => ({ input, valid: false, bindings, rawBody: malformed(value, form) })),
    confirmed: (sent) => sent.rawBody !== undefined && !parses(sent.rawBody),
    notFoundFits: false,
  };
  const { schema } = body;
  if (schema === undefined) return;
  for (const negative of schemas.negatives(schema, 'request')) {
    const where = `/body${negative.instancePath}`;
    const references = bindings.some((binding) => meets(binding.into, where));
    yield {
      title: `body${negative.instancePath} ${negative.keyword}`,
      clause: negative.clause,
      call: inputs.drawn('body', negative.arbitrary).map((input) => ({
        input,
        valid: false,
        bindings: bindings.filter((binding) => !meets(binding.into, where)),
      })),
      confirmed: (sent) =>
        sent.input.body !== undefined && schemas.validate(schema, sent.input.body, 'request').length > 0,
      notFoundFits: references,
    };
  }
}

/** Whether draws break the clause so often that some case surely will, whatever the seed. */
function mostlyUsable(arbitrary: Arbitrary<JsonValue>, name: string, breaks: (value: JsonValue) => boolean): boolean {
  let usable = 0;
  for (let index = 0; index < 5; index++)
    if (breaks(arbitrary.generate(randomFor(0, name, index), undefined).value)) usable++;
  return usable >= 4;
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

function malformed(value: JsonValue, form: number): string {
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
