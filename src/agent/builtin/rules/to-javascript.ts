/** Compiles expressions to readable JavaScript; the functions it calls are in the emitted `expressions.js`. */
import { access, identifier, memberName, quote } from '../text.ts';
import { chainOf, namesIn, type Expression } from './expression.ts';

/** Code with the binding strength of its outermost operator, 20 for what never needs parentheses. */
interface Code {
  text: string;
  strength: number;
}

const STRENGTH: Record<string, number> = {
  '||': 3, '&&': 4, '==': 8, '!=': 8, '<': 9, '<=': 9, '>': 9, '>=': 9, '+': 11, '-': 11, '*': 12, '/': 12, '%': 12,
}; // prettier-ignore

const METHODS: Record<string, string> = {
  startsWith: 'startsWith', endsWith: 'endsWith', lowerAscii: 'toLowerCase', upperAscii: 'toUpperCase', trim: 'trim',
  split: 'split', substring: 'substring', lastIndexOf: 'lastIndexOf', getFullYear: 'getUTCFullYear',
  getMonth: 'getUTCMonth', getDate: 'getUTCDate', getDayOfWeek: 'getUTCDay', getHours: 'getUTCHours',
  getMinutes: 'getUTCMinutes', getSeconds: 'getUTCSeconds', getMilliseconds: 'getUTCMilliseconds',
}; // prettier-ignore

/** Methods that the emitted file has as functions of the receiver. */
const FUNCTIONS: Record<string, string> = {
  size: 'size', sum: 'sum', min: 'least', max: 'greatest', isSorted: 'isSorted', indexOf: 'indexOf', distinct: 'distinct',
  contains: 'contains', matches: 'matches', join: 'join',
}; // prettier-ignore

const CALLS: Record<string, string> = {
  size: 'size', int: 'toInt', uint: 'toInt', double: 'Number', string: 'String', timestamp: 'timeOf', duration: 'durationOf',
}; // prettier-ignore

/** Thrown for what has no counterpart in the emitted code; `compile` catches it. */
class Unsupported extends Error {}

export type Compiled = { kind: 'code'; code: string } | { kind: 'unsupported'; what: string };

/** The expression as JavaScript; free names stand as they are. */
export function compile(expression: Expression): Compiled {
  try {
    return { kind: 'code', code: codeOf(expression).text };
  } catch (error) {
    if (error instanceof Unsupported) return { kind: 'unsupported', what: error.message };
    throw error;
  }
}

/** Like {@link compile}, in parentheses where an operand of `&&` needs them. */
export function compileOperand(expression: Expression): Compiled {
  try {
    return { kind: 'code', code: within(codeOf(expression), 5) };
  } catch (error) {
    if (error instanceof Unsupported) return { kind: 'unsupported', what: error.message };
    throw error;
  }
}

function within(code: Code, least: number): string {
  return code.strength < least ? `(${code.text})` : code.text;
}

const plainCode = (text: string): Code => ({ text, strength: 20 });

function call(name: string, args: Expression[]): Code {
  return plainCode(`${name}(${args.map((arg) => codeOf(arg).text).join(', ')})`);
}

function codeOf(expression: Expression): Code {
  switch (expression.kind) {
    case 'literal':
      if (typeof expression.value === 'string') return plainCode(quote(expression.value));
      return {
        text: String(expression.value),
        strength: Object.is(expression.value, -0) || Number(expression.value) < 0 ? 14 : 20,
      };
    case 'name':
      return plainCode(identifier(expression.name));
    case 'member':
      return plainCode(`${receiver(expression.of)}${access(expression.name)}`);
    case 'index':
      return plainCode(`${receiver(expression.of)}[${codeOf(expression.at).text}]`);
    case 'call':
      return callCode(expression.name, expression.args);
    case 'method':
      return methodCode(expression.name, expression.of, expression.args);
    case 'each':
      return eachCode(expression);
    case 'bind': {
      const body = codeOf(expression.body).text;
      return plainCode(`((${identifier(expression.variable)}) => ${body})(${codeOf(expression.value).text})`);
    }
    case 'list':
      return plainCode(`[${expression.items.map((item) => codeOf(item).text).join(', ')}]`);
    case 'map':
      return plainCode(
        `({ ${expression.entries.map(([key, value]) => `${keyCode(key)}: ${codeOf(value).text}`).join(', ')} })`,
      );
    case 'not':
      return { text: `!${within(codeOf(expression.of), 14)}`, strength: 14 };
    case 'minus':
      return { text: `-${within(codeOf(expression.of), 15)}`, strength: 14 };
    case 'binary':
      return binaryCode(expression);
    case 'choice': {
      const test = within(codeOf(expression.test), 3);
      const yes = within(codeOf(expression.yes), 2);
      return { text: `${test} ? ${yes} : ${within(codeOf(expression.no), 2)}`, strength: 2 };
    }
  }
}

function receiver(expression: Expression): string {
  const code = codeOf(expression);
  return expression.kind === 'literal' && typeof expression.value === 'number' ? `(${code.text})` : within(code, 18);
}

function keyCode(key: Expression): string {
  return key.kind === 'literal' && typeof key.value === 'string' ? memberName(key.value) : `[${codeOf(key).text}]`;
}

function callCode(name: string, args: Expression[]): Code {
  const [first] = args;
  if (first === undefined) throw new Unsupported(`${name}()`);
  if (name === 'has') return { text: `${codeOf(first).text} !== undefined`, strength: 8 };
  if (name === 'dyn' || name === 'bool') return codeOf(first);
  const known = CALLS[name];
  if (known === undefined) throw new Unsupported(`${name}()`);
  return call(known, args);
}

function methodCode(name: string, of: Expression, args: Expression[]): Code {
  const known = FUNCTIONS[name];
  if (known !== undefined) return call(known, [of, ...args]);
  if (name === 'getDayOfMonth') return { text: `${receiver(of)}.getUTCDate() - 1`, strength: 11 };
  const native = METHODS[name];
  if (native === undefined || (native.startsWith('getUTC') && args.length > 0)) throw new Unsupported(`.${name}()`);
  return plainCode(`${receiver(of)}.${native}(${args.map((arg) => codeOf(arg).text).join(', ')})`);
}

const EACH = { all: 'every', exists: 'some', exists_one: 'filter', filter: 'filter', map: 'map' } as const;

function eachCode(expression: Extract<Expression, { kind: 'each' }>): Code {
  const same = expression.name === 'exists' ? sameAs(expression.body, expression.variable) : null;
  if (same !== null) return call('isIn', [same, expression.of]);
  const body = codeOf(expression.body);
  const text = body.text.startsWith('{') ? `(${body.text})` : body.text;
  const list = `${receiver(expression.of)}.${EACH[expression.name]}((${identifier(expression.variable)}) => ${text})`;
  return expression.name === 'exists_one' ? { text: `${list}.length === 1`, strength: 8 } : plainCode(list);
}

/** `x` for a predicate `variable == x`. */
function sameAs(body: Expression, variable: string): Expression | null {
  if (body.kind !== 'binary' || body.operator !== '==') return null;
  for (const [one, other] of [
    [body.left, body.right],
    [body.right, body.left],
  ] as const) {
    if (one.kind === 'name' && one.name === variable && !namesIn(other).includes(variable)) return other;
  }
  return null;
}

function binaryCode({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Code {
  if (operator === '==' || operator === '!=') return equality(operator, left, right);
  if (operator === 'in') {
    if (right.kind === 'list') return plainCode(`${codeOf(right).text}.includes(${codeOf(left).text})`);
    return call('isIn', [left, right]);
  }
  if (operator === '/') return call('divide', [left, right]);
  if ((operator === '+' || operator === '-') && (isTime(left) || isTime(right))) {
    return call(operator === '+' ? 'later' : 'between', [left, right]);
  }
  if (operator === '+' && (isListLike(left) || isListLike(right))) {
    return plainCode(`[...${codeOf(left).text}, ...${codeOf(right).text}]`);
  }
  const strength = STRENGTH[operator] ?? 0;
  const a = within(codeOf(left), strength);
  const b = within(codeOf(right), operator === '-' || operator === '%' ? strength + 1 : strength);
  return { text: `${a} ${operator} ${b}`, strength };
}

function equality(operator: '==' | '!=', left: Expression, right: Expression): Code {
  if (isScalar(left) || isScalar(right)) {
    return { text: `${within(codeOf(left), 9)} ${operator}= ${within(codeOf(right), 9)}`, strength: 8 };
  }
  const code = call('equal', [left, right]);
  return operator === '==' ? code : { text: `!${code.text}`, strength: 14 };
}

/** Values that `===` compares as CEL does. */
function isScalar(expression: Expression): boolean {
  if (expression.kind === 'literal' || expression.kind === 'minus' || expression.kind === 'not') return true;
  if (expression.kind === 'method')
    return ['size', 'sum', 'indexOf', 'lowerAscii', 'upperAscii', 'trim'].includes(expression.name);
  if (expression.kind === 'call') return ['size', 'int', 'string', 'double'].includes(expression.name);
  if (expression.kind === 'binary')
    return ['-', '*', '/', '%'].includes(expression.operator) && !isTime(expression.left);
  return chainOf(expression)?.[1] === 'path' || chainOf(expression)?.at(-1) === 'status';
}

function isListLike(expression: Expression): boolean {
  return (
    expression.kind === 'list' ||
    (expression.kind === 'each' && (expression.name === 'map' || expression.name === 'filter'))
  );
}

function isTime(expression: Expression): boolean {
  if (expression.kind === 'call') return expression.name === 'timestamp' || expression.name === 'duration';
  return expression.kind === 'binary' && (isTime(expression.left) || isTime(expression.right));
}
