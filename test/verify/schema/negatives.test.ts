/** Each negative breaks exactly the clause that it names, by the word of an independent judge, after each shrink too. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonValue, valueAt } from '../../../src/events/index.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { openSchemas } from '../../../src/verify/schema/open.ts';
import { drawAt } from '../../../src/verify/schema/source.ts';
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
  it('has the most telling violations at hand, which chance seldom finds', () => {
    const list = createSchemas(ORDER, { dialect: '2020-12' }).negatives('#', 'any');
    const told = list.flatMap(({ clause, instancePath, arbitrary, faces }) => {
      const [drawn = null] = fc.sample(arbitrary, { numRuns: 1, seed: 3 });
      const values = faces.map((face) => face(drawn)).map((one) => one && valueAt(one, instancePath));
      return values.length === 0 ? [] : [[`${clause} at ${instancePath}`, values] as const];
    });
    expect(Object.fromEntries(told)).toEqual({
      '#/properties/id/format at /id': [
        '',
        'not-a-uuid',
        '1234',
        '00000000-0000-0000-0000-00000000000g',
        '00000000-0000-4000-8000-0000000000000',
        '000000000-0000-4000-8000-000000000000',
      ],
      '#/properties/state/enum at /state': ['OPEN', 'Open', 'open ', 'ope', 'PAID', 'Paid', 'paid ', 'pai'],
      '#/properties/code/minLength at /code': [expect.stringMatching(/^[A-Z]$/)],
      '#/properties/code/maxLength at /code': [expect.stringMatching(/^[A-Z]{5}$/)],
      '#/properties/code/pattern at /code': expect.arrayContaining([expect.stringMatching(/^[a-z]{2,4}$/)]),
      '#/properties/lines/minItems at /lines': [[]],
      '#/properties/lines/maxItems at /lines': [
        expect.toSatisfy((lines) => Array.isArray(lines) && lines.length === 4),
      ],
      '#/$defs/money/minimum at /lines/0/price': [-1],
      '#/properties/contact/oneOf/0/format at /contact': ['', '@', 'not-an-email', 'a@', 'a b@c d'],
      '#/properties/contact/oneOf/1/minimum at /contact': [999],
    });
  });

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

  it('breaks one keyword by the word of ajv too', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(ORDER as object);
    for (const { arbitrary, clause, instancePath } of createSchemas(ORDER, { dialect: '2020-12' }).negatives(
      '#',
      'any',
    )) {
      for (const value of fc.sample(arbitrary, { numRuns: 5, seed: 2 })) {
        expect(validate(value)).toBe(false);
        // `oneOf` fails along with a keyword of its branches.
        const inside = clause.includes('oneOf');
        const others = (validate.errors ?? []).filter(
          (error) => error.schemaPath !== clause && !(inside && error.schemaPath.includes('oneOf')),
        );
        expect(others).toEqual([]);
        expect(validate.errors?.[0]?.instancePath).toBe(instancePath);
      }
    }
  });

  it('reaches conditions, dependents, tuples, patterned names, closed ends and counted items', () => {
    const schema = {
      type: 'object',
      properties: {
        kind: { enum: ['a', 'b'] },
        list: { type: 'array', contains: { const: 1 }, minContains: 2, maxContains: 3 },
        pair: { type: 'array', prefixItems: [{ type: 'integer' }, { minLength: 2 }], items: false },
      },
      patternProperties: { '^x-': { type: 'string' } },
      if: { properties: { kind: { const: 'a' } }, required: ['kind'] },
      then: { properties: { n: { maximum: 5 } } },
      dependentSchemas: { card: { required: ['zip'] } },
      dependentRequired: { zip: ['town'] },
      unevaluatedProperties: { type: 'boolean' },
    };
    const clauses = createSchemas(schema, { dialect: '2020-12' })
      .negatives('#', 'any')
      .map(({ clause, instancePath }) => `${clause} at ${instancePath || '/'}`);
    expect(clauses).toEqual(
      expect.arrayContaining([
        '#/properties/list/minContains at /list',
        '#/properties/list/maxContains at /list',
        '#/properties/pair/prefixItems/0/type at /pair/0',
        '#/properties/pair/prefixItems/1/minLength at /pair/1',
        '#/properties/pair/items at /pair/2',
        '#/then/properties/n/maximum at /n',
        '#/dependentSchemas/card/required at /',
        '#/dependentRequired at /',
        '#/unevaluatedProperties/type at /unforeseen',
      ]),
    );
    expect(clauses.some((clause) => clause.startsWith('#/patternProperties/^x-/type at /x-'))).toBe(true);
  });

  it('says which keywords no value breaks alone, and why', () => {
    const schema = {
      type: 'object',
      minProperties: 0,
      properties: { a: { enum: ['x', 'y'], maxLength: 3, type: 'string' } },
    };
    expect(createSchemas(schema, { dialect: '2020-12' }).unbreakable('#', 'any')).toEqual([
      { keyword: 'minProperties', clause: '#/minProperties', reason: 'no value breaks it while its siblings hold' },
      {
        keyword: 'maxLength',
        clause: '#/properties/a/maxLength',
        reason: 'no value breaks it while its siblings hold',
      },
      { keyword: 'type', clause: '#/properties/a/type', reason: 'no value breaks it while its siblings hold' },
    ]);
  });

  // A service that forgot one of them is shown by what lacks that one alone: an empty object lacks the others, too.
  it('leaves out one required member at a time', () => {
    const schema = { type: 'object', required: ['a', 'b', 'c'], properties: { a: { type: 'integer' } } };
    const list = createSchemas(schema, { dialect: '2020-12' }).negatives('#', 'any');
    const lacking = list
      .filter(({ keyword }) => keyword === 'required')
      .map(({ arbitrary }) =>
        fc.sample(arbitrary, { seed: 3, numRuns: 20 }).map((value) =>
          Object.keys(Object(value))
            .filter((key) => /^[abc]$/.test(key))
            .sort()
            .join(''),
        ),
      );
    expect(lacking.map((drawn) => [...new Set(drawn)])).toEqual([['bc'], ['ac'], ['ab']]);
  });

  // A service that forgot an anchor takes what an arbitrary text never shows.
  it('breaks a pattern by a hair too', () => {
    const schema = { type: 'string', pattern: '^[A-Z]{2,3}-\\d{2}$', maxLength: 7 };
    const list = createSchemas(schema, { dialect: '2020-12' }).negatives('#', 'any');
    const drawn = list
      .filter(({ keyword }) => keyword === 'pattern')
      .flatMap(({ arbitrary }) => fc.sample(arbitrary, { seed: 3, numRuns: 60 }));
    for (const value of drawn) expect(value).not.toMatch(/^[A-Z]{2,3}-\d{2}$/);
    for (const forgetful of [
      /^[A-Z]{2,3}-\d{2}/,
      /[A-Z]{2,3}-\d{2}$/,
      /^[A-Z]{2,3}-\d+$/,
      /^[A-Z]{2,3}-\d{2}$/i,
      /^[A-Z]{2,3}-\d{2}$/m,
    ])
      expect(drawn.some((value) => forgetful.test(String(value)))).toBe(true);
  });

  for (const dialect of ['draft-07', '2020-12'] as const) {
    it.skipIf(!hasSuite)(`is refused by ajv on all of ${dialect}${hasSuite ? '' : `: ${missingSuite}`}`, () => {
      const documents = remotesOf(dialect);
      let count = 0;
      const accepted: string[] = [];
      const unbroken: string[] = [];
      for (const { group, judge } of judged(groupsOf(dialect), dialect, documents)) {
        const { negatives } = openSchemas(group.schema, { dialect, documents }).broken('#', 'any');
        // Where the suite knows an invalid value, so do we.
        if (negatives.length === 0 && group.tests.some(({ valid }) => !valid)) unbroken.push(group.description);
        for (const { source, counts, keyword, clause } of negatives) {
          // The judge does not assert formats here.
          if (keyword === 'format') continue;
          for (const index of [0, 1]) {
            count++;
            const value = drawAt(source, counts, 6, index);
            if (judge(value)) accepted.push(`${group.description} ${clause} ${JSON.stringify(value)}`);
          }
        }
      }
      expect(count).toBeGreaterThan(1_000);
      expect(accepted).toEqual([]);
      expect(unbroken).toEqual([]);
    });
  }
});
