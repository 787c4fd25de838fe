/**
 * Finds all references that leave their file, and reads the files that they lead to. Files are read once, within limits
 * over all of them together; nothing is copied.
 */
import { at, isObject, type JsonObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import { isReferable, type Kind, type Member, memberIn } from '../openapi/grammar.ts';
import { own } from '../reader.ts';
import { parseText } from '../text/parse.ts';
import type { Limits, Parsed, Problem, Shared } from '../text/syntax.ts';
import { type Address, addressOf, shown } from './address.ts';
import type { Files } from './files.ts';
import { createResources, type Resource } from './resources.ts';

/** More files than this are not one contract that anybody could review. */
const MAX_FILES = 5000;

/** References on the way of one pointer. */
const MAX_HOPS = 100;

export interface SourceFile {
  path: string;
  text: string;
  value: JsonValue;
  depth: number;
  sharesNodes: boolean;
  isContract: boolean;
}

/** A place in a file. */
export interface Spot {
  file: SourceFile;
  pointer: string;
}

/** A reference that the joined document cannot keep as it is written. */
export interface Site extends Spot {
  kind: Kind;
  shape: Member['shape'];
  /** The object that holds the reference. */
  node: JsonObject;
  target: Spot;
  /** Puts what is referred to in the place of the reference; absent where something stands beside it. */
  replace?: (value: JsonValue) => void;
  /** Writes another reference; absent where the format allows none in this place. */
  write?: (ref: string) => void;
  /** It stands in a schema with an `$id`, so that a bare fragment would mean that schema. */
  isInResource: boolean;
}

export interface Refusal extends Spot {
  node: JsonObject;
  rule: string;
  message: string;
  hint?: string;
}

export interface Gathered {
  sites: Site[];
  refusals: Refusal[];
  /** Objects that refer to files which cannot be parsed; `problems` say why. */
  broken: JsonObject[];
  /** Some schema has an `$id`, so that a bare fragment may mean another root than the contract's. */
  hasIds: boolean;
  /** In the order in which they were read, the contract first. */
  files: SourceFile[];
  /** What was found in files other than the contract. */
  problems: { file: SourceFile; problem: Problem }[];
  values: number;
}

export interface GatherOptions {
  contract: { path: string; text: string; parsed: Parsed };
  rootKind: Kind;
  files: Files;
  limits: Limits;
  /** False for Swagger 2.0 and OpenAPI 3.0, which do not know `$id`. */
  usesIds: boolean;
}

/** Where a walk is: a place, and the `$id`s around it. */
interface Here extends Spot {
  resource: Resource;
  parent: JsonObject | JsonValue[] | undefined;
  key: string | number;
}

type Found =
  | { kind: 'spot'; spot: Spot }
  /** In the contract, by a text that it can keep. */
  | { kind: 'kept' }
  /** In a file that cannot be parsed. */
  | { kind: 'broken' }
  | { kind: 'refused'; rule: string; message: string; hint?: string };

/** Reads everything that can be reached from a contract. */
export function gather(options: GatherOptions): Gathered {
  const { contract, files, limits, usesIds } = options;
  const shared: Shared = contract.parsed;
  const gathered: Gathered = {
    sites: [],
    refusals: [],
    broken: [],
    hasIds: false,
    files: [],
    problems: [],
    values: contract.parsed.values,
  };
  const loaded = new Map<string, SourceFile | { refused: string | undefined }>();
  const resources = createResources(usesIds);
  const visited = new Map<string, WeakSet<object>>();
  const open: { spot: Spot; kind: Kind; shape: Member['shape'] }[] = [];
  let bytes = Buffer.byteLength(contract.text);

  const add = (path: string, text: string, parsed: Parsed, isContract: boolean): SourceFile => {
    const { value = null, depth, sharesNodes } = parsed;
    const file = { path, text, value, depth, sharesNodes, isContract };
    loaded.set(path, file);
    gathered.files.push(file);
    resources.add(file);
    return file;
  };

  const load = (path: string): SourceFile | { refused: string | undefined } => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const refuse = (refused: string): { refused: string } => {
      loaded.set(path, { refused });
      return { refused };
    };
    if (gathered.files.length >= MAX_FILES) return refuse(`is not read: a contract has at most ${MAX_FILES} files`);
    const read = files.read(path);
    if (read.kind === 'none') return refuse('names a file that is not there');
    if (read.kind === 'refused') return refuse(`is not read: ${read.message}`);
    bytes += Buffer.byteLength(read.text);
    if (bytes > limits.maxBytes)
      return refuse(`is not read: all files of a contract together have at most ${limits.maxBytes} bytes`);
    const parsed = parseText(path, read.text, { ...limits, maxValues: limits.maxValues - gathered.values }, shared);
    gathered.values += parsed.values;
    const file = add(path, read.text, parsed, false);
    for (const problem of parsed.problems) gathered.problems.push({ file, problem });
    // What is wrong with it was said with its own place.
    if (parsed.value === undefined) loaded.set(path, { refused: undefined });
    return parsed.value === undefined ? { refused: undefined } : file;
  };

  const fileAt = (address: Address & { kind: 'file' }, ref: string): Found | SourceFile => {
    const file = load(address.path);
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

  const rootOf = (address: Address, here: Here, ref: string): Found | Spot => {
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

  const resolve = (ref: string, here: Here): Found => {
    const address = addressOf(ref, here.file.path);
    if (here.file.isContract && address.kind === 'here') return { kind: 'kept' };
    const root = rootOf(address, here, ref);
    if ('kind' in root) return root;
    if (here.file.isContract && root.file.isContract && address.kind !== 'file') return { kind: 'kept' };
    const fragment = address.kind === 'refused' ? (ref.split('#')[1] ?? '') : address.fragment;
    const spot = resources.within(root, fragment) ?? throughReferences(root, fragment);
    if (spot !== undefined) return { kind: 'spot', spot };
    const where = root.file.isContract ? '' : ` in ${root.file.path}`;
    return { kind: 'refused', rule: 'dangling-reference', message: `nothing is at ${shown(ref)}${where}` };
  };

  /** A place whose way leads through references that stand for a whole map or list. */
  const throughReferences = (root: Spot, fragment: string): Spot | undefined => {
    if (!fragment.startsWith('/')) return undefined;
    let spot = root;
    let hops = 0;
    for (const token of tokensOf(`#${fragment}`)) {
      for (;;) {
        const value = valueAt(spot.file.value, spot.pointer);
        if (!isBareReference(value) || ++hops > MAX_HOPS) break;
        const found = resolve(value.$ref, hereAt(spot));
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
      const next = resolve(value.$ref, hereAt(spot));
      if (next.kind === 'kept') return current;
      current = next;
    }
    return current;
  };

  const hereAt = (spot: Spot): Here => ({
    ...spot,
    resource: resources.around(spot),
    parent: undefined,
    key: '',
  });

  const note = (
    ref: string,
    here: Here,
    node: JsonObject,
    site: Pick<Site, 'kind' | 'shape' | 'replace' | 'write'>,
  ): void => {
    const { file, pointer } = here;
    const found = chase(resolve(ref, here));
    if (found.kind === 'kept') return;
    if (found.kind === 'broken') {
      gathered.broken.push(node);
      return;
    }
    if (found.kind === 'refused') {
      const { rule, message, hint } = found;
      gathered.refusals.push({ file, pointer, node, rule, message, ...(hint === undefined ? {} : { hint }) });
      return;
    }
    const target = found.spot;
    gathered.sites.push({ file, pointer, node, target, ...site, isInResource: here.resource.pointer !== '#' });
    if (!target.file.isContract) open.push({ spot: target, kind: site.kind, shape: site.shape });
  };

  const visit = (value: JsonValue, member: Member, here: Here): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, shape } = member;
    const seen = visited.get(`${kind} ${shape}`) ?? new WeakSet();
    visited.set(`${kind} ${shape}`, seen);
    if (seen.has(value)) return;
    seen.add(value);
    const inner = (key: string | number, resource = here.resource): Here => ({
      file: here.file,
      pointer: at(here.pointer, key),
      resource,
      parent: value,
      key,
    });
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, { ...member, shape: 'one' }, inner(index));
      return;
    }
    const ref = own(value, '$ref');
    const { parent, key } = here;
    // Where one object stands in several places, what is put into one of them would appear in all.
    const replaceable = parent !== undefined && isBareReference(value) && !here.file.sharesNodes;
    const replace = replaceable ? { replace: (other: JsonValue) => put(parent, key, other) } : {};
    const isContainer = shape === 'map' || !isReferable(kind);
    if (typeof ref === 'string' && isContainer) {
      if (isBareReference(value) && !ref.startsWith('#')) {
        note(ref, here, value, { kind, shape, ...replace });
        return;
      }
    } else if (typeof ref === 'string')
      note(ref, here, value, { kind, shape, ...replace, write: (text) => void (value['$ref'] = text) });
    if (kind === 'data') return;
    const resource = kind === 'schema' && shape === 'one' ? resources.enter(value, here) : here.resource;
    if (resource !== here.resource) gathered.hasIds = true;
    if (kind === 'schema' && shape === 'one') visitMapping(value, inner('discriminator', resource));
    for (const [name, item] of Object.entries(value)) {
      if (shape === 'map' || (shape === 'list' && kind === 'invariant'))
        visit(item, { ...member, shape: 'one' }, inner(name, resource));
      else {
        const next = memberIn(kind, name);
        if (next.kind !== 'data' || (kind === 'document' && SPLIT.has(name))) visit(item, next, inner(name, resource));
      }
    }
  };

  /** The values of a discriminator's mapping are references too, unless they are names. */
  const visitMapping = (schema: JsonObject, here: Here): void => {
    const discriminator = own(schema, 'discriminator');
    if (!isObject(discriminator)) return;
    const noteNamed = (holder: JsonObject, name: string, pointer: string): void => {
      const ref = holder[name];
      if (typeof ref !== 'string' || !/[./#]/.test(ref) || isSchemaName(withoutFile(ref))) return;
      note(ref, { ...here, pointer }, holder, {
        kind: 'schema',
        shape: 'one',
        write: (text) => void (holder[name] = text),
      });
    };
    noteNamed(discriminator, 'defaultMapping', at(here.pointer, 'defaultMapping'));
    const mapping = own(discriminator, 'mapping');
    if (isObject(mapping))
      for (const name of Object.keys(mapping)) noteNamed(mapping, name, at(here.pointer, 'mapping', name));
  };

  const root = add(contract.path, contract.text, contract.parsed, true);
  visit(
    root.value,
    { kind: options.rootKind, shape: 'one', annotation: false, set: false },
    hereAt({ file: root, pointer: '#' }),
  );
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { spot, kind, shape } = next;
    const value = valueAt(spot.file.value, spot.pointer) ?? null;
    visit(value, { kind, shape, annotation: false, set: false }, hereAt(spot));
  }
  return gathered;
}

/** Members of the document that are often written in files of their own, though the format knows no reference there. */
const SPLIT = new Set(['info', 'tags', 'servers', 'security', 'externalDocs']);

/** `Cat` and `com.example.Cat` are names of schemas, `Cat.yaml` and `./Cat` are files. */
function withoutFile(ref: string): string {
  return /\.(ya?ml|json)$/i.test(ref) ? `./${ref}` : ref;
}

function isSchemaName(text: string): boolean {
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text);
}

function isBareReference(value: JsonValue | undefined): value is JsonObject & { $ref: string } {
  return isObject(value) && typeof value['$ref'] === 'string' && Object.keys(value).length === 1;
}

function put(parent: JsonObject | JsonValue[], key: string | number, value: JsonValue): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}

/** A pointer in one spelling. */
export function canonicalPointer(pointer: string): string {
  return at('#', ...tokensOf(pointer));
}
