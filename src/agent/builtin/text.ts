/** Words and literals of the emitted code. */
import { isObject, type JsonValue } from '../../events/index.ts';

const RESERVED = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield undefined contract fit answer unknown list collection handlers switches query path fields exports module require process page schemas sum size equal least greatest matches contains indexOf isIn isSorted join distinct divide later between toInt timeOf durationOf define show defineItems keepItems setMember ensureEntry correctSum collections rules console Object Array String Number Math Date JSON'.split(
    ' ',
  ),
);

/** An identifier made of any text: `accruals:run` is `accrualsRun`. */
export function identifier(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  const safe = /^[A-Za-z]/.test(joined) ? joined : `the${upperFirst(joined)}`;
  return RESERVED.has(safe) ? `${safe}Of` : safe;
}

/** The first of `name`, `name2`, `name3` that is not taken; takes it. */
export function unused(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}${n}`;
  taken.add(free);
  return free;
}

/** One of a plural: `categories` is `category`. Good enough for a message. */
export function singular(word: string): string {
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y');
  if (/(ss|us|is)$/i.test(word)) return word;
  if (/(ches|shes|xes|sses)$/i.test(word)) return word.slice(0, -2);
  return word.replace(/s$/i, '');
}

export function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function lowerFirst(word: string): string {
  return /^[A-Z]+$/.test(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
}

/** A string literal in single quotes, safe whatever the text holds. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll(/[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escapeCode)}'`;
}

function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A member's name as it stands in an object literal. */
export function memberName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** `.name` or `['na-me']`. */
export function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
}

/** A JSON value as a JavaScript literal, broken over lines where it is wider than the page. */
export function literal(value: JsonValue, indent = 0, room = 120): string {
  const flat = inline(value);
  if (flat.length + indent <= room - 2) return flat;
  const pad = ' '.repeat(indent + 2);
  const end = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${pad}${literal(item, indent + 2, room)},\n`).join('')}${end}]`;
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([name, item]) => {
      const head = `${memberName(name)}: `;
      return `${pad}${head}${literal(item, indent + 2, room - head.length)},\n`;
    });
    return `{\n${members.join('')}${end}}`;
  }
  return flat;
}

function inline(value: JsonValue): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${memberName(name)}: ${inline(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Text that may stand behind `//`: one line, no control characters, at most 110 characters. */
export function comment(text: string): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > 110 ? `${line.slice(0, 109)}…` : line;
}
