/** A documented link leads somewhere: what it says of an answer is what the other operation accepts. */
import fc, { type Arbitrary } from 'fast-check';
import { at } from '../../events/index.ts';
import type { Link, Operation, Parameter, ResponseSpec } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { segmentsOf } from '../cases/paths.ts';
import type { Binding, Input, Scenario, Step } from '../cases/scenario.ts';
import { excused, INPUT_REFUSALS } from '../checks/acceptance.ts';
import { documented } from '../checks/conformance.ts';
import type { Property } from '../checks/property.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { placeOf } from '../wire/serialise.ts';
import { bindingFor, bodyBindings, filled } from './expression.ts';
import { linkName } from './link-name.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';

/** The properties of the links of an operation's answers. */
export function linksOf(engine: Engine, operation: Operation): Property[] {
  return operation.responses.flatMap((response) =>
    response.links.flatMap((link) => {
      const target = engine.spec.operations.find((one) => one.id === link.operation);
      if (target === undefined || engine.obstacle(target) !== undefined) return [];
      return linkOf(engine, operation, response, link, target);
    }),
  );
}

function linkOf(engine: Engine, operation: Operation, response: ResponseSpec, link: Link, target: Operation): Property {
  const plan = engine.planFor(operation);
  const isSuccess = response.status.startsWith('2');
  const { places, arbitrary: inputs } = engine.inputsFor(target);
  const calls = (): Arbitrary<Scenario> =>
    scenarios({
      plan,
      call: engine.inputsFor(operation).arbitrary.map((input) => ({ input, valid: true })),
      inputs: (one) => engine.inputsFor(one),
      accepts: (one, input) => engine.accepts(one, input),
      // Other answers than success come of what was done before.
      episodes: isSuccess ? [] : engine.episodesFor(operation),
    });
  const arbitrary = (): Arbitrary<Scenario> =>
    fc
      .tuple(calls(), inputs)
      .map(([scenario, input]) => [
        ...scenario,
        { role: 'check', operation: target, input: necessary(input, places), bindings: [], valid: true },
      ]);
  const name = linkName(operation, response, link);
  return {
    ...stateProperty(engine, {
      name,
      operation,
      clause: link.pointer,
      runs: Math.max(isSuccess ? 3 : 8, Math.round(engine.runs / (isSuccess ? 10 : 5))),
      serial: !isolated(engine, operation),
      needs: [...plan.setup.map((one) => one.operation), operation, target],
      arbitrary,
      first: (scenario) => scenario.slice(0, -1),
      look: (sent, scenario) => follow(engine, { response, link, target }, sent, scenario.at(-1)),
    }),
  };
}

/** Only what must be sent: the link says the rest. */
function necessary(input: Input, places: { required: boolean; parameter?: Parameter }[]): Input {
  const kept: Input = { path: input.path, query: {}, headers: {}, cookies: {} };
  for (const { required, parameter } of places) {
    const value = parameter === undefined ? undefined : input[placeOf(parameter)][parameter.name];
    if (required && parameter !== undefined && value !== undefined) kept[placeOf(parameter)][parameter.name] = value;
  }
  return input.body === undefined ? kept : { ...kept, body: input.body };
}

interface Followed {
  response: ResponseSpec;
  link: Link;
  target: Operation;
}

async function follow(engine: Engine, one: Followed, sent: Sent[], step: Step | undefined): Promise<Shown> {
  const { response, link, target } = one;
  const call = sent.find(({ role }) => role === 'call');
  if (call?.answer.kind !== 'answer' || step === undefined) return { kind: 'silent', reason: 'no answer' };
  const { answer, operation } = call;
  if (documented(operation, answer.status) !== response)
    return { kind: 'silent', reason: `${operation.id} answered ${answer.status}, never ${response.status}` };
  const made = inputOf(link, target, call, step.input);
  if ('reason' in made) return { kind: 'silent', reason: made.reason };
  const result = await engine.runner.send({ ...step, role: `link ${link.name}`, ...made }, [...sentByStep(sent)]);
  if (result.kind === 'unusable') return { kind: 'silent', reason: result.reason };
  sent.push(result.sent);
  const reached = result.sent.answer;
  const failure = {
    kind: 'failed' as const,
    focus: sent.length - 1,
    statusOnly: true,
    actual: describeAnswer(reached),
    expected: `${target.id} accepts what the link ${link.name} of ${operation.id} gives`,
  };
  if (reached.kind === 'fault' || reached.status >= 500 || reached.status === 404 || reached.status === 410)
    return failure;
  if (INPUT_REFUSALS.has(reached.status) && !(await excused(engine, result.sent, reached.status))) return failure;
  return HELD;
}

/** Answers at the places of their steps. */
function sentByStep(sent: Sent[]): (Sent | undefined)[] {
  const placed: (Sent | undefined)[] = [];
  for (const one of sent) if (one.index >= 0) placed[one.index] = one;
  return placed;
}

function inputOf(
  link: Link,
  target: Operation,
  call: Sent,
  drawn: Input,
): { input: Input; bindings: Binding[] } | { reason: string } {
  const input: Input = { ...drawn, path: { ...drawn.path }, query: { ...drawn.query }, headers: { ...drawn.headers } };
  const bindings: Binding[] = [];
  for (const [name, template] of Object.entries(link.parameters)) {
    const parameter = target.parameters.find((one) => one.name === name || `${one.in}.${one.name}` === name);
    if (parameter === undefined) continue;
    const value = filled(template, { sent: call });
    if (value === undefined)
      return { reason: `the link ${link.name} has no value for ${name}: ${JSON.stringify(template)}` };
    input[placeOf(parameter)] = { ...input[placeOf(parameter)], [parameter.name]: value };
    const binding = bindingFor(at('', placeOf(parameter), parameter.name), template, call.index);
    if (binding !== undefined) bindings.push(binding);
  }
  for (const parameter of target.parameters) {
    if (parameter.in !== 'path' || input.path[parameter.name] !== undefined) continue;
    // A parent that the link leaves out is that of the call.
    const own = call.input.path[parameter.name];
    if (own === undefined || !segmentsOf(call.operation.path).includes(`{${parameter.name}}`))
      return { reason: `the link ${link.name} gives no ${parameter.name}` };
    input.path = { ...input.path, [parameter.name]: own };
  }
  if (link.requestBody === undefined) return { input, bindings };
  const body = filled(link.requestBody, { sent: call });
  if (body === undefined) return { reason: `the body of the link ${link.name} has an expression without a value` };
  return { input: { ...input, body }, bindings: [...bindings, ...bodyBindings(link.requestBody, '/body', call.index)] };
}
