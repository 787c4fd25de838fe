/** Which operation of a contract a request belongs to, and which paths an answer points at. */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Operation, Spec } from '../../spec/model.ts';
import { segmentsOf } from '../cases/paths.ts';

/** The operation that answers a method on a path (without query); undefined where the contract has none. */
export function operationFor(spec: Spec, method: string, path: string): Operation | undefined {
  return pathsFor(spec, path).find((one) => one.method === method.toLowerCase());
}

/** All operations whose template fits a path, concrete segments before parameters (OpenAPI 3.1.1 §4.8.8.2). */
export function pathsFor(spec: Spec, path: string): Operation[] {
  const wanted = segmentsOf(path);
  const fitting = spec.operations.filter((operation) => {
    const own = segmentsOf((operation.basePath ?? spec.basePath) + operation.path);
    return own.length === wanted.length && own.every((segment, index) => fits(segment, wanted[index] ?? ''));
  });
  const parameters = ({ path: template }: Operation): number => template.split('{').length;
  return fitting.toSorted((a, b) => parameters(a) - parameters(b));
}

/** Segment of a template against a segment of a path; the parts between parameters must stand in this order. */
function fits(template: string, segment: string): boolean {
  const [first = '', ...rest] = template.split(/\{[^}]*\}/);
  if (rest.length === 0) return template === segment;
  if (!segment.startsWith(first)) return false;
  let from = first.length;
  for (const [index, part] of rest.entries()) {
    // Each parameter takes one character at least; the last part must end the segment.
    const place = index === rest.length - 1 ? segment.length - part.length : segment.indexOf(part, from + 1);
    if (place < from + 1 || !segment.startsWith(part, place)) return false;
    from = place + part.length;
  }
  return from === segment.length;
}

const LINK_NAME =
  /^(href|url|uri|link|self|next|prev|previous|first|last|location)$|(Href|Url|Uri|Link|_url|_link|_href)$/;
const DEPTH = 8;
const MOST_LINKS = 50;

/** Paths on the subject's own origin that headers and members with the name of a link point at, without query. */
export function linkedPaths(
  headers: Readonly<Record<string, string>>,
  body: JsonValue | undefined,
  base: string,
): string[] {
  const texts: string[] = [];
  for (const name of ['location', 'content-location']) if (headers[name] !== undefined) texts.push(headers[name]);
  for (const match of (headers['link'] ?? '').matchAll(/<([^>]*)>/g)) texts.push(match[1] ?? '');
  collect(body, texts, DEPTH);
  const origin = URL.parse(base)?.origin;
  const paths = texts.slice(0, MOST_LINKS).flatMap((text) => {
    if (!/^(\/(?!\/)|https?:)/.test(text)) return [];
    const url = URL.parse(text, base);
    return url === null || url.origin !== origin ? [] : [decoded(url.pathname)];
  });
  return [...new Set(paths)];
}

function collect(value: JsonValue | undefined, texts: string[], depth: number): void {
  if (depth === 0 || texts.length >= MOST_LINKS) return;
  if (Array.isArray(value)) for (const item of value.slice(0, MOST_LINKS)) collect(item, texts, depth - 1);
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'string' && LINK_NAME.test(name)) texts.push(member);
      else collect(member, texts, depth - 1);
    }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
