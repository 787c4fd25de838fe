/**
 * Several files as one document, so that nobody else has to know of files. What is referred to in another file takes the
 * place of one reference to it, that of `components` first, and every other reference is pointed there: a document that
 * was split along its references is joined to what it was before. Nothing is copied, so recursion costs nothing.
 */
import { at, isObject, type JsonObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { Kind } from '../openapi/grammar.ts';
import { BASE } from '../references.ts';
import { own } from '../reader.ts';
import type { Offsets, Sources } from '../text/places.ts';
import { lineIndex } from '../text/places.ts';
import type { Gathered, Site } from './gather.ts';
import { canonicalPointer } from './locate.ts';
import type { SourceFile, Spot } from './sources.ts';

export interface Joined {
  sources: Sources;
  /** The pointer in the joined document of a place in a file; undefined where it is not part of it. */
  pointerOf(spot: Spot): string | undefined;
  /** References that could not be joined, with the reason. */
  refusals: { site: Site; message: string; hint: string }[];
}

export interface JoinOptions {
  document: JsonObject;
  offsets: Offsets;
  maxDepth: number;
  maxValues: number;
  /** Absolute path of a file. */
  absolute: (path: string) => string;
}

/** A part of another file, with its place in the joined document once it has one. */
interface Part {
  spot: Spot;
  value: JsonValue;
  kind: Kind;
  sites: Site[];
  mount?: string;
}

/** Joins into the contract's own document, which is changed in place. */
export function join({ sites, whole, values, hasIds }: Gathered, options: JoinOptions): Joined {
  const { document, offsets, maxDepth, absolute } = options;
  const parts = partsOf(sites, whole);
  const refusals: Joined['refusals'] = [];
  const sources: Sources = new WeakMap();
  const taken = new Map<Site, Part>();

  const pointerOf = ({ file, pointer }: Spot): string | undefined => {
    if (file.isContract) return pointer;
    const part = partAt(parts, { file, pointer });
    if (part?.mount === undefined) return undefined;
    return at(part.mount, ...tokensOf(pointer).slice(tokensOf(part.spot.pointer).length));
  };

  const all = [...parts.values()].flatMap((ofFile) => [...ofFile.values()]);
  for (const part of all) part.sites.sort((a, b) => rank(a) - rank(b));
  let pending = all;
  while (pending.length > 0) {
    const left = pending.filter((part) => {
      const site = part.sites.find((one) => {
        const place = one.replace === undefined ? undefined : pointerOf(one);
        return place !== undefined && tokensOf(place).length + part.spot.file.depth <= maxDepth;
      });
      if (site === undefined) return true;
      part.mount = pointerOf(site) ?? '#';
      taken.set(site, part);
      return false;
    });
    // What no reference can give its place to gets a place among the components; others may then follow it.
    if (left.length === pending.length) {
      const [part] = left.splice(0, 1);
      if (part !== undefined) addComponent(document, part, offsets);
    }
    pending = left;
  }

  for (const part of all) note(part);
  let budget = options.maxValues - values;
  for (const site of sites) {
    const part = taken.get(site);
    if (part !== undefined) site.replace?.(part.value);
    else if (site.write !== undefined) {
      const pointer = pointerOf(site.target);
      if (pointer !== undefined)
        site.write(site.isInResource || (hasIds && !site.file.isContract) ? BASE + pointer : pointer);
      else refuse(site, 'cannot be given a place in the contract', 'refer to it from components');
    } else {
      // A map or list that stands in several places: the format has no reference that could say so.
      const value = valueAt(site.target.file.value, site.target.pointer) ?? null;
      const [from, to] = [pointerOf(site), pointerOf(site.target)];
      budget -= sizeOf(value, budget);
      if (site.replace === undefined || from === undefined || to === undefined || isUnder(from, to) || budget < 0)
        refuse(site, 'cannot stand here', 'refer to its members one by one');
      else site.replace(value);
    }
  }
  return { sources, pointerOf, refusals };

  function refuse(site: Site, message: string, hint: string): void {
    refusals.push({ site, message, hint });
  }

  function note({ spot: { file, pointer }, value }: Part): void {
    if (typeof value !== 'object' || value === null) return;
    sources.set(value, { file: absolute(file.path), offset: offsetOf(file, pointer), place: placesOf(file) });
  }

  function offsetOf(file: SourceFile, pointer: string): number {
    const tokens = tokensOf(pointer);
    const last = tokens.pop();
    const parent = valueAt(file.value, at('#', ...tokens));
    return last === undefined || typeof parent !== 'object' || parent === null ? 0 : (offsets.get(parent)?.[last] ?? 0);
  }
}

const places = new WeakMap<SourceFile, ReturnType<typeof lineIndex>>();

/** Lines and columns of a file. */
export function placesOf(file: SourceFile): ReturnType<typeof lineIndex> {
  const known = places.get(file) ?? lineIndex(file.text);
  places.set(file, known);
  return known;
}

/** By file and pointer; a part inside another one is no part of its own. */
type Parts = Map<SourceFile, Map<string, Part>>;

function partsOf(sites: Site[], whole: Spot[]): Parts {
  const parts: Parts = new Map();
  const wanted = [...whole.map((target) => ({ target, kind: 'schema' as const })), ...sites];
  for (const { target, kind } of wanted) {
    if (target.file.isContract) continue;
    const ofFile = parts.get(target.file) ?? new Map<string, Part>();
    parts.set(target.file, ofFile);
    const pointer = canonicalPointer(target.pointer);
    if (ofFile.has(pointer)) continue;
    const value = valueAt(target.file.value, pointer) ?? null;
    ofFile.set(pointer, { spot: { file: target.file, pointer }, value, kind, sites: [] });
  }
  for (const ofFile of parts.values())
    for (const pointer of ofFile.keys()) if (outermost(ofFile, pointer) !== pointer) ofFile.delete(pointer);
  for (const site of sites) partAt(parts, site.target, true)?.sites.push(site);
  return parts;
}

/** The part that a place is in, or exactly is. */
function partAt(parts: Parts, { file, pointer }: Spot, exactly = false): Part | undefined {
  const ofFile = parts.get(file);
  if (ofFile === undefined) return undefined;
  const canonical = canonicalPointer(pointer);
  if (exactly) return ofFile.get(canonical);
  const found = outermost(ofFile, canonical);
  return found === undefined ? undefined : ofFile.get(found);
}

function outermost(ofFile: ReadonlyMap<string, Part>, pointer: string): string | undefined {
  let ancestor = '#';
  if (ofFile.has(ancestor)) return ancestor;
  for (const token of tokensOf(pointer)) {
    ancestor = at(ancestor, token);
    if (ofFile.has(ancestor)) return ancestor;
  }
  return undefined;
}

/** References in components give their place first: there a schema keeps its name. */
function rank({ file, pointer }: Site): number {
  if (!file.isContract) return 2;
  return NAMED.test(pointer) ? 0 : 1;
}

const NAMED =
  /^#\/((components\/[^/]+|definitions|parameters|responses|\$defs)\/[^/]+|components(\/[^/]+)?|paths(\/[^/]+)?|definitions)$/;

const SECTIONS: Partial<Record<Kind, string>> = {
  schema: 'schemas',
  response: 'responses',
  parameter: 'parameters',
  example: 'examples',
  requestBody: 'requestBodies',
  header: 'headers',
  securityScheme: 'securitySchemes',
  link: 'links',
  callback: 'callbacks',
  pathItem: 'pathItems',
  mediaType: 'mediaTypes',
  descriptor: 'contentDescriptors',
  rpcError: 'errors',
  rpcLink: 'links',
  rpcPairing: 'examplePairingObjects',
};

/** Gives a part a name among the components; one of a kind without a section stays without a place. */
function addComponent(document: JsonObject, part: Part, offsets: Offsets): void {
  const section = SECTIONS[part.kind];
  if (section === undefined) return;
  const path =
    own(document, 'swagger') !== undefined && ['schemas', 'parameters', 'responses'].includes(section)
      ? [section === 'schemas' ? 'definitions' : section]
      : own(document, 'openapi') === undefined && own(document, 'openrpc') === undefined
        ? ['$defs']
        : ['components', section];
  let owner: JsonObject = document;
  for (const name of path) {
    const next = own(owner, name);
    const made = isObject(next) ? next : {};
    if (made !== next) {
      owner[name] = made;
      offsets.set(made, {});
      setOffset(owner, name);
    }
    owner = made;
  }
  const name = unusedName(owner, nameOf(part.spot));
  owner[name] = part.value;
  setOffset(owner, name);
  part.mount = at('#', ...path, name);

  function setOffset(parent: JsonObject, key: string): void {
    const known = offsets.get(parent);
    if (known !== undefined) known[key] = 0;
  }
}

function nameOf({ file, pointer }: Spot): string {
  const written = tokensOf(pointer).at(-1) ?? (file.path.split('/').at(-1) ?? '').replace(/\.[a-z]+$/i, '');
  return written.replaceAll(/[^A-Za-z0-9._-]+/g, '_') || 'part';
}

function unusedName(owner: JsonObject, name: string): string {
  if (!Object.hasOwn(owner, name)) return name;
  for (let number = 2; ; number++) if (!Object.hasOwn(owner, `${name}-${number}`)) return `${name}-${number}`;
}

/** Values in a value, counted up to a limit. */
function sizeOf(value: JsonValue, limit: number): number {
  const open = [value];
  let size = 0;
  for (let next = open.pop(); next !== undefined && size <= limit; next = open.pop()) {
    size += 1;
    if (typeof next === 'object' && next !== null) for (const item of Object.values(next)) open.push(item);
  }
  return size;
}

function isUnder(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}
