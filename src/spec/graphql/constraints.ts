/** Constraint directives as JSON Schema keywords, each with the directive argument that says it. */
import { at, isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import type { GraphContract } from './contract.ts';

/** JSON Schema keywords of one part. */
export interface Constraints {
  /** Keywords on a single value. */
  value: JsonObject;
  /** Keywords on the list, where the part is one. */
  list: JsonObject;
  /** Pointer of the directive argument by keyword. */
  clauses: Record<string, string>;
  /** Arguments that cannot be expressed, each with its pointer. */
  refused: { pointer: string; reason: string }[];
}

/** `[directive, argument]` to the keyword; `exclusiveMin` and such are those of graphql-constraint-directive. */
const KEYWORDS: Readonly<Record<string, string>> = {
  'constraint minLength': 'minLength',
  'constraint maxLength': 'maxLength',
  'constraint pattern': 'pattern',
  'constraint format': 'format',
  'constraint min': 'minimum',
  'constraint max': 'maximum',
  'constraint exclusiveMin': 'exclusiveMinimum',
  'constraint exclusiveMax': 'exclusiveMaximum',
  'constraint multipleOf': 'multipleOf',
  'constraint minItems': 'minItems',
  'constraint maxItems': 'maxItems',
  'constraint uniqueItems': 'uniqueItems',
  'length min': 'minLength',
  'length max': 'maxLength',
  'range min': 'minimum',
  'range max': 'maximum',
  'pattern regexp': 'pattern',
  'pattern pattern': 'pattern',
  'min value': 'minimum',
  'max value': 'maximum',
  'minLength value': 'minLength',
  'maxLength value': 'maxLength',
  'minItems value': 'minItems',
  'maxItems value': 'maxItems',
  'format value': 'format',
  'format name': 'format',
  'multipleOf value': 'multipleOf',
};

/** Texts in a fixed place, as a pattern. */
const TEXTS: Readonly<Record<string, (text: string) => string>> = {
  startsWith: (text) => `^${escaped(text)}`,
  endsWith: (text) => `${escaped(text)}$`,
  contains: (text) => escaped(text),
};

const ON_LISTS = new Set(['minItems', 'maxItems', 'uniqueItems']);
const DIRECTIVES = [
  'constraint',
  'length',
  'range',
  'pattern',
  'min',
  'max',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'format',
  'multipleOf',
];

/** Names that graphql-constraint-directive gives to formats of JSON Schema. */
const FORMATS: Readonly<Record<string, string>> = { byte: 'byte', 'date-time': 'date-time', uri: 'uri' };

/** The constraints that stand on a part: an argument, an input field, a field or a scalar. */
export function constraintsOf(contract: GraphContract, pointer: string): Constraints {
  const found: Constraints = { value: {}, list: {}, clauses: {}, refused: [] };
  for (const directive of DIRECTIVES)
    for (const applied of contract.applied(pointer, directive))
      for (const [name, value] of Object.entries(applied.args))
        add(found, directive, name, value, at(applied.pointer, name));
  return found;
}

function add(found: Constraints, directive: string, name: string, value: JsonValue, pointer: string): void {
  const keyword = KEYWORDS[`${directive} ${name}`];
  const asPattern = directive === 'constraint' && typeof value === 'string' ? TEXTS[name] : undefined;
  if (name === 'uniqueTypeName') return;
  if (asPattern !== undefined && typeof value === 'string') set(found, 'pattern', asPattern(value), pointer);
  else if (keyword === undefined) found.refused.push({ pointer, reason: `the constraint ${name} is not supported` });
  else if (keyword === 'format' && typeof value === 'string') set(found, keyword, FORMATS[value] ?? value, pointer);
  else set(found, keyword, value, pointer);
}

function set(found: Constraints, keyword: string, value: JsonValue, pointer: string): void {
  const target = ON_LISTS.has(keyword) ? found.list : found.value;
  if (Object.hasOwn(target, keyword))
    found.refused.push({ pointer, reason: `two constraints say ${keyword}, of which one is not checked` });
  else {
    target[keyword] = value;
    found.clauses[keyword] = pointer;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** The schema that a scalar's own directives give it; undefined where they say nothing. */
export function scalarSchemaOf(contract: GraphContract, name: string): JsonObject | undefined {
  const pointer = at('#', name);
  const written = contract.applied(pointer, 'scalarSchema')[0]?.args['schema'];
  if (isObject(written)) return written;
  const { value } = constraintsOf(contract, pointer);
  const keywords = Object.keys(value);
  if (keywords.length === 0) return undefined;
  const numeric = keywords.some((keyword) => /imum$|multipleOf/i.test(keyword));
  return { type: numeric ? 'number' : 'string', ...value };
}
