import type { Random } from '../draw/random.ts';

/** `odd`: forms that are right but that few expect, such as leap seconds, are mixed in. */
type Draw = (random: Random, min: number, max: number, odd: boolean) => string;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const UNRESERVED = `${LOWER}0123456789-_`;

function text(random: Random, alphabet: string, length: number): string {
  let result = '';
  for (let index = 0; index < length; index++) result += alphabet[random.below(alphabet.length)] ?? '';
  return result;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function date(random: Random): string {
  if (random.chance(0.15))
    return random.pick(['2024-02-29', '2000-02-29', '1970-01-01', '2000-12-31', '1999-01-01', '2038-01-19']);
  const year = random.chance(0.8) ? random.between(1990, 2040) : random.between(1900, 2199);
  const month = random.between(1, 12);
  return `${year}-${pad(month, 2)}-${pad(random.between(1, new Date(Date.UTC(year, month, 0)).getUTCDate()), 2)}`;
}

function time(random: Random, odd: boolean): string {
  if (odd && random.chance(0.06)) return random.pick(['23:59:60Z', '00:59:60.5+01:00', '15:59:60-08:00', '12:00:00z']);
  const clock = [random.below(24), random.below(60), random.below(60)].map((part) => pad(part, 2)).join(':');
  const fraction = random.chance(0.2) ? `.${pad(random.below(1000), 3)}` : '';
  const zone = random.chance(0.75) ? 'Z' : random.pick(['+00:00', '+01:00', '-05:00', '+05:30', '-11:30', '+14:00']);
  return clock + fraction + zone;
}

function dateTime(random: Random, odd: boolean): string {
  if (odd && random.chance(0.04)) return random.pick(['2016-12-31T23:59:60Z', '2000-02-29t00:00:00z']);
  return `${date(random)}T${time(random, false)}`;
}

const HOSTS = ['localhost', 'xn--bcher-kva.example', '1host.example', 'a-b.c-d.example', 'EXAMPLE.com'];

function hostname(random: Random, min: number, max: number, odd = false): string {
  const special = odd && random.chance(0.1) ? random.pick(HOSTS) : '';
  if (special !== '' && special.length >= min && special.length <= max) return special;
  if (max < 6) return text(random, LOWER, Math.max(1, Math.min(max, Math.max(min, 1))));
  const end = random.pick(['com', 'org', 'io', 'net', 'example', 'test']).slice(0, Math.max(1, Math.min(7, max - 2)));
  let host = `${text(random, LOWER, Math.min(random.between(1, 8), max - end.length - 1))}.${end}`;
  while (host.length < min) {
    const missing = min - host.length;
    const size = Math.min(missing <= 2 ? 1 : missing - 1, 40);
    host = missing === 1 ? `a${host}` : `${text(random, LOWER, size)}.${host}`;
  }
  return host;
}

function email(random: Random, min: number, max: number): string {
  if (max < 8)
    return `${text(random, LOWER, Math.max(1, Math.min(max - 4, min - 4)))}@${text(random, LOWER, 1)}.${'a'}`;
  const host = hostname(random, 0, Math.min(max - 2, 24));
  const room = max - host.length - 1;
  const least = Math.max(1, Math.min(min - host.length - 1, 64));
  const size = Math.min(room, Math.max(least, random.between(1, 10)));
  const local = text(random, UNRESERVED.slice(0, 36), size);
  const plain = `${local}@${host}`;
  if (plain.length < min) return `${local}@${hostname(random, min - local.length - 1, max - local.length - 1)}`;
  return size > 3 && random.chance(0.2) ? `${local[0]}${random.pick(['.', '+', '_'])}${local.slice(2)}@${host}` : plain;
}

function uri(random: Random, min: number, max: number): string {
  if (max < 16)
    return `a:${text(random, LOWER, Math.max(1, Math.min(max - 2, Math.max(min - 2, random.between(1, 6)))))}`;
  const scheme = random.chance(0.85) ? 'https' : random.pick(['http', 'urn:isbn', 'ftp', 'mailto']);
  if (scheme === 'urn:isbn' || scheme === 'mailto') {
    const body = scheme === 'mailto' ? `${text(random, LOWER, 3)}@b.io` : text(random, '0123456789', 5);
    return `${scheme}:${body}`.padEnd(min, 'a');
  }
  let result = `${scheme}://${hostname(random, 0, max - 10)}`;
  const tails = [
    `/${text(random, UNRESERVED, 4)}`,
    `/a%20${text(random, LOWER, 2)}/`,
    `?${text(random, LOWER, 1)}=${text(random, LOWER, 2)}`,
    '#top',
    ':8080',
  ];
  if (random.chance(0.5)) {
    const tail = random.pick(tails);
    if (result.length + tail.length <= max) result += tail;
  }
  if (result.length < min) result += `/${text(random, LOWER, min - result.length - 1)}`;
  return result;
}

const IPV6 = [
  '::1',
  '::',
  'fe80::1',
  '2001:db8::ff00:42:8329',
  '::ffff:192.0.2.1',
  '64:ff9b::192.0.2.33',
  'FE80::ABCD',
];

function ipv6(random: Random): string {
  const group = (): string => text(random, HEX, random.between(1, 4));
  if (random.chance(0.3)) return random.pick(IPV6);
  if (random.chance(0.3)) return `${group()}:${group()}::${group()}`;
  return Array.from({ length: 8 }, group).join(':');
}

/** RFC 3339 appendix A: a unit may be left out only before the first or after the last. */
function duration(random: Random): string {
  if (random.chance(0.15)) return `P${random.between(1, 52)}W`;
  const run = (units: string): string => {
    const from = random.below(units.length);
    const to = random.between(from + 1, units.length);
    return Array.from(units.slice(from, to), (unit) => `${random.below(random.chance(0.9) ? 30 : 1000)}${unit}`).join(
      '',
    );
  };
  if (random.chance(0.35)) return `P${run('YMD')}`;
  return random.chance(0.5) ? `PT${run('HMS')}` : `P${run('YMD')}T${run('HMS')}`;
}

function jsonPointer(random: Random): string {
  return Array.from({ length: random.below(4) }, () => `/${random.pick(['a', 'foo', '0', 'a~0b', 'x~1y', ''])}`).join(
    '',
  );
}

function uuid(random: Random, odd: boolean): string {
  if (random.chance(0.05)) return '00000000-0000-4000-8000-000000000000';
  const hex = text(random, HEX, 32);
  const variant = '89ab'[random.below(4)];
  const version = odd && random.chance(0.2) ? random.pick([1, 3, 5, 7]) : 4;
  const made = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  return odd && random.chance(0.1) ? made.toUpperCase() : made;
}

function byte(random: Random, min: number, max: number): string {
  const blocks = Math.max(Math.ceil(min / 4), Math.min(Math.floor(max / 4), random.between(min > 0 ? 1 : 0, 6)));
  if (blocks <= 0) return '';
  const last = random.pick(['', '=', '==']);
  const body = text(random, BASE64, blocks * 4 - last.length);
  return last === '' ? body : body.slice(0, -1) + (last === '=' ? 'A' : 'A') + last;
}

const DRAWS: Record<string, Draw> = {
  date,
  time: (random, _min, _max, odd) => time(random, odd),
  'iso-time': (random, _min, _max, odd) => time(random, odd),
  'date-time': (random, _min, _max, odd) => dateTime(random, odd),
  'iso-date-time': (random, _min, _max, odd) => dateTime(random, odd),
  duration,
  email,
  'idn-email': (random, min, max) =>
    random.chance(0.7) || max < 16
      ? email(random, min, max)
      : `dörte@${random.pick(['例え', 'bücher', 'ναι'])}.${text(random, LOWER, 3)}`,
  hostname: (random, min, max, odd) => hostname(random, min, max, odd),
  'idn-hostname': (random, min, max) =>
    random.chance(0.7) || max < 12
      ? hostname(random, min, max)
      : `${random.pick(['例え', 'bücher', 'ναι', 'かな'])}.${text(random, LOWER, 3)}`,
  ipv4: (random) =>
    random.chance(0.1)
      ? random.pick(['0.0.0.0', '255.255.255.255', '127.0.0.1'])
      : Array.from({ length: 4 }, () => random.below(256)).join('.'),
  ipv6,
  uri,
  url: (random, min, max) =>
    `https://${hostname(random, min - 12, Math.max(8, max - 12)).replace(/\.(?:io|test)$/, '.com')}/${text(random, LOWER, 3)}`,
  'uri-reference': (random, min, max) =>
    random.chance(0.5) || min > 8
      ? uri(random, min, max)
      : random.pick(['/a', 'a/b', '#top', '?q=1', '../x', `/${text(random, LOWER, 4)}`]),
  iri: (random, min, max) =>
    random.chance(0.7) || max < 20
      ? uri(random, min, max)
      : `https://${text(random, LOWER, 3)}.example/ü${text(random, LOWER, 2)}`,
  'iri-reference': (random, min, max) =>
    random.chance(0.7) || max < 12 ? uri(random, min, max) : `/çä/${text(random, LOWER, 3)}`,
  'uri-template': (random) =>
    random.pick([
      '/a/{id}',
      'https://example.org/{?q,lang}',
      '{/path*}',
      '/x{;v}',
      `/${text(random, LOWER, 4)}/{name}`,
      `/${text(random, LOWER, 3)}`,
    ]),
  uuid: (random, _min, _max, odd) => uuid(random, odd),
  'json-pointer': jsonPointer,
  'json-pointer-uri-fragment': (random) => `#${jsonPointer(random)}`,
  'relative-json-pointer': (random) => `${random.below(4)}${random.chance(0.3) ? '#' : jsonPointer(random)}`,
  regex: (random) =>
    random.pick(['^a+$', '[0-9]{3}', 'foo|bar', '\\d+', '^$', `^${text(random, LOWER, 3)}`, '.*', '(a|b)c?']),
  byte,
};

/** The drawing of a format within length bounds, which it tries to meet; undefined for formats that are free text. */
export function drawFormat(format: string): Draw | undefined {
  return Object.hasOwn(DRAWS, format) ? DRAWS[format] : undefined;
}
