import type { JsonValue } from '../../../events/json.ts';
import { keyword } from '../node.ts';
import { ARRAY } from '../types.ts';
import type { Literal } from './goal.ts';
import type { Alternative, Demand, Denial, Family, Place, State } from './state.ts';
import { allow, childLiteral } from './state.ts';

function addPrefix(state: State, index: number, literal: Literal): void {
  const { prefix } = state.shape.array;
  while (prefix.length <= index) prefix.push([]);
  prefix[index]?.push(literal);
}

function seen(state: State, watchers: readonly number[], prefix: number): void {
  for (const watcher of watchers) {
    const unseen = state.shape.array.unseen[watcher];
    if (unseen) unseen.prefix = Math.max(unseen.prefix, prefix);
  }
}

function tuple(name: string): Demand {
  return (value, place, state) => {
    if (!Array.isArray(value)) return;
    value.forEach((_, index) => addPrefix(state, index, childLiteral(place, name, index)));
    seen(state, place.watchers, value.length);
  };
}

function rest(name: string, from: number, place: Place, state: State): void {
  const literal = childLiteral(place, name);
  seen(state, place.watchers, Infinity);
  if (literal.node.schema === false) state.shape.array.max = Math.min(state.shape.array.max, from);
  else if (literal.node.schema !== true) state.shape.array.rest.push({ from, literal });
}

/** Alternatives in which one item of a range violates a child schema. */
function someItem(place: Place, literal: Literal, from: number, to: number): Alternative[] {
  if (literal.node.schema === true) return [];
  return [
    (state) => {
      allow(state, ARRAY);
      state.shape.array.min = Math.max(state.shape.array.min, from + 1);
      if (to === from + 1) addPrefix(state, from, literal);
      else state.shape.array.contained.push({ literal, from, to, min: 1, max: Infinity });
    },
  ];
}

function denyTuple(name: string): Denial {
  return (value, place) => {
    if (!Array.isArray(value)) return [];
    return value.flatMap((_, index) => someItem(place, childLiteral(place, name, index, false), index, index + 1));
  };
}

function prefixSize(place: Place): number {
  const prefix = keyword(place.node, place.schema, 'prefixItems');
  return Array.isArray(prefix) ? prefix.length : 0;
}

function limit(value: JsonValue): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function containsBounds(place: Place): { min: number; max: number } {
  const min = limit(keyword(place.node, place.schema, 'minContains') ?? null) ?? 1;
  const max = limit(keyword(place.node, place.schema, 'maxContains') ?? null) ?? Infinity;
  return { min, max };
}

const contains: Demand = (_value, place, state) => {
  const literal = childLiteral(place, 'contains');
  const { min, max } = containsBounds(place);
  if (min > max) {
    allow(state, ~ARRAY);
    return;
  }
  const marks = !place.node.resource.features.ignored.has('prefixItems');
  if (marks) for (const watcher of place.watchers) state.shape.array.unseen[watcher]?.contains.push(literal);
  if (min === 0 && max === Infinity) return;
  state.shape.array.contained.push({ literal, from: 0, to: Infinity, min, max });
  state.shape.array.min = Math.max(state.shape.array.min, min);
};

const denyContains: Denial = (_value, place) => {
  const literal = childLiteral(place, 'contains');
  const { min, max } = containsBounds(place);
  const found: Alternative[] = [];
  if (min > 0) {
    found.push((state) => {
      allow(state, ARRAY);
      if (min === 1) state.shape.array.rest.push({ from: 0, literal: { ...literal, positive: false } });
      else state.shape.array.contained.push({ literal, from: 0, to: Infinity, min: 0, max: min - 1 });
    });
  }
  if (max !== Infinity) {
    found.push((state) => {
      allow(state, ARRAY);
      state.shape.array.contained.push({ literal, from: 0, to: Infinity, min: max + 1, max: Infinity });
      state.shape.array.min = Math.max(state.shape.array.min, max + 1);
    });
  }
  return found;
};

export const arrays: Family = {
  demand: {
    minItems: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.array.min = Math.max(shape.array.min, Math.ceil(value));
    },
    maxItems: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.array.max = Math.min(shape.array.max, Math.floor(value));
    },
    uniqueItems: (value, _place, { shape }) => {
      shape.array.unique ||= value === true;
    },
    prefixItems: tuple('prefixItems'),
    items: (value, place, state) => {
      if (Array.isArray(value)) tuple('items')(value, place, state);
      else rest('items', prefixSize(place), place, state);
    },
    additionalItems: (_value, place, state) => {
      const tupled = place.schema['items'];
      if (Array.isArray(tupled)) rest('additionalItems', tupled.length, place, state);
    },
    contains,
  },
  deny: {
    minItems: (value) => [
      (state) => {
        allow(state, ARRAY);
        state.shape.array.max = Math.min(state.shape.array.max, Number(value) - 1);
      },
    ],
    maxItems: (value) => [
      (state) => {
        allow(state, ARRAY);
        state.shape.array.min = Math.max(state.shape.array.min, Number(value) + 1);
      },
    ],
    uniqueItems: (value) =>
      value !== true
        ? []
        : [
            (state) => {
              allow(state, ARRAY);
              state.shape.array.repeated = true;
            },
          ],
    prefixItems: denyTuple('prefixItems'),
    items: (value, place) => {
      if (Array.isArray(value)) return denyTuple('items')(value, place);
      return someItem(place, childLiteral(place, 'items', undefined, false), prefixSize(place), Infinity);
    },
    additionalItems: (_value, place) => {
      const tupled = place.schema['items'];
      if (!Array.isArray(tupled)) return [];
      return someItem(place, childLiteral(place, 'additionalItems', undefined, false), tupled.length, Infinity);
    },
    contains: denyContains,
  },
};
