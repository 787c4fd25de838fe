import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random as FastCheckRandom } from 'fast-check';
import type { JsonValue } from '../../events/json.ts';
import { copy } from './equal.ts';
import { Refused } from './refused.ts';
import { burden, simpler } from './shrink.ts';
import { drawOrModel } from './source.ts';
import type { Counts, Source } from './source.ts';

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
    return new Value(drawOrModel(this.#source, this.#counts, seed), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is JsonValue {
    return isJson(value) && accepted(this.#source, value);
  }

  override shrink(value: JsonValue, context: unknown): Stream<Value<JsonValue>> {
    return new Stream(steps(value, this.#source, typeof context === 'number' ? context : 0));
  }
}

/**
 * Simpler values that the source accepts. What came before `from` was in vain for the value that this one was made of,
 * and comes last: without that, a text of a thousand characters is looked through from its beginning for each of them.
 */
function* steps(value: JsonValue, source: Source, from: number): IterableIterator<Value<JsonValue>> {
  const before = burden(value);
  const { model } = source;
  const seen = new Set<string>();
  for (const [first, end] of [[from, Infinity] as const, [0, from] as const]) {
    let index = 0;
    for (const next of candidates(value, model)) {
      if (index >= end) break;
      if (index++ < first || burden(next) >= before) continue;
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      if (accepted(source, next)) yield new Value(copy(next), index - 1);
    }
  }
}

function* candidates(value: JsonValue, model: JsonValue): IterableIterator<JsonValue> {
  yield model;
  yield* simpler(value, model);
}

function accepted(source: Source, value: JsonValue): boolean {
  try {
    return source.accepts(value);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.values(value).every(isJson);
}
