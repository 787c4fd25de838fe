/** Each workflow beside the contract is a property: whatever its inputs, every step succeeds as it says. */
import fc, { type Arbitrary } from 'fast-check';
import { isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Workflow } from '../../spec/arazzo/workflow.ts';
import { emptyInput, type Scenario } from '../cases/scenario.ts';
import { excused, INPUT_REFUSALS } from '../checks/acceptance.ts';
import type { Property, Undecidable } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { createSchemas } from '../schema/index.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';
import { type Ended, runWorkflow } from './workflow-run.ts';

/** The properties of all workflows. */
export function workflowsOf(engine: Engine): (Property | Undecidable)[] {
  const workflows = engine.spec.workflows ?? [];
  const byId = new Map(workflows.map((one) => [one.id, one]));
  return workflows.map((workflow) => workflowOf(engine, byId, workflow));
}

function workflowOf(engine: Engine, workflows: Map<string, Workflow>, workflow: Workflow): Property | Undecidable {
  const ref = { id: `stateful workflow ${workflow.id}`, clause: workflow.pointer, kind: 'stateful' as const };
  const drawn: Record<string, Inputs> = {};
  for (const one of [workflow, ...neededBy(workflows, workflow)]) {
    const inputs = inputsOf(one);
    if ('reason' in inputs) return { ref, reason: inputs.reason };
    drawn[one.id] = inputs;
  }
  const operations = workflow.steps.flatMap(({ calls }) =>
    engine.spec.operations.filter((one) => 'operation' in calls && one.id === calls.operation),
  );
  const [operation] = operations.length > 0 ? operations : engine.spec.operations;
  if (operation === undefined || workflow.steps.length === 0) return { ref, reason: 'no step of it can be taken' };
  // What is drawn are inputs, by the ids of the workflows; they stand where a body does.
  const scenario = (value: JsonValue): Scenario => [
    { role: 'call', operation, input: { ...emptyInput(), body: value }, bindings: [], valid: true },
  ];
  const property = stateProperty(engine, {
    name: `workflow ${workflow.id}`,
    operation,
    clause: workflow.pointer,
    runs: Math.max(4, Math.round(engine.runs / 5)),
    serial: true,
    mustHold: true,
    needs: operations,
    arbitrary: (index) =>
      fc.record(Object.fromEntries(Object.entries(drawn).map(([id, inputs]) => [id, inputs(index)]))).map(scenario),
    first: () => [],
    async look(sent, [first]) {
      const inputs = isObject(first?.input.body) ? first.input.body : {};
      const ended = await runWorkflow({ engine, workflows, inputs, sent }, workflow, inputs[workflow.id] ?? {});
      return shownBy(engine, ended, sent);
    },
  });
  const { operation: _, ...named } = property.ref;
  return { ...property, ref: named };
}

/** The workflows that must have run before, each once. */
function neededBy(workflows: Map<string, Workflow>, { dependsOn }: Workflow, seen = new Set<string>()): Workflow[] {
  return dependsOn.flatMap((id) => {
    const other = workflows.get(id);
    if (other === undefined || seen.has(id)) return [];
    seen.add(id);
    return [other, ...neededBy(workflows, other, seen)];
  });
}

async function shownBy(engine: Engine, ended: Ended, sent: Sent[]): Promise<Shown> {
  if (ended.kind === 'done') return HELD;
  if (ended.kind === 'ended') return { kind: 'silent', reason: `the step ${ended.step} ended it` };
  if (ended.kind === 'impossible') return { kind: 'silent', reason: ended.reason };
  const { answer, operation } = ended.sent;
  const actual = describeAnswer(answer);
  const failure: Shown = {
    kind: 'failed',
    focus: sent.indexOf(ended.sent),
    actual,
    expected: `step ${ended.step.id} succeeds: ${ended.why}`,
  };
  if (answer.kind === 'fault' || answer.status < 400 || answer.status >= 500) return failure;
  const silent: Shown = { kind: 'silent', reason: `step ${ended.step.id}: ${operation.id} answered ${actual}` };
  // Drawn inputs may name what is not there, or may not be allowed; what an earlier step gave is there.
  if (answer.status === 404 || answer.status === 410) return ended.fromSteps ? failure : silent;
  if (!INPUT_REFUSALS.has(answer.status) || !ended.sent.valid) return silent;
  return (await excused(engine, ended.sent, answer.status)) ? silent : failure;
}

type Inputs = (index: number) => Arbitrary<JsonValue>;

/** Inputs of the schema; the examples and defaults that it gives come first and every other time. */
function inputsOf(workflow: Workflow): Inputs | { reason: string } {
  const { inputs, document } = workflow;
  if (inputs === undefined) return () => fc.constant({});
  const generator = createSchemas(document, { dialect: '2020-12' }).generator(inputs, 'any');
  if (generator.kind !== 'generator')
    return { reason: `its inputs cannot be generated: ${generator.reason} (${generator.pointer})` };
  const schema = valueAt(document, inputs);
  const known = isObject(schema) ? examplesOf(schema) : {};
  const mixed = generator.arbitrary.map((value) => (isObject(value) ? { ...value, ...known } : value));
  return (index) => (index % 2 === 0 ? mixed : generator.arbitrary);
}

function examplesOf({ properties }: JsonObject): JsonObject {
  const known: JsonObject = {};
  for (const [name, schema] of Object.entries(isObject(properties) ? properties : {})) {
    if (!isObject(schema)) continue;
    const { examples, example } = schema;
    const value = (Array.isArray(examples) ? examples[0] : undefined) ?? example ?? schema['default'];
    if (value !== undefined) known[name] = value;
  }
  return known;
}
