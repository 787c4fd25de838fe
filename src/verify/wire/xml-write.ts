/** Values as XML, by the `xml` objects of their schemas (OpenAPI 3.1 §4.8.26; `nodeType` is of OpenAPI 3.2). */
import { isObject, type JsonObject, type JsonValue, tokensOf } from '../../events/index.ts';
import { facets, itemSchema, propertySchema } from '../cases/schema-walk.ts';
import type { Document } from './hints.ts';
import { textOf } from './styles.ts';

/** A document, or undefined where XML cannot hold the value so that it is read back as it was meant. */
export function xmlText(document: Document, schema: string, value: JsonValue): string | undefined {
  const name = elementName(document, schema, rootName(document, schema));
  const root = Array.isArray(value)
    ? listElements(document, schema, name, value, true)
    : element(document, schema, name, value);
  return root === undefined ? undefined : `<?xml version="1.0" encoding="UTF-8"?>${root}`;
}

/** What the `xml` objects of a schema say together. */
export function xmlOf(document: Document, schema: string | undefined): JsonObject {
  const said: JsonObject = {};
  if (schema === undefined) return said;
  for (const { schema: facet } of facets(document, schema))
    if (isObject(facet['xml'])) for (const [key, item] of Object.entries(facet['xml'])) said[key] ??= item;
  return said;
}

/** The name of the root: of the component where the schema is one. */
export function rootName(document: Document, schema: string): string {
  const tokens = tokensOf(document.follow(schema) ?? schema);
  return (tokens[0] === 'components' || tokens[0] === 'definitions' ? tokens.at(-1) : undefined) ?? 'root';
}

/** The name of an element or attribute without its prefix. */
export function elementName(document: Document, schema: string | undefined, otherwise: string): string {
  const { name } = xmlOf(document, schema);
  return typeof name === 'string' ? name : otherwise;
}

/** Whether a property is an attribute, the text of its element, or an element. */
export function nodeType(document: Document, schema: string | undefined): 'attribute' | 'text' | 'element' {
  const { attribute, nodeType: type } = xmlOf(document, schema);
  if (attribute === true || type === 'attribute') return 'attribute';
  return type === 'text' || type === 'cdata' ? 'text' : 'element';
}

/** Whether the items of a list stand in an element of their own. */
export function isWrapped(document: Document, schema: string | undefined): boolean {
  const { wrapped, nodeType: type } = xmlOf(document, schema);
  return wrapped === true || type === 'element';
}

function element(document: Document, schema: string | undefined, name: string, value: JsonValue): string | undefined {
  const { prefix, namespace } = xmlOf(document, schema);
  const full = typeof prefix === 'string' ? `${prefix}:${name}` : name;
  if (!isName(full)) return undefined;
  let attributes =
    typeof namespace === 'string'
      ? ` xmlns${typeof prefix === 'string' ? `:${prefix}` : ''}="${escaped(namespace)}"`
      : '';
  if (!isObject(value)) {
    const text = characters(value);
    return text === undefined ? undefined : `<${full}${attributes}>${text}</${full}>`;
  }
  const children: (string | undefined)[] = [];
  for (const [member, item] of Object.entries(value)) {
    const property = schema === undefined ? undefined : propertySchema(document, schema, member);
    const own = elementName(document, property, member);
    const type = nodeType(document, property);
    if (type === 'element')
      children.push(
        Array.isArray(item)
          ? listElements(document, property, own, item, isWrapped(document, property), member)
          : element(document, property, own, item),
      );
    else if (type === 'text') children.push(characters(item));
    else {
      const said = xmlOf(document, property)['prefix'];
      const attribute = typeof said === 'string' ? `${said}:${own}` : own;
      const text = characters(item);
      if (text === undefined || !isName(attribute)) return undefined;
      attributes += ` ${attribute}="${text}"`;
    }
  }
  return children.includes(undefined) ? undefined : `<${full}${attributes}>${children.join('')}</${full}>`;
}

function listElements(
  document: Document,
  schema: string | undefined,
  name: string,
  value: JsonValue[],
  wrapped: boolean,
  member = name,
): string | undefined {
  const items = schema === undefined ? undefined : itemSchema(document, schema);
  // Without an element of its own the list has no name, and its items are called as the property is.
  const itemName = elementName(document, items, wrapped ? name : member);
  const written = value.map((item) => (Array.isArray(item) ? undefined : element(document, items, itemName, item)));
  if (written.includes(undefined) || (value.length === 0 && !wrapped)) return value.length === 0 ? '' : undefined;
  return wrapped ? `<${name}>${written.join('')}</${name}>` : written.join('');
}

/** Text that readers give back unchanged: not empty, no space at its ends, no character that XML 1.0 lacks. */
function characters(value: JsonValue): string | undefined {
  const text = textOf(value);
  if (text === undefined || text === '' || text.trim() !== text) return undefined;
  return /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text) ? undefined : escaped(text);
}

function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function isName(text: string): boolean {
  return /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/.test(text);
}
