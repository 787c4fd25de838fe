/** The keywords that bind a place together: those of a schema, of its `$ref`, and of all branches of its `allOf`s. */
import { at, isObject, type JsonValue, valueAt } from '../../events/index.ts';
import { own } from '../reader.ts';
import type { Spec } from '../model.ts';

export interface Keywords {
  /** Keyword to its first value and the pointer of that value. */
  keywords: Map<string, { value: JsonValue; pointer: string }>;
  /** Pointers of the schemas that take part. */
  parts: string[];
  /** The first of them that is more than a bare `$ref`. */
  place: string;
}

/** Collects the keywords at a schema's pointer. Ends on recursion. */
export function keywordsOf(spec: Pick<Spec, 'document' | 'follow'>, pointer: string): Keywords {
  const found: Keywords = { keywords: new Map(), parts: [], place: pointer };
  const visit = (place: string): void => {
    const node = valueAt(spec.document, place);
    if (!isObject(node) || found.parts.includes(place)) return;
    const isFirst = found.keywords.size === 0 || [...found.keywords.keys()].join() === '$ref';
    if (isFirst) found.place = place;
    found.parts.push(place);
    for (const [name, value] of Object.entries(node))
      if (!found.keywords.has(name)) found.keywords.set(name, { value, pointer: at(place, name) });
    const target = typeof own(node, '$ref') === 'string' ? spec.follow(place) : undefined;
    if (target !== undefined) visit(target);
    const all = own(node, 'allOf');
    if (Array.isArray(all)) for (const index of all.keys()) visit(at(place, 'allOf', index));
  };
  visit(pointer);
  return found;
}
