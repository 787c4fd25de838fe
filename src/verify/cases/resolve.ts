/** Puts what earlier steps answered into the input of a later one. */
import { at, isObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { SubjectAnswer } from '../model.ts';
import type { Binding, Input, Source } from './scenario.ts';

/** What a source needs to know of a step that ran. */
export interface Answered {
  input: Input;
  answer: SubjectAnswer;
}

/** The value of a source, or undefined where the step did not succeed or its answer does not hold it. */
export function sourceValue(source: Source, step: Answered | undefined): JsonValue | undefined {
  if (step === undefined) return undefined;
  const { answer, input } = step;
  if (answer.kind !== 'answer' || answer.status < 200 || answer.status > 299) return undefined;
  if (source.place === 'input') return scalar(valueAt({ ...input }, source.pointer));
  if (source.place === 'header') return answer.headers[source.pointer];
  if (source.place === 'body') {
    const value = answer.json === undefined ? undefined : scalar(valueAt(answer.json, source.pointer));
    if (value !== undefined) return value;
  }
  const location = answer.headers['location'] ?? answer.headers['content-location'];
  return location === undefined ? undefined : idInLocation(location, source.place === 'location' ? source.pointer : '');
}

function scalar(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** The segment after the last `before` of a reference, else its last one (RFC 9110 §10.2.2: absolute or relative). */
export function idInLocation(location: string, before: string): string | undefined {
  const [path = ''] = location.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/);
  const segments = path.split('/').filter((part) => part !== '');
  const index = before === '' ? -1 : segments.lastIndexOf(before);
  const segment = index < 0 ? segments.at(-1) : segments[index + 1];
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const targets = new Map<string, string[]>();

/** The tokens of a binding's target; targets are few and used for every request. */
function targetOf(into: string): string[] {
  let tokens = targets.get(into);
  if (tokens === undefined) {
    if (targets.size > 10_000) targets.clear();
    targets.set(into, (tokens = tokensOf(into)));
  }
  return tokens;
}

/** A copy of the input with the value at a binding's target; places that are absent stay so, except path parameters. */
export function withValue(input: Input, into: string, value: JsonValue): Input {
  const [place, ...rest] = targetOf(into);
  const copy: Input = { ...input };
  if (place === 'body') {
    if (copy.body !== undefined) copy.body = replaced(copy.body, rest, value);
    return copy;
  }
  const name = rest[0];
  if (name === undefined || (place !== 'path' && place !== 'query' && place !== 'headers' && place !== 'cookies'))
    return copy;
  if (place === 'path' || copy[place][name] !== undefined) copy[place] = { ...copy[place], [name]: value };
  return copy;
}

function replaced(tree: JsonValue, tokens: string[], value: JsonValue): JsonValue {
  const [token, ...rest] = tokens;
  if (token === undefined) return tree === null ? null : value;
  if (token === '*') return Array.isArray(tree) ? tree.map((item) => replaced(item, rest, value)) : tree;
  if (Array.isArray(tree))
    return tree.map((item, index) => (String(index) === token ? replaced(item, rest, value) : item));
  const member = isObject(tree) && Object.hasOwn(tree, token) ? tree[token] : undefined;
  if (!isObject(tree) || member === undefined) return tree;
  return { ...tree, [token]: replaced(member, rest, value) };
}

/** The source with the place of the item that is taken, now that the length of its list is known. */
function placed(source: Source, step: Answered | undefined): Source {
  const { nth, ...plain } = source;
  const body = step?.answer.kind === 'answer' ? step.answer.json : undefined;
  if (nth === undefined || body === undefined) return source;
  const tokens = tokensOf(source.pointer);
  const listAt = (place: number): JsonValue | undefined => valueAt(body, at('', ...tokens.slice(0, place)));
  const index = tokens.findIndex((token, place) => token === '0' && Array.isArray(listAt(place)));
  const list = index < 0 ? undefined : listAt(index);
  if (!Array.isArray(list) || list.length === 0) return source;
  const place = nth < 0 ? list.length - 1 + ((nth + 1) % list.length) : nth % (list.length - spared(list.length));
  return { ...plain, pointer: at('', ...tokens.with(index, String(place))) };
}

/** How many at the end of a list are left to what removes them. */
function spared(length: number): number {
  return Math.min(2, Math.floor(length / 2));
}

/** Resolves every binding of a step and says which were used; `missing` names the first source that has no value. */
export function resolve(
  input: Input,
  bindings: Binding[],
  answered: (step: number) => Answered | undefined,
): { kind: 'resolved'; input: Input; bindings: Binding[] } | { kind: 'missing'; binding: Binding } {
  let resolved = input;
  const used: Binding[] = [];
  for (const binding of bindings) {
    const from = placed(binding.from, answered(binding.from.step));
    const value = sourceValue(from, answered(from.step));
    if (binding.fits !== undefined && (value === undefined || !binding.fits(value))) continue;
    if (value === undefined) return { kind: 'missing', binding };
    resolved = withValue(resolved, binding.into, value);
    used.push(from === binding.from ? binding : { ...binding, from });
  }
  return { kind: 'resolved', input: resolved, bindings: used };
}
