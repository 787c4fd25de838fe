/**
 * CEL as rules see it: the standard language; arithmetic between ints and doubles, because JSON has only one kind of
 * number; the Kubernetes list library (`sum`, `min`, `max`, `isSorted`, `indexOf`) and `distinct`.
 */
import { Environment } from '@marcbachmann/cel-js';
import { linearRegex } from '../text/linear-regex.ts';

/** Name under which the linear-time `matches` is registered; the standard one backtracks and cannot be replaced. */
export const LINEAR_MATCHES = 'matchesInLinearTime';

/** The one environment; it is never extended after this file has run. */
export const environment = makeEnvironment();

type Numeric = bigint | number;

function makeEnvironment(): Environment {
  const made = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 5000, maxDepth: 100 },
  });
  for (const [left, right] of [
    ['int', 'double'],
    ['double', 'int'],
  ]) {
    made.registerOperator(`${left} + ${right}`, (a: Numeric, b: Numeric) => Number(a) + Number(b));
    made.registerOperator(`${left} - ${right}`, (a: Numeric, b: Numeric) => Number(a) - Number(b));
    made.registerOperator(`${left} * ${right}`, (a: Numeric, b: Numeric) => Number(a) * Number(b));
    made.registerOperator(`${left} / ${right}`, (a: Numeric, b: Numeric) => Number(a) / Number(b));
  }
  made.registerFunction('list.sum(): dyn', sum);
  made.registerFunction('list.min(): dyn', (list: unknown[]) => extreme(list, 'min', -1));
  made.registerFunction('list.max(): dyn', (list: unknown[]) => extreme(list, 'max', 1));
  made.registerFunction('list.isSorted(): bool', (list: unknown[]) =>
    list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0),
  );
  made.registerFunction('list.indexOf(dyn): int', (list: unknown[], wanted: unknown) => {
    const key = identity(wanted);
    return BigInt(list.findIndex((item) => identity(item) === key));
  });
  made.registerFunction('list.distinct(): list', (list: unknown[]) =>
    [...new Map(list.toReversed().map((item) => [identity(item), item])).values()].toReversed(),
  );
  made.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) => {
    const regex = linearRegex(pattern);
    if (regex.kind === 'refused') throw new Error(`pattern ${JSON.stringify(pattern)} is refused: ${regex.reason}`);
    return regex.test(text);
  });
  return made;
}

const MAX_INT = 2n ** 63n - 1n;

/** 0 for an empty list; int while all items are ints, else double. */
function sum(list: unknown[]): Numeric {
  let ints = 0n;
  let doubles = 0;
  let isDouble = false;
  for (const item of list) {
    if (typeof item === 'bigint') ints += item;
    else if (typeof item === 'number') {
      doubles += item;
      isDouble = true;
    } else throw new Error('sum() needs a list of numbers');
  }
  if (isDouble) return Number(ints) + doubles;
  if (ints > MAX_INT || ints < -MAX_INT - 1n) throw new Error('sum() overflows an int');
  return ints;
}

function extreme(list: unknown[], name: string, sign: 1 | -1): unknown {
  if (list.length === 0) throw new Error(`${name}() of an empty list`);
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

/** Order of numbers (across int and double), texts and truth values; anything else has none. */
function compare(a: unknown, b: unknown): number {
  const comparable =
    (isNumeric(a) && isNumeric(b)) ||
    (typeof a === 'string' && typeof b === 'string') ||
    (typeof a === 'boolean' && typeof b === 'boolean');
  if (!comparable) throw new Error('values of these types have no order');
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** A text that is equal exactly for equal values, whatever the order of members; ints equal doubles. */
function identity(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNumeric(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(identity).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries
    .map(([key, item]) => `${JSON.stringify(String(key))}:${identity(item)}`)
    .sort()
    .join(',')}}`;
}
