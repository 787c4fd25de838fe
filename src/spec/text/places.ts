/** Where each member of a parsed document was written, kept beside the values so that no syntax tree has to live on. */
import { at, tokensOf, type JsonValue } from '../../events/index.ts';
import type { Location } from '../model.ts';

/** Offsets into the text: of the key of each object member, or of each array item. */
export type Offsets = WeakMap<object, Record<string, number>>;

/** Objects that were written in another file than what stands around them, with that file and their place in it. */
export type Sources = WeakMap<object, Source>;

export interface Source {
  /** Absolute path. */
  file: string;
  /** Where in the file the object is written. */
  offset: number;
  place: (offset: number) => { line: number; column: number };
}

/** The tokens of a pointer that exist in a document, with the value that each leads to. */
type Step = (parent: JsonValue, token: string) => JsonValue | undefined;

/** Own member or item; an item of an `x-invariants` list also answers to its id. */
export const stepInto: Step = (parent, token) => {
  if (Array.isArray(parent)) return /^(0|[1-9]\d*)$/.test(token) ? parent[Number(token)] : undefined;
  if (typeof parent === 'object' && parent !== null) return Object.hasOwn(parent, token) ? parent[token] : undefined;
  return undefined;
};

/** Turns an offset into line and column, both from 1; the column counts UTF-16 units. */
export function lineIndex(text: string): (offset: number) => { line: number; column: number } {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Finds the place of the nearest written ancestor of a pointer. */
export function locator(
  file: string,
  text: string,
  document: JsonValue,
  offsets: Offsets,
  sources?: Sources,
): (pointer: string) => Location {
  const known = typeof document === 'object' && document !== null ? sources?.get(document) : undefined;
  const contract: Source = known ?? { file, offset: 0, place: lineIndex(text) };
  return (pointer) => {
    let { offset } = contract;
    let source = contract;
    let value: JsonValue | undefined = document;
    let parentToken = '';
    for (const token of tokensOf(pointer)) {
      if (typeof value !== 'object' || value === null) break;
      const key = itemKey(value, token, parentToken);
      const found = offsets.get(value)?.[key];
      if (found === undefined) break;
      offset = found;
      value = stepInto(value, key);
      if (value === undefined) break;
      const other = typeof value === 'object' && value !== null ? sources?.get(value) : undefined;
      if (other !== undefined) ({ offset } = source = other);
      parentToken = token;
    }
    return { file: source.file, ...source.place(offset) };
  };
}

/** Lists whose items answer to a name: the member that holds it, by the list's own name. */
const NAMED_BY: Record<string, string> = {
  'x-invariants': 'id',
  methods: 'name',
  params: 'name',
  errors: 'code',
  links: 'name',
  examples: 'name',
};

/** The member that names the items of a list; undefined where only indexes do. */
function namedBy(list: string): string | undefined {
  return Object.hasOwn(NAMED_BY, list) ? NAMED_BY[list] : undefined;
}

/** The real key that a token stands for: in an `x-invariants` list an id stands for the index of its item. */
export function itemKey(parent: JsonValue, token: string, parentToken: string): string {
  const member = namedBy(parentToken);
  if (member === undefined || !Array.isArray(parent)) return token;
  const index = parent.findIndex((item) => {
    const name = stepInto(item, member);
    return name !== undefined && String(name) === token;
  });
  return index < 0 ? token : String(index);
}

/** A pointer whose list items go by their names, so that it survives a change of their order. */
export function namedPointer(document: JsonValue, pointer: string): string {
  let value: JsonValue | undefined = document;
  let parentToken = '';
  let named = '#';
  for (const token of tokensOf(pointer)) {
    const member = Array.isArray(value) ? namedBy(parentToken) : undefined;
    const next: JsonValue | undefined = value === undefined ? undefined : stepInto(value, token);
    const name = member === undefined || next === undefined ? undefined : stepInto(next, member);
    named = at(named, typeof name === 'string' || typeof name === 'number' ? name : token);
    value = next;
    parentToken = token;
  }
  return named;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
