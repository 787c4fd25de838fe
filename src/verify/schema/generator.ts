import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random as FastCheckRandom } from 'fast-check';
import type { JsonValue } from '../../events/index.ts';
import { copy } from './equal.ts';
import { burden, simpler } from './shrink.ts';

/** What an arbitrary of JSON values is made of. */
export interface Source {
  /** The same seed gives the same value; undefined where that seed led nowhere. */
  draw(seed: number): JsonValue | undefined;
  /** Whether a value may be given out, when drawn and after every shrink. */
  accepts(value: JsonValue): boolean;
  /** A value that is given out when drawing fails. */
  fallback: JsonValue;
  /** The simplest value known, which shrinking steers towards. */
  model: JsonValue;
}

export interface Counts {
  drawn: number;
  rejected: number;
}

const TRIES = 30;

/** An arbitrary that draws by construction, guards each value, and shrinks only to values that the guard accepts. */
export class JsonArbitrary extends Arbitrary<JsonValue> {
  readonly #source: Source;
  readonly #counts: Counts;

  constructor(source: Source, counts: Counts) {
    super();
    this.#source = source;
    this.#counts = counts;
  }

  override generate(random: FastCheckRandom, _biasFactor: number | undefined): Value<JsonValue> {
    const seed = random.nextInt(-2147483648, 2147483647);
    return new Value(drawAccepted(this.#source, this.#counts, seed) ?? copy(this.#source.fallback), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is JsonValue {
    return isJson(value) && this.#source.accepts(value);
  }

  override shrink(value: JsonValue, _context: unknown): Stream<Value<JsonValue>> {
    return new Stream(steps(value, this.#source));
  }
}

/** A value that the source draws and accepts; undefined where none came in a bounded number of tries. */
export function drawAccepted(
  source: Pick<Source, 'draw' | 'accepts'>,
  counts: Counts,
  seed: number,
): JsonValue | undefined {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const value = source.draw((seed + Math.imul(attempt, 0x9e3779b1)) | 0);
    counts.drawn++;
    if (value !== undefined && source.accepts(value)) return value;
    counts.rejected++;
  }
  return undefined;
}

function* steps(value: JsonValue, source: Source): IterableIterator<Value<JsonValue>> {
  const before = burden(value);
  const seen = new Set<string>();
  for (const next of [source.model, ...simpler(value, source.model)]) {
    if (burden(next) >= before) continue;
    const key = JSON.stringify(next);
    if (seen.has(key)) continue;
    seen.add(key);
    if (source.accepts(next)) yield new Value(copy(next), undefined);
  }
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.values(value).every(isJson);
}
