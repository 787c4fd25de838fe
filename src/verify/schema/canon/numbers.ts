import { isObject } from '../../../events/json.ts';
import { NUMBER } from '../types.ts';
import type { Shape } from './shape.ts';
import type { Family, Place } from './state.ts';
import { allow } from './state.ts';

/** Raises the lower bound. */
export function atLeast(shape: Shape, limit: number, open: boolean): void {
  const { number } = shape;
  if (limit > number.low) [number.low, number.lowOpen] = [limit, open];
  else if (limit === number.low) number.lowOpen ||= open;
}

/** Lowers the upper bound. */
export function atMost(shape: Shape, limit: number, open: boolean): void {
  const { number } = shape;
  if (limit < number.high) [number.high, number.highOpen] = [limit, open];
  else if (limit === number.high) number.highOpen ||= open;
}

function strict(place: Place, name: string): boolean {
  return isObject(place.schema) && place.schema[name] === true;
}

export const numbers: Family = {
  demand: {
    minimum: (value, place, state) => {
      if (typeof value === 'number') atLeast(state.shape, value, strict(place, 'exclusiveMinimum'));
    },
    maximum: (value, place, state) => {
      if (typeof value === 'number') atMost(state.shape, value, strict(place, 'exclusiveMaximum'));
    },
    exclusiveMinimum: (value, _place, state) => {
      if (typeof value === 'number') atLeast(state.shape, value, true);
    },
    exclusiveMaximum: (value, _place, state) => {
      if (typeof value === 'number') atMost(state.shape, value, true);
    },
    multipleOf: (value, _place, state) => {
      if (typeof value === 'number') state.shape.number.multiples.push(value);
    },
  },
  deny: {
    minimum: (value, place) => [
      (state) => {
        allow(state, NUMBER);
        if (typeof value === 'number') atMost(state.shape, value, !strict(place, 'exclusiveMinimum'));
      },
    ],
    maximum: (value, place) => [
      (state) => {
        allow(state, NUMBER);
        if (typeof value === 'number') atLeast(state.shape, value, !strict(place, 'exclusiveMaximum'));
      },
    ],
    exclusiveMinimum: (value) =>
      typeof value !== 'number'
        ? []
        : [
            (state) => {
              allow(state, NUMBER);
              atMost(state.shape, value, false);
            },
          ],
    exclusiveMaximum: (value) =>
      typeof value !== 'number'
        ? []
        : [
            (state) => {
              allow(state, NUMBER);
              atLeast(state.shape, value, false);
            },
          ],
    multipleOf: (value) => [
      (state) => {
        allow(state, NUMBER);
        if (typeof value === 'number') state.shape.number.notMultiples.push(value);
      },
    ],
  },
};
