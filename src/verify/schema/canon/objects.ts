import { at, isObject } from '../../../events/json.ts';
import type { JsonValue } from '../../../events/json.ts';
import { leftOut } from '../direction.ts';
import { keyword } from '../node.ts';
import { compilePattern } from '../pattern/pattern.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { OBJECT } from '../types.ts';
import type { Additional, Shape } from './shape.ts';
import type { Alternative, Demand, Denial, Family, Place, State } from './state.ts';
import { allow, childLiteral, require } from './state.ts';

function patternOf(place: Place, source: string): Pattern {
  return compilePattern(source, at(place.node.pointer, 'patternProperties', source), 'patternProperties');
}

function keys(place: Place, name: string): string[] {
  const value = keyword(place.node, place.schema, name);
  return isObject(value) ? Object.keys(value) : [];
}

function watched(state: State, place: Place, note: (unseen: Shape['object']['unseen'][number]) => void): void {
  for (const watcher of place.watchers) {
    const unseen = state.shape.object.unseen[watcher];
    if (unseen) note(unseen);
  }
}

function omitted(place: Place, name: string): boolean {
  const { registry, direction } = place.context;
  return direction !== 'any' && leftOut(registry, place.node, name, direction);
}

function additionalOf(place: Place, positive: boolean): Additional {
  return {
    names: new Set(keys(place, 'properties')),
    patterns: keys(place, 'patternProperties').map((source) => patternOf(place, source)),
    literal: childLiteral(place, 'additionalProperties', undefined, positive),
  };
}

const properties: Demand = (value, place, state) => {
  if (!isObject(value)) return;
  const { object } = state.shape;
  for (const name of Object.keys(value)) {
    watched(state, place, (unseen) => unseen.names.add(name));
    const literal = childLiteral(place, 'properties', name);
    if (literal.node.schema === false || omitted(place, name)) object.forbidden.add(name);
    const list = object.properties.get(name);
    if (list) list.push(literal);
    else object.properties.set(name, [literal]);
  }
};

function present(state: State, name: string): void {
  allow(state, OBJECT);
  state.shape.object.required.add(name);
}

const denyProperties: Denial = (value, place) => {
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((name): Alternative[] => {
    const literal = childLiteral(place, 'properties', name, false);
    if (literal.node.schema === true) return [];
    return [
      (state) => {
        present(state, name);
        const list = state.shape.object.properties.get(name);
        if (list) list.push(literal);
        else state.shape.object.properties.set(name, [literal]);
      },
    ];
  });
};

function entries(value: JsonValue): [string, JsonValue][] {
  return isObject(value) ? Object.entries(value) : [];
}

function names(list: JsonValue): string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}

function addDependent(state: State, name: string, others: string[]): void {
  const { dependents } = state.shape.object;
  dependents.set(name, [...(dependents.get(name) ?? []), ...others]);
}

function dependents(word: string): Demand {
  return (value, place, state) => {
    for (const [name, dependent] of entries(value)) {
      if (Array.isArray(dependent)) {
        addDependent(state, name, names(dependent));
        continue;
      }
      const literal = childLiteral(place, word, name);
      state.choices.push([
        (next) => {
          next.shape.object.forbidden.add(name);
          if (next.shape.object.required.has(name)) allow(next, ~OBJECT);
        },
        (next) => {
          present(next, name);
          require(next, literal, place.watchers);
        },
      ]);
    }
  };
}

function denyDependents(word: string): Denial {
  return (value, place) =>
    entries(value).flatMap(([name, dependent]): Alternative[] => {
      if (Array.isArray(dependent)) {
        return names(dependent).map((other) => (state) => {
          present(state, name);
          state.shape.object.forbidden.add(other);
        });
      }
      const literal = childLiteral(place, word, name, false);
      return [
        (state) => {
          present(state, name);
          require(state, literal, []);
        },
      ];
    });
}

export const objects: Family = {
  demand: {
    minProperties: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.object.min = Math.max(shape.object.min, Math.ceil(value));
    },
    maxProperties: (value, _place, { shape }) => {
      if (typeof value === 'number') shape.object.max = Math.min(shape.object.max, Math.floor(value));
    },
    required: (value, place, { shape }) => {
      for (const name of names(value)) if (!omitted(place, name)) shape.object.required.add(name);
    },
    properties,
    patternProperties: (_value, place, state) => {
      for (const source of keys(place, 'patternProperties')) {
        const pattern = patternOf(place, source);
        watched(state, place, (unseen) => unseen.patterns.push(pattern));
        state.shape.object.patterns.push({ pattern, literal: childLiteral(place, 'patternProperties', source) });
        state.shape.object.invited = true;
      }
    },
    additionalProperties: (value, place, state) => {
      watched(state, place, (unseen) => {
        unseen.all = true;
      });
      const additional = additionalOf(place, true);
      if (value !== false) state.shape.object.invited = true;
      if (additional.literal.node.schema !== true) state.shape.object.additional.push(additional);
    },
    propertyNames: (_value, place, { shape }) => {
      shape.object.names.push(childLiteral(place, 'propertyNames'));
      shape.object.invited = true;
    },
    dependentRequired: dependents('dependentRequired'),
    dependentSchemas: dependents('dependentSchemas'),
    dependencies: dependents('dependencies'),
  },
  deny: {
    minProperties: (value) => [
      (state) => {
        allow(state, OBJECT);
        state.shape.object.max = Math.min(state.shape.object.max, Number(value) - 1);
      },
    ],
    maxProperties: (value) => [
      (state) => {
        allow(state, OBJECT);
        state.shape.object.min = Math.max(state.shape.object.min, Number(value) + 1);
        state.shape.object.invited = true;
      },
    ],
    required: (value, place) =>
      names(value)
        .filter((name) => !omitted(place, name))
        .map((name) => (state) => {
          allow(state, OBJECT);
          state.shape.object.forbidden.add(name);
        }),
    properties: denyProperties,
    patternProperties: (_value, place) =>
      keys(place, 'patternProperties').flatMap((source): Alternative[] => {
        const literal = childLiteral(place, 'patternProperties', source, false);
        if (literal.node.schema === true) return [];
        const pattern = patternOf(place, source);
        return [
          (state) => {
            allow(state, OBJECT);
            state.shape.object.some.push({ kind: 'pattern', pattern, literal });
          },
        ];
      }),
    additionalProperties: (_value, place) => {
      const additional = additionalOf(place, false);
      if (additional.literal.node.schema === true) return [];
      return [
        (state) => {
          allow(state, OBJECT);
          state.shape.object.some.push({ kind: 'additional', additional });
        },
      ];
    },
    propertyNames: (_value, place) => [
      (state) => {
        allow(state, OBJECT);
        state.shape.object.some.push({ kind: 'name', literal: childLiteral(place, 'propertyNames', undefined, false) });
      },
    ],
    dependentRequired: denyDependents('dependentRequired'),
    dependentSchemas: denyDependents('dependentSchemas'),
    dependencies: denyDependents('dependencies'),
  },
};
