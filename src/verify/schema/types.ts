import type { JsonValue } from '../../events/json.ts';

/** JSON types as bits; `number` is the integers and the fractions. */
export const NULL = 1;
export const BOOLEAN = 2;
export const INTEGER = 4;
export const FRACTION = 8;
export const NUMBER = INTEGER | FRACTION;
export const STRING = 16;
export const ARRAY = 32;
export const OBJECT = 64;
export const ANY = 127;

const BITS: Record<string, number> = {
  null: NULL,
  boolean: BOOLEAN,
  integer: INTEGER,
  number: NUMBER,
  string: STRING,
  array: ARRAY,
  object: OBJECT,
};

/** The bit of a value's type; 1.0 is an integer. */
export function typeOf(value: JsonValue): number {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return Number.isInteger(value) ? INTEGER : FRACTION;
    case 'boolean':
      return BOOLEAN;
    default:
      if (value === null) return NULL;
      return Array.isArray(value) ? ARRAY : OBJECT;
  }
}

/** The bits of a `type` keyword's value; undefined where it is none. */
export function typeBits(type: JsonValue | undefined): number | undefined {
  const names = Array.isArray(type) ? type : [type];
  let bits = 0;
  for (const name of names) {
    const bit = typeof name === 'string' && Object.hasOwn(BITS, name) ? BITS[name] : undefined;
    if (bit === undefined) return undefined;
    bits |= bit;
  }
  return bits;
}

/** Why the value of a `type` keyword is none. */
export function noType(type: JsonValue | undefined): string {
  if (type === 'file') return 'a file of OpenAPI 2.0 is an upload, which has no JSON value';
  return 'not a type name or a list of them';
}
