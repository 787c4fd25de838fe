/** Values are right by the word of a judge that shares no code with what made them. */
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../../src/events/index.ts';
import type { JsonValue } from '../../../src/events/index.ts';
import type { Dialect } from '../../../src/spec/model.ts';
import { jsonSchema, SchemaRefused, tryJsonSchema } from '../../../src/verify/arbitrary.ts';
import { sample } from '../../../src/verify/sample.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { openSchemas } from '../../../src/verify/schema/open.ts';
import { judged, judgeOf } from './oracle.ts';
import { DRAFTS, groupsOf, hasSuite, missingSuite, remotesOf } from './suite.ts';
import type { Group } from './suite.ts';

const SMALLEST = { '2020-12': 300, '2019-09': 300, 'draft-07': 230, 'draft-04': 140 };

function sampleOf(schema: JsonValue, dialect: Dialect, documents: Record<string, JsonValue>): JsonValue[] {
  const result = sample(openSchemas(schema, { dialect, documents }), '#', 'any', {
    count: 20,
    seed: 1,
    negative: false,
  });
  return result.kind === 'values' ? [...result.values] : [];
}

function has(values: JsonValue[], value: JsonValue): boolean {
  return values.some((each) => isDeepStrictEqual(each, value));
}

/** Values of all kinds, the suite's own for the group, and every part of its schema. */
function poolOf({ schema, tests }: Group): JsonValue[] {
  const pool: JsonValue[] = [
    null,
    true,
    false,
    0,
    1,
    -1,
    2.5,
    1e6,
    '',
    'a',
    'foo',
    'a longer text',
    [],
    ['foo'],
    [1],
    {},
  ];
  pool.push({ foo: 1 }, { bar: 'a' }, { extra: null }, [[]], [{}], [null, null]);
  for (const { data } of tests) pool.push(data);
  const walk = (part: JsonValue): void => {
    pool.push(part);
    if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) walk(inner);
  };
  walk(schema);
  for (const part of pool.slice()) {
    pool.push([part], { foo: part });
    if (isObject(part)) pool.push({ ...part, another: 1 });
  }
  return pool;
}

describe('generate', () => {
  for (const dialect of DRAFTS) {
    it.skipIf(!hasSuite)(`draws valid values for ${dialect}${hasSuite ? '' : `: ${missingSuite}`}`, () => {
      const documents = remotesOf(dialect);
      const set = judged(groupsOf(dialect), dialect, documents);
      expect(set.length).toBeGreaterThan(SMALLEST[dialect as keyof typeof SMALLEST]);
      const wrong: string[] = [];
      const monotonous: string[] = [];
      for (const { group, judge } of set) {
        const name = `${group.file} ${group.description}`;
        const made = createSchemas(group.schema, { dialect, documents }).generator('#', 'any');
        const values = made.kind === 'generator' ? fc.sample(made.arbitrary, { numRuns: 20, seed: 42 }) : [];
        const sampled = sampleOf(group.schema, dialect, documents);
        if (values.length < 20 || !values.every(judge) || !sampled.every(judge)) wrong.push(name);
        for (const drawn of [values, sampled]) {
          const distinct = new Set(drawn.map((value) => JSON.stringify(value)));
          // Fewer than five are in order only where no pool of values holds one more that the judge takes.
          const more = distinct.size < 5 && poolOf(group).find((value) => judge(value) && !has(drawn, value));
          if (more !== false && more !== undefined) monotonous.push(`${name} ${JSON.stringify(more)}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(monotonous).toEqual([]);
    });
  }

  const SCHEMAS: Record<string, JsonValue> = {
    'a pattern within lengths': { type: 'string', pattern: '^(?:ab|c)+$', minLength: 5, maxLength: 7 },
    'a password': { type: 'string', pattern: '^(?=.*[A-Z])(?=.*\\d)(?=.*[!@#]).{8,}$', maxLength: 12 },
    'patterns together': { type: 'string', allOf: [{ pattern: '^[a-z]' }, { pattern: '[0-9]$' }], minLength: 4 },
    'a format within lengths': { type: 'string', format: 'email', minLength: 12, maxLength: 30 },
    decimals: { type: 'number', multipleOf: 0.01, exclusiveMinimum: 0, maximum: 5 },
    'a narrow range': { type: 'number', minimum: 0.1, maximum: 0.1001 },
    'unique items of few kinds': { type: 'array', items: { enum: [1, 2, 3, 4] }, uniqueItems: true, minItems: 3 },
    'contains with bounds': {
      type: 'array',
      items: { type: 'integer' },
      contains: { minimum: 9 },
      minContains: 2,
      maxContains: 3,
    },
    'closed by unevaluatedProperties': {
      type: 'object',
      allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }],
      anyOf: [{ properties: { b: { type: 'integer' } }, required: ['b'] }, { properties: { c: { type: 'null' } } }],
      unevaluatedProperties: false,
    },
    dependents: {
      type: 'object',
      properties: { card: { type: 'string' }, address: { type: 'string' } },
      dependentRequired: { card: ['address'] },
      dependentSchemas: { address: { required: ['zip'], properties: { zip: { pattern: '^[0-9]{5}$' } } } },
    },
    'a condition': {
      type: 'object',
      required: ['kind'],
      properties: { kind: { enum: ['a', 'b'] }, n: { type: 'integer' } },
      if: { properties: { kind: { const: 'a' } } },
      then: { required: ['n'] },
      else: { not: { required: ['n'] } },
    },
    'overlapping alternatives': {
      oneOf: [
        { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] },
        { type: 'object', properties: { y: { type: 'string' } }, required: ['y'] },
        { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'string' } }, required: ['x', 'y'] },
      ],
    },
    'named properties': {
      type: 'object',
      propertyNames: { pattern: '^[a-z]{3}$' },
      minProperties: 3,
      additionalProperties: { type: 'integer' },
    },
    'patterned properties': {
      type: 'object',
      patternProperties: { '^s_': { type: 'string' }, _n$: { minLength: 2 } },
      additionalProperties: false,
      minProperties: 2,
    },
    'a tree': {
      $defs: {
        node: {
          type: 'object',
          required: ['v'],
          properties: {
            v: { type: 'integer' },
            next: { $ref: '#/$defs/node' },
            all: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
        },
      },
      $ref: '#/$defs/node',
    },
    negations: {
      type: ['string', 'integer', 'boolean'],
      not: { anyOf: [{ type: 'string', minLength: 3 }, { type: 'integer', minimum: 10 }, { const: true }] },
    },
    formats: {
      type: 'array',
      prefixItems: [
        'date',
        'date-time',
        'time',
        'duration',
        'uuid',
        'uri',
        'uri-reference',
        'hostname',
        'ipv4',
        'ipv6',
        'json-pointer',
        'relative-json-pointer',
        'uri-template',
        'regex',
        'email',
        'byte',
      ].map((format) => ({ type: 'string', format })),
      items: false,
      minItems: 16,
    },
  };

  for (const [name, schema] of Object.entries(SCHEMAS)) {
    it(`draws, bounds and shrinks only valid values: ${name}`, () => {
      const judge = judgeOf(schema, '2020-12', {}, true);
      const made = tryJsonSchema(schema, { dialect: '2020-12' });
      if (!judge || made.kind !== 'generator') throw new Error(`no generator: ${JSON.stringify(made)}`);
      const values = fc.sample(made.arbitrary, { numRuns: 200, seed: 11 });
      expect(values.filter((value) => !judge(value))).toEqual([]);
      expect(new Set(values.map((value) => JSON.stringify(value))).size).toBeGreaterThan(4);
      expect(made.boundaries.filter((value) => !judge(value))).toEqual([]);
      expect(made.rejected).toBeLessThan(20);
      // Every step of a long shrink stays valid.
      const seen: JsonValue[] = [];
      fc.check(
        fc.property(made.arbitrary, (value) => (seen.push(value), false)),
        { seed: 3, numRuns: 1 },
      );
      expect(seen.filter((value) => !judge(value))).toEqual([]);
    });
  }

  it('shrinks to the smallest readable counterexample', () => {
    const order = jsonSchema({
      type: 'object',
      required: ['sku', 'quantity'],
      properties: {
        sku: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4}$' },
        quantity: { type: 'integer', minimum: 1, maximum: 99 },
        note: { type: 'string' },
        lines: { type: 'array', items: { type: 'integer' } },
      },
    });
    const holds = (value: JsonValue): boolean =>
      !(typeof value === 'object' && value !== null && !Array.isArray(value) && Number(value['quantity']) > 41);
    const result = fc.check(fc.property(order, holds), { seed: 5, numRuns: 500 });
    const [found] = result.counterexample ?? [];
    expect(found).toEqual({ sku: expect.stringMatching(/^[A-Z]{3}-[0-9]{4}$/), quantity: 42 });
  });

  it('gives the same values for the same seed', () => {
    const schema = { type: 'array', items: { type: 'string', format: 'uuid' }, minItems: 2 };
    const draw = (): JsonValue[] => fc.sample(jsonSchema(schema), { numRuns: 20, seed: 9 });
    expect(draw()).toEqual(draw());
  });

  it('never draws a lone surrogate or a null character unasked', () => {
    const values = fc.sample(jsonSchema({ type: 'string' }), { numRuns: 3_000, seed: 1 });
    const texts = values.filter((value) => typeof value === 'string');
    expect(texts.filter((text) => !text.isWellFormed() || text.includes('\u0000'))).toEqual([]);
    expect(texts.some((text) => /[^ -~]/u.test(text))).toBe(true);
    expect(texts.some((text) => text === '')).toBe(true);
  });

  it('mixes in literals where they fit', () => {
    const arbitrary = jsonSchema({ type: 'string', maxLength: 8 }, { literals: ['GOLDEN', 'much too long for it', 7] });
    const values = fc.sample(arbitrary, { numRuns: 300, seed: 2 });
    expect(values.filter((value) => value === 'GOLDEN').length).toBeGreaterThan(10);
    expect(values).not.toContain('much too long for it');
  });

  it('throws a typed refusal from the library', () => {
    expect(() => jsonSchema({ type: 'string', minLength: 5, maxLength: 4 })).toThrow(SchemaRefused);
  });
});
