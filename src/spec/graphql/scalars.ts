/**
 * What is known of custom scalars: those that a contract describes itself (`@scalarSchema`, `@constraint`), those whose
 * `@specifiedBy` names a standard, and well-known names (scalars.graphql.org and the graphql-scalars package). Nothing
 * is guessed of any other.
 */
import type { JsonObject } from '../../events/index.ts';

const text = (more: JsonObject = {}): JsonObject => ({ type: 'string', ...more });
const whole = (more: JsonObject = {}): JsonObject => ({ type: 'integer', ...more });
const real = (more: JsonObject = {}): JsonObject => ({ type: 'number', ...more });

const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;
const DATE_TIME = text({ format: 'date-time' });
const BIG = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** The scalars of the GraphQL specification; ID is written as a text, which is what a result holds (§3.5.5). */
export const STANDARD: Readonly<Record<string, JsonObject>> = {
  Int: whole({ minimum: INT_MIN, maximum: INT_MAX }),
  Float: real(),
  String: text(),
  Boolean: { type: 'boolean' },
  ID: text(),
};

const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  datetime: DATE_TIME,
  datetimeiso: DATE_TIME,
  isodatetime: DATE_TIME,
  iso8601datetime: DATE_TIME,
  offsetdatetime: DATE_TIME,
  instant: DATE_TIME,
  date: text({ format: 'date' }),
  localdate: text({ format: 'date' }),
  iso8601date: text({ format: 'date' }),
  time: text({ format: 'time' }),
  duration: text({ format: 'duration' }),
  iso8601duration: text({ format: 'duration' }),
  uuid: text({ format: 'uuid' }),
  guid: text({ format: 'uuid' }),
  email: text({ format: 'email' }),
  emailaddress: text({ format: 'email' }),
  url: text({ format: 'uri', pattern: '^https?://' }),
  uri: text({ format: 'uri' }),
  ipv4: text({ format: 'ipv4' }),
  ipv6: text({ format: 'ipv6' }),
  hostname: text({ format: 'hostname' }),
  json: {},
  any: {},
  jsonobject: { type: 'object' },
  bigint: whole(BIG),
  long: whole(BIG),
  safeint: whole(BIG),
  int64: whole(BIG),
  unsignedint: whole({ minimum: 0, maximum: INT_MAX }),
  positiveint: whole({ minimum: 1, maximum: INT_MAX }),
  nonnegativeint: whole({ minimum: 0, maximum: INT_MAX }),
  negativeint: whole({ minimum: INT_MIN, maximum: -1 }),
  nonpositiveint: whole({ minimum: INT_MIN, maximum: 0 }),
  short: whole({ minimum: -32_768, maximum: 32_767 }),
  port: whole({ minimum: 0, maximum: 65_535 }),
  timestamp: whole({ minimum: 0, maximum: 4_102_444_800_000 }),
  float64: real(),
  double: real(),
  unsignedfloat: real({ minimum: 0 }),
  positivefloat: real({ exclusiveMinimum: 0 }),
  nonnegativefloat: real({ minimum: 0 }),
  negativefloat: real({ exclusiveMaximum: 0 }),
  nonpositivefloat: real({ maximum: 0 }),
  latitude: real({ minimum: -90, maximum: 90 }),
  longitude: real({ minimum: -180, maximum: 180 }),
  nonemptystring: text({ pattern: '\\S' }),
  hexadecimal: text({ pattern: '^[0-9a-fA-F]{1,16}$' }),
  hexcolorcode: text({ pattern: '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$' }),
  mac: text({ pattern: '^([0-9A-F]{2}:){5}[0-9A-F]{2}$' }),
  phonenumber: text({ pattern: '^\\+[1-9][0-9]{6,14}$' }),
  countrycode: text({ enum: ['DE', 'FR', 'GB', 'JP', 'US'] }),
  currency: text({ enum: ['CHF', 'EUR', 'GBP', 'JPY', 'USD'] }),
  objectid: text({ pattern: '^[0-9a-f]{24}$' }),
};

/** Parts of `@specifiedBy` addresses that name a standard. */
const STANDARDS: readonly [RegExp, string][] = [
  [/scalars\.graphql\.org\/.*date-?time|rfc3339(?!.*full-date)|iso-?8601-?date-?time/i, 'datetime'],
  [/scalars\.graphql\.org\/.*local-?date\b|full-date/i, 'date'],
  [/rfc-?4122|rfc-?9562|scalars\.graphql\.org\/.*uuid/i, 'uuid'],
  [/rfc-?5322|rfc-?5321|scalars\.graphql\.org\/.*email/i, 'email'],
  [/rfc-?3986/i, 'uri'],
  [/url\.spec\.whatwg\.org/i, 'url'],
  [/rfc-?8259|ecma-?404|json\.org/i, 'json'],
  [/rfc-?4291/i, 'ipv6'],
  [/rfc-?791\b/i, 'ipv4'],
];

/** The JSON Schema of a scalar by its `@specifiedBy` or its name; undefined where nothing is known of it. */
export function knownScalar(name: string, specifiedBy: string | null | undefined): JsonObject | undefined {
  const standard = specifiedBy ? STANDARDS.find(([pattern]) => pattern.test(specifiedBy))?.[1] : undefined;
  const key = standard ?? name.toLowerCase().replaceAll('_', '');
  if (Object.hasOwn(STANDARD, name)) return STANDARD[name];
  return Object.hasOwn(WELL_KNOWN, key) ? WELL_KNOWN[key] : undefined;
}
