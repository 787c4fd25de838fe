/**
 * What calls must have to do with one another, as far as the contract's names and types tell: what was created can be
 * read and is listed, what was deleted is gone, what was updated stays so, a query changes nothing, pages are the whole.
 */
import fc, { type Arbitrary } from 'fast-check';
import { getNamedType, isObjectType } from 'graphql';
import { isObject, type JsonValue, type PropertyRef } from '../../../events/index.ts';
import type { RootField } from '../../../spec/graphql/contract.ts';
import { equalJson } from '../../equal-json.ts';
import { responseOf } from '../answer.ts';
import { type Case, PLAIN, type Selection, type Sent, type Step } from '../call.ts';
import { argumentsArbitrary, casesOf, type Plan, planOf, pointerOf, selectAlong } from '../cases.ts';
import { type GraphEngine, valueOf } from '../engine.ts';
import { isCreating, isDeleting } from '../producers.ts';
import { plainSelection } from '../selections.ts';
import type { Judgement, Property } from './property.ts';
import { pagingOf } from './paging.ts';
import { isReachable, listersOf, type Lister, readersOf, readStep } from './readers.ts';

const LIST_DEPTH = 12;

/** All stateful properties that a contract's names and types give reason for. */
export function statefulOf(engine: GraphEngine): Property[] {
  const share = Math.max(5, Math.ceil(engine.runs / 4));
  const properties: Property[] = [];
  for (const root of engine.contract.roots) {
    if (!isReachable(engine, root)) continue;
    if (root.kind === 'query') {
      properties.push(...harmless(engine, root, share), ...pagingOf(engine, root, share));
      continue;
    }
    for (const type of objectTypes(engine)) {
      if (isCreating(root)) properties.push(...created(engine, root, type, share));
      else if (isDeletingType(root, type)) properties.push(...deleted(engine, root, type, share));
      else if (!isDeleting(root)) properties.push(...updated(engine, root, type, share));
    }
  }
  return properties;
}

function objectTypes({ contract }: GraphEngine): string[] {
  return Object.values(contract.schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .map(({ name }) => name);
}

/** `deleteBook`, `book_delete`, `removeBook`: the object itself goes, not its part in something else. */
function isDeletingType(root: RootField, type: string): boolean {
  const name = root.name.toLowerCase().replaceAll('_', '');
  const low = type.toLowerCase();
  return ['delete', 'remove', 'destroy'].some(
    (verb) => name === `${verb}${low}` || name === `${low}${verb}` || name === `${verb}${low}byid`,
  );
}

function leavesOf(engine: GraphEngine, type: string): Selection[] {
  const found = engine.contract.schema.getType(type);
  return isObjectType(found) ? plainSelection(engine.skeletons.leaves(found)) : [];
}

function refOf(what: string, root: RootField): PropertyRef {
  return { id: `stateful ${what} ${root.id}`, clause: root.pointer, kind: 'stateful', operation: root.id };
}

/** The key by which objects of a type are known, where the type has one. */
function keyOf(engine: GraphEngine, type: string): string | undefined {
  const found = engine.contract.schema.getType(type);
  return isObjectType(found) && found.getFields()['id']?.args.length === 0 ? 'id' : undefined;
}

function created(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const path = engine.producers.pathTo(root, type);
  const key = keyOf(engine, type);
  if (path === undefined || key === undefined || path.includes('0')) return [];
  const plan = planOf(engine, root, true);
  const select = selectAlong(engine, { root, path }, type, key);
  const leaves = leavesOf(engine, type);
  const properties: Property[] = [];
  for (const reader of readersOf(engine, type)) {
    const isNode = getNamedType(reader.root.field.type).name !== type;
    const after = (step: number): Step[] => {
      const from = { step, pointer: pointerOf(path, reader.key) };
      return [readStep(engine, reader, type, leaves, from), readStep(engine, reader, type, leaves, from)];
    };
    properties.push({
      ref: refOf(isNode ? `node-is-readable by ${reader.root.id}` : `created-is-readable by ${reader.root.id}`, root),
      runs: share,
      serial: 'to fail',
      arbitrary: () => cases(engine, root, plan, select, after),
      judge: (drawn) => same(engine, drawn, path, 'the created object'),
    });
  }
  for (const lister of listersOf(engine, type).slice(0, 2))
    properties.push({
      ref: refOf(`created-is-listed by ${lister.root.id}`, root),
      runs: share,
      serial: 'to fail',
      fresh: true,
      arbitrary: () => cases(engine, root, plan, select, () => [listStep(engine, lister, type, key)]),
      judge: (drawn) => listed(engine, drawn, { path, key, lister, wanted: true }),
    });
  return properties;
}

function updated(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const path = engine.producers.pathTo(root, type);
  const key = keyOf(engine, type);
  const takesId = engine.producers.places(root).some((place) => place.required && place.type === type);
  if (path === undefined || key === undefined || !takesId || path.includes('0')) return [];
  const plan = planOf(engine, root, true);
  const select = selectAlong(engine, { root, path }, type, key);
  const leaves = leavesOf(engine, type);
  return readersOf(engine, type)
    .slice(0, 1)
    .map((reader) => ({
      ref: refOf('updated-is-readable', root),
      runs: share,
      serial: 'to fail',
      arbitrary: () =>
        cases(engine, root, plan, select, (step) => {
          const from = { step, pointer: pointerOf(path, reader.key) };
          return [readStep(engine, reader, type, leaves, from), readStep(engine, reader, type, leaves, from)];
        }),
      judge: (drawn) => same(engine, drawn, path, 'the updated object'),
    }));
}

function deleted(engine: GraphEngine, root: RootField, type: string, share: number): Property[] {
  const plan = planOf(engine, root, false);
  const binding = plan.bindings.find(({ step }) => plan.setup[step]?.type === type);
  const maker = binding === undefined ? undefined : plan.setup[binding.step];
  const key = keyOf(engine, type);
  if (binding === undefined || maker === undefined || key === undefined || maker.root.kind !== 'mutation') return [];
  const isObject = isObjectType(getNamedType(root.field.type));
  const select = isObject ? plainSelection(engine.skeletons.leaves(root.field.type)) : [];
  const leaves = leavesOf(engine, type);
  const from = { step: binding.step, pointer: binding.pointer };
  const properties: Property[] = readersOf(engine, type).map((reader) => ({
    ref: refOf(`deleted-is-gone by ${reader.root.id}`, root),
    runs: share,
    serial: 'to fail',
    arbitrary: () => cases(engine, root, plan, select, () => [readStep(engine, reader, type, leaves, from)]),
    judge: (drawn) => gone(engine, drawn),
  }));
  for (const lister of listersOf(engine, type).slice(0, 1))
    properties.push({
      ref: refOf(`deleted-is-not-listed by ${lister.root.id}`, root),
      runs: share,
      serial: 'to fail',
      fresh: true,
      arbitrary: () => cases(engine, root, plan, select, () => [listStep(engine, lister, type, key)]),
      judge: (drawn) => listed(engine, drawn, { path: maker.path, key, lister, wanted: false, maker: binding.step }),
    });
  return properties;
}

function cases(
  engine: GraphEngine,
  root: RootField,
  plan: Plan,
  select: Selection[],
  after: (step: number) => Step[],
): Arbitrary<Case> {
  return casesOf(engine, root, { plan, args: argumentsArbitrary(engine, root), select: fc.constant(select), after });
}

function listStep(engine: GraphEngine, { root, path }: Lister, type: string, key: string): Step {
  const inner: Selection[] = [{ kind: 'field', on: type, name: key, args: {} }];
  const select = selectAlong(engine, { root, path }, type, key);
  return {
    role: 'check',
    root,
    args: {},
    bindings: [],
    select: select.length > 0 ? select : inner,
    form: PLAIN,
    valid: true,
  };
}

/** Runs a case whose call must have succeeded to say anything. */
async function ran(engine: GraphEngine, drawn: Case): Promise<{ sent: Sent[]; call: number } | Judgement> {
  const result = await engine.run(drawn);
  if (result.kind === 'stuck') return { kind: 'discarded', sent: result.sent, reason: result.reason };
  const { sent } = result;
  const fault = sent.find((one) => one.answer.kind === 'fault');
  if (fault?.answer.kind === 'fault') return { kind: 'undecided', sent, reason: fault.answer.message };
  const call = drawn.findIndex((step) => step.role === 'call');
  const made = sent[call];
  const { errors } = made === undefined ? { errors: [] } : responseOf(made.answer);
  const [first] = errors;
  if (made === undefined || first !== undefined)
    return { kind: 'discarded', sent, reason: `the call was refused: ${first?.message ?? ''}` };
  return { sent, call };
}

/** The object that the call answered with, and both reads of it, must agree; what differs between the reads is volatile. */
async function same(engine: GraphEngine, drawn: Case, path: readonly string[], what: string): Promise<Judgement> {
  const result = await ran(engine, drawn);
  if ('kind' in result) return result;
  const { sent, call } = result;
  const made = sent[call];
  const [first, second] = [sent[call + 1], sent[call + 2]];
  if (made === undefined || first === undefined || second === undefined)
    return { kind: 'discarded', sent, reason: 'no call' };
  const object = valueOf(made, path.map((token) => `/${token}`).join(''));
  if (!isObject(object)) return { kind: 'discarded', sent, reason: `${made.step.root.id} answered without the object` };
  const read = valueOf(first, '');
  const again = valueOf(second, '');
  const at = (index: number, tokens: readonly string[]): string =>
    `at(answers[${index}].body.data, ${JSON.stringify([sent[index]?.step.root.name, ...tokens])})`;
  if (!isObject(read)) {
    const error = responseOf(first.answer).errors[0];
    return {
      kind: 'failed',
      sent,
      focus: call,
      actual: `${first.step.root.id} answered ${error === undefined ? JSON.stringify(read ?? null) : `an error: ${error.message}`}`,
      expected: `${what} that ${made.step.root.id} answered with`,
      test: `${at(call + 1, [])} == null`,
    };
  }
  for (const [name, value] of Object.entries(object)) {
    const seen = read[name];
    if (seen === undefined || equalJson(seen, value)) continue;
    if (isObject(again) && !equalJson(again[name] ?? null, seen)) continue;
    return {
      kind: 'failed',
      sent,
      focus: call,
      actual: `${first.step.root.id} answered with ${name} ${short(seen)}`,
      expected: `${name} ${short(value)}, as ${made.step.root.id} answered`,
      test: `JSON.stringify(${at(call + 1, [name])}) !== JSON.stringify(${at(call, [...path, name])})`,
    };
  }
  return { kind: 'passed', sent };
}

async function gone(engine: GraphEngine, drawn: Case): Promise<Judgement> {
  const result = await ran(engine, drawn);
  if ('kind' in result) return result;
  const { sent, call } = result;
  const made = sent[call];
  const read = sent[call + 1];
  if (made === undefined || read === undefined) return { kind: 'discarded', sent, reason: 'no call' };
  const answered = valueOf(made, '');
  if (answered === null || answered === false)
    return { kind: 'discarded', sent, reason: `${made.step.root.id} did not delete` };
  const object = valueOf(read, '');
  if (!isObject(object)) return { kind: 'passed', sent };
  return {
    kind: 'failed',
    sent,
    focus: call,
    actual: `${read.step.root.id} still answered with ${short(object)}`,
    expected: 'null or an error, as the object was deleted',
    test: `at(answers[${call + 1}].body.data, ${JSON.stringify([read.step.root.name])}) != null`,
  };
}

interface Listed {
  path: readonly string[];
  key: string;
  lister: Lister;
  wanted: boolean;
  /** Step that made the object; the call itself where absent. */
  maker?: number;
}

async function listed(
  engine: GraphEngine,
  drawn: Case,
  { path, key, lister, wanted, maker }: Listed,
): Promise<Judgement> {
  const result = await ran(engine, drawn);
  if ('kind' in result) return result;
  const { sent, call } = result;
  const made = sent[maker ?? call];
  const list = sent[call + 1];
  if (made === undefined || list === undefined) return { kind: 'discarded', sent, reason: 'no call' };
  const called = sent[call];
  if (!wanted && called !== undefined && [null, false].includes(valueOf(called, '') as null | false))
    return { kind: 'discarded', sent, reason: `${called.step.root.id} did not delete` };
  const id = valueOf(made, pointerOf(path, key));
  const ids = everyAt(valueOf(list, '') ?? null, [...lister.path, key]);
  if (id === undefined || id === null || responseOf(list.answer).errors.length > 0)
    return { kind: 'discarded', sent, reason: 'the list was not answered' };
  const found = ids.some((one) => equalJson(one, id));
  if (found === wanted) return { kind: 'passed', sent };
  // A list that may be cut short need not hold what is new.
  if (wanted && lister.sizes.length > 0 && (ids.length >= LIST_DEPTH - 2 || hasMore(list)))
    return { kind: 'discarded', sent, reason: 'the list may be cut short' };
  const where = JSON.stringify([made.step.root.name, ...path, key]);
  return {
    kind: 'failed',
    sent,
    focus: call,
    actual: `${list.step.root.id} answered with ${ids.length} objects, ${wanted ? 'without' : 'still with'} ${short(id)}`,
    expected: wanted ? 'a list with what was created' : 'a list without what was deleted',
    test: `${wanted ? '!' : ''}JSON.stringify(answers[${call + 1}].body).includes(JSON.stringify(at(answers[${maker ?? call}].body.data, ${where})))`,
  };
}

function hasMore(list: Sent): boolean {
  return JSON.stringify(list.answer.kind === 'answer' ? (list.answer.json ?? null) : null).includes(
    '"hasNextPage":true',
  );
}

/** All values at a path in which a list position stands for every one. */
export function everyAt(value: JsonValue, path: readonly string[]): JsonValue[] {
  const [token, ...rest] = path;
  if (token === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((item) => everyAt(item, /^\d+$/.test(token) ? rest : path));
  if (!isObject(value)) return [];
  const member = value[token];
  return member === undefined || member === null ? [] : everyAt(member, rest);
}

/** A query leaves what other queries answer as it was; what changes by itself between two equal reads does not count. */
function harmless(engine: GraphEngine, root: RootField, share: number): Property[] {
  const others = engine.contract.roots.filter(
    (one) =>
      one.kind === 'query' &&
      !one.field.args.some(({ type }) => String(type).endsWith('!')) &&
      engine.obstacle(one) === undefined,
  );
  if (others.length === 0) return [];
  const looks = others.slice(0, 3).map((one): Step => {
    const [skeleton = []] = engine.skeletons.of(one);
    return {
      role: 'check',
      root: one,
      args: {},
      bindings: [],
      select: plainSelection(skeleton),
      form: PLAIN,
      valid: true,
    };
  });
  const [skeleton = []] = engine.skeletons.of(root);
  const plan = planOf(engine, root, true);
  const arbitrary = cases(engine, root, plan, plainSelection(skeleton), () => []);
  return [
    {
      ref: refOf('query-changes-nothing', root),
      runs: Math.min(share, 10),
      serial: true,
      arbitrary: () => arbitrary,
      async judge(drawn) {
        const before = await engine.run(drawn.slice(0, -1));
        const call = drawn.at(-1);
        if (before.kind === 'stuck' || call === undefined)
          return { kind: 'discarded', sent: before.sent, reason: before.kind === 'stuck' ? before.reason : 'no call' };
        let last: Judgement = { kind: 'discarded', sent: before.sent, reason: 'no call' };
        // Only what shows three times in a row is no accident of the clock.
        for (let turn = 0; turn < 3; turn++) {
          const sent = [...before.sent];
          const look = async (): Promise<void> => {
            for (const step of looks) {
              const one = await engine.call(step, [], -1);
              if (!('kind' in one)) sent.push(one);
            }
          };
          await look();
          await look();
          const made = await engine.call(call, before.sent, drawn.length - 1);
          if ('kind' in made) return { kind: 'discarded', sent, reason: made.reason };
          sent.push(made);
          await look();
          last = compared(sent, before.sent.length, looks.length);
          if (last.kind !== 'failed') return last;
        }
        return last;
      },
    },
  ];
}

function compared(sent: Sent[], start: number, count: number): Judgement {
  const focus = start + 2 * count;
  if (sent.length !== focus + 1 + count) return { kind: 'discarded', sent, reason: 'a look was not answered' };
  for (let index = 0; index < count; index++) {
    const [early, late, after] = [sent[start + index], sent[start + count + index], sent[focus + 1 + index]].map(
      (one) => (one === undefined ? null : (responseOf(one.answer).data ?? null)),
    );
    const changed = difference(early ?? null, late ?? null, after ?? null);
    if (changed === undefined) continue;
    const name = sent[focus + 1 + index]?.step.root.id ?? '';
    return {
      kind: 'failed',
      sent,
      focus,
      actual: `after the query ${name} answers otherwise: ${short(changed.after)} in place of ${short(changed.before)}`,
      expected: 'a query has no effect that another query shows (GraphQL October 2021 §6.2.1)',
      test: `JSON.stringify(answers[${start + count + index}].body) !== JSON.stringify(answers[${focus + 1 + index}].body)`,
    };
  }
  return { kind: 'passed', sent };
}

/** Where the third value differs from the second although the first two agree. */
function difference(
  early: JsonValue,
  late: JsonValue,
  after: JsonValue,
): { before: JsonValue; after: JsonValue } | undefined {
  if (isObject(early) && isObject(late) && isObject(after)) {
    for (const [name, value] of Object.entries(late)) {
      const found = difference(early[name] ?? null, value, after[name] ?? null);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (
    Array.isArray(early) &&
    Array.isArray(late) &&
    Array.isArray(after) &&
    early.length === late.length &&
    late.length === after.length
  ) {
    for (const [index, value] of late.entries()) {
      const found = difference(early[index] ?? null, value, after[index] ?? null);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return equalJson(early, late) && !equalJson(late, after) ? { before: late, after } : undefined;
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
