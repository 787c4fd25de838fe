/** How the answers to several calls on one object must agree: it is read as it was made, listed, and gone once deleted. */
import { isObject, type JsonValue } from '../../../events/index.ts';
import { equalJson } from '../../equal-json.ts';
import { responseOf } from '../answer.ts';
import type { Case, Sent } from '../call.ts';
import { pointerOf } from '../cases.ts';
import { type GraphEngine, valueOf } from '../engine.ts';
import { short } from '../shape.ts';
import type { Judgement } from './property.ts';
import type { Lister } from './readers.ts';

const LIST_DEPTH = 12;

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
export async function same(
  engine: GraphEngine,
  drawn: Case,
  path: readonly string[],
  what: string,
): Promise<Judgement> {
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

/** What was deleted cannot be read any more. */
export async function gone(engine: GraphEngine, drawn: Case): Promise<Judgement> {
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

/** What a list is looked at for. */
export interface Listed {
  path: readonly string[];
  key: string;
  lister: Lister;
  wanted: boolean;
  /** Step that made the object; the call itself where absent. */
  maker?: number;
}

/** The object of a case is in the list, or is not, as is `wanted`. */
export async function listed(
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
