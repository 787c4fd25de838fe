/** Hostile and contradictory schemas end in a value that says why, in bounded steps; nothing crashes or is fetched. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/events/index.ts';
import { negatives, tryJsonSchema } from '../../../src/verify/arbitrary.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';

function nest(levels: number, wrap: (inner: JsonValue) => JsonValue): JsonValue {
  let schema: JsonValue = { type: 'string' };
  for (let level = 0; level < levels; level++) schema = wrap(schema);
  return schema;
}

function doubling(levels: number, keyword: string): JsonValue {
  const $defs: Record<string, JsonValue> = { d0: { type: 'object' } };
  for (let level = 1; level <= levels; level++) {
    const below = { $ref: `#/$defs/d${level - 1}` };
    $defs[`d${level}`] = { [keyword]: [below, below] };
  }
  return { $defs, $ref: `#/$defs/d${levels}` };
}

function numbered<T>(make: (index: number) => T): T[] {
  return Array.from({ length: 10_000 }, (_, index) => make(index));
}

function verdict(schema: JsonValue): string {
  const made = tryJsonSchema(schema, { dialect: '2020-12' });
  expect(Array.isArray(negatives(schema, { dialect: '2020-12' }))).toBe(true);
  if (made.kind === 'refused') return `refused ${made.keyword}`;
  if (made.kind === 'generator') fc.sample(made.arbitrary, { numRuns: 3, seed: 1 });
  return made.kind;
}

describe('limits', () => {
  const CASES: [string, JsonValue, string][] = [
    ['a billion items', { type: 'array', minItems: 1e9 }, 'refused minItems'],
    [
      'thousands of thousands of items',
      nest(3, (items) => ({ type: 'array', minItems: 9000, items })),
      'refused minItems',
    ],
    ['a billion characters', { type: 'string', minLength: 1e9 }, 'refused minLength'],
    ['a hundred million properties', { type: 'object', minProperties: 1e8 }, 'refused minProperties'],
    [
      '10,000 required levels',
      nest(10_000, (a) => ({ type: 'object', required: ['a'], properties: { a } })),
      'refused $ref',
    ],
    ['10,000 optional levels', nest(10_000, (a) => ({ type: 'object', properties: { a } })), 'generator'],
    ['10,000 nested allOf', nest(10_000, (a) => ({ allOf: [a] })), 'refused $ref'],
    ['10,000 nested not', nest(10_000, (not) => ({ not })), 'refused $ref'],
    ['exponential allOf', doubling(40, 'allOf'), 'refused $ref'],
    ['exponential anyOf', doubling(40, 'anyOf'), 'generator'],
    ['a schema that is only itself', { $ref: '#' }, 'refused $ref'],
    [
      'a value that contains itself',
      { type: 'object', required: ['x'], properties: { x: { $ref: '#' } } },
      'unsatisfiable',
    ],
    ['bounds that cross', { type: 'integer', minimum: 3, maximum: 2 }, 'unsatisfiable'],
    ['no integer between', { type: 'integer', minimum: 0.2, maximum: 0.8 }, 'unsatisfiable'],
    ['types that exclude each other', { allOf: [{ type: 'string' }, { type: 'integer' }] }, 'unsatisfiable'],
    ['an enum of another type', { type: 'string', enum: [1, 2] }, 'unsatisfiable'],
    [
      'a required property that is false',
      { type: 'object', required: ['a'], properties: { a: false } },
      'unsatisfiable',
    ],
    ['alternatives that are the same', { oneOf: [{ type: 'string' }, { type: 'string' }] }, 'unsatisfiable'],
    [
      'three unique booleans',
      { type: 'array', items: { type: 'boolean' }, uniqueItems: true, minItems: 3 },
      'refused uniqueItems',
    ],
    [
      '10,000 alternatives',
      { oneOf: numbered((index) => ({ required: ['t'], properties: { t: { const: index } } })) },
      'generator',
    ],
    ['10,000 listed objects', { enum: numbered((index) => ({ index })) }, 'generator'],
    [
      '500 dependents in a row',
      {
        type: 'object',
        dependentSchemas: Object.fromEntries(
          numbered((index) => [`p${index}`, { required: [`p${index + 1}`] }] as const).slice(0, 500),
        ),
      },
      'generator',
    ],
    [
      'names that every object has',
      JSON.parse(
        '{"type": "object", "required": ["__proto__", "constructor", "toString"], "additionalProperties": false, ' +
          '"properties": {"__proto__": {"type": "integer"}, "constructor": {}, "toString": {"const": 1}}}',
      ),
      'generator',
    ],
    [
      'schemas that are only each other',
      { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { allOf: [{ $ref: '#' }] } } },
      'refused $ref',
    ],
    ['a file reference', { $ref: 'file:///etc/passwd' }, 'refused $ref'],
    ['no pattern', { pattern: '(' }, 'refused pattern'],
    ['no type', { type: 'text' }, 'refused type'],
    ['a remote reference', { $ref: 'https://example.com/schema.json' }, 'refused $ref'],
    ['a dangling reference', { $ref: '#/nowhere' }, 'refused $ref'],
    [
      'a dangling reference in an optional part',
      { type: 'object', properties: { a: { items: { $ref: '#/nowhere' } } } },
      'refused $ref',
    ],
    ['not a schema', 5, 'refused schema'],
    [
      'a catastrophic pattern',
      { type: 'string', pattern: '^(?:(?:[a-z0-9]+-?)+[a-z0-9]/)*x$', minLength: 12 },
      'generator',
    ],
  ];

  for (const [name, schema, expected] of CASES) {
    it(`${name}: ${expected}`, () => {
      expect(verdict(schema)).toBe(expected);
    });
  }

  it('refuses a metaschema that demands what is not known', () => {
    const meta = {
      $id: 'https://example.com/meta',
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $vocabulary: {
        'https://json-schema.org/draft/2020-12/vocab/core': true,
        'https://example.com/vocab/units': true,
      },
    };
    const schema = { $schema: 'https://example.com/meta', type: 'string' };
    expect(tryJsonSchema(schema, { documents: { 'https://example.com/meta': meta } })).toEqual({
      kind: 'refused',
      keyword: '$schema',
      pointer: '#/$schema',
      reason: 'its metaschema demands the vocabulary https://example.com/vocab/units',
    });
  });

  const CONFLICTS: [JsonValue, string][] = [
    [
      { type: 'integer', minimum: 3, maximum: 2, title: 'x' },
      'minimum at #/minimum and maximum at #/maximum contradict each other',
    ],
    [
      { $defs: { a: { type: 'string' } }, allOf: [{ $ref: '#/$defs/a' }, { minLength: 1 }], enum: [1, 2] },
      'type at #/$defs/a/type and enum at #/enum contradict each other',
    ],
    [
      { type: 'object', properties: { a: false, b: {} }, required: ['b', 'a'] },
      'properties at #/properties and required at #/required contradict each other',
    ],
    [{ oneOf: [{ type: 'string' }, { type: 'string' }] }, 'no value satisfies oneOf at #/oneOf'],
    [
      { type: 'object', required: ['a'], properties: { a: { type: 'string', const: 1 } } },
      '#/properties/a cannot be satisfied where it is demanded: type at #/properties/a/type and const at ' +
        '#/properties/a/const contradict each other',
    ],
    [
      {
        type: 'object',
        properties: { extra: {} },
        additionalProperties: false,
        allOf: [{ type: 'object', required: ['a'], properties: { a: { type: 'string' } } }],
      },
      '#/allOf/0/required demands "a", and #/additionalProperties forbids it: additionalProperties knows only the ' +
        'properties that stand beside it, none of allOf, anyOf, oneOf or $ref',
    ],
  ];

  it('names the keywords that contradict each other', () => {
    const reasons = CONFLICTS.map(([schema]) => {
      const made = tryJsonSchema(schema, { dialect: '2020-12' });
      return made.kind === 'unsatisfiable' ? made.reason : made.kind;
    });
    expect(reasons).toEqual(CONFLICTS.map(([, reason]) => reason));
  });

  it('says what is wrong and where', () => {
    expect(
      tryJsonSchema({ properties: { a: { type: 'array', minItems: 1e9 } }, required: ['a'], type: 'object' }),
    ).toEqual({
      kind: 'refused',
      keyword: 'minItems',
      pointer: '#/properties/a/minItems',
      reason: 'over 10000 items',
    });
  });

  // How long a match may take must not decide: a busy machine would see other values, and other verdicts.
  it('decides of a catastrophic pattern, however long the text', () => {
    const schemas = createSchemas({ pattern: '^(a+)+$' }, { dialect: '2020-12' });
    const judged = (text: string): string[] =>
      schemas
        .validate('#', text, 'any')
        .map(({ clause, unchecked }) => `${clause}${unchecked === true ? ' open' : ''}`);
    const long = 'a'.repeat(5_000);
    expect([judged(`${long}!`), judged(long)]).toEqual([['#/pattern'], []]);
  });

  it('says that it cannot tell where a pattern that looks back takes too long', () => {
    const schemas = createSchemas({ pattern: '^(a+)+\\1$' }, { dialect: '2020-12' });
    expect(schemas.validate('#', `${'a'.repeat(60)}!`, 'any')).toMatchObject([{ keyword: 'pattern', unchecked: true }]);
  });
});
