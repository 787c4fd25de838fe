/** What a function returns, seen as JSON: its text, or why it has none. Runs beside the module; imports nothing of ours. */

export interface Seen {
  /** Where and what is not JSON: `at /items/0: a Date`; undefined where all of it is. */
  problem?: string;
  negativeZero: boolean;
}

const MAX_DEPTH = 500;
const MAX_VALUES = 1_000_000;
const { isArray } = Array;
const { isFinite } = Number;
const { is, keys, getPrototypeOf } = Object;
const plain = Object.prototype;
const tag = Object.prototype.toString;

/** Looks at every part of a value. Absent members (undefined) are left out, as JSON texts leave them out. */
export function seenAsJson(value: unknown): Seen {
  const seen: Seen = { negativeZero: false };
  const above = new Set<object>();
  let left = MAX_VALUES;
  const visit = (part: unknown, path: string, depth: number): string | undefined => {
    if (left-- <= 0) return `it has more than ${MAX_VALUES} values`;
    switch (typeof part) {
      case 'string':
      case 'boolean':
        return undefined;
      case 'number':
        if (is(part, -0)) seen.negativeZero = true;
        return isFinite(part) ? undefined : told(path, String(part));
      case 'object':
        break;
      default:
        return told(path, typeof part === 'undefined' ? 'undefined' : `a ${typeof part}`);
    }
    if (part === null) return undefined;
    if (above.has(part)) return told(path, 'a cycle');
    if (depth > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH} levels`;
    above.add(part);
    const problem = isArray(part) ? items(part, path, depth) : members(part, path, depth);
    above.delete(part);
    return problem;
  };
  const items = (list: unknown[], path: string, depth: number): string | undefined => {
    for (let index = 0; index < list.length; index++) {
      const problem = visit(list[index], `${path}/${index}`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const members = (object: object, path: string, depth: number): string | undefined => {
    const kind = tag.call(object).slice('[object '.length, -1);
    if (kind !== 'Object') return told(path, `a ${kind}`);
    const prototype: unknown = getPrototypeOf(object);
    if (prototype !== null && prototype !== plain && 'toJSON' in object) return told(path, 'an object with toJSON');
    for (const name of keys(object)) {
      const member = (object as Record<string, unknown>)[name];
      if (member === undefined) continue;
      const problem = visit(member, `${path}/${name}`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const problem = visit(value, '', 0);
  if (problem !== undefined) seen.problem = problem;
  return seen;
}

function told(path: string, what: string): string {
  return path === '' ? `it is ${what}` : `at ${path} it is ${what}`;
}
