/** The validator is what every other promise rests on: it must reproduce the official verdicts. */
import { describe, expect, it } from 'vitest';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { DRAFTS, groupsOf, hasSuite, missingSuite, remotesOf } from './suite.ts';

describe('validate', () => {
  for (const dialect of DRAFTS) {
    it.skipIf(!hasSuite)(`reproduces the verdicts of ${dialect}${hasSuite ? '' : `: ${missingSuite}`}`, () => {
      const documents = remotesOf(dialect);
      const wrong: string[] = [];
      let count = 0;
      for (const group of groupsOf(dialect)) {
        // Formats are asserted here, which the required files do not want.
        if (group.file === 'format.json') continue;
        const schemas = createSchemas(group.schema, { dialect, documents });
        for (const test of group.tests) {
          count++;
          if ((schemas.validate('#', test.data, 'any').length === 0) !== test.valid) wrong.push(test.description);
        }
      }
      expect(count).toBeGreaterThan(550);
      expect(wrong).toEqual([]);
    });
  }

  it('names the clause in the document, through references, and the place in the value', () => {
    const schemas = createSchemas(
      {
        $defs: { age: { type: 'integer', maximum: 150 } },
        properties: { people: { items: { properties: { age: { $ref: '#/$defs/age' } }, required: ['age'] } } },
      },
      { dialect: '2020-12' },
    );
    const errors = schemas.validate('#', { people: [{ age: 200 }, {}] }, 'any');
    expect(errors.map(({ instancePath, clause, keyword }) => ({ instancePath, clause, keyword }))).toEqual([
      { instancePath: '/people/0/age', clause: '#/$defs/age/maximum', keyword: 'maximum' },
      { instancePath: '/people/1', clause: '#/properties/people/items/required', keyword: 'required' },
    ]);
  });

  it('is exact about decimals', () => {
    const schemas = createSchemas({ multipleOf: 0.01 }, { dialect: '2020-12' });
    expect([0.07, 1.1, 19.99, 0.075].map((value) => schemas.validate('#', value, 'any').length)).toEqual([0, 0, 0, 1]);
  });

  it('fails where it cannot decide: a dangling reference, a pattern that runs away', () => {
    const dangling = createSchemas({ $ref: '#/nowhere' }, { dialect: '2020-12' }).validate('#', 1, 'any');
    expect(dangling.map(({ keyword }) => keyword)).toEqual(['$ref']);
    const runaway = createSchemas({ pattern: '^(a+)+$' }, { dialect: '2020-12' });
    const errors = runaway.validate('#', `${'a'.repeat(60)}!`, 'any');
    expect(errors.map(({ keyword }) => keyword)).toEqual(['pattern']);
    expect(runaway.validate('#', 'aaa', 'any')).toEqual([]);
  });
});
