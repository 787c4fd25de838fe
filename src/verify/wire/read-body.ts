/** Bodies of answers as values, by media type and, where the wire knows no types, by what their schema wants. */
import type { JsonObject, JsonValue } from '../../events/index.ts';
import type { MediaType } from '../../spec/model.ts';
import { facets, itemSchema, propertyNames, propertySchema, typesOf } from '../cases/schema-walk.ts';
import type { SubjectAnswer } from '../model.ts';
import type { Schemas } from '../schema-port.ts';
import type { Document } from './hints.ts';
import { kindOfMedia } from './media-kind.ts';
import { readingsOf, scalarReadings } from './readings.ts';
import { type Element, parseXml } from './xml-parse.ts';
import { elementName, isWrapped, nodeType, rootName } from './xml-write.ts';

export type ReadBody =
  | { kind: 'value'; value: JsonValue }
  /** Each item of a sequence; the last one may have been cut. */
  | { kind: 'items'; items: Item[] }
  | { kind: 'malformed'; expected: string }
  /** Nothing can be said of it. */
  | { kind: 'opaque' };

export interface Item {
  value: JsonValue;
  /** As it came. */
  text: string;
}

type Answer = Extract<SubjectAnswer, { kind: 'answer' }>;

export interface Reader {
  document: Document;
  schemas: Schemas;
}

/** Reads the body of an answer of one of the documented media types. */
export function readBody(reader: Reader, media: MediaType, type: string, answer: Answer): ReadBody {
  switch (kindOfMedia(type)) {
    case 'json':
      if (answer.json !== undefined) return { kind: 'value', value: answer.json };
      return /yaml/.test(type)
        ? { kind: 'opaque' }
        : { kind: 'malformed', expected: `a body that is JSON, as its content type ${type} says` };
    case 'lines':
      return itemsOf(linesOf(answer), `one JSON text on each line, as ${type} has`);
    case 'sequence':
      return itemsOf(
        whole(answer.text.split('\u001e'), answer).filter((one) => one.trim() !== ''),
        'one JSON text after each record separator (RFC 7464)',
      );
    case 'events':
      return { kind: 'items', items: eventsOf(answer, reader, media.itemSchema) };
    case 'form':
      return { kind: 'value', value: formValue(reader, media.schema, answer.text) };
    case 'xml': {
      const xml = parseXml(answer.text);
      if (xml.kind === 'malformed') return { kind: 'malformed', expected: `well-formed XML: ${xml.message}` };
      return media.schema === undefined ? { kind: 'opaque' } : xmlBody(reader, media.schema, xml.root);
    }
    case 'text': {
      const value = best(reader, media.schema, answer.text);
      // How a text such as CSV holds what has parts is not said anywhere.
      const known = media.schema === undefined || !isStructured(reader, media.schema) || typeof value !== 'string';
      return known ? { kind: 'value', value } : { kind: 'opaque' };
    }
    default:
      return { kind: 'opaque' };
  }
}

function itemsOf(texts: string[], expected: string): ReadBody {
  const items: Item[] = [];
  for (const text of texts) {
    try {
      items.push({ value: JSON.parse(text) as JsonValue, text });
    } catch {
      return { kind: 'malformed', expected };
    }
  }
  return { kind: 'items', items };
}

function linesOf(answer: Answer): string[] {
  return whole(answer.text.split('\n'), answer).filter((line) => line.trim() !== '');
}

/** Without the last part where the service was still sending it. */
function whole(parts: string[], { partial }: Answer): string[] {
  return partial === true ? parts.slice(0, -1) : parts;
}

/** Events with their fields (HTML, "Server-sent events", §9.2.6); `data` is JSON where the schema wants more than a text. */
function eventsOf(answer: Answer, { document, schemas }: Reader, schema: string | undefined): Item[] {
  const blocks = answer.text.replace(/^\ufeff/, '').split(/\r\n\r\n|\n\n|\r\r/);
  // What no empty line ends was not yet an event.
  return blocks.slice(0, -1).flatMap((block) => {
    const event: JsonObject = {};
    const data: string[] = [];
    for (const line of block.split(/\r\n|\n|\r/)) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      else if (field === 'event' || field === 'id') event[field] = value;
      else if (field === 'retry' && /^\d+$/.test(value)) event['retry'] = Number(value);
    }
    if (data.length === 0) return [];
    event['data'] = data.join('\n');
    const property = schema === undefined ? undefined : propertySchema(document, schema, 'data');
    if (property !== undefined) event['data'] = best({ document, schemas }, property, data.join('\n'));
    return [{ value: event, text: block }];
  });
}

/** The reading of a text that its schema allows; the text where none is. */
function best({ document, schemas }: Reader, schema: string | undefined, text: string): JsonValue {
  if (schema === undefined) return text;
  const structured = isStructured({ document }, schema);
  if (text === '' && typesOf(document, schema).includes('null')) return null;
  const readings = [...scalarReadings(text), ...(structured ? [...jsonOf(text), ...readingsOf(text)] : [])];
  const errors = readings.map((one) => schemas.validate(schema, one, 'response'));
  const fitting = errors.findIndex((found) => found.length === 0);
  // Else the one that is wrong in something else than its type says more.
  const typed = errors.findIndex(
    (found) => !found.some(({ keyword, instancePath }) => keyword === 'type' && instancePath === ''),
  );
  return readings[fitting] ?? readings[typed] ?? text;
}

/** True for a schema that only wants what has parts. */
export function isStructured({ document }: Pick<Reader, 'document'>, schema: string): boolean {
  const types = typesOf(document, schema).filter((type) => type !== 'null');
  return types.length > 0 && types.every((type) => type === 'array' || type === 'object');
}

function jsonOf(text: string): JsonValue[] {
  try {
    return [JSON.parse(text) as JsonValue];
  } catch {
    return [];
  }
}

function formValue(reader: Reader, schema: string | undefined, text: string): JsonValue {
  const value: JsonObject = {};
  for (const [name, field] of new URLSearchParams(text)) {
    const property = schema === undefined ? undefined : propertySchema(reader.document, schema, name);
    const many = property !== undefined && typesOf(reader.document, property).includes('array');
    const items = property === undefined ? undefined : itemSchema(reader.document, property);
    const known = value[name];
    if (!many) value[name] = best(reader, property, field);
    else value[name] = [...(Array.isArray(known) ? known : []), best(reader, items, field)];
  }
  return value;
}

function xmlBody(reader: Reader, schema: string, root: Element): ReadBody {
  const { document } = reader;
  const otherwise = rootName(document, schema);
  const name = elementName(document, schema, otherwise);
  // Where nothing names the root any name does.
  if (root.name !== name && !(name === 'root' && otherwise === 'root'))
    return { kind: 'malformed', expected: `<${name}> as the root element, not <${root.name}>` };
  return { kind: 'value', value: elementValue(reader, schema, root) };
}

function isRequired(document: Document, schema: string, name: string): boolean {
  return [...facets(document, schema)].some(({ schema: facet }) => {
    const { required } = facet;
    return Array.isArray(required) && required.includes(name);
  });
}

function elementValue(reader: Reader, schema: string | undefined, element: Element): JsonValue {
  const { document } = reader;
  if (element.attributes['nil'] === 'true') return null;
  if (schema === undefined)
    return element.children.length === 0
      ? element.text
      : Object.fromEntries(element.children.map((one) => [one.name, one.text]));
  const types = typesOf(document, schema);
  const items = itemSchema(document, schema);
  if (types.includes('array')) return element.children.map((child) => elementValue(reader, items, child));
  const names = propertyNames(document, schema);
  if (!types.includes('object') && names.length === 0) return best(reader, schema, element.text);
  const value: JsonObject = {};
  const read = new Set<Element>();
  for (const name of names) {
    const property = propertySchema(document, schema, name);
    const own = elementName(document, property, name);
    const type = nodeType(document, property);
    const attribute = element.attributes[own];
    if (type === 'attribute') {
      if (attribute !== undefined) value[name] = best(reader, property, attribute);
      continue;
    }
    if (type === 'text') {
      value[name] = best(reader, property, element.text.trim());
      continue;
    }
    const many = property !== undefined && typesOf(document, property).includes('array');
    const itemsOfProperty = property === undefined ? undefined : itemSchema(document, property);
    const wrapped = many && isWrapped(document, property);
    const wanted = many && !wrapped ? elementName(document, itemsOfProperty, name) : own;
    const found = element.children.filter((child) => child.name === wanted);
    for (const child of found) read.add(child);
    const [first] = found;
    if (many && !wrapped) {
      // No element at all is an empty list where there has to be a list.
      if (found.length > 0 || isRequired(document, schema, name))
        value[name] = found.map((child) => elementValue(reader, itemsOfProperty, child));
    } else if (first !== undefined) value[name] = elementValue(reader, property, first);
  }
  for (const child of element.children)
    if (!read.has(child) && value[child.name] === undefined) value[child.name] = child.text;
  return value;
}
