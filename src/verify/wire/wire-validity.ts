/**
 * Whether a parameter that breaks its schema still breaks it on the wire. Path, query and header values have no types:
 * `5` and `"5"` look the same, so a violation counts only if no sensible reading of the text is valid.
 */
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Parameter } from '../../spec/model.ts';
import { scalarText } from './serialise.ts';
import type { Schemas, ValidationError } from '../schema-port.ts';

const MAX_READINGS = 64;

/**
 * True where every reading of the serialised value violates the parameter's schema, so that a service must refuse. A
 * value of a wrong `type` must have it in every reading: one that is only too long as a text breaks another keyword.
 */
export function violatesOnWire(
  schemas: Schemas,
  parameter: Parameter,
  value: JsonValue,
  violated?: { keyword: string; instancePath: string },
): boolean {
  if (parameter.schema === undefined) return false;
  const schema = parameter.schema;
  if (parameter.contentType !== undefined) return schemas.validate(schema, value, 'request').length > 0;
  if (isObject(value) || Array.isArray(value)) {
    // Where no structure is expected, its parts travel under other names or as several values: nobody must look at them.
    const unexpected = schemas.validate(schema, value, 'request').some(isWrongType);
    if (unexpected && parameter.in !== 'path') return false;
  }
  const texts = partsOf(value);
  // Nothing on the wire, or an empty text, reads as "not given".
  if (texts.length === 0 || texts.some((text) => text.trim() === '')) return false;
  const candidates = readings(value);
  const typeOnly = violated?.keyword === 'type' && violated.instancePath === '';
  return candidates.every((candidate) => {
    const errors = schemas.validate(schema, candidate, 'request');
    return typeOnly ? errors.some(isWrongType) : errors.length > 0;
  });
}

function isWrongType(error: ValidationError): boolean {
  return error.instancePath === '' && error.keyword === 'type';
}

function partsOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.map(scalarText);
  if (isObject(value)) return Object.values(value).map(scalarText);
  return [scalarText(value)];
}

function readings(value: JsonValue): JsonValue[] {
  if (isObject(value)) {
    let objects: Record<string, JsonValue>[] = [{}];
    for (const [key, member] of Object.entries(value)) {
      const options = scalarReadings(scalarText(member));
      objects = objects.flatMap((object) => options.map((option) => ({ ...object, [key]: option })));
      if (objects.length > MAX_READINGS) return [value];
    }
    return [...objects, ...scalarReadings(JSON.stringify(value))];
  }
  const items = Array.isArray(value) ? value.map(scalarText) : scalarText(value).split(',');
  let lists: JsonValue[][] = [[]];
  for (const item of items) {
    const options = scalarReadings(item);
    lists = lists.flatMap((list) => options.map((option) => [...list, option]));
    if (lists.length > MAX_READINGS) return [value];
  }
  const whole = Array.isArray(value) ? value.map(scalarText).join(',') : scalarText(value);
  return [...lists, ...scalarReadings(whole)];
}

const BOOLEAN_TEXTS: Record<string, boolean> = {
  true: true,
  false: false,
  '1': true,
  '0': false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

/** The JSON values that a lenient service may read in a text. */
export function scalarReadings(text: string): JsonValue[] {
  const found: JsonValue[] = [text, text.trim()];
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) found.push(number);
  const truth = BOOLEAN_TEXTS[text.trim().toLowerCase()];
  if (truth !== undefined) found.push(truth);
  if (text.trim().toLowerCase() === 'null') found.push(null);
  return found.filter((value, index) => found.indexOf(value) === index);
}
