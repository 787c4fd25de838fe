/**
 * A failing case as a shell script of curl lines. Ids that the service gives out are captured, so that it works on a
 * fresh instance; it ends with status 1 where the failure shows and 0 where it does not.
 */
import { isObject, type JsonValue, tokensOf } from '../events/index.ts';
import type { Sent } from './execute.ts';
import { sourceValue, withValue } from './resolve.ts';
import type { Source } from './scenario.ts';
import { serialise } from './serialise.ts';

export interface ScriptOptions {
  title: string;
  expected: string;
  actual: string;
  baseUrl: string;
  /** Path part of the spec's servers. */
  basePath: string;
  sent: Sent[];
  /** Index in `sent` → a JavaScript expression over `status`, `headers` and `body` that is true where it fails. */
  shows: Map<number, string>;
}

/** Writes the script. */
export function scriptOf(options: ScriptOptions): string {
  const { sent, shows } = options;
  const captures = new Map<string, string>();
  const lines = [
    '#!/bin/sh',
    `# ${oneLine(options.title)}`,
    `# expected: ${oneLine(options.expected)}`,
    `# actual:   ${oneLine(options.actual)}`,
    '# Ends with 1 where the failure shows, with 0 where it does not.',
    `BASE="\${BASE:-${options.baseUrl}}"`,
  ];
  if ([...shows.values()].some((expression) => expression !== '')) lines.push(SEEN);
  const names = new Map<string, { name: string; value: JsonValue }>();
  sent.forEach((one) => {
    for (const { from } of one.bindings) {
      const key = keyOf(from);
      const value = sourceValue(from, stepAt(sent, from.step));
      if (value !== undefined && from.place !== 'input' && !names.has(key))
        names.set(key, { name: `id${names.size + 1}`, value });
    }
  });
  sent.forEach((one, index) => {
    const needed = [...names].filter(([key]) => sourceStep(key) === one.index);
    const keep = needed.length > 0 || shows.has(index);
    const curl = curlOf(options, one, names);
    lines.push('', `# ${oneLine(one.role)}: ${oneLine(one.operation.id)}`);
    lines.push(keep ? `answer${index}=$(${curl})` : `${curl} >/dev/null`);
    for (const [key, { name, value }] of needed) {
      captures.set(key, name);
      lines.push(`${name}=$(printf '%s' "$answer${index}" | node -e ${quoted(captureOf(key, typeof value))})`);
    }
    if (shows.has(index)) lines.push(`printf '%s\\n' "$answer${index}"`);
  });
  lines.push('');
  for (const [index, expression] of shows)
    if (expression !== '')
      lines.push(`printf '%s' "$answer${index}" | seen ${quoted(expression)} || { echo 'not reproduced'; exit 0; }`);
  lines.push("echo 'reproduced'", 'exit 1');
  return `${lines.join('\n')}\n`;
}

const SEEN = `seen() {
  node -e '
    const [, head, text] = /^([^]*?)\\r?\\n\\r?\\n([^]*)$/.exec(require("fs").readFileSync(0, "utf8")) ?? [];
    if (head === undefined) process.exit(1);
    const [first, ...rest] = head.split(/\\r?\\n/);
    const status = Number(first.split(" ")[1]);
    const headers = Object.fromEntries(rest.map((line) => [line.split(":")[0].toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
    let body = text;
    try { body = JSON.parse(text); } catch {}
    let shown = false;
    try { shown = eval(process.argv[1]); } catch {}
    process.exit(shown ? 0 : 1);' "$1"
}`;

function captureOf(key: string, type: string): string {
  const [, place = '', pointer = ''] = /^\d+ (\w+) (.*)$/s.exec(key) ?? [];
  const read = 'const answer = require("fs").readFileSync(0, "utf8"); ';
  const segment =
    'decodeURIComponent(/^location: *(\\S+)/im.exec(answer)[1].split(/[?#]/)[0].split("/").filter(Boolean).pop())';
  if (place === 'location') return `${read}process.stdout.write(${segment})`;
  if (place === 'header')
    return `${read}process.stdout.write(new RegExp("^" + ${JSON.stringify(pointer)} + ": *(.*?)\\\\r?$", "im").exec(answer)[1])`;
  const path = tokensOf(pointer)
    .map((token) => (/^[A-Za-z_$][\w$]*$/.test(token) ? `.${token}` : `[${JSON.stringify(token)}]`))
    .join('');
  const value = `JSON.parse(answer.slice(answer.search(/\\r?\\n\\r?\\n/)))${path}`;
  return `${read}process.stdout.write(${type === 'string' ? value : `String(${value})`})`;
}

function keyOf(source: Source): string {
  return `${source.step} ${source.place} ${source.pointer}`;
}

function sourceStep(key: string): number {
  return Number(key.split(' ')[0]);
}

function stepAt(sent: Sent[], index: number): Sent | undefined {
  return sent.find((one) => one.index === index);
}

/** One curl command; bound values are written as the variables that hold them. */
function curlOf(options: ScriptOptions, one: Sent, names: Map<string, { name: string; value: JsonValue }>): string {
  let input = one.input;
  const marks: { mark: string; name: string; value: JsonValue }[] = [];
  for (const binding of one.bindings) {
    const known = names.get(keyOf(binding.from));
    if (known === undefined || encodeURIComponent(String(known.value)) !== String(known.value)) continue;
    const mark = `PLUMB${marks.length}MARK`;
    marks.push({ mark, ...known });
    input = withValue(input, binding.into, mark);
  }
  const wire = serialise(options.basePath, one.operation, input, one.rawBody);
  const request = wire.kind === 'request' ? wire.request : one.request;
  const fill = (text: string, quote: (text: string) => string): string => {
    let filled = quote(text);
    for (const { mark, name, value } of marks) {
      const variable = quote === quoted ? `'"\${${name}}"'` : `\${${name}}`;
      if (typeof value === 'number') filled = filled.replaceAll(`"${mark}"`, variable);
      filled = filled.replaceAll(mark, variable);
    }
    return filled;
  };
  const parts = ['curl -gsSi'];
  if (request.method === 'HEAD') parts[0] = 'curl -gsSI';
  else if (request.method !== (request.body === undefined ? 'GET' : 'POST')) parts.push(`-X ${request.method}`);
  parts.push(`"$BASE${fill(request.path, inDoubleQuotes)}"`);
  for (const [name, value] of Object.entries(request.headers))
    if (name !== 'accept') parts.push(`-H ${fill(`${name}: ${value}`, quoted)}`);
  if (request.body !== undefined) parts.push(`--data-raw ${fill(String(request.body), quoted)}`);
  return parts.join(' ');
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
  if (one.answer.kind === 'fault') return '';
  const parts = [`status === ${one.answer.status}`];
  if (under === undefined) return parts.join(' && ');
  const other = again?.answer.kind === 'answer' ? again.answer.json : undefined;
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
  } else if (isObject(value)) {
    if (!isObject(other)) return;
    const names = Object.keys(value).toSorted();
    if (names.join() !== Object.keys(other).toSorted().join()) return;
    parts.push(`Object.keys(${path}).sort().join() === ${JSON.stringify(names.join())}`);
    for (const name of Object.keys(value))
      stableParts(value[name] ?? null, other[name], `${path}[${JSON.stringify(name)}]`, [], parts);
  } else if (other !== undefined && value === other && !timely(value))
    parts.push(`${path} === ${JSON.stringify(value)}`);
}

/** True for what looks like the present moment; such a value is the same in two runs only by chance. */
function timely(value: JsonValue): boolean {
  if (typeof value === 'string' && !/^\d{4}-\d\d-\d\dT/.test(value)) return false;
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
  return [ms, ms * 1000].some((time) => Math.abs(time - Date.now()) < 86_400_000);
}
