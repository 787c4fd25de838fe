/** A walk over a contract by its grammar, so that only what is a schema, an operation or a rule is taken for one. */
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { type Kind, type Member, memberIn, rootKindOf } from './grammar.ts';

export interface Place {
  kind: Kind;
  node: JsonObject;
  pointer: string;
}

/** Visits every object of a known kind in written order; references are not followed, so it always ends. */
export function walk(root: JsonObject, visit: (place: Place) => void): void {
  walkNode(root, rootKindOf(root), '#', visit);
}

/** Like {@link walk}, from a node inside; `visit` may answer false to leave the node's members out. */
export function walkFrom(node: JsonValue, kind: Kind, pointer: string, visit: (place: Place) => boolean | void): void {
  walkNode(node, kind, pointer, visit);
}

function walkNode(node: JsonValue, kind: Kind, pointer: string, visit: (place: Place) => boolean | void): void {
  if (!isObject(node) || kind === 'data') return;
  if (visit({ kind, node, pointer }) === false) return;
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null) continue;
    const member = memberIn(kind, name);
    if (member.kind !== 'data') walkMember(value, member, at(pointer, name), visit);
  }
}

function walkMember(value: JsonValue, member: Member, pointer: string, visit: (place: Place) => boolean | void): void {
  if (Array.isArray(value)) {
    // `items` may be a list in older drafts; `x-invariants` may be a list or a map.
    for (const [index, item] of value.entries()) walkNode(item, member.kind, at(pointer, index), visit);
  } else if (isObject(value) && (member.shape === 'map' || (member.shape === 'list' && member.kind === 'invariant'))) {
    for (const [name, item] of Object.entries(value)) walkNode(item, member.kind, at(pointer, name), visit);
  } else walkNode(value, member.kind, pointer, visit);
}
