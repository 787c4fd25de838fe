/** Conditions of workflows (Arazzo 1.0.1 §4.6.11): simple ones, regular expressions and JSONPath queries. */
import { Script } from 'node:vm';
import { query } from 'json-p3';
import { isObject, type JsonValue } from '../../events/index.ts';
import type { Criterion } from '../../spec/arazzo/workflow.ts';
import { equalJson } from '../equal-json.ts';
import { type Scope, valueOf } from './expression.ts';

export type Truth = { kind: 'truth'; value: boolean } | { kind: 'unreadable'; message: string };

const REGEX_MS = 200;

/** Whether a condition holds. */
export function holds(criterion: Criterion, scope: Scope): Truth {
  if (criterion.type === 'simple') return simple(criterion.condition, scope);
  const context = valueOf(criterion.context ?? '', scope);
  if (context === undefined) return { kind: 'truth', value: false };
  return criterion.type === 'regex' ? matches(criterion.condition, context) : selects(criterion.condition, context);
}

function matches(pattern: string, context: JsonValue): Truth {
  const text = typeof context === 'string' ? context : JSON.stringify(context);
  try {
    // A pattern may take for ever; the clock of the script stops it.
    const script = new Script(`new RegExp(${JSON.stringify(pattern)}).test(${JSON.stringify(text)})`);
    return { kind: 'truth', value: script.runInThisContext({ timeout: REGEX_MS }) === true };
  } catch (error) {
    return { kind: 'unreadable', message: `the pattern ${pattern}: ${messageOf(error)}` };
  }
}

function selects(path: string, context: JsonValue): Truth {
  try {
    return { kind: 'truth', value: !query(path, context).empty() };
  } catch (error) {
    return { kind: 'unreadable', message: `the JSONPath ${path}: ${messageOf(error)}` };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Token = { kind: 'value'; value: JsonValue | undefined } | { kind: 'sign'; sign: string };

const TOKEN =
  /\s*(?:(\$[A-Za-z]+(?:\.[\w-]+)*(?:#[^\s()=!<>&|[\]]*)?)|('(?:[^']|'')*')|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)\b|(==|!=|<=|>=|&&|\|\||[<>!()[\]])|(\.[\w-]+))/y;

function simple(condition: string, scope: Scope): Truth {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < condition.trimEnd().length; end = TOKEN.lastIndex) {
    TOKEN.lastIndex = end;
    const found = TOKEN.exec(condition);
    if (found === null)
      return { kind: 'unreadable', message: `the condition ${condition} is not readable at ${end + 1}` };
    const [, expression, text, number, word, sign, member] = found;
    if (expression !== undefined) tokens.push({ kind: 'value', value: valueOf(expression, scope) });
    else if (text !== undefined) tokens.push({ kind: 'value', value: text.slice(1, -1).replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'value', value: Number(number) });
    else if (word !== undefined) tokens.push({ kind: 'value', value: word === 'null' ? null : word === 'true' });
    else tokens.push({ kind: 'sign', sign: sign ?? member ?? '' });
  }
  const reader = new Reader(tokens);
  const value = reader.either();
  if (!reader.atEnd) return { kind: 'unreadable', message: `the condition ${condition} is not complete` };
  return { kind: 'truth', value: isTrue(value) };
}

function isTrue(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** Reads a condition from left to right; what is missing reads as nothing. */
class Reader {
  private readonly tokens: Token[];
  private next = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  get atEnd(): boolean {
    return this.tokens.length > 0 && this.next === this.tokens.length;
  }

  either(): JsonValue | undefined {
    let value = this.both();
    while (this.takes('||')) {
      const other = this.both();
      value = isTrue(value) || isTrue(other);
    }
    return value;
  }

  private both(): JsonValue | undefined {
    let value = this.comparison();
    while (this.takes('&&')) {
      const other = this.comparison();
      value = isTrue(value) && isTrue(other);
    }
    return value;
  }

  private comparison(): JsonValue | undefined {
    const left = this.unary();
    for (const sign of ['==', '!=', '<=', '>=', '<', '>'])
      if (this.takes(sign)) return compared(sign, left, this.unary());
    return left;
  }

  private unary(): JsonValue | undefined {
    if (this.takes('!')) return !isTrue(this.unary());
    if (this.takes('(')) {
      const value = this.either();
      this.takes(')');
      return this.inside(value);
    }
    const token = this.tokens[this.next];
    if (token?.kind !== 'value') return undefined;
    this.next++;
    return this.inside(token.value);
  }

  /** Members of a value: `[0]` and `.name`. */
  private inside(value: JsonValue | undefined): JsonValue | undefined {
    let inner = value;
    for (;;) {
      const token = this.tokens[this.next];
      if (token?.kind !== 'sign') return inner;
      if (token.sign === '[') {
        const index = this.tokens[this.next + 1];
        const key = index?.kind === 'value' ? index.value : undefined;
        this.next += 3;
        inner = Array.isArray(inner) && typeof key === 'number' ? inner[key] : memberOf(inner, String(key));
      } else if (token.sign.startsWith('.')) {
        this.next++;
        inner = memberOf(inner, token.sign.slice(1));
      } else return inner;
    }
  }

  private takes(sign: string): boolean {
    const token = this.tokens[this.next];
    if (token?.kind !== 'sign' || token.sign !== sign) return false;
    this.next++;
    return true;
  }
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Texts are compared without regard to case (Arazzo 1.0.1 §4.6.11.1). */
function compared(sign: string, left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (sign === '==') return a !== undefined && b !== undefined && equalJson(a, b);
  if (sign === '!=') return a === undefined || b === undefined || !equalJson(a, b);
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
  const order = a === b ? 0 : typeof b === 'number' || typeof b === 'string' ? (a < b ? -1 : 1) : 0;
  return sign === '<' ? order < 0 : sign === '<=' ? order <= 0 : sign === '>' ? order > 0 : order >= 0;
}

function plain(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
