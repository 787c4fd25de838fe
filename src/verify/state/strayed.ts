/**
 * What was posted below one thing is not below another one of the same kind: a list that shows another's items, and a
 * deletion under another's path, where nothing reads an item alone.
 */
import fc from 'fast-check';
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Operation } from '../../spec/model.ts';
import { setupInput } from '../cases/cases.ts';
import { idSource, listIn } from '../cases/ids.ts';
import { thingOf } from '../cases/names.ts';
import { isItem, parametersIn, segmentsOf } from '../cases/paths.ts';
import type { Plan } from '../cases/producers.ts';
import { type Binding, emptyInput, type Input, type Role, type Scenario, type Source } from '../cases/scenario.ts';
import { propertySchema } from '../cases/schema-walk.ts';
import type { Property } from '../checks/property.ts';
import type { Engine } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { expressionOf } from './expression-of.ts';
import { documentsGone } from './kinds.ts';
import { checkedSource, HELD, idOf, isDone, type Shown, stateProperty } from './state-property.ts';

const RUNS = 2;

interface Below {
  list: Operation;
  poster: Operation;
  plan: Plan;
  /** Pointer of the items in the answer of the list, and the member that is their id. */
  pointer: string;
  id: string;
  /** Where the poster answers the id; its step is that of the post. */
  source: Source;
  /** Place of the parent's parameter among the segments, and the step of the plan that makes it. */
  segment: number;
  parent: number;
  /** Removes one item, where no operation reads it. */
  remover: Operation | undefined;
}

/** One property for each list below something that a case can make twice, if one can post to it. */
export function strayedOf(engine: Engine): Property[] {
  const { operations } = engine.spec;
  return operations.flatMap((list) => {
    const poster = operations.find((one) => one.method === 'post' && one.path === list.path);
    if (list.method !== 'get' || poster === undefined || isItem(list)) return [];
    if ([list, poster].some((one) => engine.obstacle(one) !== undefined)) return [];
    if (list.parameters.some((one) => one.required && one.in !== 'path')) return [];
    const below = belowOf(engine, list, poster);
    return below === undefined ? [] : [strayed(engine, below)];
  });
}

function belowOf(engine: Engine, list: Operation, poster: Operation): Below | undefined {
  const { spec } = engine;
  const segments = segmentsOf(list.path);
  const segment = segments.findLastIndex((text) => parametersIn(text).length === 1);
  const [name] = parametersIn(segments[segment] ?? '');
  const thing = thingOf(segments.at(-1) ?? '');
  const found = listIn(spec, list, thing);
  const produced = idSource(spec, poster, { parameter: 'id', thing });
  const id = produced?.place === 'body' ? (produced.pointer.split('/').at(-1) ?? '') : '';
  if (name === undefined || found === undefined || produced === undefined) return undefined;
  if (propertySchema(spec, found.items, id) === undefined) return undefined;
  const plan = engine.planFor(poster);
  const from = plan.bindings.find(({ into }) => into === at('/path', name))?.from;
  if (from === undefined || from.place === 'input' || plan.found.has(from.step)) return undefined;
  // What comes after the parent in the plan would hang on one of two.
  if (plan.setup.some(({ bindings }) => bindings.some((one) => one.from.step === from.step))) return undefined;
  const on = spec.operations.filter((one) => {
    const own = segmentsOf(one.path);
    return own.length === segments.length + 1 && isItem(one) && one.path.startsWith(`${list.path}/`);
  });
  const remover = on.find((one) => one.method === 'delete' && documentsGone(one) && engine.obstacle(one) === undefined);
  return {
    list,
    poster,
    plan,
    pointer: found.pointer,
    id,
    source: { step: 0, place: 'body', pointer: produced.pointer },
    segment,
    parent: from.step,
    remover: on.some((one) => one.method === 'get') ? undefined : remover,
  };
}

function strayed(engine: Engine, below: Below): Property {
  const { list, poster, plan, remover, parent } = below;
  const maker = plan.setup[parent]?.operation ?? poster;
  const arbitrary = fc
    .tuple(
      fc.tuple(...plan.setup.map((one) => engine.inputsFor(one.operation).arbitrary)),
      engine.inputsFor(maker).arbitrary,
      engine.inputsFor(poster).arbitrary,
      remover === undefined ? fc.constant(emptyInput()) : engine.inputsFor(remover).arbitrary,
    )
    .map(([setups, second, posted, removal]) => scenarioOf(below, setups, { second, posted, removal }));
  return stateProperty(engine, {
    name: `strayed ${poster.id} ${list.id}`,
    operation: list,
    runs: RUNS,
    needs: [...plan.setup.map((one) => one.operation), poster, list],
    arbitrary: () => arbitrary,
    look: (sent) => look(below, sent),
  });
}

/** Two parents; the list of the second, a post to the first, both lists; a removal below the second, and the first list. */
function scenarioOf(
  below: Below,
  setups: Input[],
  { second, posted, removal }: { second: Input; posted: Input; removal: Input },
): Scenario {
  const { list, poster, plan, parent, remover, source } = below;
  const steps: Scenario = plan.setup.map((step, index) => ({
    role: 'setup',
    operation: step.operation,
    input: setupInput(step, setups[index] ?? emptyInput()),
    bindings: step.bindings,
    valid: true,
  }));
  const first = steps[parent];
  const other = steps.length;
  if (first !== undefined) steps.push({ ...first, input: second });
  const inPath = plan.bindings.filter(({ into }) => into.startsWith('/path/'));
  const turned = inPath.map((one) => (one.from.step === parent ? { ...one, from: { ...one.from, step: other } } : one));
  const add = (role: Role, operation: Operation, input: Input, bindings: Binding[]): void => {
    steps.push({ role, operation, input, bindings, valid: true });
  };
  add('check', list, emptyInput(), turned);
  const post = steps.length;
  add('history', poster, posted, plan.bindings);
  add('check', list, emptyInput(), inPath);
  add('call', list, emptyInput(), turned);
  if (remover === undefined) return steps;
  const [last] = parametersIn(segmentsOf(remover.path).at(-1) ?? '');
  if (last === undefined) return steps;
  add('history', remover, removal, [...turned, { into: at('/path', last), from: { ...source, step: post } }]);
  add('check', list, emptyInput(), inPath);
  return steps;
}

function look({ list, pointer, id, source, poster, remover }: Below, sent: Sent[]): Shown {
  const posted = sent.find((one) => one.operation === poster && one.role === 'history');
  const removal = sent.find((one) => one.operation === remover);
  const made = idOf(source, posted);
  const [before, own, call, after] = sent.filter((one) => one.operation === list);
  const has = (one: Sent | undefined): boolean | undefined => {
    if (one?.answer.kind !== 'answer' || one.answer.status !== 200 || one.answer.json === undefined) return undefined;
    const items = valueAt(one.answer.json, pointer);
    return Array.isArray(items) ? items.some((item) => isObject(item) && String(item[id]) === made) : undefined;
  };
  if (posted === undefined || made === undefined || !isDone(posted) || has(own) !== true || has(before) !== false)
    return { kind: 'silent', reason: `what ${poster.id} made is not in ${list.id}` };
  const shown = {
    kind: 'failed' as const,
    checked: checkedSource(source, posted.index),
  };
  const holds = `${expressionOf(pointer)}.some((item) => String(item[${JSON.stringify(id)}]) === process.argv[2])`;
  if (call !== undefined && has(call) === true)
    return {
      ...shown,
      focus: sent.indexOf(call),
      actual: `an item with ${id} ${JSON.stringify(made)}, which ${poster.id} made below another one`,
      expected: `only what is below the one that the path says`,
      check: holds,
    };
  if (removal === undefined || after === undefined || !isDone(removal) || has(after) !== false) return HELD;
  return {
    ...shown,
    focus: sent.indexOf(after),
    shown: [sent.indexOf(after)],
    actual: `no item with ${id} ${JSON.stringify(made)} any more: ${remover?.id ?? ''} answered ${describeAnswer(removal.answer)} below another one`,
    expected: `status 404 and no effect: it belongs to another one than the path of ${remover?.id ?? ''} says`,
    check: `!${holds}`,
  };
}
