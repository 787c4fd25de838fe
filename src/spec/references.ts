/** References stay where they are: they are followed one at a time, and nothing outside the document is ever read. */
import { at, isObject, type JsonObject, tokensOf, valueAt } from '../events/index.ts';
import { isReferable, rootKindOf } from './openapi/grammar.ts';
import { type Place, walk } from './openapi/walk.ts';
import type { Report } from './report.ts';

/** A base that no server can have, for the resolution of relative `$id`s; with a fragment it names a place in the contract. */
export const BASE = 'https://contract.invalid/';

/** Where a chain of references ends. */
export type Chase = { kind: 'found'; pointer: string } | { kind: 'dangling' } | { kind: 'circular' };

/** Follows references in one document. */
export interface References {
  /** The pointer that a `$ref` text written at `from` leads to; undefined where nothing is there. */
  target(ref: string, from: string): string | undefined;
  /** Follows a chain of `$ref`s; remembered, so that all chains together cost as much as their links. */
  chase(pointer: string): Chase;
  /** Follows a chain of `$ref`s; undefined where it dangles, leaves the document or turns in a circle. */
  follow(pointer: string): string | undefined;
}

/** Prepares to follow references; the index of `$id`s and anchors is built when one is first needed. */
export function referencesOf(document: JsonObject): References {
  let index: Map<string, string> | undefined;
  const target = (ref: string, from: string): string | undefined => {
    if (ref === '#' || ref.startsWith('#/')) {
      const base = resourceAt(document, from);
      const pointer = base + ref.slice(1);
      return valueAt(document, pointer) === undefined ? undefined : pointer;
    }
    index ??= resourceIndex(document);
    const uri = absolute(ref, baseUriAt(document, from));
    if (uri === undefined) return undefined;
    const exact = index.get(uri);
    if (exact !== undefined) return exact;
    const hash = uri.indexOf('#');
    const resource = hash < 0 ? undefined : index.get(uri.slice(0, hash));
    const fragment = hash < 0 ? '' : uri.slice(hash + 1);
    if (resource === undefined || (fragment !== '' && !fragment.startsWith('/'))) return undefined;
    return valueAt(document, resource + fragment) === undefined ? undefined : resource + fragment;
  };
  const chased = new Map<string, Chase>();
  const chase = (pointer: string): Chase => {
    const trail: string[] = [];
    const onTrail = new Set<string>();
    let current = pointer;
    let result: Chase | undefined;
    while (result === undefined) {
      result = chased.get(current);
      if (result !== undefined) break;
      const node = valueAt(document, current);
      if (node === undefined) result = { kind: 'dangling' };
      else if (onTrail.has(current)) result = { kind: 'circular' };
      else if (!isObject(node) || typeof node.$ref !== 'string') result = { kind: 'found', pointer: current };
      else {
        onTrail.add(current);
        trail.push(current);
        const next = target(node.$ref, current);
        if (next === undefined) result = { kind: 'dangling' };
        else current = next;
      }
    }
    for (const step of trail) chased.set(step, result);
    return result;
  };
  const follow = (pointer: string): string | undefined => {
    const result = chase(pointer);
    return result.kind === 'found' ? result.pointer : undefined;
  };
  return { target, chase, follow };
}

interface ReferenceReader {
  document: JsonObject;
  references: References;
  report: Report;
}

interface BadReference {
  kind: 'dangling' | 'external' | 'circular' | 'notText';
  ref: string;
  /** The object that holds the `$ref`, and its place. */
  node: JsonObject;
  pointer: string;
}

/** Every reference that does not lead to a place in this document. Recursion through schemas is fine. */
function badReferences(document: JsonObject, references: References): BadReference[] {
  const bad: BadReference[] = [];
  walk(document, ({ kind, node, pointer }: Place) => {
    if (!isReferable(kind) || !Object.hasOwn(node, '$ref')) return;
    const ref = node.$ref;
    if (typeof ref !== 'string') bad.push({ kind: 'notText', ref: '', node, pointer });
    else if (references.target(ref, pointer) === undefined)
      bad.push({ kind: ref.startsWith('#') ? 'dangling' : 'external', ref, node, pointer });
    else if (references.chase(pointer).kind === 'circular') bad.push({ kind: 'circular', ref, node, pointer });
  });
  return bad;
}

/** Reports every reference that is not followed; those of objects that were told about before are left out. */
export function reportReferences({ document, references, report }: ReferenceReader, told?: ReadonlySet<object>): void {
  for (const bad of badReferences(document, references)) {
    if (told?.has(bad.node) === true) continue;
    const place = at(bad.pointer, '$ref');
    if (bad.kind === 'external')
      report(
        'error',
        'external-reference',
        place,
        `reference ${JSON.stringify(bad.ref)} leaves the document and is not read`,
        'copy what it names into this document',
      );
    else if (bad.kind === 'dangling')
      report('error', 'dangling-reference', place, `nothing is at ${JSON.stringify(bad.ref)}`);
    else if (bad.kind === 'circular')
      report('error', 'circular-reference', place, `${JSON.stringify(bad.ref)} leads back to itself`);
    else report('error', 'wrong-shape', place, '`$ref` must be a text');
  }
}

/** Pointer of the schema resource (nearest ancestor with an `$id`) that a place belongs to. */
function resourceAt(document: JsonObject, pointer: string): string {
  return ancestorsWithId(document, pointer).at(-1)?.pointer ?? '#';
}

function baseUriAt(document: JsonObject, pointer: string): string {
  return ancestorsWithId(document, pointer).reduce((base, { id }) => absolute(id, base) ?? base, selfUri(document));
}

function ancestorsWithId(document: JsonObject, pointer: string): { id: string; pointer: string }[] {
  const found: { id: string; pointer: string }[] = [];
  if (!usesIds(document)) return found;
  let at_ = '#';
  for (const token of ['', ...tokensOf(pointer)]) {
    if (token !== '' || at_ !== '#') at_ = at(at_, token);
    const node = valueAt(document, at_);
    if (isObject(node) && typeof node.$id === 'string' && at_ !== '#') found.push({ id: node.$id, pointer: at_ });
  }
  return found;
}

const ids = new WeakMap<JsonObject, boolean>();

/** Most documents have no `$id`; then every reference starts at the root and no ancestor needs a look. */
function usesIds(document: JsonObject): boolean {
  let uses = ids.get(document);
  if (uses === undefined) {
    uses = false;
    // Neither Swagger 2.0 nor OpenAPI 3.0 knows `$id`.
    if (document.swagger === undefined && !String(document.openapi).startsWith('3.0'))
      walk(document, ({ kind, node }) => {
        if (kind === 'schema' && typeof node.$id === 'string') uses = true;
      });
    ids.set(document, uses);
  }
  return uses;
}

function selfUri(document: JsonObject): string {
  if (rootKindOf(document) === 'schema') {
    const id = document.$id ?? document.id;
    return typeof id === 'string' ? (absolute(id, BASE) ?? BASE) : BASE;
  }
  return typeof document.$self === 'string' ? (absolute(document.$self, BASE) ?? BASE) : BASE;
}

function resourceIndex(document: JsonObject): Map<string, string> {
  const index = new Map<string, string>([
    [BASE, '#'],
    [selfUri(document), '#'],
  ]);
  walk(document, ({ kind, node, pointer }) => {
    if (kind !== 'schema') return;
    const base = baseUriAt(document, pointer);
    if (typeof node.$id === 'string') index.set(base, pointer);
    for (const keyword of ['$anchor', '$dynamicAnchor'])
      if (typeof node[keyword] === 'string') index.set(`${base}#${node[keyword]}`, pointer);
  });
  return index;
}

/** An absolute URI without an empty fragment; undefined where the text is no URI reference. */
function absolute(ref: string, base: string): string | undefined {
  const url = URL.parse(ref, base);
  return url === null ? undefined : url.href.replace(/#$/, '');
}
