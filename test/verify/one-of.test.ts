import fc, { type Arbitrary } from 'fast-check';
import { expect, it } from 'vitest';
import { oneOf } from '../../src/verify/cases/one-of.ts';
import { drawValue } from '../../src/verify/draw.ts';

const make = (most: number): Arbitrary<number[]> => fc.array(fc.nat(most), { maxLength: 4 });
const items = [1, 9, 300];

/** The value drawn, and the values along its first shrinks. */
function path(arbitrary: Arbitrary<number[]>, index: number): number[][] {
  let { value, context } = drawValue(arbitrary, 7, 'one', index);
  const values = [value];
  for (let step = 0; step < 20; step++) {
    const next = arbitrary.shrink(value, context).getNthOrLast(0);
    if (next === null) break;
    ({ value, context } = next);
    values.push(value);
  }
  return values;
}

it('draws and shrinks as fast-check does where all are made beforehand, so that a seed keeps its cases', () => {
  const all = fc.oneof(...items.map(make));
  const indexes = Array.from({ length: 60 }, (_, index) => index);
  expect(indexes.map((index) => path(oneOf(items, make), index))).toEqual(indexes.map((index) => path(all, index)));
});

it('makes only what is drawn, as a large contract has hundreds of thousands', () => {
  let made = 0;
  const counting = oneOf(
    Array.from({ length: 100_000 }, () => 5),
    (most) => {
      made++;
      return make(most);
    },
  );
  for (let index = 0; index < 10; index++) drawValue(counting, 7, 'one', index);
  expect(made).toBe(10);
});
