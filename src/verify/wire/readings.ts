/** What a service may sensibly read in a text that has no type: `5` and `"5"` look the same in a path, a query or a form. */
import { isObject, type JsonValue } from '../../events/index.ts';

/** More readings than these are not listed. */
const MAX_READINGS = 64;

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

/** The scalars that a lenient service may read in a text. */
export function scalarReadings(text: string): JsonValue[] {
  const found: JsonValue[] = [text, text.trim()];
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) found.push(number);
  const truth = BOOLEAN_TEXTS[text.trim().toLowerCase()];
  if (truth !== undefined) found.push(truth);
  if (text.trim().toLowerCase() === 'null') found.push(null);
  return found.filter((value, index) => found.indexOf(value) === index);
}

/** The text of a scalar, or JSON for what has parts. */
export function scalarText(value: JsonValue): string {
  return typeof value === 'string' ? value : value === null ? 'null' : JSON.stringify(value);
}

/** What may be read in the text of a value, parts and all; the value alone where there are too many readings. */
export function readingsOf(value: JsonValue): JsonValue[] {
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
