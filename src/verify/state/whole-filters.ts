/**
 * A list that is asked for one value of a field leaves out no item of the whole list that has it. Only of filters that
 * mean what they say, and of lists that are the same before and afterwards.
 */
import type { Arbitrary } from 'fast-check';
import { isObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import type { Scenario, Step } from '../cases/scenario.ts';
import type { Property } from '../checks/property.ts';
import { equalJson } from '../equal-json.ts';
import { createRecent, type Recent } from '../recent.ts';
import type { Engine } from '../run/engine.ts';
import type { Sent } from '../wire/execute.ts';
import { exactFilterOf, type ExactFilter } from './filters.ts';
import { expressionOf } from './expression-of.ts';
import { afterMaking, hasOwnView, RECENT } from './made-before.ts';
import { HELD, type Shown, stateProperty } from './state-property.ts';

/** Values that a case asks for. */
const MOST_VALUES = 4;

/** One property for each filter of each list that may be asked for without it. */
export function wholeFiltersOf(engine: Engine): Property[] {
  const recent = createRecent<Arbitrary<Scenario>>(RECENT);
  return engine.spec.operations.flatMap((operation) =>
    operation.method !== 'get' || engine.obstacle(operation) !== undefined
      ? []
      : operation.parameters.flatMap((parameter) => {
          const filter = parameter.required ? undefined : exactFilterOf(engine, operation, parameter);
          const values = filter?.values.slice(0, MOST_VALUES) ?? [];
          return filter === undefined || values.length === 0
            ? []
            : [wholeFilter(engine, operation, filter, values, recent)];
        }),
  );
}

function wholeFilter(
  engine: Engine,
  operation: Operation,
  filter: ExactFilter,
  values: JsonValue[],
  recent: Recent<Arbitrary<Scenario>>,
): Property {
  const { name } = filter.parameter;
  const required = new Set(operation.parameters.filter((one) => one.required).map((one) => one.name));
  const asking = engine.inputsFor(operation).arbitrary.map((input) => ({
    input: { ...input, query: Object.fromEntries(Object.entries(input.query).filter(([key]) => required.has(key))) },
    valid: true,
  }));
  const askedAgain = (scenario: Scenario): Scenario => {
    const call = scenario.findLast((step) => step.role === 'call');
    if (call === undefined) return scenario;
    const asked = (query: Step['input']['query']): Step => ({
      ...call,
      role: 'check',
      input: { ...call.input, query: { ...call.input.query, ...query } },
    });
    return [...scenario, ...values.map((value) => asked({ [name]: value })), asked({})];
  };
  return stateProperty(engine, {
    name: `whole filter ${operation.id} ${name}`,
    clause: filter.parameter.pointer,
    operation,
    serial: !hasOwnView(engine, operation),
    runs: Math.max(4, Math.round(engine.runs / 8)),
    needs: [...engine.planFor(operation).setup.map((step) => step.operation), operation],
    arbitrary: () => recent(`${operation.id} ${name}`, () => afterMaking(engine, operation, asking).map(askedAgain)),
    look: (sent) => look(sent, filter, values),
  });
}

function look(sent: Sent[], { list, parameter: { name } }: ExactFilter, values: JsonValue[]): Shown {
  const from = sent.length - values.length - 2;
  const [whole, ...filtered] = sent.slice(from).map((one) => itemsIn(one, list.pointer));
  const again = filtered.pop();
  if (whole === undefined || again === undefined || !equalJson(whole, again))
    return { kind: 'silent', reason: 'the list changed by itself' };
  let seen = 0;
  for (const [index, value] of values.entries()) {
    const items = filtered[index];
    const fitting = whole.filter((item) => isObject(item) && item[name] === value);
    seen += fitting.length;
    const lost = items === undefined ? undefined : fitting.find((item) => !items.some((one) => equalJson(one, item)));
    if (lost === undefined) continue;
    const focus = from + 1 + index;
    return {
      kind: 'failed',
      focus,
      check: `${expressionOf(list.pointer)}.length < ${fitting.length}`,
      actual: `${items?.length ?? 0} items without ${JSON.stringify(lost).slice(0, 300)}`,
      expected: `all items of the list with ${name} ${JSON.stringify(value)}`,
    };
  }
  return seen > 0 ? HELD : { kind: 'silent', reason: `no item was seen with a value of ${name} that was asked for` };
}

function itemsIn({ answer }: Sent, pointer: string): JsonValue[] | undefined {
  if (answer.kind !== 'answer' || answer.status !== 200 || answer.json === undefined) return undefined;
  const items = valueAt(answer.json, pointer);
  return Array.isArray(items) ? items : undefined;
}
