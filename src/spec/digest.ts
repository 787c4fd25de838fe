/**
 * Identity of a spec: SHA-256 over canonical JSON (RFC 8785). The document digest covers every word; the semantic one
 * leaves out what changes no behaviour, and sorts arrays whose order means nothing.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isObject, type JsonObject, type JsonValue } from '../events/index.ts';
import { type Kind, memberIn, rootKindOf } from './openapi/grammar.ts';
import type { Inexact } from './text/syntax.ts';

export interface Digests {
  /** 64 hex digits each. */
  semanticDigest: string;
  documentDigest: string;
}

/** Both digests of a document. Numbers that a double cannot hold count as written. */
export function digestsOf(document: JsonObject, inexact: Inexact): Digests {
  const kind = rootKindOf(document);
  return {
    semanticDigest: digest('semantic', canonicalNode(document, kind, { strip: true, inexact })),
    documentDigest: digest('document', canonicalNode(document, kind, { strip: false, inexact })),
  };
}

interface Mode {
  /** Leave annotations out and sort sets. */
  strip: boolean;
  inexact: Inexact;
}

function digest(domain: 'semantic' | 'document', value: JsonValue): string {
  return createHash('sha256').update(`specv1\0${domain}\0`).update(canonicalText(value)).digest('hex');
}

/** RFC 8785 text of a JSON value. */
export function canonicalText(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a JSON value has a canonical form');
  return text;
}

function canonicalNode(node: JsonValue, kind: Kind, mode: Mode): JsonValue {
  if (kind === 'data' && mode.inexact.size === 0) return node;
  if (Array.isArray(node))
    return node.map((item, index) => written(node, String(index), mode) ?? canonicalNode(item, kind, mode));
  if (!isObject(node)) return node;
  // Probes run in written order, so their order is part of what the spec says.
  if (kind === 'probes') return Object.entries(node).map(([name, probe]) => [name, canonicalNode(probe, 'data', mode)]);
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(node)) {
    const member = memberIn(kind, name);
    if (mode.strip && member.annotation) continue;
    result[name] = written(node, name, mode) ?? canonicalMember(value, member.kind, member.shape === 'map', mode);
    if (mode.strip && member.set) result[name] = sorted(result[name]);
  }
  return result;
}

function canonicalMember(value: JsonValue, kind: Kind, isMap: boolean, mode: Mode): JsonValue {
  const asMap = isMap || (kind === 'invariant' && isObject(value));
  if (!asMap || !isObject(value)) return canonicalNode(value, kind, mode);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, written(value, name, mode) ?? canonicalNode(item, kind, mode)]),
  );
}

/** The exact digits of a number that the parsed value cannot hold. */
function written(parent: object, key: string, mode: Mode): JsonValue | undefined {
  const source = mode.inexact.get(parent)?.[key];
  return source === undefined ? undefined : { 'plumb:integer': BigInt(source).toString() };
}

function sorted(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  return value
    .map((item) => ({ item, text: canonicalText(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}
