/**
 * Finds all references that leave their file, and reads the files that they lead to. Files are read once, within limits
 * over all of them together; nothing is copied.
 */
import { at, isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import { isReferable, type Kind, type Member, memberIn } from '../openapi/grammar.ts';
import { own } from '../reader.ts';
import type { Limits } from '../text/syntax.ts';
import { createDynamics } from './dynamic.ts';
import type { Files } from './files.ts';
import { createLocator, isBareReference, type PlaceIn } from './locate.ts';
import { createResources } from './resources.ts';
import { type ContractText, createSources, type SourceFile, type Sources, type Spot } from './sources.ts';

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
  /** The member that is refused. */
  keyword: string;
  rule: string;
  message: string;
  hint?: string;
}

export interface Gathered {
  sites: Site[];
  refusals: Refusal[];
  /** Objects that refer to files which cannot be parsed; `problems` say why. */
  broken: JsonObject[];
  /** Files that are schema resources, of which nothing may be taken apart. */
  whole: Spot[];
  /** Some schema has an `$id`, so that a bare fragment may mean another root than the contract's. */
  hasIds: boolean;
  /** In the order in which they were read, the contract first. */
  files: SourceFile[];
  problems: Sources['problems'];
  values: number;
}

export interface GatherOptions {
  contract: ContractText;
  rootKind: Kind;
  files: Files;
  limits: Limits;
  /** False for Swagger 2.0 and OpenAPI 3.0, which do not know `$id`. */
  usesIds: boolean;
}

/** Where a walk is. */
interface Here extends PlaceIn {
  parent: JsonObject | JsonValue[] | undefined;
  key: string | number;
}

/** Reads everything that can be reached from a contract. */
export function gather(options: GatherOptions): Gathered {
  const resources = createResources(options.usesIds);
  const sources = createSources(options.contract, { ...options, added: resources.add });
  const locator = createLocator(sources, resources);
  const sites: Site[] = [];
  const refusals: Refusal[] = [];
  const broken: JsonObject[] = [];
  const visited = new Map<string, WeakSet<object>>();
  const open: { spot: Spot; kind: Kind; shape: Member['shape'] }[] = [];
  const dynamics = createDynamics(locator, resources, (spot) => open.push({ spot, kind: 'schema', shape: 'one' }));
  let hasIds = false;

  const hereAt = (spot: Spot): Here => ({ ...spot, resource: resources.around(spot), parent: undefined, key: '' });

  const note = (
    ref: string,
    here: Here,
    node: JsonObject,
    keyword: string,
    site: Pick<Site, 'kind' | 'shape' | 'replace' | 'write'>,
  ): void => {
    const { file, pointer } = here;
    const found = locator.locate(ref, here);
    if (found.kind === 'kept') return;
    if (found.kind === 'broken') {
      broken.push(node);
      return;
    }
    if (found.kind === 'refused') {
      const { rule, message, hint } = found;
      refusals.push({ file, pointer, node, keyword, rule, message, ...(hint === undefined ? {} : { hint }) });
      return;
    }
    const target = found.spot;
    sites.push({ file, pointer, node, target, ...site, isInResource: here.resource.pointer !== '#' });
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
        note(ref, here, value, '$ref', { kind, shape, ...replace });
        return;
      }
    } else if (typeof ref === 'string')
      note(ref, here, value, '$ref', { kind, shape, ...replace, write: (text) => void (value['$ref'] = text) });
    if (kind === 'data') return;
    const resource = kind === 'schema' && shape === 'one' ? resources.enter(value, here) : here.resource;
    if (resource !== here.resource) hasIds = true;
    if (kind === 'schema' && shape === 'one') {
      visitMapping(value, inner('discriminator', resource));
      if (options.usesIds) visitDynamic(value, { ...here, resource });
    }
    for (const [name, item] of Object.entries(value)) {
      if (shape === 'map' || (shape === 'list' && kind === 'invariant'))
        visit(item, { ...member, shape: 'one' }, inner(name, resource));
      else {
        const next = memberIn(kind, name);
        if (next.kind !== 'data' || (kind === 'document' && SPLIT.has(name))) visit(item, next, inner(name, resource));
      }
    }
  };

  const visitDynamic = (schema: JsonObject, here: Here): void => {
    const { references, refused } = dynamics.look(schema, here);
    for (const { keyword, ref, anchored } of references)
      note(ref, here, schema, keyword, {
        kind: 'schema',
        shape: 'one',
        write: (text) => void (schema[keyword] = anchored ?? text),
      });
    if (refused === undefined) return;
    const { file, pointer } = here;
    const hint = 'give the schema that it is about an `$id`, or put it into a file of its own';
    refusals.push({ file, pointer, node: schema, ...refused, rule: 'external-reference', hint });
  };

  /** The values of a discriminator's mapping are references too, unless they are names. */
  const visitMapping = (schema: JsonObject, here: Here): void => {
    const discriminator = own(schema, 'discriminator');
    if (!isObject(discriminator)) return;
    const noteNamed = (holder: JsonObject, name: string, pointer: string): void => {
      const ref = holder[name];
      if (typeof ref !== 'string' || !/[./#]/.test(ref) || isSchemaName(withoutFile(ref))) return;
      note(ref, { ...here, pointer }, holder, name, {
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

  const { root } = sources;
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
  const whole = dynamics.settle();
  hasIds ||= whole.length > 0;
  const { all: files, problems } = sources;
  return { sites, whole, refusals, broken, hasIds, files, problems, values: sources.values() };
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

function put(parent: JsonObject | JsonValue[], key: string | number, value: JsonValue): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}
