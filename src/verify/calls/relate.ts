/**
 * Relations between the values of one call. Functions branch on how their arguments stand to one another (equal, a
 * prefix, one more, sorted), which independent draws never meet.
 */
import type { Random } from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { copy } from '../schema/equal.ts';

/** A place in the parameters: names and indexes on the way to it. */
type Path = (string | number)[];

const MAX_PLACES = 60;

/** Changes one place of the parameters so that it is related to another one, or to itself; a copy. */
export function related(params: JsonObject, random: Random): JsonObject {
  const places: Path[] = [];
  collect(params, [], places);
  const targets = places.filter((path) => path.length > 0);
  if (targets.length === 0) return params;
  const target = pick(targets, random);
  const old = at(params, target);
  for (let turn = 0; turn < 4; turn++) {
    const value = relation(at(params, pick(targets, random)), old, random);
    if (value !== undefined) return put(params, target, value);
  }
  return params;
}

function collect(value: JsonValue, path: Path, places: Path[]): void {
  if (places.length >= MAX_PLACES) return;
  places.push(path);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) collect(item, [...path, index], places);
  else if (isObject(value)) for (const [name, item] of Object.entries(value)) collect(item, [...path, name], places);
}

/** A value for a place that now holds `old`, made of the value of another place. */
function relation(source: JsonValue | undefined, old: JsonValue | undefined, random: Random): JsonValue | undefined {
  if (source === undefined || old === undefined) return undefined;
  if (typeof old === 'string') {
    if (typeof source === 'string') return ofString(source, old, random);
    return typeof source === 'number' ? String(source) : undefined;
  }
  if (typeof old === 'number') {
    if (typeof source === 'number') return ofNumber(source, old, random);
    if (typeof source === 'string' || Array.isArray(source)) return source.length + random.nextInt(-1, 1);
    return undefined;
  }
  if (Array.isArray(old)) return Array.isArray(source) ? ofArray(source, random) : [...old, copy(source)];
  return typeof source === typeof old && Array.isArray(source) === Array.isArray(old) ? copy(source) : undefined;
}

type OfString =
  | 'equal'
  | 'prefix'
  | 'suffix'
  | 'part'
  | 'reversed'
  | 'sorted'
  | 'case'
  | 'before'
  | 'after'
  | 'around'
  | 'twice'
  | 'shorter'
  | 'spaced'
  | 'near';

/** How texts are related, each as often as it stands here. */
const STRINGS: readonly OfString[] = [
  ...Array<OfString>(4).fill('equal'),
  ...Array<OfString>(4).fill('prefix'),
  ...Array<OfString>(4).fill('suffix'),
  ...Array<OfString>(3).fill('part'),
  ...([
    'reversed',
    'sorted',
    'case',
    'before',
    'after',
    'around',
    'twice',
    'shorter',
    'spaced',
    'near',
    'near',
  ] as const),
];

/** A place in a text or list; its ends and what is beside them as often as all others together. */
function cutOf(length: number, random: Random): number {
  const ends = [0, Math.min(1, length), Math.max(0, length - 1), length];
  return random.nextInt(0, 1) === 0 ? (ends[random.nextInt(0, 3)] ?? 0) : random.nextInt(0, length);
}

function ofString(source: string, old: string, random: Random): string {
  const cut = cutOf(source.length, random);
  const upto = random.nextInt(cut, source.length);
  switch (STRINGS[random.nextInt(0, STRINGS.length - 1)]) {
    case 'equal':
      return source;
    case 'prefix':
      return source.slice(0, cut);
    case 'suffix':
      return source.slice(cut);
    case 'part':
      return source.slice(cut, upto);
    case 'reversed':
      return [...source].toReversed().join('');
    case 'sorted':
      return [...source].toSorted().join('');
    case 'case':
      return source === source.toUpperCase() ? source.toLowerCase() : source.toUpperCase();
    case 'before':
      return old + source;
    case 'after':
      return source + old;
    case 'around':
      return source.slice(0, cut) + old + source.slice(cut);
    case 'twice':
      return source + source;
    case 'shorter':
      return source.slice(0, cut) + source.slice(cut + 1);
    case 'spaced':
      return ` ${source}`;
    default:
      return nearString(source, cut);
  }
}

/** The same text but for one character, which is the next one of the alphabet. */
function nearString(source: string, index: number): string {
  const code = source.charCodeAt(index);
  if (Number.isNaN(code)) return `${source}a`;
  return source.slice(0, index) + String.fromCharCode(code >= 0xd7ff ? 0x61 : code + 1) + source.slice(index + 1);
}

function ofNumber(source: number, old: number, random: Random): number {
  switch (random.nextInt(0, 9)) {
    case 0:
    case 1:
    case 2:
      return source;
    case 3:
      return source + 1;
    case 4:
      return source - 1;
    case 5:
      return -source;
    case 6:
      return source * 2;
    case 7:
      return Number.isInteger(old) ? Math.trunc(source / 2) : source / 2;
    case 8:
      return Number.isInteger(source) ? source + old : source + Number.EPSILON * Math.abs(source);
    default:
      return Number.isInteger(source) ? source - old : source + 0.1;
  }
}

function ofArray(source: JsonValue[], random: Random): JsonValue[] {
  const items = source.map((item) => copy(item));
  const cut = cutOf(items.length, random);
  switch (random.nextInt(0, 7)) {
    case 0:
    case 1:
      return items;
    case 2:
      return items.toSorted(inOrder);
    case 3:
      return items.toSorted(inOrder).toReversed();
    case 4:
      return items.toReversed();
    case 5:
      return items.slice(0, cut);
    case 6:
      return [...items, ...items.slice(cut, cut + 1).map((item) => copy(item))];
    default:
      return items.map(() => copy(items[cut % Math.max(1, items.length)] ?? null));
  }
}

function inOrder(a: JsonValue, b: JsonValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[random.nextInt(0, items.length - 1)];
  if (item === undefined) throw new Error('a list that is picked from is not empty');
  return item;
}

/** The value at a place. */
function at(params: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = params;
  for (const token of path)
    value = Array.isArray(value) ? value[Number(token)] : isObject(value) ? value[token] : undefined;
  return value;
}

function put(value: JsonValue, path: Path, put_: JsonValue): JsonObject;
function put(value: JsonValue, path: Path, put_: JsonValue): JsonValue;
function put(value: JsonValue, [token, ...rest]: Path, put_: JsonValue): JsonValue {
  if (token === undefined) return put_;
  if (Array.isArray(value)) return value.map((item, index) => (index === token ? put(item, rest, put_) : item));
  if (!isObject(value)) return value;
  return { ...value, [token]: put(value[token] ?? null, rest, put_) };
}
