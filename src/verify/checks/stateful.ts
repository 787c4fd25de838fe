/** What a resource that was created, changed or deleted must look like afterwards. */
import fc, { type Arbitrary } from 'fast-check';
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import type { Operation, Parameter } from '../../spec/model.ts';
import { scenarios } from '../cases/cases.ts';
import { resourceIn } from '../cases/ids.ts';
import { extremeOf, type Inputs } from '../cases/inputs.ts';
import { thingOf } from '../cases/names.ts';
import {
  alteredField,
  appliedFields,
  defaultedField,
  droppedField,
  keptField,
  movedField,
  takenOver,
  type Unapplied,
  zoneLost,
} from './applied.ts';
import { documented } from './conformance.ts';
import { type Engine, isolated } from '../run/engine.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { mediaOf } from '../wire/serialise.ts';
import { bodySchemaOf, jsonSchemaOf, successOf } from '../cases/media.ts';
import { isItem, normalised, parametersIn, segmentsOf, templateOf } from '../cases/paths.ts';
import { preferring } from '../cases/prefer.ts';
import type { Plan } from '../cases/producers.ts';
import { type Judgement, type Property, sentOnly } from './property.ts';
import { equalJson } from '../equal-json.ts';
import { expressionOf } from '../state/expression-of.ts';
import { sourceValue } from '../cases/resolve.ts';
import { facets, itemSchema, propertyNames, propertySchema, schemaAt, typesOf } from '../cases/schema-walk.ts';
import { type Binding, emptyInput, type Input, type Scenario, type Source, type Step } from '../cases/scenario.ts';

type Verdict =
  | { actual: string; expected: string; shown: Sent[]; check?: string; checked?: Source }
  | 'passed'
  | { skipped: string };

/** The stateful properties of a spec, by inferred links between operations on one resource. */
export function statefulOf(engine: Engine): Property[] {
  const properties: Property[] = [];
  const names = new Set<string>();
  // Of what one operation makes and several read, each reading has a name of its own.
  const add = ({ ref, ...property }: Property, reader: Operation): void => {
    const id = names.has(ref.id) ? `${ref.id} by ${reader.id}` : ref.id;
    names.add(id);
    properties.push({ ...property, ref: { ...ref, id } });
  };
  for (const reader of engine.spec.operations) {
    if (reader.method !== 'get' || !isItem(reader)) continue;
    const plan = engine.planFor(reader);
    const item = templateOf(reader.path);
    const source = plan.resources.get(item);
    const creator = source === undefined ? undefined : plan.setup[source.step]?.operation;
    if (source === undefined || creator === undefined || required(reader)) continue;
    const read = { reader, plan, source };
    add(createdIsReadable(engine, creator, read), reader);
    for (const changer of engine.spec.operations) {
      if (templateOf(changer.path) !== item) continue;
      if (changer.method === 'put' || changer.method === 'patch') add(changedIsReadable(engine, changer, read), reader);
      const gone = ['404', '410', '4XX'].some((status) => reader.responses.some((one) => one.status === status));
      if (changer.method === 'delete' && gone && deletesAtOnce(changer))
        add(deletedIsGone(engine, changer, read), reader);
    }
    const list = engine.spec.operations.find(
      (one) =>
        one.method === 'get' &&
        one.parameters.every((parameter) => parameter.in !== 'query' || onlyFilters(engine, parameter)) &&
        templateOf(one.path) === normalised(segmentsOf(reader.path).slice(0, -1)),
    );
    const where = list === undefined ? undefined : listPointer(engine, list, source);
    if (list !== undefined && where !== undefined && creator.method === 'post')
      add(listContainsCreated(engine, creator, list, read, where), reader);
  }
  return properties;
}

/** Of things that nobody can make anew, such tries may cost one each. */
const TRIES_ON_WHAT_IS_LEFT = 4;

interface Read {
  reader: Operation;
  plan: Plan;
  source: Source;
}

const CUTS =
  /limit|page|size|offset|skip|start|from|cursor|after|before|since|until|take|top|count|first|last|token|max/i;

/** True for a query parameter that, left out, leaves a list whole: it neither cuts it nor filters by default. */
function onlyFilters({ spec }: Engine, parameter: Parameter): boolean {
  if (parameter.required || CUTS.test(parameter.name)) return false;
  const typed = parameter.schema === undefined ? undefined : schemaAt(spec, parameter.schema);
  return typed?.schema['default'] === undefined;
}

/** False where a deletion is only ever accepted for later (202). */
function deletesAtOnce(remover: Operation): boolean {
  return remover.responses.some(({ status }) => /^2|^default$/.test(status) && status !== '202');
}

/** True where a GET needs more than its path. */
function required(reader: Operation): boolean {
  return reader.parameters.some((parameter) => parameter.required && parameter.in !== 'path');
}

function make(
  engine: Engine,
  name: string,
  operation: Operation,
  after: (plan: Plan) => Operation[],
  bindingsOf: (plan: Plan, call: number) => Binding[],
  verdict: (call: Sent, checks: Sent[], before: Sent[]) => Verdict,
  runs: number,
): Property {
  const plan = engine.planFor(operation);
  const checks = after(plan);
  const drawn = (setup: (one: Operation) => Inputs, call: Arbitrary<Input>): Arbitrary<Scenario> =>
    scenarios({
      plan,
      call: call.map((input) => ({ input, valid: true })),
      inputs: setup,
      accepts: (one, input) => engine.accepts(one, input),
      episodes: [],
      after: (_, index) =>
        checks.map((check): Step => ({
          role: 'check',
          operation: check,
          input: emptyInput(),
          bindings: bindingsOf(plan, index),
          valid: true,
        })),
    });
  const inputs = engine.inputsFor(operation);
  const extreme =
    (end: 'least' | 'most') =>
    (one: Operation): Inputs => {
      const its = engine.inputsFor(one);
      return { ...its, arbitrary: freshOf(engine, one, its, end) };
    };
  const turned =
    (end: 'first' | 'last') =>
    (one: Operation): Inputs => {
      const its = engine.inputsFor(one);
      return { ...its, arbitrary: chosenOf(engine, one, its, end) };
    };
  const random = drawn((one) => engine.inputsFor(one), preferring(inputs.arbitrary, saysSomething));
  // A change that says little of what has everything shows what it keeps, and the other way round what it drops.
  const opposites = [
    () => drawn(extreme('most'), freshOf(engine, operation, inputs, 'least')),
    () => drawn(extreme('least'), freshOf(engine, operation, inputs, 'most')),
    // What is true becomes false, and the other way round.
    () => drawn(turned('first'), chosenOf(engine, operation, inputs, 'last')),
    () => drawn(turned('last'), chosenOf(engine, operation, inputs, 'first')),
    ...(operation.method === 'patch'
      ? [
          ...[0, 1].map((half) => () => drawn(extreme('most'), halfOf(engine, operation, inputs, half))),
          () => drawn(extreme('most'), nullsOf(engine, operation, inputs)),
        ]
      : []),
  ];
  return {
    ref: {
      id: `stateful ${name} ${operation.id}`,
      clause: operation.pointer,
      kind: 'stateful',
      operation: operation.id,
    },
    runs,
    serial: !isolated(engine, operation),
    needs: [...plan.setup.map((step) => step.operation.id), operation.id, ...checks.map((check) => check.id)],
    arbitrary: (index) => opposites[index]?.() ?? random,
    judge: (scenario) => judge(engine, scenario, verdict),
  };
}

/** A change of nothing shows nothing. */
function saysSomething({ body }: Input): boolean {
  return !isObject(body) || Object.keys(body).length > 0;
}

/** A text that is not blank. */
const PLAIN = 'plain';

/** Inputs that say as little, or as much, as any, in texts of their own: what must be unique is no second time the same. */
function freshOf(engine: Engine, operation: Operation, inputs: Inputs, end: 'least' | 'most'): Arbitrary<Input> {
  return fc.tuple(extremeOf(inputs, end), inputs.arbitrary).map(([input, drawn]) => {
    const [body, other] = [input.body, drawn.body];
    if (!isObject(body) || !isObject(other)) return input;
    const texts = Object.entries(body).flatMap(([name, value]): [string, JsonValue][] => {
      if (typeof value !== 'string') return [];
      const own = [other[name], value, PLAIN].find((one) => typeof one === 'string' && /[A-Za-z0-9]/.test(one));
      const isGood = own !== undefined && engine.accepts(operation, { ...input, body: { ...body, [name]: own } });
      return isGood ? [[name, own]] : [];
    });
    const made = { ...input, body: { ...body, ...Object.fromEntries(texts) } };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies say as much as any, with the first or the last of all that there is to choose from. */
function chosenOf(engine: Engine, operation: Operation, inputs: Inputs, end: 'first' | 'last'): Arbitrary<Input> {
  const schema = bodySchemaOf(operation.requestBody?.content ?? []);
  const { spec } = engine;
  const choices = (name: string): JsonValue[] => {
    const own = schema === undefined ? undefined : propertySchema(spec, schema, name);
    if (own === undefined) return [];
    if (typesOf(spec, own).join() === 'boolean') return [true, false];
    return [...facets(spec, own)].flatMap(({ schema: { enum: values } }) => (Array.isArray(values) ? values : []));
  };
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    if (!isObject(input.body)) return input;
    const chosen = Object.keys(input.body).flatMap((name): [string, JsonValue][] => {
      const value = choices(name).at(end === 'first' ? 0 : -1);
      return value === undefined ? [] : [[name, value]];
    });
    const made = { ...input, body: { ...input.body, ...Object.fromEntries(chosen) } };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies have every other member of all that there are. */
function halfOf(engine: Engine, operation: Operation, inputs: Inputs, half: number): Arbitrary<Input> {
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    if (!isObject(input.body)) return input;
    const members = Object.entries(input.body).filter((_, index) => index % 2 === half);
    const made = { ...input, body: Object.fromEntries(members) };
    return engine.accepts(operation, made) ? made : input;
  });
}

/** Inputs whose bodies have null for whatever may be null, and nothing else. */
function nullsOf(engine: Engine, operation: Operation, inputs: Inputs): Arbitrary<Input> {
  return freshOf(engine, operation, inputs, 'most').map((input) => {
    const names = isObject(input.body) ? Object.keys(input.body) : [];
    const empty = names.filter((name) => engine.accepts(operation, { ...input, body: { [name]: null } }));
    if (empty.length === 0) return input;
    return { ...input, body: Object.fromEntries(empty.map((name): [string, JsonValue] => [name, null])) };
  });
}

async function judge(
  engine: Engine,
  scenario: Scenario,
  verdict: (call: Sent, checks: Sent[], before: Sent[]) => Verdict,
): Promise<Judgement> {
  const ran = await engine.runner.run(scenario);
  const sent = sentOnly(ran.sent);
  const focus = sent.findIndex((one) => one.role === 'call');
  const call = sent[focus];
  if (call === undefined || call.answer.kind !== 'answer' || call.answer.status < 200 || call.answer.status > 299) {
    const said = call === undefined ? 'the call was not made' : describeAnswer(call.answer);
    return {
      kind: 'discarded',
      sent,
      reason: ran.kind === 'ran' ? `${call?.operation.id ?? ''} answered ${said}` : ran.reason,
    };
  }
  if (ran.kind !== 'ran') return { kind: 'discarded', sent, reason: ran.reason };
  if (call.answer.status === 202) return { kind: 'discarded', sent, reason: `${call.operation.id} was only accepted` };
  const outcome = verdict(call, sent.slice(focus + 1), sent.slice(0, focus));
  if (outcome === 'passed') return { kind: 'passed', sent };
  if ('skipped' in outcome) return { kind: 'discarded', sent, reason: outcome.skipped };
  return {
    kind: 'failed',
    sent,
    focus,
    shown: outcome.shown.map((one) => sent.indexOf(one)),
    actual: outcome.actual,
    expected: outcome.expected,
    ...(outcome.check === undefined ? {} : { check: outcome.check }),
    ...(outcome.checked === undefined ? {} : { checked: outcome.checked }),
  };
}

/** Bindings of a reader's path on a resource that the call itself makes. */
function bindCreated(creator: Plan, read: Read, call: number): Binding[] {
  return read.plan.bindings.map((binding) => {
    if (binding.from.step === read.source.step) return { into: binding.into, from: { ...binding.from, step: call } };
    const key = [...read.plan.resources].find(([, source]) => source.step === binding.from.step)?.[0];
    return { into: binding.into, from: (key === undefined ? undefined : creator.resources.get(key)) ?? binding.from };
  });
}

/** Bindings of a reader's path on the resource that the plan of a changing operation already uses. */
function bindShared(plan: Plan, changer: Operation, read: Read): Binding[] {
  const own = segmentsOf(changer.path);
  const bindings: Binding[] = [];
  segmentsOf(read.reader.path).forEach((segment, index) => {
    const mine = parametersIn(own[index] ?? '')[0];
    const theirs = parametersIn(segment)[0];
    const binding = plan.bindings.find((one) => mine !== undefined && one.into === at('/path', mine));
    if (theirs !== undefined && binding !== undefined) bindings.push({ into: at('/path', theirs), from: binding.from });
  });
  return bindings;
}

function createdIsReadable(engine: Engine, creator: Operation, read: Read): Property {
  const isSame = sameForm(engine, creator, read.reader);
  const fields = appliedFields(engine, creator, read.reader);
  const doubtful = appliedFields(engine, creator, read.reader, true);
  const form = bodySchemaOf(creator.requestBody?.content ?? []) ?? '';
  return make(
    engine,
    'created-is-readable',
    creator,
    () => [read.reader],
    (plan, call) => bindCreated(plan, read, call),
    (call, [check]) => {
      const verdict = readsBack(call, check, 'created', isSame);
      if (verdict !== 'passed' || check?.answer.kind !== 'answer') return verdict;
      const { body } = call.input;
      // The fields are those of the whole bodies: what is sent in a wrapper is shown in one.
      const shown = check.answer.json;
      if (!isObject(body) || !isObject(shown)) return 'passed';
      const found =
        droppedField(fields, body, shown) ??
        alteredField(engine, fields, form, { sent: body, after: shown, isNew: true }) ??
        defaultedField(engine, doubtful, form, body, shown) ??
        zoneLost(doubtful, body, shown);
      return found === undefined ? 'passed' : unapplied(found, check, '');
    },
    Math.max(5, Math.round(engine.runs / 2)),
  );
}

function unapplied({ actual, expected, check }: Unapplied, read: Sent, where: string): Verdict {
  return { actual, expected, shown: [read], check: check(expressionOf(where)) };
}

function changedIsReadable(engine: Engine, changer: Operation, read: Read): Property {
  const plan = engine.planFor(changer);
  const last = parametersIn(segmentsOf(changer.path).at(-1) ?? '')[0] ?? '';
  const own = plan.bindings.some((binding) => binding.into === at('/path', last));
  const isSame = sameForm(engine, changer, read.reader);
  const plain = plainFields(engine, changer, read.reader);
  const fields = appliedFields(engine, changer, read.reader);
  const doubtful = appliedFields(engine, changer, read.reader, true);
  const form = bodySchemaOf(changer.requestBody?.content ?? []) ?? '';
  const thing = thingOf(segmentsOf(read.reader.path).at(-2) ?? '');
  return make(
    engine,
    'updated-is-readable',
    changer,
    () => [read.reader],
    (shared, call) => (own ? bindShared(shared, changer, read) : bindCreated(shared, read, call)),
    (call, [check], before) => {
      const verdict = readsBack(call, check, 'updated', isSame, plain);
      if (verdict !== 'passed' || check?.answer.kind !== 'answer' || !own) return verdict;
      const made = before.find(({ index }) => index === plan.resources.get(templateOf(changer.path))?.step);
      const [old, now] = [made, check].map((sent) =>
        sent?.answer.kind === 'answer' && sent.answer.json !== undefined
          ? valueAt(sent.answer.json, resourceIn(engine.spec, sent.operation, thing))
          : undefined,
      );
      const { body } = call.input;
      if (!isObject(body) || !isObject(now)) return 'passed';
      const found =
        (isObject(old)
          ? (keptField(
              new Set([...fields, ...takenOver(doubtful, made?.input.body, old)]),
              body,
              old,
              now,
              isMergePatch(call),
            ) ?? (changer.method === 'patch' ? movedField(fields, body, old, now) : undefined))
          : undefined) ?? alteredField(engine, fields, form, { sent: body, after: now, isNew: false });
      return found === undefined ? 'passed' : unapplied(found, check, resourceIn(engine.spec, check.operation, thing));
    },
    Math.max(5, Math.round(engine.runs / 2)),
  );
}

function isMergePatch({ operation, input }: Sent): boolean {
  return mediaOf(operation, input)?.type === 'application/merge-patch+json';
}

/** Of what nobody can make anew there may be nothing left; then it stays untried, which is no fault. */
function onWhatIsLeft(property: Property): Property {
  let tried = 0;
  return {
    ...property,
    runs: TRIES_ON_WHAT_IS_LEFT,
    async judge(scenario) {
      const judgement = await property.judge(scenario);
      if (judgement.kind !== 'discarded') tried++;
      return judgement.kind === 'discarded' ? { kind: 'passed', sent: judgement.sent } : judgement;
    },
    conclude: () =>
      tried > 0 ? {} : { remarks: [`${property.ref.id} was never put to the test: nothing was left to delete`] },
  };
}

function deletedIsGone(engine: Engine, remover: Operation, read: Read): Property {
  const property = make(
    engine,
    'deleted-is-gone',
    remover,
    () => [read.reader],
    (plan) => bindShared(plan, remover, read),
    (call, [check]) => {
      if (call.answer.kind === 'answer' && call.answer.status === 202) return { skipped: 'deletion was only accepted' };
      if (check === undefined) return { skipped: 'nothing was read' };
      if (check.answer.kind === 'answer' && [404, 410].includes(check.answer.status)) return 'passed';
      const expected = 'status 404 after it was deleted';
      return { actual: describeAnswer(check.answer), expected, shown: [check] };
    },
    Math.max(3, Math.round(engine.runs / 5)),
  );
  return engine.takes(remover) ? onWhatIsLeft(property) : property;
}

function listContainsCreated(engine: Engine, creator: Operation, list: Operation, read: Read, where: string): Property {
  // One at a time and alone: what others create in between would stand last in the list, where items get lost.
  const one = make(
    engine,
    'list-contains-created',
    creator,
    () => [list],
    (plan, call) =>
      bindCreated(plan, read, call).filter((binding) =>
        list.parameters.some((parameter) => at('/path', parameter.name) === binding.into),
      ),
    (call, [check]) => {
      const id = sourceValue(read.source, call);
      if (check === undefined || id === undefined) return { skipped: 'nothing was listed' };
      if (check.answer.kind !== 'answer' || check.answer.status !== 200)
        return { skipped: 'the list was not answered' };
      const items = check.answer.json === undefined ? undefined : valueAt(check.answer.json, where);
      if (!Array.isArray(items)) return { skipped: 'the list was not found in the answer' };
      const found = items.filter((item) => String(valueAt(item, read.source.pointer)) === String(id)).length;
      if (found === 1) return 'passed';
      const actual = `${found} items with ${read.source.pointer} ${JSON.stringify(id)} in a list of ${items.length}`;
      const field = JSON.stringify(read.source.pointer.slice(1));
      const listed = `body${where === '' ? '' : `[${JSON.stringify(where.slice(1))}]`}`;
      return {
        actual,
        expected: 'exactly one item for what was created',
        shown: [check],
        check: `${listed}.filter((item) => String(item[${field}]) === process.argv[2]).length === ${found}`,
        checked: { ...read.source, step: call.index },
      };
    },
    Math.max(3, Math.round(engine.runs / 5)),
  );
  return { ...one, serial: true, alone: true };
}

/** Pointer of the only array in the answer of a list whose items carry the id; undefined where that is not plain. */
function listPointer(engine: Engine, list: Operation, source: Source): string | undefined {
  if (source.place !== 'body' || required(list)) return undefined;
  const schema = jsonSchemaOf(successOf(list)?.content ?? []);
  if (schema === undefined) return undefined;
  const { spec } = engine;
  const field = source.pointer.slice(1);
  const carries = (pointer: string): boolean => {
    const items = itemSchema(spec, pointer);
    // A list that says how long it can get may leave some out.
    if ([...facets(spec, pointer)].some(({ schema }) => schema['maxItems'] !== undefined)) return false;
    return items !== undefined && !field.includes('/') && propertySchema(spec, items, field) !== undefined;
  };
  if (typesOf(spec, schema).includes('array')) return carries(schema) ? '' : undefined;
  const arrays = propertyNames(spec, schema).filter((name) => {
    const property = propertySchema(spec, schema, name);
    return property !== undefined && typesOf(spec, property).includes('array');
  });
  const only = arrays[0];
  const property = only === undefined || arrays.length > 1 ? undefined : propertySchema(spec, schema, only);
  return only !== undefined && property !== undefined && carries(property) ? at('', only) : undefined;
}

/** Fields whose values no service rewrites: integers, booleans and enumerations on both sides. */
function plainFields(engine: Engine, changer: Operation, reader: Operation): Set<string> {
  const sent = jsonSchemaOf(changer.requestBody?.content ?? []);
  const read = jsonSchemaOf(successOf(reader)?.content ?? []);
  const plain = new Set<string>();
  if (sent === undefined || read === undefined) return plain;
  for (const name of propertyNames(engine.spec, sent)) {
    const own = propertySchema(engine.spec, sent, name);
    const other = propertySchema(engine.spec, read, name);
    if (own === undefined || other === undefined) continue;
    const types = typesOf(engine.spec, own);
    if (types.length > 0 && types.every((type) => type === 'integer' || type === 'boolean')) plain.add(name);
  }
  return plain;
}

/** True where both operations answer with the very same schema. */
function sameForm(engine: Engine, one: Operation, other: Operation): boolean {
  const [a, b] = [one, other].map((operation) => jsonSchemaOf(successOf(operation)?.content ?? []));
  return a !== undefined && b !== undefined && engine.spec.follow(a) === engine.spec.follow(b);
}

/** What was sent, and echoed by the answer (or is plain where nothing is echoed), must be read the same. */
function readsBack(
  call: Sent,
  check: Sent | undefined,
  done: string,
  sameForm: boolean,
  plain = new Set<string>(),
): Verdict {
  if (check === undefined) return { skipped: 'nothing was read' };
  const { answer } = check;
  if (answer.kind !== 'answer') return { actual: answer.message, expected: `the ${done} resource`, shown: [check] };
  if (answer.status < 200 || answer.status > 299) {
    if ([401, 403].includes(answer.status) && documented(check.operation, answer.status))
      return { skipped: 'not allowed' };
    return { actual: describeAnswer(answer), expected: `the ${done} resource with a 2xx status`, shown: [check] };
  }
  const echo = call.answer.kind === 'answer' ? call.answer.json : undefined;
  const sent = call.input.body;
  if (!isObject(sent) || !isObject(answer.json)) return 'passed';
  for (const [name, value] of Object.entries(sent)) {
    const read: JsonValue | undefined = member(answer.json, name);
    const echoed = isObject(echo) ? member(echo, name) : undefined;
    const claimed = echoed !== undefined ? equalJson(echoed, value) : echo === undefined && plain.has(name);
    if (!claimed || (read !== undefined && equalJson(read, value))) continue;
    if (read === undefined) {
      if (echoed === undefined || !sameForm) continue;
      const actual = `no ${name} in ${describeAnswer(answer)}`;
      return { actual, expected: `${name} ${JSON.stringify(value)}, as it was ${done}`, shown: [check] };
    }
    const actual = `${name} is read as ${JSON.stringify(read)}`;
    return { actual, expected: `${name} ${JSON.stringify(value)}, as it was ${done}`, shown: [check] };
  }
  return 'passed';
}

function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
