/**
 * What a dynamic reference means hangs on the schema resources around it (JSON Schema 2020-12 §8.2.3.2), and each file is
 * one. A file that has any therefore stays a resource when files are joined: it is kept whole, under a URI of its own.
 */
import { isObject, type JsonObject, valueAt } from '../../events/index.ts';
import { own } from '../reader.ts';
import { BASE } from '../references.ts';
import type { Locator, PlaceIn } from './locate.ts';
import type { Resource, Resources } from './resources.ts';
import type { SourceFile, Spot } from './sources.ts';

const DYNAMIC = ['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor'];
const REFERENCES = ['$dynamicRef', '$recursiveRef'];

/** Roots of files that are no schemas, though schemas may be under them. */
const DOCUMENT_WORDS = ['openapi', 'swagger', 'openrpc', 'paths', 'components'];

/** A dynamic reference to another file. */
export interface DynamicReference {
  keyword: string;
  ref: string;
  /** The text that it needs in the joined document where it names an anchor; else it is as a `$ref`. */
  anchored?: string;
}

export interface Dynamics {
  /** Looks at one schema: its references to other files, or why it cannot be joined. */
  look(
    schema: JsonObject,
    here: PlaceIn,
  ): { references: DynamicReference[]; refused?: { keyword: string; message: string } };
  /** Gives the resources their URIs, and says which files are needed whole. */
  settle(): Spot[];
}

/** Collects the resources that dynamic references are about; `keptWhole` is told of each file that is one. */
export function createDynamics({ named }: Locator, resources: Resources, keptWhole: (root: Spot) => void): Dynamics {
  const kept = new Map<JsonObject, { file: SourceFile; resource: Resource }>();

  /** False where the resource is a document of another kind, which cannot be one schema of another. */
  const keep = (file: SourceFile, resource: Resource): boolean => {
    if (file.isContract) return true;
    const root = valueAt(file.value, resource.pointer);
    if (!isObject(root) || (resource.pointer === '#' && DOCUMENT_WORDS.some((word) => Object.hasOwn(root, word))))
      return false;
    if (!kept.has(root) && resource.pointer === '#') keptWhole({ file, pointer: '#' });
    kept.set(root, { file, resource });
    return true;
  };

  const inside = (spot: Spot): Resource => {
    const resource = resources.around(spot);
    const node = valueAt(spot.file.value, spot.pointer);
    return isObject(node) ? resources.enter(node, { pointer: spot.pointer, resource }) : resource;
  };

  return {
    look(schema, here) {
      const written = DYNAMIC.find((keyword) => Object.hasOwn(schema, keyword));
      if (written === undefined) return { references: [] };
      let joins = keep(here.file, here.resource);
      const references = REFERENCES.flatMap((keyword): DynamicReference[] => {
        const ref = own(schema, keyword);
        if (typeof ref !== 'string' || ref.startsWith('#')) return [];
        const place = named(ref, here);
        if (place === undefined || place.fragment === '' || place.fragment.startsWith('/')) return [{ keyword, ref }];
        const resource = inside(place.root);
        joins &&= keep(place.root.file, resource);
        const isMain = place.root.file.isContract && resource.pointer === '#';
        return [{ keyword, ref, anchored: `${isMain ? BASE : resource.uri}#${place.fragment}` }];
      });
      const message = `\`${written}\` stands in a file whose root is no schema, so that it cannot be joined`;
      return joins ? { references } : { references, refused: { keyword: written, message } };
    },
    settle() {
      const whole: Spot[] = [];
      for (const [root, { file, resource }] of kept) {
        root['$id'] = resource.uri;
        if (resource.pointer === '#') whole.push({ file, pointer: '#' });
      }
      return whole;
    },
  };
}
