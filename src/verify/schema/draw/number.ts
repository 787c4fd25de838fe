import { commonMultiple, isMultiple, times } from '../decimal.ts';
import type { NumberBounds } from '../canon/shape.ts';
import type { Pen } from './pen.ts';
import type { Random } from './random.ts';

const SAFE = Number.MAX_SAFE_INTEGER;
/** Multiples counted from zero that even validators that divide doubles agree on. */
const COUNT = 2 ** 40;
const TRIES = 30;

/** A number within bounds; `integer` and `fraction` say which kinds will do. Undefined where none was found. */
export function drawNumber(bounds: NumberBounds, integer: boolean, fraction: boolean, pen: Pen): number | undefined {
  const common = stepOf(bounds);
  const step = common && integer && !fraction ? commonMultiple(common, 1) : common;
  if (step === null) return undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const value = candidate(bounds, integer, fraction, step, pen, attempt);
    if (value !== undefined && fits(value, bounds, integer, fraction) && agreeable(value, bounds, attempt)) {
      return value === 0 ? 0 : value;
    }
  }
  return undefined;
}

/** Whether a number keeps its bounds. */
export function fits(value: number, bounds: NumberBounds, integer: boolean, fraction: boolean): boolean {
  if (Number.isInteger(value) ? !integer : !fraction) return false;
  if (value < bounds.low || (value === bounds.low && bounds.lowOpen)) return false;
  if (value > bounds.high || (value === bounds.high && bounds.highOpen)) return false;
  return (
    bounds.multiples.every((each) => isMultiple(value, each)) &&
    !bounds.notMultiples.some((each) => isMultiple(value, each))
  );
}

// 0.07 / 0.01 is not whole in doubles, and many validators divide; a value that both agree on blames nobody wrongly.
function agreeable(value: number, { multiples, notMultiples }: NumberBounds, attempt: number): boolean {
  if (attempt > TRIES / 2) return true;
  return (
    multiples.every((each) => Number.isInteger(value / each)) &&
    !notMultiples.some((each) => Number.isInteger(value / each))
  );
}

/** The common step of all multiples; 0 for none, null where there is no usable one. */
function stepOf({ multiples }: NumberBounds): number | null {
  let step = 0;
  for (const each of multiples) {
    const next = step === 0 ? each : commonMultiple(step, each);
    if (next === null) return null;
    step = next;
  }
  return step;
}

/** The ends of a range of numbers and what lies next to them, where the range has ends. */
export function edges(bounds: NumberBounds, integer: boolean): number[] {
  const step = stepOf(bounds) ?? 0;
  const unit = step || (integer ? 1 : 0.5);
  const { low, high } = bounds;
  const found: number[] = [];
  if (Number.isFinite(low)) {
    const first = step ? times(Math.ceil(low / step), step) : integer ? Math.ceil(low) : low;
    found.push(first, first + unit);
  }
  if (Number.isFinite(high)) {
    const last = step ? times(Math.floor(high / step), step) : integer ? Math.floor(high) : high;
    found.push(last, last - unit);
  }
  found.push(0, unit, -unit);
  return found.filter((value) => Math.abs(value) <= SAFE);
}

function candidate(
  bounds: NumberBounds,
  integer: boolean,
  fraction: boolean,
  step: number,
  pen: Pen,
  attempt: number,
): number | undefined {
  const { random } = pen;
  if (pen.mode === 'small' && attempt < 8) {
    const list = edges(bounds, integer).toSorted((a, b) => Math.abs(a) - Math.abs(b));
    return list[attempt];
  }
  const fitting = (bounds.fitting ??= pen.literals.numbers.filter(
    (value) => value >= bounds.low && value <= bounds.high,
  ));
  if (fitting.length > 0 && random.chance(0.12)) return random.pick(fitting);
  if (attempt < 6 && random.chance(0.25)) return random.pick(edges(bounds, integer));
  const [low, high] = range(bounds, random);
  if (step) {
    const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
    return times(random.between(Math.max(first, Math.min(-COUNT, last)), Math.min(last, Math.max(COUNT, first))), step);
  }
  if (integer && (!fraction || random.chance(0.5))) return random.between(Math.ceil(low), Math.floor(high));
  const scale = 10 ** random.between(1, 3);
  const [first, last] = [Math.ceil(low * scale), Math.floor(high * scale)];
  const usable = last > first && Math.abs(first) < SAFE && Math.abs(last) < SAFE;
  if (usable && attempt < TRIES / 2) return random.between(first, last) / scale;
  return low + random.unit() * (high - low);
}

/** A finite stretch of the bounds, mostly small and near zero or near an end. */
function range({ low, high }: NumberBounds, random: Random): [number, number] {
  const spread = random.chance(0.75) ? 100 : random.chance(0.7) ? 10_000 : random.chance(0.7) ? 2 ** 31 - 1 : SAFE;
  if (low === -Infinity && high === Infinity) return [random.chance(0.3) ? -spread : 0, spread];
  if (low === -Infinity) return [Math.max(-Number.MAX_VALUE, Math.min(high, 0) - spread), high];
  if (high === Infinity) return [low, Math.min(Number.MAX_VALUE, Math.max(low, 0) + spread)];
  if (high - low <= spread * 2 || random.chance(0.3)) {
    return [Math.max(low, Math.min(-SAFE, high)), Math.min(high, Math.max(SAFE, low))];
  }
  if (low <= 0 && high >= 0) return [Math.max(low, random.chance(0.4) ? -spread : 0), Math.min(high, spread)];
  return random.chance(0.5) ? [low, low + spread] : [high - spread, high];
}
