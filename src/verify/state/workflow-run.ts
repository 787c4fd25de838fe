/** Runs a workflow step by step; bounded in steps and in time, whatever its actions say. */
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { Action, Criterion, Workflow, WorkflowStep } from '../../spec/arazzo/workflow.ts';
import type { Operation } from '../../spec/model.ts';
import { withValue } from '../cases/resolve.ts';
import { type Binding, emptyInput, type Input, type Source } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { placeOf } from '../wire/serialise.ts';
import { holds } from './criterion.ts';
import { filled, type Scope, valueOf } from './expression.ts';
import { sourceOf } from '../cases/producer-search.ts';

const MAX_STEPS = 40;
const MAX_DEPTH = 4;
const MAX_RETRIES = 5;
const MAX_WAIT_MS = 500;

/** How a workflow ended. A step that failed and that nothing provides for ends it. */
export type Ended =
  | { kind: 'done'; outputs: JsonObject }
  /** An action ended it, as it provides for. */
  | { kind: 'ended'; step: string }
  | { kind: 'failed'; step: WorkflowStep; sent: Sent; why: string; fromSteps: boolean }
  | { kind: 'impossible'; reason: string };

export interface WorkflowRun {
  engine: Engine;
  workflows: Map<string, Workflow>;
  /** By id, for a workflow and those that it depends on. */
  inputs: JsonObject;
  /** All that was sent, appended to. */
  sent: Sent[];
}

interface Frame {
  inputs: JsonValue;
  steps: JsonObject;
  /** Where an output of a step comes from, so that a script can take it from there. */
  sources: Map<string, Source>;
}

/** Runs one workflow with inputs, those that it depends on first. */
export async function runWorkflow(run: WorkflowRun, workflow: Workflow, inputs: JsonValue, depth = 0): Promise<Ended> {
  if (depth > MAX_DEPTH)
    return { kind: 'impossible', reason: `workflows call one another more than ${MAX_DEPTH} deep` };
  const outputs: JsonObject = {};
  for (const id of workflow.dependsOn) {
    const other = run.workflows.get(id);
    const ended = other === undefined ? undefined : await runWorkflow(run, other, run.inputs[id] ?? {}, depth + 1);
    if (ended !== undefined && ended.kind !== 'done') return ended;
    if (ended !== undefined) outputs[id] = { outputs: ended.outputs };
  }
  const frame: Frame = { inputs, steps: {}, sources: new Map() };
  const retries = new Map<string, number>();
  let index = 0;
  for (let count = 0; index < workflow.steps.length; count++) {
    const step = workflow.steps[index];
    if (step === undefined) break;
    if (count >= MAX_STEPS) return { kind: 'impossible', reason: `it goes on after ${MAX_STEPS} steps` };
    const taken = await take(run, workflow, step, frame, outputs, depth);
    if (taken.kind !== 'taken') return taken;
    const { scope, problem } = taken;
    const action = [...(problem === undefined ? step.onSuccess : step.onFailure)].find(
      (one) => all(one.criteria, scope) === true,
    );
    const next = action === undefined ? undefined : await follow(run, workflow, step, action, retries, inputs, depth);
    if (next?.kind === 'ended' || next?.kind === 'done')
      return problem === undefined ? finish(workflow, frame, outputs) : next;
    if (next?.kind === 'step') index = next.index;
    else if (problem !== undefined) return problem;
    else index++;
  }
  return finish(workflow, frame, outputs);
}

function finish(workflow: Workflow, frame: Frame, workflows: JsonObject): Ended {
  const scope: Scope = { names: namesOf(frame, workflows) };
  const outputs: JsonObject = {};
  for (const [name, expression] of Object.entries(workflow.outputs)) {
    const value = valueOf(expression, scope);
    if (value !== undefined) outputs[name] = value;
  }
  return { kind: 'done', outputs };
}

function namesOf(frame: Frame, workflows: JsonObject): Record<string, JsonValue> {
  return { inputs: frame.inputs, steps: frame.steps, workflows };
}

type Taken = { kind: 'taken'; scope: Scope; problem: Ended | undefined } | Exclude<Ended, { kind: 'done' }>;

async function take(
  run: WorkflowRun,
  workflow: Workflow,
  step: WorkflowStep,
  frame: Frame,
  workflows: JsonObject,
  depth: number,
): Promise<Taken> {
  const names = namesOf(frame, workflows);
  if ('workflow' in step.calls) {
    const other = run.workflows.get(step.calls.workflow);
    if (other === undefined) return { kind: 'impossible', reason: `there is no workflow ${step.calls.workflow}` };
    const given: JsonObject = {};
    for (const { name, value } of step.parameters) given[name] = filled(value, { names }) ?? null;
    const ended = await runWorkflow(run, other, given, depth + 1);
    if (ended.kind !== 'done') return ended;
    const scope: Scope = { names: { ...names, outputs: ended.outputs } };
    frame.steps[step.id] = { outputs: outputsOf(step, scope) };
    return { kind: 'taken', scope, problem: undefined };
  }
  const { operation: id } = step.calls;
  const operation = run.engine.spec.operations.find((one) => one.id === id);
  if (operation === undefined) return { kind: 'impossible', reason: `there is no operation ${id}` };
  const made = inputOf(step, operation, { names }, frame);
  if ('reason' in made) return { kind: 'impossible', reason: `step ${step.id}: ${made.reason}` };
  const valid = run.engine.accepts(operation, made.input);
  const before = run.sent;
  const result = await run.engine.runner.send({ role: `step ${step.id}`, operation, ...made, valid }, before);
  if (result.kind === 'unusable') return { kind: 'impossible', reason: `step ${step.id}: ${result.reason}` };
  const { sent } = result;
  run.sent.push(sent);
  const scope: Scope = { sent, names };
  if (sent.answer.kind === 'fault')
    return { kind: 'failed', step, sent, why: sent.answer.message, fromSteps: made.fromSteps };
  frame.steps[step.id] = { outputs: outputsOf(step, scope) };
  for (const [name, expression] of Object.entries(step.outputs)) {
    const source = sourceOf(expression);
    const key = `$steps.${step.id}.outputs.${name}`;
    if (source !== undefined && source.place !== 'location') frame.sources.set(key, { step: sent.index, ...source });
    else frame.sources.delete(key);
  }
  const unmet = unmetBy(step.success, scope, sent.answer.status);
  if (unmet === undefined) return { kind: 'taken', scope, problem: undefined };
  if (unmet.kind === 'unreadable') return { kind: 'impossible', reason: `step ${step.id}: ${unmet.message}` };
  return {
    kind: 'taken',
    scope,
    problem: { kind: 'failed', step, sent, why: unmet.condition, fromSteps: made.fromSteps },
  };
}

function outputsOf(step: WorkflowStep, scope: Scope): JsonObject {
  const outputs: JsonObject = {};
  for (const [name, expression] of Object.entries(step.outputs)) {
    const value = valueOf(expression, scope);
    if (value !== undefined) outputs[name] = value;
  }
  return outputs;
}

/** The first criterion that does not hold; without any, an answer below 400 is a success. */
function unmetBy(
  criteria: Criterion[],
  scope: Scope,
  status: number,
): { kind: 'unmet'; condition: string } | { kind: 'unreadable'; message: string } | undefined {
  if (criteria.length === 0) return status < 400 ? undefined : { kind: 'unmet', condition: 'a status below 400' };
  for (const criterion of criteria) {
    const truth = holds(criterion, scope);
    if (truth.kind === 'unreadable') return truth;
    const { condition, context } = criterion;
    if (!truth.value)
      return { kind: 'unmet', condition: context === undefined ? condition : `${context}: ${condition}` };
  }
  return undefined;
}

function all(criteria: Criterion[], scope: Scope): boolean {
  return criteria.every((one) => {
    const truth = holds(one, scope);
    return truth.kind === 'truth' && truth.value;
  });
}

type Next = { kind: 'step'; index: number } | { kind: 'ended'; step: string } | { kind: 'done'; outputs: JsonObject };

async function follow(
  run: WorkflowRun,
  workflow: Workflow,
  step: WorkflowStep,
  action: Action,
  retries: Map<string, number>,
  inputs: JsonValue,
  depth: number,
): Promise<Next | undefined> {
  if (action.type === 'end') return { kind: 'ended', step: step.id };
  if (action.type === 'retry') {
    const done = retries.get(step.id) ?? 0;
    if (done >= Math.min(action.retryLimit, MAX_RETRIES)) return undefined;
    retries.set(step.id, done + 1);
    await new Promise((resolve) => setTimeout(resolve, Math.min(action.retryAfterMs, MAX_WAIT_MS)));
  }
  if (action.workflow !== undefined) {
    const other = run.workflows.get(action.workflow);
    const ended = other === undefined ? undefined : await runWorkflow(run, other, inputs, depth + 1);
    // What was gone to is not come back from, unless it was for trying again.
    if (action.type === 'goto') return ended?.kind === 'done' ? ended : undefined;
    if (ended?.kind !== 'done') return undefined;
  }
  const to = action.step ?? step.id;
  return { kind: 'step', index: workflow.steps.findIndex((one) => one.id === to) };
}

function inputOf(
  step: WorkflowStep,
  operation: Operation,
  scope: Scope,
  frame: Frame,
): { input: Input; bindings: Binding[]; fromSteps: boolean } | { reason: string } {
  const input = emptyInput();
  const bindings: Binding[] = [];
  let fromSteps = false;
  const bind = (into: string, template: JsonValue): void => {
    if (typeof template !== 'string') return;
    const expression = template.replace(/^\{(.*)\}$/, '$1');
    const from = frame.sources.get(expression);
    if (from !== undefined) bindings.push({ into, from });
  };
  for (const { name, in: place, value: template } of step.parameters) {
    const parameter = operation.parameters.find(
      (one) => one.name === name && (place === undefined || one.in === place),
    );
    if (parameter === undefined) return { reason: `${operation.id} has no parameter ${place ?? ''} ${name}` };
    const value = filled(template, scope);
    if (value === undefined) {
      if (parameter.required) return { reason: `there is no value for ${name}: ${JSON.stringify(template)}` };
      continue;
    }
    if (parameter.in === 'path' && JSON.stringify(template).includes('$steps.')) fromSteps = true;
    input[placeOf(parameter)] = { ...input[placeOf(parameter)], [parameter.name]: value };
    bind(at('', placeOf(parameter), parameter.name), template);
  }
  if (step.body === undefined) return { input, bindings, fromSteps };
  const body = step.body.payload === undefined ? {} : filled(parsed(step.body.payload), scope);
  if (body === undefined) return { reason: 'its body has an expression without a value' };
  let whole: Input = { ...input, body };
  bindLeaves(step.body.payload ?? null, '/body', bind);
  for (const { target, value } of step.body.replacements) {
    const found = filled(value, scope);
    if (found === undefined) return { reason: `there is no value for ${target}` };
    whole = withValue(placed(whole, target), `/body${target}`, found);
    bind(`/body${target}`, value);
  }
  return { input: whole, bindings, fromSteps };
}

/** A payload may be written as a text that is JSON. */
function parsed(payload: JsonValue): JsonValue {
  if (typeof payload !== 'string' || !/^\s*[{[]/.test(payload) || /^\s*\{\$/.test(payload)) return payload;
  try {
    return JSON.parse(payload) as JsonValue;
  } catch {
    return payload;
  }
}

/** The input with something at a target at the top of its body, so that it can be replaced. */
function placed(input: Input, target: string): Input {
  const name = target.slice(1);
  if (name.includes('/') || !isObject(input.body) || Object.hasOwn(input.body, name)) return input;
  return { ...input, body: { ...input.body, [name]: '' } };
}

function bindLeaves(template: JsonValue, into: string, bind: (into: string, template: JsonValue) => void): void {
  if (Array.isArray(template)) template.forEach((item, index) => bindLeaves(item, at(into, index), bind));
  else if (isObject(template))
    for (const [name, member] of Object.entries(template)) bindLeaves(member, at(into, name), bind);
  else bind(into, template);
}
