/**
 * Seeded draws. Case i of a property has a generator of its own, made of (seed, property, i), so that the order in
 * which cases run, and how many run at once, changes nothing.
 */
import fc, { type Arbitrary, type Value } from 'fast-check';

/** 32-bit FNV-1a over UTF-16 code units. */
export function hash32(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

/** The small fast counter generator of PractRand (sfc32), in the shape that fast-check asks for. */
class Sfc32 {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  clone(): Sfc32 {
    return new Sfc32(this.a, this.b, this.c, this.d);
  }

  next(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  getState(): readonly number[] {
    return [this.a, this.b, this.c, this.d];
  }
}

/** A fast-check random source for one (seed, name, index). */
export function randomFor(seed: number, name: string, index: number): fc.Random {
  const generator = new Sfc32(seed | 0, hash32(name, seed) | 0, hash32(`${name}#${index}`) | 0, 1);
  for (let round = 0; round < 12; round++) generator.next();
  return new fc.Random(generator);
}

/** Draw `index` of an arbitrary; the bias towards small and extreme values fades as in fast-check itself. */
export function drawValue<T>(arbitrary: Arbitrary<T>, seed: number, name: string, index: number): Value<T> {
  const bias = index % 2 === 0 ? 2 + Math.trunc(Math.log10(index + 1)) : undefined;
  return arbitrary.generate(randomFor(seed, name, index), bias);
}
