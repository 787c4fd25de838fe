import { toSafeJson } from '../../events/sanitize.ts';

const CHUNK = 64 * 1024;

/** What `toSafeJson` makes of an object, a part at a time: of a large report the whole text would be held several times. */
export function* jsonParts(value: object): Generator<string> {
  let chunk = '';
  for (const part of parts(value)) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function* parts(value: object): Generator<string> {
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${toSafeJson(name)}:`;
    if (Array.isArray(member)) yield* items(member);
    else yield toSafeJson(member);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function* items(list: readonly unknown[]): Generator<string> {
  let before = '[';
  for (const item of list) {
    yield `${before}${toSafeJson(item)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
