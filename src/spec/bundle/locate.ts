/** Where references lead among the files of a contract, followed to what is no reference itself. */
import { at, isObject, type JsonObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import { type Address, addressOf, shown } from './address.ts';
import type { Resource, Resources } from './resources.ts';
import type { SourceFile, Sources, Spot } from './sources.ts';

/** References on the way of one pointer. */
const MAX_HOPS = 100;

/** A place, and the schema with an `$id` around it. */
export interface PlaceIn extends Spot {
  resource: Resource;
}

export type Found =
  | { kind: 'spot'; spot: Spot }
  /** In the contract, by a text that it can keep. */
  | { kind: 'kept' }
  /** In a file that cannot be parsed. */
  | { kind: 'broken' }
  | { kind: 'refused'; rule: string; message: string; hint?: string };

/** A place that a reference says, by its resource and what names it there. */
interface Named {
  root: Spot;
  fragment: string;
}

export interface Locator {
  /** What a `$ref` text written at a place leads to, references that are nothing else followed. */
  locate(ref: string, here: PlaceIn): Found;
  /** The resource that a reference names, with its fragment; undefined where `locate` does not find a place either. */
  named(ref: string, here: PlaceIn): Named | undefined;
}

/** Looks in the files that were read, and reads those that a reference names. */
export function createLocator(sources: Sources, resources: Resources): Locator {
  const fileAt = (address: Address & { kind: 'file' }, ref: string): Found | SourceFile => {
    const file = sources.load(address.path);
    if ('path' in file) return file;
    if (file.refused === undefined) return { kind: 'broken' };
    const message = `reference ${shown(ref)} ${file.refused}`;
    return {
      kind: 'refused',
      rule: 'external-reference',
      message,
      hint: 'paths are relative to the file that they stand in',
    };
  };

  const rootOf = (address: Address, here: PlaceIn, ref: string): Found | Spot => {
    if (address.kind === 'refused') {
      const known = resources.find(ref.replace(/#.*$/s, ''), here.resource);
      return known ?? { kind: 'refused', rule: 'external-reference', message: address.message, hint: address.hint };
    }
    if (address.kind === 'here') return { file: here.file, pointer: here.resource.pointer };
    const known = resources.find(address.kind === 'uri' ? address.uri : address.path, here.resource, ref);
    if (known !== undefined) return known;
    if (address.kind === 'file') {
      const file = fileAt(address, ref);
      return 'kind' in file ? file : { file, pointer: '#' };
    }
    const message = `reference ${shown(ref)} leaves the contract and is never fetched`;
    const hint = 'put a copy into the folder of the contract, and refer to it by a relative path';
    return { kind: 'refused', rule: 'external-reference', message, hint };
  };

  const fragmentOf = (address: Address, ref: string): string =>
    address.kind === 'refused' ? (ref.split('#')[1] ?? '') : address.fragment;

  const resolve = (ref: string, here: PlaceIn): Found => {
    const address = addressOf(ref, here.file.path);
    if (here.file.isContract && address.kind === 'here') return { kind: 'kept' };
    const root = rootOf(address, here, ref);
    if ('kind' in root) return root;
    if (here.file.isContract && root.file.isContract && address.kind !== 'file') return { kind: 'kept' };
    const fragment = fragmentOf(address, ref);
    const spot = resources.within(root, fragment) ?? throughReferences(root, fragment);
    if (spot !== undefined) return { kind: 'spot', spot };
    const where = root.file.isContract ? '' : ` in ${root.file.path}`;
    return { kind: 'refused', rule: 'dangling-reference', message: `nothing is at ${shown(ref)}${where}` };
  };

  const placeIn = (spot: Spot): PlaceIn => ({ ...spot, resource: resources.around(spot) });

  /** A place whose way leads through references that stand for a whole map or list. */
  const throughReferences = (root: Spot, fragment: string): Spot | undefined => {
    if (!fragment.startsWith('/')) return undefined;
    let spot = root;
    let hops = 0;
    for (const token of tokensOf(`#${fragment}`)) {
      for (;;) {
        const value = valueAt(spot.file.value, spot.pointer);
        if (!isBareReference(value) || ++hops > MAX_HOPS) break;
        const found = resolve(value.$ref, placeIn(spot));
        const pointer = found.kind === 'kept' ? canonicalPointer(value.$ref) : undefined;
        if (found.kind === 'spot') spot = found.spot;
        else if (pointer !== undefined) spot = { ...spot, pointer };
        else return undefined;
      }
      spot = { ...spot, pointer: at(spot.pointer, token) };
      if (valueAt(spot.file.value, spot.pointer) === undefined) return undefined;
    }
    return spot;
  };

  /** Follows references that are nothing but references, so that nobody has to later. */
  const chase = (found: Found): Found => {
    const trail = new Set<JsonValue>();
    let current = found;
    while (current.kind === 'spot') {
      const { spot } = current;
      const value = valueAt(spot.file.value, spot.pointer);
      if (!isBareReference(value) || (spot.file.isContract && value.$ref.startsWith('#'))) return current;
      if (trail.has(value)) {
        const message = `${shown(value.$ref)} leads back to itself`;
        return { kind: 'refused', rule: 'circular-reference', message };
      }
      trail.add(value);
      const next = resolve(value.$ref, placeIn(spot));
      if (next.kind === 'kept') return current;
      current = next;
    }
    return current;
  };

  return {
    locate: (ref, here) => chase(resolve(ref, here)),
    named(ref, here) {
      const address = addressOf(ref, here.file.path);
      const root = rootOf(address, here, ref);
      return 'kind' in root ? undefined : { root, fragment: fragmentOf(address, ref) };
    },
  };
}

/** True for an object that is a reference and nothing else. */
export function isBareReference(value: JsonValue | undefined): value is JsonObject & { $ref: string } {
  return isObject(value) && typeof value['$ref'] === 'string' && Object.keys(value).length === 1;
}

/** A pointer in one spelling. */
export function canonicalPointer(pointer: string): string {
  return at('#', ...tokensOf(pointer));
}
