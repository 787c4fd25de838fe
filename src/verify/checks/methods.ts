/**
 * An undocumented method on a documented path is refused with 405 and says which are allowed (RFC 9110 §15.5.6): one
 * property per path. Only a service that does something is at fault; other refusals are remarked upon. HEAD, OPTIONS and
 * TRACE are left alone, as frameworks answer them by themselves.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { jsonSchemaOf } from '../cases/media.ts';
import { parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Scenario, Step } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Ran, type Sent } from '../wire/execute.ts';
import { mainType } from './conformance.ts';
import { undocumentedMismatch } from './undocumented.ts';
import { judgeShared } from './pool.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';

const METHODS = ['PUT', 'PATCH', 'DELETE', 'POST', 'GET'];

/** The properties of all paths on which a common method is not documented. */
export function methodsOf(engine: Engine): Property[] {
  const byPath = Map.groupBy(engine.spec.operations, (operation) => operation.path);
  const answers = answering(engine);
  return [...byPath].flatMap(([path, operations]) => {
    // A reader is the least likely to be refused for its input.
    const carrier =
      operations.find((one) => one.method === 'get' && engine.obstacle(one) === undefined) ??
      operations.find((one) => engine.obstacle(one) === undefined);
    const methods = METHODS.filter((method) => !answers(path, method));
    return carrier === undefined || methods.length === 0
      ? []
      : [propertyOf(engine, { path, operations, carrier, methods })];
  });
}

interface Undocumented {
  path: string;
  /** Those that are documented on the path. */
  operations: Operation[];
  /** Whose input makes the path. */
  carrier: Operation;
  methods: string[];
}

function propertyOf(engine: Engine, { path, operations, carrier, methods }: Undocumented): Property {
  const plan = engine.planFor(carrier);
  const remarks = new Set<string>();
  const bodies = bodiesOf(engine, operations);
  const tries = methods.flatMap((method) =>
    method === 'GET' || method === 'DELETE' ? [{ method }] : bodies.map((body) => ({ method, body })),
  );
  const cases = tries.map(({ method, body }: { method: string; body?: Arbitrary<string> }): Arbitrary<Scenario> => {
    const call = fc.tuple(engine.inputsFor(carrier).arbitrary, body ?? fc.constant(undefined)).map(([input, text]) => ({
      input: { path: input.path, query: {}, headers: {}, cookies: {} },
      valid: false,
      manner: { method, ...(text === undefined ? {} : { contentType: 'application/json' }) },
      ...(text === undefined ? {} : { rawBody: text }),
    }));
    return scenarios({
      plan,
      call,
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
    }).map((scenario) => scenario.flatMap((step) => (step.role === 'call' ? [...lookBefore(step), step] : [step])));
  });
  return {
    ref: { id: `methods ${path}`, clause: at('#/paths', path), kind: 'conformance' },
    // Not every fitting body is accepted in every state.
    runs: cases.length * (bodies.length > 1 ? 3 : 1),
    // A method that does something may do it to all.
    serial: true,
    needs: plan.setup.map((step) => step.operation.id),
    arbitrary: (index) => cases[index % cases.length] ?? fc.constant([]),
    judge: (scenario) => judgeShared(engine, scenario, (ran) => judge(engine, ran, remarks)),
    conclude: () => ({ remarks: [...remarks] }),
  };
}

/** The documented GET, which tells what was there from what was done. */
function lookBefore({ operation, input, bindings }: Step): Step[] {
  return operation.method === 'get' ? [{ role: 'history', operation, input, bindings, valid: false }] : [];
}

/** Bodies to send: an empty object, and what the documented operations of the path take, as code may ignore the method. */
function bodiesOf(engine: Engine, operations: Operation[]): Arbitrary<string>[] {
  const taking = operations.filter(
    (one) => jsonSchemaOf(one.requestBody?.content ?? []) !== undefined && engine.obstacle(one) === undefined,
  );
  const taken = taking.map((one) => engine.inputsFor(one).arbitrary.map(({ body = {} }) => JSON.stringify(body)));
  return [fc.constant('{}'), ...taken];
}

async function judge(engine: Engine, ran: Ran, remarks: Set<string>): Promise<Judgement> {
  const sent = sentOnly(ran.sent);
  if (ran.kind === 'unusable') return { kind: 'discarded', sent, reason: ran.reason };
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined) return { kind: 'discarded', sent, reason: ran.kind === 'fault' ? ran.reason : 'no call' };
  const { method } = call.request;
  // The id of this case may be the name of another path: DELETE /users/me.
  if (answering(engine)(templateOf(engine, call), method)) return { kind: 'passed', sent };
  const stated = undocumentedMismatch(engine, call, [405, 404]);
  if (stated !== undefined)
    return { kind: 'failed', sent, focus, ...(stated.check === undefined ? { statusOnly: true } : {}), ...stated };
  const { answer, operation } = call;
  const actual = describeAnswer(answer);
  const expected = `${method} ${operation.path}, which is not documented, is refused with 405`;
  if (answer.kind === 'fault') return { kind: 'failed', sent, focus, statusOnly: true, actual, expected };
  const { status, headers } = answer;
  // A page that stands for every unknown path is no operation.
  const isPage = method === 'GET' && mainType(headers['content-type']).endsWith('html');
  const acts = (status >= 200 && status < 300 && !isPage) || (status >= 500 && status !== 501 && status !== 503);
  if (acts && !(await isReading(engine, call, sent[focus - 1])))
    return { kind: 'failed', sent, focus, statusOnly: true, actual, expected };
  if (acts) remarks.add(`the service does not look at the method: it answers ${method} ${operation.path} as a GET`);
  else if (status === 405 && headers['allow'] === undefined)
    remarks.add('answers with 405 have no Allow header, which RFC 9110 §15.5.6 demands');
  else if (status !== 405 && status !== 501 && engine.spec.undocumented === undefined)
    remarks.add(`undocumented methods of ${operation.path} are answered with ${status} rather than 405`);
  return { kind: 'passed', sent };
}

/** True where the answer is the one of the documented GET, before and afterwards: nothing was done. */
async function isReading(engine: Engine, { operation, input, answer }: Sent, look: Sent | undefined): Promise<boolean> {
  if (operation.method !== 'get' || answer.kind !== 'answer' || look?.role !== 'history') return false;
  if (look.answer.kind === 'answer' && look.answer.status < 300 && look.answer.text !== answer.text) return false;
  const result = await engine.runner.send({ role: 'check', operation, input, bindings: [], valid: false }, []);
  const read = result.kind === 'sent' ? result.sent.answer : undefined;
  return read?.kind === 'answer' && read.status === answer.status && read.text === answer.text;
}

/** The path of a request without query and base path. */
function templateOf(engine: Engine, { request, operation }: Sent): string {
  const base = operation.basePath ?? engine.spec.basePath;
  const path = request.path.split('?')[0] ?? '';
  return path.startsWith(base) ? path.slice(base.length) : path;
}

/** Tells whether some operation with a method has a template that a path, or what a template stands for, can match. */
function answering({ spec }: Engine): Answering {
  let known = templatesOf.get(spec);
  if (known === undefined) templatesOf.set(spec, (known = answeringOf(spec.operations)));
  return known;
}

type Answering = (path: string, method: string) => boolean;

const templatesOf = new WeakMap<Engine['spec'], Answering>();

function answeringOf(operations: readonly Operation[]): Answering {
  const keyOf = (method: string, path: string): string => `${method} ${path}`;
  const whole = new Set<string>();
  const templates = new Map<string, (readonly string[])[]>();
  for (const { method, path } of operations) {
    const segments = segmentsOf(path);
    whole.add(keyOf(method.toUpperCase(), path));
    if (segments.every((segment) => parametersIn(segment).length === 0)) continue;
    const key = `${method.toUpperCase()} ${segments.length}`;
    templates.set(key, [...(templates.get(key) ?? []), segments]);
  }
  return (path, method) => {
    if (whole.has(keyOf(method, path))) return true;
    const own = segmentsOf(path);
    // `/users/{id}` does stand for `/users/me`, but a case that is about it says so by its id.
    return (templates.get(`${method} ${own.length}`) ?? []).some((theirs) =>
      theirs.every((segment, index) => segment === own[index] || parametersIn(segment).length > 0),
    );
  };
}
