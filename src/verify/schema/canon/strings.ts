import { at } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import { contentOf } from '../content.ts';
import { formatTest } from '../format/check-format.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { INTEGER, NUMBER, STRING } from '../types.ts';
import { atLeast, atMost } from './numbers.ts';
import type { Demand, Family, Place, State } from './state.ts';
import { allow, childLiteral } from './state.ts';

const RANGES: Record<string, number> = { int32: 2 ** 31, int64: 2 ** 63 };

function patternOf(value: JsonValue, place: Place): Pattern {
  return compilePattern(String(value), at(place.node.pointer, 'pattern'));
}

function onlyIntegers(state: State): void {
  const { shape } = state;
  shape.types &= ~(NUMBER & ~INTEGER);
  if (shape.types === 0) state.dead = true;
}

/** Said once, by the first of its keywords. */
function content(word: 'contentEncoding' | 'contentMediaType'): Demand {
  return (_value, place, { shape }) => {
    if (word === 'contentEncoding' && Object.hasOwn(place.schema, 'contentMediaType')) return;
    const found = contentOf(place.node);
    if (found === undefined) return;
    const literal = found.hasSchema ? childLiteral(place, 'contentSchema') : undefined;
    shape.string.contents.push({ content: found, literal });
  };
}

export const strings: Family = {
  demand: {
    contentEncoding: content('contentEncoding'),
    contentMediaType: content('contentMediaType'),
    minLength: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.string.min = Math.max(shape.string.min, Math.ceil(value));
    },
    maxLength: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.string.max = Math.min(shape.string.max, Math.floor(value));
    },
    pattern: (value, place, { shape }) => {
      shape.string.patterns.push(patternOf(value, place));
    },
    format: (value, _place, state) => {
      if (typeof value !== 'string') return;
      const limit = Object.hasOwn(RANGES, value) ? RANGES[value] : undefined;
      if (limit !== undefined) {
        atLeast(state.shape, -limit, false);
        atMost(state.shape, limit, true);
        onlyIntegers(state);
      } else if (formatTest(value)) state.shape.string.formats.push(value);
    },
  },
  deny: {
    minLength: (value) => [
      (state) => {
        allow(state, STRING);
        if (typeof value === 'number') state.shape.string.max = Math.min(state.shape.string.max, Math.ceil(value) - 1);
      },
    ],
    maxLength: (value) => [
      (state) => {
        allow(state, STRING);
        if (typeof value === 'number') state.shape.string.min = Math.max(state.shape.string.min, Math.floor(value) + 1);
      },
    ],
    pattern: (value, place) => [
      (state) => {
        allow(state, STRING);
        state.shape.string.notPatterns.push(patternOf(value, place));
      },
    ],
    format: (value) => {
      if (typeof value !== 'string') return [];
      if (!formatTest(value)) return [];
      return [
        (state) => {
          allow(state, STRING);
          state.shape.string.notFormats.push(value);
        },
      ];
    },
  },
};
