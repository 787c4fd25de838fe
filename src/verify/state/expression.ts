/** Runtime expressions, as links and workflows write them (OpenAPI 3.1.1 §4.8.20.4, Arazzo 1.0.1 §4.7). */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import { sourceOf } from '../cases/producer-search.ts';
import type { Binding, Source } from '../cases/scenario.ts';
import type { Sent } from '../wire/execute.ts';

/** What an expression can see: one exchange, and in a workflow also names that were given values before. */
export interface Scope {
  sent?: Sent | undefined;
  /** By root: `inputs`, `steps`, `workflows`, `outputs`. */
  names?: Record<string, JsonValue>;
}

/** The value of a whole expression such as `$response.body#/id`; undefined where there is none. */
export function valueOf(expression: string, scope: Scope): JsonValue | undefined {
  const { sent } = scope;
  const answer = sent?.answer.kind === 'answer' ? sent.answer : undefined;
  if (expression === '$statusCode') return answer?.status;
  if (expression === '$method') return sent?.request.method;
  if (expression === '$url') return sent?.request.path;
  const [, side, place = '', rest = ''] =
    /^\$(request|response)\.(body|header|query|path|cookie)(?:[.#]?)(.*)$/s.exec(expression) ?? [];
  if (side === 'response' && place === 'header') return answer?.headers[rest.toLowerCase()];
  if (side === 'response') return place === 'body' ? inBody(answer?.json ?? answer?.text, expression, rest) : undefined;
  if (side === 'request' && sent !== undefined) {
    if (place === 'body') return inBody(sent.input.body, expression, rest);
    if (place === 'header') return headerOf(sent, rest);
    const members: JsonObject =
      place === 'path' ? sent.input.path : place === 'query' ? sent.input.query : sent.input.cookies;
    return Object.hasOwn(members, rest) ? members[rest] : undefined;
  }
  const [, root, path = '', pointer] = /^\$(\w+)((?:\.[^#]*)?)(#.*)?$/s.exec(expression) ?? [];
  const named = root === undefined ? undefined : scope.names?.[root];
  const found = path
    .split('.')
    .slice(1)
    .reduce<JsonValue | undefined>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      named,
    );
  return pointer === undefined || found === undefined ? found : valueAt(found, pointer.slice(1));
}

function inBody(body: JsonValue | undefined, expression: string, pointer: string): JsonValue | undefined {
  if (body === undefined || !expression.includes('#')) return body;
  return pointer === '' ? body : valueAt(body, pointer);
}

function headerOf({ input, request }: Sent, name: string): JsonValue | undefined {
  const own = Object.keys(input.headers).find((one) => one.toLowerCase() === name.toLowerCase());
  return own === undefined ? request.headers[name.toLowerCase()] : input.headers[own];
}

/** A value in which every expression, whole or embedded as `{$…}`, was replaced; undefined where one has no value. */
export function filled(template: JsonValue, scope: Scope): JsonValue | undefined {
  if (typeof template === 'string') {
    if (template.startsWith('$')) return valueOf(template, scope);
    const whole = /^\{(\$[^{}]+)\}$/.exec(template)?.[1];
    if (whole !== undefined) return valueOf(whole, scope);
    let missing = false;
    const text = template.replace(/\{(\$[^{}]+)\}/g, (_, expression: string) => {
      const value = valueOf(expression, scope);
      missing ||= value === undefined;
      return typeof value === 'string' ? value : JSON.stringify(value ?? null);
    });
    return missing ? undefined : text;
  }
  if (Array.isArray(template)) {
    const items = template.map((item) => filled(item, scope));
    return items.includes(undefined) ? undefined : items.filter((item) => item !== undefined);
  }
  if (!isObject(template)) return template;
  const members: JsonObject = {};
  for (const [name, member] of Object.entries(template)) {
    const value = filled(member, scope);
    if (value === undefined) return undefined;
    members[name] = value;
  }
  return members;
}

/** The binding that lets a script take a value from where the expression says; undefined where none can. */
export function bindingFor(into: string, template: JsonValue, step: number): Binding | undefined {
  const source = typeof template === 'string' ? sourceOf(template.replace(/^\{(.*)\}$/, '$1')) : undefined;
  // The id in a Location is cut out of it; an expression means all of it.
  if (source === undefined || source.place === 'location') return undefined;
  const from: Source = { step, ...source };
  return { into, from };
}

/** Bindings of the leaves of a body. */
export function bodyBindings(template: JsonValue, into: string, step: number): Binding[] {
  if (Array.isArray(template)) return template.flatMap((item, index) => bodyBindings(item, at(into, index), step));
  if (isObject(template))
    return Object.entries(template).flatMap(([name, member]) => bodyBindings(member, at(into, name), step));
  const binding = bindingFor(into, template, step);
  return binding === undefined ? [] : [binding];
}
