/** What the wire must know of a schema: whether it is about bytes, and some value for what nothing is generated for. */
import type { Spec } from '../../spec/model.ts';
import { facets, typesOf } from '../cases/schema-walk.ts';

/** Where schemas are looked up. */
export type Document = Pick<Spec, 'document' | 'follow'>;

/** True for a schema of bytes rather than of text: `format: binary`, a media type of its own without an encoding. */
export function isBinary(document: Document, schema: string): boolean {
  for (const { schema: facet } of facets(document, schema)) {
    if (facet['format'] === 'binary') return true;
    const type = facet['contentMediaType'];
    if (typeof type === 'string' && facet['contentEncoding'] === undefined && !/^text\/|json$|xml$/.test(type))
      return true;
  }
  return false;
}

/** A value as a text that the schema plainly allows. */
export function sampleOf(document: Document, schema: string): string {
  for (const { schema: facet } of facets(document, schema)) {
    const list = [facet['const'], facet['example'], facet['default']];
    for (const many of [facet['enum'], facet['examples']]) if (Array.isArray(many)) list.push(...many);
    const found = list.find((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean');
    if (found !== undefined) return String(found);
  }
  return typesOf(document, schema).some((type) => type === 'integer' || type === 'number') ? '1' : 'value';
}
