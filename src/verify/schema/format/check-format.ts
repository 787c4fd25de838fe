import { fullFormats } from 'ajv-formats/dist/formats.js';

type Test = (value: string) => boolean;

const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\-\u00b7\u0375\u05f3\u05f4\u30fb\u200c\u200d]*[\p{L}\p{M}\p{N}])?$/u;

// The formats that ajv-formats does not know.
const OWN: Record<string, Test> = {
  'idn-hostname': isIdnHostname,
  'idn-email': (text) => {
    const [local = '', host, ...rest] = text.split('@');
    return rest.length === 0 && host !== undefined && /^[^\s@"(),:;<>[\]\\]+$/u.test(local) && isIdnHostname(host);
  },
  iri: (text) => isIri(text, true),
  'iri-reference': (text) => isIri(text, false),
};

function isIdnHostname(text: string): boolean {
  if (text === '' || text.length > 253) return false;
  return text.split(/[.。．｡]/u).every((label) => label.length <= 63 && LABEL.test(label));
}

// RFC 3987 §2.2: as a URI, but characters beyond ASCII stand for themselves.
function isIri(text: string, withScheme: boolean): boolean {
  let ascii = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point <= 0x20 || '"<>\\^`{|}'.includes(character)) return false;
    ascii += point < 0x80 ? character : 'x';
  }
  const test = formatTest(withScheme ? 'uri' : 'uri-reference');
  return test === undefined || test(ascii);
}

const tests = new Map<string, Test | undefined>();

/** The check of a string format; undefined for a format that says nothing about strings or is unknown. */
export function formatTest(format: string): Test | undefined {
  if (tests.has(format)) return tests.get(format);
  const test = Object.hasOwn(OWN, format) ? OWN[format] : fromAjv(format);
  tests.set(format, test);
  return test;
}

function fromAjv(name: string): Test | undefined {
  const table: Record<string, unknown> = fullFormats;
  const format = Object.hasOwn(table, name) ? table[name] : undefined;
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => Boolean(format(text));
  if (typeof format !== 'object' || format === null || !('validate' in format)) return undefined;
  if ('type' in format && format.type === 'number') return undefined;
  const { validate } = format;
  if (validate instanceof RegExp) return (text) => validate.test(text);
  return typeof validate === 'function' ? (text) => Boolean(validate(text)) : undefined;
}
