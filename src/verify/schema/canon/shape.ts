/**
 * The canonical form: one conjunction of typed constraints. Constraints of a type apply to values of that type only,
 * so one shape may allow several types. Child schemas stay literals and are expanded when a child is drawn.
 */
import type { JsonValue } from '../../../events/json.ts';
import type { Content } from '../content.ts';
import { LIMITS } from '../limits.ts';
import type { DrawPattern } from '../pattern/draw-pattern.ts';
import { longest, shortest } from '../pattern/lengths.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { ANY, ARRAY, FRACTION, INTEGER, NUMBER, OBJECT, STRING } from '../types.ts';
import type { Goal, Literal } from './goal.ts';

export interface NumberBounds {
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
  multiples: number[];
  notMultiples: number[];
  /** The literals within the bounds, chosen when first drawn from. */
  fitting?: number[];
}

export interface StringBounds {
  min: number;
  max: number;
  patterns: Pattern[];
  notPatterns: Pattern[];
  formats: string[];
  notFormats: string[];
  /** What a text holds, and what the schema of that says. */
  contents: { content: Content; literal: Literal | undefined }[];
  /** One for each pattern, prepared when first drawn from. */
  draws?: DrawPattern[];
  /** The literals that keep the bounds, chosen when first drawn from. */
  fitting?: string[];
}

/** Items from one index on, up to another (exclusive), of which between min and max satisfy a literal. */
export interface Contained {
  literal: Literal;
  from: number;
  to: number;
  min: number;
  max: number;
}

/** What `unevaluatedItems` or `unevaluatedProperties` of one schema demands of members nobody else looked at. */
export interface Unseen {
  /** Null where only the other kind of member is watched. */
  literal: Literal | null;
  all: boolean;
  /** Items: how many leading ones were looked at. */
  prefix: number;
  /** Items: those that satisfy one of these count as looked at. */
  contains: Literal[];
  names: Set<string>;
  patterns: Pattern[];
}

export interface ArrayBounds {
  min: number;
  max: number;
  unique: boolean;
  /** Two items must be equal. */
  repeated: boolean;
  prefix: Literal[][];
  rest: { from: number; literal: Literal }[];
  contained: Contained[];
  unseen: Unseen[];
}

/** Properties outside the names and patterns given. */
export interface Additional {
  names: ReadonlySet<string>;
  patterns: readonly Pattern[];
  literal: Literal;
}

/** Some property must exist: one with a matching name, an additional one, or one whose name satisfies a literal. */
export type Some =
  | { kind: 'pattern'; pattern: Pattern; literal: Literal }
  | { kind: 'additional'; additional: Additional }
  | { kind: 'name'; literal: Literal };

export interface ObjectBounds {
  min: number;
  max: number;
  required: Set<string>;
  forbidden: Set<string>;
  properties: Map<string, Literal[]>;
  patterns: { pattern: Pattern; literal: Literal }[];
  additional: Additional[];
  names: Literal[];
  some: Some[];
  dependents: Map<string, string[]>;
  unseen: Unseen[];
  /** True where unnamed properties are asked for, so that drawing them is no surprise to anyone. */
  invited: boolean;
}

/** What follows from a shape, worked out when it is first asked for. */
export interface Plan {
  properties: Map<string, Goal>;
  items: Map<string, Goal[]>;
  /** Index from which all items are alike. */
  alike: number;
}

export interface Shape {
  plan?: Plan;
  /** True where only properties that nobody wrote down can vary; found out when it is first drawn from. */
  poor?: boolean;
  /** Fewest levels of a value by composite type. */
  heights?: { array: number; object: number };
  types: number;
  /** The only values, where they are listed. */
  values: JsonValue[] | null;
  excluded: JsonValue[];
  number: NumberBounds;
  string: StringBounds;
  array: ArrayBounds;
  object: ObjectBounds;
}

export function newShape(): Shape {
  return {
    types: ANY,
    values: null,
    excluded: [],
    number: { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false, multiples: [], notMultiples: [] },
    string: { min: 0, max: Infinity, patterns: [], notPatterns: [], formats: [], notFormats: [], contents: [] },
    array: { min: 0, max: Infinity, unique: false, repeated: false, prefix: [], rest: [], contained: [], unseen: [] },
    object: {
      min: 0,
      max: Infinity,
      required: new Set(),
      forbidden: new Set(),
      properties: new Map(),
      patterns: [],
      additional: [],
      names: [],
      some: [],
      dependents: new Map(),
      unseen: [],
      invited: false,
    },
  };
}

export function copyShape(shape: Shape): Shape {
  const { number, string, array, object } = shape;
  return {
    types: shape.types,
    values: shape.values,
    excluded: [...shape.excluded],
    number: { ...number, multiples: [...number.multiples], notMultiples: [...number.notMultiples] },
    string: {
      ...string,
      patterns: [...string.patterns],
      notPatterns: [...string.notPatterns],
      formats: [...string.formats],
      notFormats: [...string.notFormats],
      contents: [...string.contents],
    },
    array: {
      ...array,
      prefix: array.prefix.map((list) => [...list]),
      rest: [...array.rest],
      contained: [...array.contained],
      unseen: array.unseen.map(copyUnseen),
    },
    object: {
      ...object,
      required: new Set(object.required),
      forbidden: new Set(object.forbidden),
      properties: new Map([...object.properties].map(([name, literals]) => [name, [...literals]])),
      patterns: [...object.patterns],
      additional: [...object.additional],
      names: [...object.names],
      some: [...object.some],
      dependents: new Map(object.dependents),
      unseen: object.unseen.map(copyUnseen),
    },
  };
}

function copyUnseen(unseen: Unseen): Unseen {
  return {
    ...unseen,
    contains: [...unseen.contains],
    names: new Set(unseen.names),
    patterns: [...unseen.patterns],
  };
}

/** Drops the types whose constraints contradict one another; says which limit was met, if one was. */
export function settle(shape: Shape): { keyword: string; reason: string } | null {
  const { number, string, array, object } = shape;
  if (number.low > number.high || (number.low === number.high && (number.lowOpen || number.highOpen))) {
    shape.types &= ~NUMBER;
  }
  if (number.multiples.some((each) => Number.isInteger(each))) shape.types &= ~FRACTION;
  if (shape.types & INTEGER && !hasInteger(number)) shape.types &= ~INTEGER;
  if (number.low === number.high && Number.isInteger(number.low)) shape.types &= ~FRACTION;
  if (number.notMultiples.some((each) => number.multiples.includes(each))) shape.types &= ~NUMBER;
  if (string.min > string.max || contradicts(string)) shape.types &= ~STRING;
  let limited: { keyword: string; reason: string } | null = null;
  if (shape.types & STRING && string.min > LIMITS.characters) {
    shape.types &= ~STRING;
    limited = { keyword: 'minLength', reason: `over ${LIMITS.characters} characters` };
  }
  if (array.repeated) array.min = Math.max(array.min, 2);
  if (array.min > array.max) shape.types &= ~ARRAY;
  if (shape.types & ARRAY && array.min > LIMITS.items) {
    shape.types &= ~ARRAY;
    limited = { keyword: 'minItems', reason: `over ${LIMITS.items} items` };
  }
  for (const name of object.required) if (object.forbidden.has(name)) shape.types &= ~OBJECT;
  if (object.min > object.max || object.required.size > object.max) shape.types &= ~OBJECT;
  if (shape.types & OBJECT && object.min > LIMITS.items) {
    shape.types &= ~OBJECT;
    limited = { keyword: 'minProperties', reason: `over ${LIMITS.items} properties` };
  }
  if (shape.types & OBJECT && object.required.size > LIMITS.items) {
    shape.types &= ~OBJECT;
    limited = { keyword: 'required', reason: `over ${LIMITS.items} properties` };
  }
  return limited;
}

function contradicts({ min, max, patterns, notPatterns, formats, notFormats }: StringBounds): boolean {
  if (patterns.some(({ parsed }) => shortest(parsed.part) > max || longest(parsed.part) < min)) return true;
  return (
    notFormats.some((format) => formats.includes(format)) || notPatterns.some((pattern) => patterns.includes(pattern))
  );
}

function hasInteger({ low, lowOpen, high, highOpen }: NumberBounds): boolean {
  const first = Number.isInteger(low) && lowOpen ? low + 1 : Math.ceil(low);
  const last = Number.isInteger(high) && highOpen ? high - 1 : Math.floor(high);
  return first <= last;
}
