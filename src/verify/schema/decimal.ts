/** Exact decimal arithmetic on the shortest decimal form of a double, which is what JSON texts show. */

interface Decimal {
  digits: bigint;
  /** value = digits × 10^-scale */
  scale: number;
}

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
}

/** Whether value is an integer multiple of divisor, exactly: 0.07 is a multiple of 0.01 (validation §6.2.1). */
export function isMultiple(value: number, divisor: number): boolean {
  if (Number.isInteger(divisor) && Number.isSafeInteger(value)) return value % divisor === 0;
  if (!Number.isFinite(value)) return false;
  const [a, b] = align(decimalOf(value), decimalOf(divisor));
  return b !== 0n && a % b === 0n;
}

/** count × step, exact in decimal before it is rounded to a double; NaN for a count that no double holds. */
export function times(count: number, step: number): number {
  if (Number.isInteger(step) && Number.isSafeInteger(count * step)) return count * step;
  if (!Number.isFinite(count)) return Number.NaN;
  const { digits, scale } = decimalOf(step);
  return toNumber(BigInt(Math.trunc(count)) * digits, scale);
}

/** The least common multiple; null where it is too large to be useful. */
export function commonMultiple(a: number, b: number): number | null {
  const [x, y, scale] = align(decimalOf(a), decimalOf(b));
  if (x === 0n || y === 0n) return null;
  let [u, v] = [x, y];
  while (v !== 0n) [u, v] = [v, u % v];
  const result = toNumber((x / u) * y, scale);
  return Number.isFinite(result) ? result : null;
}

function toNumber(digits: bigint, scale: number): number {
  return Number(`${digits}e${-scale}`);
}
