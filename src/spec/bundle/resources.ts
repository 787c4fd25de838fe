/** The `$id`s, `$self`s and anchors of files, so that references may name schemas by URI (JSON Schema 2020-12 §8.2). */
import { at, isObject, type JsonObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import { BASE } from '../references.ts';
import { own } from '../reader.ts';
import type { SourceFile, Spot } from './sources.ts';

/** The schema with an `$id` that a place belongs to; the root of the file where there is none. */
export interface Resource {
  uri: string;
  pointer: string;
}

export interface Resources {
  add(file: SourceFile): void;
  /** The resource around a place. */
  around(spot: Spot): Resource;
  /** The resource inside an object: its own where it has an `$id`. */
  enter(node: JsonObject, here: { pointer: string; resource: Resource }): Resource;
  /** What a URI, or the written text of a relative one, names among the files that were read. */
  find(place: string, from: Resource, written?: string): Spot | undefined;
  /** The place that a fragment names in a resource. */
  within(root: Spot, fragment: string): Spot | undefined;
}

const DATA = new Set(['enum', 'const', 'default', 'example', 'examples']);

/** Starts without files; without ids every place belongs to the root of its file. */
export function createResources(usesIds: boolean): Resources {
  const byUri = new Map<string, Spot>();
  const anchors = new Map<string, Spot>();

  const baseOf = (file: SourceFile): string => {
    const self = isObject(file.value) ? own(file.value, '$self') : undefined;
    const retrieved = new URL(encodeURI(file.path), BASE).href;
    return typeof self === 'string' ? (absolute(self, retrieved) ?? retrieved) : retrieved;
  };

  const enter: Resources['enter'] = (node, { pointer, resource }) => {
    const id = usesIds ? own(node, '$id') : undefined;
    if (typeof id !== 'string' || id.startsWith('#')) return resource;
    const uri = absolute(id, resource.uri);
    return uri === undefined ? resource : { uri, pointer };
  };

  return {
    enter,
    add(file) {
      const base = baseOf(file);
      byUri.set(base, { file, pointer: '#' });
      if (!usesIds) return;
      const open: { value: JsonValue; pointer: string; resource: Resource }[] = [
        { value: file.value, pointer: '#', resource: { uri: base, pointer: '#' } },
      ];
      const seen = new WeakSet<object>();
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const { value, pointer } = next;
        if (typeof value !== 'object' || value === null || seen.has(value)) continue;
        seen.add(value);
        const resource = isObject(value) ? enter(value, next) : next.resource;
        if (resource !== next.resource && !byUri.has(resource.uri)) byUri.set(resource.uri, { file, pointer });
        if (isObject(value))
          for (const keyword of ['$anchor', '$dynamicAnchor']) {
            const name = own(value, keyword);
            const key = anchorKey(file, resource.pointer, String(name));
            if (typeof name === 'string' && !anchors.has(key)) anchors.set(key, { file, pointer });
          }
        for (const [name, item] of Object.entries(value))
          if (typeof item === 'object' && item !== null && !DATA.has(name))
            open.push({ value: item, pointer: at(pointer, name), resource });
      }
    },
    around({ file, pointer }) {
      let resource: Resource = { uri: baseOf(file), pointer: '#' };
      if (!usesIds) return resource;
      let here = '#';
      const tokens = tokensOf(pointer);
      // The place itself is entered by whoever goes there.
      for (const token of tokens) {
        const node = valueAt(file.value, here);
        if (isObject(node)) resource = enter(node, { pointer: here, resource });
        here = at(here, token);
      }
      return resource;
    },
    find(place, from, written) {
      if (!usesIds) return undefined;
      const uri = absolute((written ?? place).replace(/#.*$/s, ''), from.uri);
      return uri === undefined ? undefined : byUri.get(uri);
    },
    within({ file, pointer }, fragment) {
      if (fragment === '') return { file, pointer };
      if (fragment.startsWith('/')) {
        const target = at(pointer, ...tokensOf(`#${fragment}`));
        return valueAt(file.value, target) === undefined ? undefined : { file, pointer: target };
      }
      return anchors.get(anchorKey(file, pointer, fragment));
    },
  };
}

function anchorKey({ path }: SourceFile, resource: string, name: string): string {
  return `${path}\0${resource}\0${name}`;
}

/** An absolute URI without a fragment; undefined where the text is none. */
function absolute(reference: string, base: string): string | undefined {
  return URL.parse(reference, base)?.href.replace(/#.*$/s, '');
}
