import { isDate, isDateTime, isDuration, isTime } from './calendar.ts';
import { isEmail, isHostname, isIdnEmail, isIdnHostname, isIpv4, isIpv6 } from './network.ts';
import { isJsonPointer, isRelativeJsonPointer, isResource, isUriTemplate } from './resource.ts';

type Test = (value: string) => boolean;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const BASE64 = /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i;
const POINTER_FRAGMENT = /^#(?:\/(?:[a-z0-9_.!$&'()*+,;:=@-]|%[0-9a-f]{2}|~[01])*)*$/i;
const URL = /^(?:https?|ftp):\/\/[^/?#]/i;

/** The formats of the drafts (2020-12 validation §7.3), of OpenAPI, and those that ajv adds. */
const TESTS: Record<string, Test> = {
  date: isDate,
  time: (text) => isTime(text, true),
  'date-time': (text) => isDateTime(text, true),
  duration: isDuration,
  'iso-time': (text) => isTime(text, false),
  'iso-date-time': (text) => isDateTime(text, false),
  email: isEmail,
  'idn-email': isIdnEmail,
  hostname: isHostname,
  'idn-hostname': isIdnHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  uri: (text) => isResource(text, true, false),
  url: (text) => URL.test(text) && isResource(text, true, false),
  'uri-reference': (text) => isResource(text, false, false),
  iri: (text) => isResource(text, true, true),
  'iri-reference': (text) => isResource(text, false, true),
  'uri-template': isUriTemplate,
  uuid: (text) => UUID.test(text),
  'json-pointer': isJsonPointer,
  'json-pointer-uri-fragment': (text) => POINTER_FRAGMENT.test(text),
  'relative-json-pointer': isRelativeJsonPointer,
  regex: isRegex,
  byte: (text) => BASE64.test(text),
};

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u').unicode;
  } catch {
    return false;
  }
}

/** The check of a string format; undefined for a format that says nothing about strings or is unknown. */
export function formatTest(format: string): Test | undefined {
  return Object.hasOwn(TESTS, format) ? TESTS[format] : undefined;
}

/** What narrower readings of a format demand besides; ajv-formats has these. */
const NARROW: Record<string, Test> = {
  email: (text) => /^[^"@]+@[^@[]+\.[^@.]+$/.test(text),
  uri: (text) => /^[^:]+:[^?#]/.test(text),
  'relative-json-pointer': (text) => !/^\d+[+-]/.test(text),
  url: (text) => /^[^/]+\/\/[^/?#]*\.[a-z]{2,}(?::\d{2,5})?(?:\/[^\s]*)?$/i.test(text),
  'uri-template': (text) => !text.includes("'") && !/\{[^}]*\.\w[^}]*\./.test(text) && !/\{[^}]*\w\.\w/.test(text),
};

/** Whether a text that is of a format is so by narrower readings too; undefined where all readings agree. */
export function narrowTest(format: string): Test | undefined {
  return Object.hasOwn(NARROW, format) ? NARROW[format] : undefined;
}
