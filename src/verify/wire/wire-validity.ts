/**
 * Whether a value that breaks its schema still breaks it on the wire, where much has no type: a violation counts only if
 * no sensible reading of what is sent is valid.
 */
import { isObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import type { MediaType, Parameter } from '../../spec/model.ts';
import { typesOf } from '../cases/schema-walk.ts';
import type { Negative, Schemas, ValidationError } from '../schema-port.ts';
import { bodyOf } from './body.ts';
import type { Document } from './hints.ts';
import { kindOfMedia } from './media-kind.ts';
import { readingsOf, scalarReadings, scalarText } from './readings.ts';

/** The keyword that is meant to be violated, where in the value, and where in the contract. */
type Violated = Pick<Negative, 'keyword' | 'instancePath' | 'clause'>;

/** Members beyond those that are known travel under names of their own, which nobody must look at. */
const ABOUT_MEMBERS = new Set(['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'maxProperties']);

/**
 * True where every reading of the serialised value violates the parameter's schema, so that a service must refuse. A
 * value of a wrong `type` must have it in every reading: one that is only too long as a text breaks another keyword.
 */
export function violatesOnWire(
  schemas: Schemas,
  document: Document,
  parameter: Parameter,
  value: JsonValue,
  violated: Violated,
): boolean {
  const { schema, media } = parameter;
  if (schema === undefined) return false;
  if (media !== undefined) return violatesInBody(schemas, document, { ...media, schema }, value, violated);
  const breaks = (candidate: JsonValue): boolean => schemas.validate(schema, candidate, 'request').length > 0;
  const spread =
    parameter.in === 'query' &&
    (parameter.style === 'deepObject' || (parameter.explode && wantsParts(document, schema)));
  if (spread && (ABOUT_MEMBERS.has(violated.keyword) || isAboutParts(document, violated))) return false;
  // Where no structure is expected, its parts travel under other names or as several values: nobody must look at them.
  if (hasParts(value) && parameter.in !== 'path' && !takes(document, schemas, schema, value)) return false;
  const texts = partsOf(value);
  // What may come without a value may come so in each reading.
  if (parameter.allowEmptyValue === true && texts.every((text) => text.trim() === '')) return false;
  if (violated.instancePath !== '') return breaksAt(value, violated.instancePath, breaks);
  // Nothing on the wire, or an empty text, reads as "not given".
  if (texts.length === 0 || texts.some((text) => text.trim() === '')) return false;
  const typeOnly = violated.keyword === 'type';
  return readingsOf(value).every((candidate) =>
    typeOnly ? schemas.validate(schema, candidate, 'request').some(isWrongType) : breaks(candidate),
  );
}

/** The same for a body: those of typed media types are as they are, fields and elements of others are texts. */
export function violatesInBody(
  schemas: Schemas,
  document: Document,
  media: MediaType,
  value: JsonValue,
  violated: Violated,
): boolean {
  const { schema } = media;
  if (schema === undefined || bodyOf(document, media, value) === undefined) return false;
  const breaks = (candidate: JsonValue): boolean => schemas.validate(schema, candidate, 'request').length > 0;
  if (isTyped(media)) return breaks(value);
  if (ABOUT_MEMBERS.has(violated.keyword)) return false;
  const part = valueAt(value, violated.instancePath);
  // Readers of XML look for the elements that they know, and find none in what has others.
  const isXml = kindOfMedia(media.type) === 'xml';
  if (isXml && (isAboutParts(document, violated) || (violated.keyword === 'type' && hasParts(part ?? null))))
    return false;
  return part === undefined ? breaks(value) : breaksAt(value, violated.instancePath, breaks);
}

/** True where a value breaks its schema whatever is read in the text of one part of it, or where that is not read at all. */
function breaksAt(value: JsonValue, pointer: string, breaks: (value: JsonValue) => boolean): boolean {
  const tokens = tokensOf(pointer);
  const part = valueAt(value, pointer);
  if (part === undefined) return breaks(value);
  const texts = partsOf(part);
  const absent = texts.length === 0 || texts.some((text) => text.trim() === '');
  // An empty field or element may be read as none.
  if (absent && (tokens.length === 0 || !breaks(without(value, tokens)))) return false;
  const readings = [part, ...readingsOf(part)];
  if (typeof part === 'string') readings.push(...parsed(part));
  // Of a field that comes several times a reader may take one, or the text that it is part of.
  if (Array.isArray(part))
    readings.push(JSON.stringify(part), ...part.flatMap((item) => scalarReadings(scalarText(item))));
  // A form may send the members of an object as fields of their own, or as one list of names and values.
  if (isObject(part)) {
    if (tokens.length > 0 && !breaks(without(value, tokens))) return false;
    readings.push(Object.entries(part).flatMap(([name, member]) => [name, scalarText(member)]));
  }
  // A list of one looks like its item, and an item like a list of one.
  if (tokens.length > 0) readings.push([part]);
  return readings.every((reading) => breaks(replaced(value, tokens, reading)));
}

/** True for a wrong type where an object or a list is wanted. */
function isAboutParts(document: Document, { keyword, clause }: Violated): boolean {
  if (keyword !== 'type') return false;
  const wanted = valueAt(document.document, clause);
  return (Array.isArray(wanted) ? wanted : [wanted]).some((type) => type === 'object' || type === 'array');
}

/** True where a structure of this kind is among those that a schema takes. */
function takes(document: Document, schemas: Schemas, schema: string, value: JsonValue): boolean {
  if (schemas.validate(schema, value, 'request').some(isWrongType)) return false;
  const types = typesOf(document, schema);
  return types.length === 0 || types.includes(Array.isArray(value) ? 'array' : 'object');
}

function wantsParts(document: Document, schema: string): boolean {
  return typesOf(document, schema).includes('object');
}

function hasParts(value: JsonValue): boolean {
  return isObject(value) || Array.isArray(value);
}

/** True for media types whose values keep their types on the wire. */
export function isTyped(media: MediaType): boolean {
  return ['json', 'lines', 'sequence'].includes(kindOfMedia(media.type));
}

function isWrongType(error: ValidationError): boolean {
  return error.instancePath === '' && error.keyword === 'type';
}

function partsOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.map(scalarText);
  if (isObject(value)) return Object.values(value).map(scalarText);
  return [scalarText(value)];
}

function parsed(text: string): JsonValue[] {
  try {
    return [JSON.parse(text) as JsonValue];
  } catch {
    return [];
  }
}

/** A value with another part at a place. */
export function replaced(value: JsonValue, tokens: string[], part: JsonValue): JsonValue {
  const [token, ...rest] = tokens;
  if (token === undefined) return part;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === token ? replaced(item, rest, part) : item));
  if (!isObject(value)) return value;
  return { ...value, [token]: replaced(value[token] ?? null, rest, part) };
}

/** A value without the part at a place. */
export function without(value: JsonValue, tokens: string[]): JsonValue {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(value))
    return rest.length === 0
      ? value.filter((_, index) => String(index) !== token)
      : value.map((item, index) => (String(index) === token ? without(item, rest) : item));
  if (!isObject(value)) return value;
  const { [token]: member, ...others } = value;
  return rest.length === 0 || member === undefined ? others : { ...others, [token]: without(member, rest) };
}
