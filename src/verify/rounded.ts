/** Integers of a schema that a double cannot hold: what is made of the rounded ones would break what was written. */
import { at, type JsonValue } from '../events/json.ts';
import type { Inexact } from '../spec/text/syntax.ts';
import type { SampleRefusal } from './sample.ts';

const EXACT: ReadonlySet<string> = new Set(['const', 'enum', 'multipleOf']);
/** Keywords whose members are named by the schema's author. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);
const LEAST: ReadonlySet<string> = new Set(['minimum', 'exclusiveMinimum']);
const MOST: ReadonlySet<string> = new Set(['maximum', 'exclusiveMaximum']);

/**
 * The first keyword whose rounded integer a value would show, with its place; bounds that leave room within ±2^53, as
 * those of 64-bit integers do, change no value.
 */
export function roundedIn(document: JsonValue, inexact: Inexact): SampleRefusal | undefined {
  if (inexact.size === 0) return undefined;
  const open: { value: JsonValue; pointer: string; keyword: string }[] = [
    { value: document, pointer: '#', keyword: '' },
  ];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, pointer, keyword } = place;
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    for (const [key, source] of Object.entries(inexact.get(value) ?? {})) {
      const word = isList ? keyword : key;
      if (shows(word, source))
        return {
          keyword: word,
          pointer: at(pointer, key),
          reason: `${source.slice(0, 40)} has no exact double, so that values would hold ${Number(source)} instead`,
        };
    }
    for (const [key, member] of Object.entries(value).toReversed())
      open.push({ value: member, pointer: at(pointer, key), keyword: within(keyword, key, isList) });
  }
  return undefined;
}

/** The keyword that a member belongs to: all of a constant belongs to it, and the name of a property is none. */
function within(keyword: string, key: string, isList: boolean): string {
  if (isList || EXACT.has(keyword)) return keyword;
  return NAMED.has(keyword) ? '' : key;
}

function shows(keyword: string, source: string): boolean {
  if (BigInt(source) === BigInt(Number(source))) return false;
  const isNegative = source.startsWith('-');
  return EXACT.has(keyword) || (LEAST.has(keyword) && !isNegative) || (MOST.has(keyword) && isNegative);
}
