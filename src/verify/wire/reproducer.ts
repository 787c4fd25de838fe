/**
 * A failing case as a shell script of curl lines. Ids that the service gives out are captured, so that it works on a
 * fresh instance; it ends with status 1 where the failure shows and 0 where it does not.
 */
import { isObject, type JsonValue, tokensOf, valueAt } from '../../events/index.ts';
import { isTimely } from '../timely.ts';
import type { Sent } from './execute.ts';
import { sourceValue, withValue } from '../cases/resolve.ts';
import type { Source } from '../cases/scenario.ts';
import { authorised } from './keyring.ts';
import { pathBelow } from './path-below.ts';
import { serialise, type WireContext } from './serialise.ts';

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  baseUrl: string;
  wire: WireContext;
  sent: Sent[];
  /** Index in `sent` → a JavaScript expression over `status`, `headers` and `body` that is true where it fails. */
  shows: Map<number, string>;
  /** What the expressions see as `process.argv[2]`. */
  checked?: Source;
}

/** Writes the script. */
export function scriptOf(options: ScriptOptions): string {
  const { sent, shows } = options;
  const captures = capturesOf(sent, options.checked);
  const lines = [
    '#!/bin/sh',
    `# ${oneLine(options.title)}`,
    `# expected: ${oneLine(options.expected)}`,
    `# actual:   ${oneLine(options.actual)}`,
    '# Ends with 1 where the failure shows, with 0 where it does not, with 3 where nothing listens.',
    `BASE="\${BASE:-${options.baseUrl}}"`,
    'curl -gsS -o /dev/null --max-time 5 "$BASE/" 2>/dev/null',
    '[ $? -ne 7 ] || { echo "nothing listens at $BASE: start the service, and set BASE to its URL" >&2; exit 3; }',
  ];
  lines.push(...secretsOf(sent));
  if ([...shows.values()].some((check) => !isStatusOnly(check))) lines.push(SEEN);
  if ([...shows.values()].some((check) => check.startsWith('differs from'))) lines.push(SAID);
  const races = sent.some((one) => one.together === true);
  const steps: string[] = races ? ['folder=$(mktemp -d)', `trap 'rm -r "$folder"' EXIT`] : [];
  sent.forEach((one, index) => {
    const own = captures.filter((capture) => capture.source.step === one.index);
    const curl = curlOf(options, one, captures);
    if (one.together !== true || sent[index - 1]?.together !== true)
      steps.push(
        '',
        `# ${oneLine(one.role)}: ${oneLine(one.operation.id)}${one.together === true ? ', all at once' : ''}`,
      );
    if (one.together === true) {
      // One process with a connection for each: several processes would start too far apart.
      const lead = sent[index - 1]?.together === true ? '  --next' : 'curl -Z --parallel-immediate';
      const isLast = sent[index + 1]?.together !== true;
      steps.push(`${lead} ${curl.replace(/^curl /, '')} -o "$folder/${index}"${isLast ? ' 2>/dev/null' : ' \\'}`);
      if (!isLast) return;
      const group = groupBefore(sent, index);
      steps.push(...group.map((member) => `answer${member}=$(cat "$folder/${member}")`));
      steps.push(...group.map((member) => `printf '%s\\n\\n' "$answer${member}"`));
      return;
    }
    const [only] = own;
    if (!shows.has(index) && own.length === 1 && only !== undefined) {
      steps.push(`${only.name}=$(${curl} | ${readerOf(only)})`);
      return;
    }
    const compared = [...shows.values()].includes(differsFrom(index));
    const keep = own.length > 0 || shows.has(index) || compared;
    steps.push(keep ? `answer${index}=$(${curl})` : `${curl} >/dev/null`);
    for (const capture of own) steps.push(`${capture.name}=$(printf '%s' "$answer${index}" | ${readerOf(capture)})`);
    if (shows.has(index)) steps.push(`printf '%s\\n\\n' "$answer${index}"`);
  });
  steps.push('');
  const value = captures.find((one) => options.checked !== undefined && sameOrigin(one.source, options.checked));
  const argument = value === undefined ? '' : ` "$${value.name}"`;
  for (const [index, check] of shows) {
    const test = isStatusOnly(check)
      ? `head -n 1 | grep -q ' ${/\d+/.exec(check)?.[0] ?? ''} '`
      : `seen ${quoted(check)}${argument}`;
    const other = /^differs from (\d+)$/.exec(check)?.[1];
    const most = /^winners > (\d+)$/.exec(check)?.[1];
    if (most !== undefined) steps.push(...winners(sent, index, most));
    else if (other !== undefined)
      steps.push(
        `[ "$(said "$answer${other}")" != "$(said "$answer${index}")" ] || { echo 'not reproduced'; exit 0; }`,
      );
    else if (check === 'silent') steps.push(`[ -z "$answer${index}" ] || { echo 'not reproduced'; exit 0; }`);
    else if (check !== '')
      steps.push(`printf '%s\\n' "$answer${index}" | ${test} || { echo 'not reproduced'; exit 0; }`);
  }
  steps.push("echo 'reproduced'", 'exit 1');
  lines.push(...(races ? repeated(steps) : steps));
  return `${lines.join('\n')}\n`;
}

/** Indexes of the requests that go at the same time as the one at `last`, which is the last of them. */
function groupBefore(sent: Sent[], last: number): number[] {
  let first = last;
  while (sent[first - 1]?.together === true) first--;
  return sent.flatMap((_, index) => (index >= first && index <= last ? [index] : []));
}

/** Goes on only where more of the requests that were sent at once succeeded than `most`. */
function winners(sent: Sent[], first: number, most: string): string[] {
  const group = sent.flatMap((one, index) => (index >= first && one.together === true ? [`"$answer${index}"`] : []));
  return [
    'winners=0',
    `for one in ${group.join(' ')}; do`,
    `  printf '%s\\n' "$one" | head -n 1 | grep -q ' 2[0-9][0-9]' && winners=$((winners + 1))`,
    'done',
    `[ "$winners" -gt ${most} ] || { echo 'not reproduced'; exit 0; }`,
  ];
}

const TRIES = 20;

/** A race does not show every time: the same once more, until it does. */
function repeated(steps: string[]): string[] {
  return [
    '',
    'attempt() (',
    ...steps,
    ')',
    'tries=0',
    `while [ "$tries" -lt ${TRIES} ]; do`,
    '  tries=$((tries + 1))',
    '  seen=$(attempt)',
    '  [ $? -eq 0 ] || { printf "%s\\n" "$seen"; exit 1; }',
    'done',
    "echo 'not reproduced'",
  ];
}

/** The credentials come from the environment of whoever runs the script; what is made of them is made here. */
function secretsOf(sent: Sent[]): string[] {
  const variables = Object.assign({}, ...sent.map((one) => one.presented?.variables ?? {})) as Record<string, string>;
  return Object.entries(variables).map(([name, made]) =>
    made === ''
      ? `[ -n "\${${name}:-}" ] || { echo "set ${name} to the credentials that the service wants" >&2; exit 3; }`
      : `${name}=$(${made})`,
  );
}

function isStatusOnly(check: string): boolean {
  return /^(status === \d+|silent|differs from \d+)?$/.test(check);
}

/** The check that an answer is another one than that of an earlier request, by its index. */
export function differsFrom(index: number): string {
  return `differs from ${index}`;
}

const SAID = `# Status and body of an answer, without its headers.
said() { printf '%s' "$1" | sed -e 1b -e '2,/^[[:space:]]*$/d'; }`;

const SEEN = `# True where a JavaScript expression over the status and the body holds.
seen() {
  node -e 'const [head, ...rest] = require("fs").readFileSync(0, "utf8").split(/\\r?\\n\\r?\\n/);
    const status = Number(head.split(" ")[1]);
    const headers = head.toLowerCase();
    const text = rest.join("\\n\\n");
    let body = text;
    try { body = JSON.parse(body); } catch {}
    try { process.exitCode = eval(process.argv[1]) ? 0 : 1; } catch { process.exitCode = 1; }' "$1" "$2"
}`;

/** A value that only the running service knows, and the shell variable that takes it up. */
interface Capture {
  source: Source;
  name: string;
  value: JsonValue;
  /** The segment of a Location header after which it stands, '' where it is the last. */
  before: string;
}

function capturesOf(sent: Sent[], checked: Source | undefined): Capture[] {
  const captures: Capture[] = [];
  for (const one of sent)
    for (const from of [...one.bindings.map((binding) => binding.from), ...(checked === undefined ? [] : [checked])]) {
      const producer = sent.find((other) => other.index === from.step);
      const value = sourceValue(from, producer);
      const known = captures.some((capture) => sameOrigin(capture.source, from));
      if (value === undefined || known || from.place === 'input') continue;
      const body = producer?.answer.kind === 'answer' ? producer.answer.json : undefined;
      const read = body !== undefined && valueAt(body, from.pointer) !== undefined;
      // Where the body does not hold the id, it was taken from the Location header.
      const source: Source = from.place === 'body' && !read ? { ...from, place: 'location' } : from;
      const located = producer?.answer.kind === 'answer' ? (producer.answer.headers['location'] ?? '') : '';
      const before = from.place === 'location' && `/${located}`.includes(`/${from.pointer}/`) ? from.pointer : '';
      captures.push({ source, name: `id${captures.length + 1}`, value, before });
    }
  return captures;
}

function readerOf({ source, before }: Capture): string {
  const { place, pointer } = source;
  if (place === 'location') return locationReader(before);
  if (place === 'header') return `tr -d '\\r' | sed -n 's/^${pointer}: *//Ip'`;
  const path = tokensOf(pointer)
    .map((token) => (/^[A-Za-z_$][\w$]*$/.test(token) ? `.${token}` : `[${JSON.stringify(token)}]`))
    .join('');
  return `sed '1,/^[[:space:]]*$/d' | node -pe ${quoted(`JSON.parse(require("fs").readFileSync(0))${path}`)}`;
}

/** Takes the segment after `before`, else the last one, of a reference that may be absolute, have a query or end in '/'. */
function locationReader(before: string): string {
  const lead = String.raw`^\([Cc]ontent-\)\{0,1\}[Ll]ocation: *`;
  const segment = String.raw`\([^/?#[:space:]]\{1,\}\)`;
  const rest = before === '' ? String.raw`/*\([?#].*\)\{0,1\}[[:space:]]*$` : '.*$';
  const path =
    before === '' ? String.raw`\([^?#]*/\)\{0,1\}` : String.raw`\([^?#]*/\)\{0,1\}${before.replace(/[^\w-]/g, '.')}/`;
  return `sed -n 's|${lead}${path}${segment}${rest}|\\3|p'`;
}

/** A capture may have been redirected from the body to the Location header. */
function sameOrigin(capture: Source, from: Source): boolean {
  return capture.step === from.step && capture.pointer === from.pointer && from.place !== 'input';
}

/** One curl command; bound values are written as the variables that hold them. */
function curlOf(options: ScriptOptions, one: Sent, captures: Capture[]): string {
  let input = one.input;
  const marks: { mark: string; name: string; value: JsonValue }[] = [];
  for (const binding of one.bindings) {
    const known = captures.find((one) => sameOrigin(one.source, binding.from));
    if (known === undefined || encodeURIComponent(String(known.value)) !== String(known.value)) continue;
    const mark = `PLUMB${marks.length}MARK`;
    marks.push({ mark, name: known.name, value: known.value });
    input = withValue(input, binding.into, mark);
  }
  const wire = serialise(options.wire, one.operation, input, one.rawBody, one.manner);
  const request = wire.kind === 'request' ? authorised(wire.request, one.presented) : one.request;
  const secrets = Object.keys(one.presented?.variables ?? {}).toSorted((a, b) => b.length - a.length);
  const fill = (text: string, quote: (text: string) => string): string => {
    let filled = quote(text);
    for (const name of secrets) {
      if (quote === quoted) filled = filled.replaceAll(`$${name}`, `'"\${${name}}"'`);
      else filled = filled.replaceAll(`\\$${name}`, `\${${name}}`);
    }
    for (const { mark, name, value } of marks) {
      const variable = quote === quoted ? `'"\${${name}}"'` : `\${${name}}`;
      if (typeof value === 'number') filled = filled.replaceAll(`"${mark}"`, variable);
      filled = filled.replaceAll(mark, variable);
    }
    return filled;
  };
  const endless = one.answer.kind === 'answer' && one.answer.partial === true;
  const parts = [one.answer.kind === 'fault' ? 'curl -gsSi -m 10' : endless ? 'curl -gsi -m 2' : 'curl -gsSi'];
  if (request.method === 'HEAD') parts[0] = 'curl -gsSI';
  else if (request.method !== (request.body === undefined ? 'GET' : 'POST')) parts.push(`-X ${request.method}`);
  const path = pathBelow(pathOf(options.baseUrl), request.path);
  parts.push(`"$BASE${fill(path, inDoubleQuotes)}"`);
  for (const [name, value] of Object.entries(request.headers))
    if (name !== 'accept' || one.manner?.accept !== undefined)
      parts.push(`-H ${fill(value === '' ? `${name};` : `${name}: ${value}`, quoted)}`);
  const { body } = request;
  if (body === undefined) return parts.join(' ');
  // Zero bytes and long texts do not fit into an argument of a command.
  if (typeof body === 'string' && !body.includes('\0') && body.length < MAX_ARGUMENT)
    return `${parts.join(' ')} --data-raw ${fill(body, quoted)}`;
  return `printf ${fill(octal(Buffer.from(body)), quoted)} | ${parts.join(' ')} --data-binary @-`;
}

const MAX_ARGUMENT = 50_000;

/** Bytes as a format of `printf`. */
function octal(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^ -$&-[\]-~]/g, (one) => (one === '%' ? '%%' : `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function inDoubleQuotes(text: string): string {
  return text.replace(/[\\"$`]/g, (character) => `\\${character}`);
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > 400 ? `${flat.slice(0, 400)}…` : flat;
}

/**
 * An expression that holds for this answer and, as far as two runs can tell, for every answer that shows the same
 * failure: the status, and those parts of the body below `under` that were the same in both.
 */
export function observation(one: Sent, again: Sent | undefined, under: string | undefined): string {
  if (one.answer.kind === 'fault') return 'silent';
  const parts = [`status === ${one.answer.status}`];
  if (under === undefined) return parts.join(' && ');
  // Without a second run all of it is taken for stable, so that the script rather says too little.
  const other = again === undefined ? one.answer.json : again.answer.kind === 'answer' ? again.answer.json : undefined;
  if (one.answer.json !== undefined) stableParts(one.answer.json, other, 'body', tokensOf(under), parts);
  return parts.slice(0, 40).join(' && ');
}

function stableParts(
  value: JsonValue,
  other: JsonValue | undefined,
  path: string,
  under: string[],
  parts: string[],
): void {
  const [token, ...rest] = under;
  if (token !== undefined && (Array.isArray(value) || isObject(value))) {
    const member = Array.isArray(value) ? value[Number(token)] : value[token];
    const twin = Array.isArray(other) ? other[Number(token)] : isObject(other) ? other[token] : undefined;
    if (member !== undefined) return stableParts(member, twin, `${path}[${JSON.stringify(token)}]`, rest, parts);
  }
  if (Array.isArray(value)) {
    if (!Array.isArray(other) || other.length !== value.length) return;
    parts.push(`${path}.length === ${value.length}`);
    value.forEach((item, index) => stableParts(item, other[index], `${path}[${index}]`, [], parts));
    for (let index = 1; index < value.length; index++) orderOf(value, other, index, path, parts);
  } else if (isObject(value)) {
    if (!isObject(other)) return;
    const names = Object.keys(value).toSorted();
    if (names.join() !== Object.keys(other).toSorted().join()) return;
    parts.push(`Object.keys(${path}).sort().join() === ${JSON.stringify(names.join())}`);
    for (const name of Object.keys(value))
      stableParts(value[name] ?? null, other[name], `${path}[${JSON.stringify(name)}]`, [], parts);
  } else if (other !== undefined && value === other && !isTimely(value))
    parts.push(`${path} === ${JSON.stringify(value)}`);
  else if (typeof value === typeof other) parts.push(`typeof ${path} === "${typeof value}"`);
}

/** How two neighbours in a list compare, member by member, where that was the same in both runs. */
function orderOf(value: JsonValue[], other: JsonValue[], index: number, path: string, parts: string[]): void {
  const [a, b, c, d] = [value[index - 1], value[index], other[index - 1], other[index]];
  if (!isObject(a) || !isObject(b) || !isObject(c) || !isObject(d)) return;
  for (const [name, left] of Object.entries(a)) {
    const right = b[name];
    if (typeof left !== 'number' || typeof right !== 'number') continue;
    const order = Math.sign(left - right);
    if (order !== Math.sign(Number(c[name]) - Number(d[name]))) continue;
    const sign = order < 0 ? '<' : order > 0 ? '>' : '===';
    const member = `[${JSON.stringify(name)}]`;
    parts.push(`${path}[${index - 1}]${member} ${sign} ${path}[${index}]${member}`);
  }
}

function pathOf(url: string): string {
  return (URL.parse(url)?.pathname ?? '').replace(/\/+$/, '');
}
