import { isObject } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/json.ts';
import { codePoints, put } from './equal.ts';

/** Of the characters of ASCII; any other weighs 6. */
const WEIGHTS = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return character === 'a' || character === '0' ? 4 : /[a-z0-9.:/-]/i.test(character) ? 4.5 : 6;
});

/** How much a reader has to take in; every shrink step must lower it, so that shrinking ends. */
export function burden(value: JsonValue): number {
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  if (typeof value === 'number') {
    const digits = Number.isInteger(value) ? 0 : 4 + String(value).length;
    return Math.log2(Math.abs(value) + 1) + (value < 0 ? 1 : 0) + digits;
  }
  if (typeof value === 'string') {
    let total = 0;
    for (let index = 0; index < value.length; index++) total += WEIGHTS[value.charCodeAt(index)] ?? 6;
    // Two units of one character weigh as one.
    return total - 6 * (value.length - codePoints(value));
  }
  if (Array.isArray(value)) return value.reduce<number>((total, item) => total + 4 + burden(item), 6);
  return Object.values(value).reduce<number>((total, member) => total + 8 + burden(member), 6);
}

/** Simpler variants of a value, boldest first; they need not satisfy anything. `model` is the simplest value known. */
export function* simpler(value: JsonValue, model: JsonValue | undefined): Generator<JsonValue> {
  if (model !== undefined && typeof value !== 'object') yield model;
  if (typeof value === 'number') yield* simplerNumber(value, typeof model === 'number' ? model : 0);
  else if (typeof value === 'string') yield* simplerText(value);
  else if (value === true) yield false;
  else if (Array.isArray(value)) yield* simplerArray(value, Array.isArray(model) ? model : []);
  else if (isObject(value)) yield* simplerObject(value, isObject(model) ? model : {});
}

function* simplerNumber(value: number, model: number): Generator<JsonValue> {
  if (!Number.isInteger(value)) {
    yield Math.trunc(value);
    yield Math.round(value * 10) / 10;
    yield Number((value % 1).toFixed(6));
  }
  if (value < 0) yield -value;
  // As a search for the least failing number: the goal first, then ever nearer to the value, so that it takes few steps.
  for (const goal of new Set([0, Math.trunc(model)])) {
    for (let gap = Math.trunc(value - goal); gap !== 0; gap = Math.trunc(gap / 2)) yield value - gap;
  }
}

function* simplerText(value: string): Generator<JsonValue> {
  // Where every character is one unit, slices of a long text take a fraction of the time of a list of characters.
  const characters = codePoints(value) === value.length ? value : [...value];
  const slice = (from: number, to?: number): string =>
    typeof characters === 'string' ? characters.slice(from, to) : characters.slice(from, to).join('');
  if (characters.length === 0) return;
  yield '';
  for (let size = characters.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from + size <= characters.length && from / size < 24; from += size) {
      yield slice(0, from) + slice(from + size);
    }
  }
  yield 'a'.repeat(characters.length);
  for (let index = 0; index < characters.length && index < 64; index++) {
    for (const plain of ['a', '0']) if (characters[index] !== plain) yield slice(0, index) + plain + slice(index + 1);
  }
}

function* simplerArray(value: JsonValue[], model: JsonValue[]): Generator<JsonValue> {
  if (value.length === 0) return;
  yield [];
  for (let size = value.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from + size <= value.length; from += size) yield value.toSpliced(from, size);
  }
  if (value.length === 1) yield [];
  for (const [index, item] of value.entries()) {
    for (const next of simpler(item, model[index] ?? model[0])) yield value.with(index, next);
  }
}

function* simplerObject(value: JsonObject, model: JsonObject): Generator<JsonValue> {
  const names = Object.keys(value);
  const surplus = names.filter((name) => !Object.hasOwn(model, name));
  if (surplus.length > 1) yield without(value, new Set(surplus));
  for (const name of names) yield without(value, new Set([name]));
  for (const name of names) {
    for (const next of simpler(value[name] ?? null, model[name])) {
      const changed = without(value, new Set());
      put(changed, name, next);
      yield changed;
    }
  }
}

function without(value: JsonObject, names: ReadonlySet<string>): JsonObject {
  const rest: JsonObject = {};
  for (const [name, member] of Object.entries(value)) if (!names.has(name)) put(rest, name, member);
  return rest;
}
