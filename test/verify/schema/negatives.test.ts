/** Each negative breaks exactly the clause that it names, by the word of an independent judge, after each shrink too. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/events/index.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { judged, judgeOf } from './oracle.ts';
import { groupsOf, hasSuite, missingSuite, remotesOf } from './suite.ts';

const ORDER: JsonValue = {
  $defs: { money: { type: 'number', minimum: 0, multipleOf: 0.01 } },
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', format: 'uuid' },
    state: { enum: ['open', 'paid'] },
    code: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[A-Z]+$' },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { type: 'object', required: ['price'], properties: { price: { $ref: '#/$defs/money' } } },
    },
    contact: {
      oneOf: [
        { type: 'string', format: 'email' },
        { type: 'integer', minimum: 1000 },
      ],
    },
  },
};

describe('negatives', () => {
  it('breaks every keyword of every place once', () => {
    const list = createSchemas(ORDER, { dialect: '2020-12' }).negatives('#', 'any');
    const names = list.map(({ clause, instancePath }) => `${clause} at ${instancePath || '/'}`);
    expect([...new Set(names)].sort()).toEqual(
      [
        '#/type at /',
        '#/required at /',
        '#/additionalProperties at /',
        '#/properties/id/type at /id',
        '#/properties/id/format at /id',
        '#/properties/state/enum at /state',
        '#/properties/code/type at /code',
        '#/properties/code/minLength at /code',
        '#/properties/code/maxLength at /code',
        '#/properties/code/pattern at /code',
        '#/properties/lines/type at /lines',
        '#/properties/lines/minItems at /lines',
        '#/properties/lines/maxItems at /lines',
        '#/properties/lines/uniqueItems at /lines',
        '#/properties/lines/items/type at /lines/0',
        '#/properties/lines/items/required at /lines/0',
        '#/$defs/money/type at /lines/0/price',
        '#/$defs/money/minimum at /lines/0/price',
        '#/$defs/money/multipleOf at /lines/0/price',
        '#/properties/contact/oneOf at /contact',
        '#/properties/contact/oneOf/0/type at /contact',
        '#/properties/contact/oneOf/0/format at /contact',
        '#/properties/contact/oneOf/1/type at /contact',
        '#/properties/contact/oneOf/1/minimum at /contact',
      ].sort(),
    );
  });

  it('breaks nothing else, and still does after every shrink', () => {
    const schemas = createSchemas(ORDER, { dialect: '2020-12' });
    const judge = judgeOf(ORDER, '2020-12', {}, true);
    if (!judge) throw new Error('ajv cannot compile the schema');
    for (const { arbitrary, clause } of schemas.negatives('#', 'any')) {
      const seen: JsonValue[] = [];
      fc.check(
        fc.property(arbitrary, (value) => (seen.push(value), seen.length < 4)),
        { seed: 8, numRuns: 6 },
      );
      expect(seen.length).toBeGreaterThan(3);
      for (const value of seen) {
        expect(judge(JSON.parse(JSON.stringify(value)))).toBe(false);
        const others = schemas.validate('#', value, 'any').filter((error) => error.clause !== clause);
        expect(others.filter((error) => !clause.startsWith(error.clause))).toEqual([]);
      }
    }
  });

  it('comes in the same order with the same values', () => {
    const list = (): JsonValue[] =>
      createSchemas(ORDER, { dialect: '2020-12' })
        .negatives('#', 'any')
        .map(({ arbitrary, clause }) => [clause, fc.sample(arbitrary, { numRuns: 1, seed: 4 })[0] ?? null]);
    expect(list()).toEqual(list());
  });

  it.skipIf(!hasSuite)(`is refused by ajv on the whole suite${hasSuite ? '' : `: ${missingSuite}`}`, () => {
    const documents = remotesOf('2020-12');
    let count = 0;
    const accepted: string[] = [];
    for (const { group, judge } of judged(groupsOf('2020-12'), '2020-12', documents)) {
      const schemas = createSchemas(group.schema, { dialect: '2020-12', documents });
      for (const { arbitrary, keyword, clause } of schemas.negatives('#', 'any').slice(0, 25)) {
        // The judge does not assert formats here.
        if (keyword === 'format') continue;
        for (const value of fc.sample(arbitrary, { numRuns: 3, seed: 6 })) {
          count++;
          if (judge(value)) accepted.push(`${group.description} ${clause} ${JSON.stringify(value)}`);
        }
      }
    }
    expect(count).toBeGreaterThan(1_000);
    expect(accepted).toEqual([]);
  });
});
