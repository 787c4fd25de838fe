/**
 * A query parameter that is left out means its default (OpenAPI 3.1.1 §4.8.24.3, JSON Schema `default`): a read without
 * it and one with the default spelt out are answered alike. Asked before and afterwards, so that only a state that
 * nobody changed meanwhile is judged.
 */
import type { Arbitrary } from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { schemaAt } from '../cases/schema-walk.ts';
import type { Input, Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import { createRecent, type Recent } from '../recent.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { differsFrom } from '../wire/reproducer.ts';
import { afterMaking, hasOwnView, RECENT } from './made-before.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';
import { TOKEN } from './walk.ts';

/** One property for each default of a read's query. */
export function queryDefaultsOf(engine: Engine): Property[] {
  const recent = createRecent<Arbitrary<Scenario>>(RECENT);
  return engine.spec.operations.flatMap((operation) =>
    operation.method !== 'get' || engine.obstacle(operation) !== undefined
      ? []
      : operation.parameters.flatMap((parameter) => {
          const value = defaultOf(engine, parameter);
          return value === undefined ? [] : [queryDefault(engine, operation, parameter, value, recent)];
        }),
  );
}

function defaultOf(engine: Engine, parameter: Parameter): JsonValue | undefined {
  if (parameter.in !== 'query' || parameter.required || parameter.schema === undefined) return undefined;
  const found = schemaAt(engine.spec, parameter.schema);
  const value = found === undefined ? undefined : valueAt(found.schema, '/default');
  if (value === undefined || value === null || typeof value === 'object' || value === '') return undefined;
  return engine.schemas.validate(parameter.schema, value, 'request').length === 0 ? value : undefined;
}

function queryDefault(
  engine: Engine,
  operation: Operation,
  parameter: Parameter,
  value: JsonValue,
  recent: Recent<Arbitrary<Scenario>>,
): Property {
  const { name } = parameter;
  // A text in place of a token is refused.
  const without = (query: Input['query']): Input['query'] =>
    Object.fromEntries(Object.entries(query).filter(([key]) => key !== name && !TOKEN.test(key)));
  const inputs = engine.inputsFor(operation);
  const again = (call: Step, query: Input['query']): Step => ({
    ...call,
    role: 'check',
    input: { ...call.input, query },
  });
  const asking = inputs.arbitrary.map((input) => ({ input: { ...input, query: without(input.query) }, valid: true }));
  const askedAgain = (scenario: Scenario): Scenario => {
    const call = scenario.findLast((step) => step.role === 'call');
    if (call === undefined) return scenario;
    return [...scenario, again(call, { ...call.input.query, [name]: value }), again(call, call.input.query)];
  };
  return stateProperty(engine, {
    name: `default ${operation.id} ${name}`,
    clause: parameter.pointer,
    operation,
    serial: !hasOwnView(engine, operation),
    runs: Math.max(3, Math.round(engine.runs / 16)),
    needs: [...engine.planFor(operation).setup.map((step) => step.operation), operation],
    arbitrary: () => recent(`${operation.id} ${name}`, () => afterMaking(engine, operation, asking).map(askedAgain)),
    look: (sent) => look(sent, name, value),
  });
}

function look(sent: Sent[], name: string, value: JsonValue): Shown {
  const focus = sent.length - 2;
  const [left, spelt, after] = sent.slice(-3).map((one) => (one.answer.kind === 'answer' ? one.answer : undefined));
  if (left === undefined || spelt === undefined || after === undefined || left.status >= 300)
    return { kind: 'silent', reason: 'it was not answered with success' };
  const [one, two, three] = [left, spelt, after].map(({ json }) => plain(json ?? null, name));
  if (left.json === undefined || after.status !== left.status || !equalJson(one ?? null, three ?? null))
    return { kind: 'silent', reason: 'what it answers changes by itself' };
  if (spelt.status === left.status && equalJson(one ?? null, two ?? null)) return HELD;
  return {
    kind: 'failed',
    focus,
    check: differsFrom(focus - 1),
    actual: `${describeAnswer(spelt).slice(0, 400)}, and without it ${describeAnswer(left).slice(0, 400)}`,
    expected: `the same answer with ${name}=${JSON.stringify(value)}, its default, as without it`,
  };
}

/** An answer without what only repeats how it was asked: links to itself, members with the name of the parameter. */
function plain(value: JsonValue, name: string): JsonValue {
  if (typeof value === 'string') return value.includes(name) ? '' : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, name));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (key === name ? [] : [[key, plain(member, name)]])),
  );
}
