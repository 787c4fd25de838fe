/** `x-constants: { NAME: [{ value, from? }] }`: named values that hold from a date on. */
import { at, isObject, type JsonValue } from '../../events/index.ts';
import type { ConstantValue } from '../model.ts';
import { membersOf, own, type Reader } from '../reader.ts';

/** Constants by name, each with its values in order of their dates; malformed ones are reported and left out. */
export function readConstants(reader: Reader): Record<string, ConstantValue[]> {
  const constants: Record<string, ConstantValue[]> = {};
  for (const { name, pointer } of membersOf(reader, '#', 'x-constants')) {
    const entry = (reader.document['x-constants'] as Record<string, JsonValue>)[name];
    const values = readValues(reader, entry, pointer);
    if (!/^[A-Za-z_]\w*$/.test(name))
      reader.report('error', 'constant-name', pointer, `${JSON.stringify(name)} cannot be named in a rule`);
    else if (values !== undefined) constants[name] = values;
  }
  return constants;
}

function readValues(reader: Reader, entry: JsonValue | undefined, pointer: string): ConstantValue[] | undefined {
  const refuse = (place: string, message: string): undefined => {
    reader.report('error', 'constant-shape', place, message, 'write `NAME: [{ value: 5, from: 2026-01-01 }]`');
  };
  if (!Array.isArray(entry) || entry.length === 0) return refuse(pointer, 'a constant must be a list of dated values');
  const values: ConstantValue[] = [];
  for (const [index, item] of entry.entries()) {
    const place = at(pointer, index);
    if (!isObject(item)) return refuse(place, 'a dated value must be an object');
    const value = own(item, 'value');
    const from = own(item, 'from');
    if (value === undefined) return refuse(place, 'a dated value needs `value`');
    if (from !== undefined && !isDate(from)) return refuse(at(place, 'from'), '`from` must be a date, YYYY-MM-DD');
    if (values.some((other) => other.from === from)) return refuse(place, 'two values begin on the same date');
    values.push({ value, ...(typeof from === 'string' ? { from } : {}) });
  }
  return values.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
}

function isDate(value: JsonValue): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
