/** What every reader of a part of an OpenAPI document needs: the document, its references, and where to report. */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../events/index.ts';
import type { Spec } from './model.ts';
import type { References } from './references.ts';
import type { Report } from './report.ts';

/** Version of the specification that a document follows, without its patch number. */
export type Edition = '2.0' | '3.0' | '3.1' | '3.2';

/** What a spec keeps of where it was read from. */
export type ContractSource = Pick<Spec, 'name' | 'file' | 'text' | 'files'>;

export interface Reader {
  document: JsonObject;
  edition: Edition;
  references: References;
  report: Report;
}

/** An object and where it really stands, after `$ref`. */
export interface Resolved {
  node: JsonObject;
  pointer: string;
}

/** The object at a pointer after `$ref`s; undefined (already reported as a bad reference, or reported here). */
export function objectAt(reader: Reader, pointer: string): Resolved | undefined {
  const real = reader.references.follow(pointer);
  if (real === undefined) return undefined;
  const node = valueAt(reader.document, real);
  if (isObject(node)) return { node, pointer: real };
  reader.report('error', 'wrong-shape', real, 'an object is expected here');
  return undefined;
}

/** Members of an object-valued member, in written order; none where it is absent. */
export function membersOf(reader: Reader, pointer: string, name: string): { name: string; pointer: string }[] {
  const owner = valueAt(reader.document, pointer);
  const value = isObject(owner) ? own(owner, name) : undefined;
  if (value === undefined) return [];
  if (!isObject(value)) {
    reader.report('error', 'wrong-shape', at(pointer, name), `\`${name}\` must be an object`);
    return [];
  }
  return Object.keys(value).map((key) => ({ name: key, pointer: at(pointer, name, key) }));
}

/** Own member of an object; never one of its prototype. */
export function own(node: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(node, name) ? node[name] : undefined;
}

/** A text member, or undefined. */
export function textOf(node: JsonObject, name: string): string | undefined {
  const value = own(node, name);
  return typeof value === 'string' ? value : undefined;
}
