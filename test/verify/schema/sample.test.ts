/** What `plumb sample` prints. */
import { describe, expect, it } from 'vitest';
import { isObject } from '../../../src/events/index.ts';
import { answerBatchLine, sample } from '../../../src/verify/sample.ts';
import { dialectNamed } from '../../../src/verify/schema/dialect.ts';
import { openSchemas } from '../../../src/verify/schema/open.ts';

const options = { count: 4, seed: 7, negative: false };

describe('sample', () => {
  it('answers a batch line with values', () => {
    const line = JSON.stringify({ id: 'a', schema: { type: 'integer', minimum: 1, maximum: 2 }, draft: 'draft7' });
    const answer = answerBatchLine(line, options);
    if (!isObject(answer) || !Array.isArray(answer['values'])) throw new Error(JSON.stringify(answer));
    expect(answer['id']).toBe('a');
    expect(answer['values']).toHaveLength(4);
    expect(answer['values'].every((value) => value === 1 || value === 2)).toBe(true);
  });

  it('answers a batch line with values that break the schema, each kind once before any twice', () => {
    const schema = { type: 'integer', minimum: 1 };
    const answer = answerBatchLine(JSON.stringify({ id: 1, schema }), { count: 3, seed: 7, negative: true });
    if (!isObject(answer) || !Array.isArray(answer['values'])) throw new Error(JSON.stringify(answer));
    const clauses = answer['values'].map((value) => (isObject(value) ? value['violates'] : null));
    expect(clauses).toEqual(['#/type', '#/type', '#/minimum']);
  });

  it('reads the exclusive bounds of draft 4', () => {
    const schema = { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 2 };
    expect(answerBatchLine(JSON.stringify({ id: 1, schema, draft: '4' }), { ...options, count: 1 })).toEqual({
      id: 1,
      values: [2],
    });
  });

  it('refuses by keyword and pointer', () => {
    const lines = [
      JSON.stringify({ id: 1, schema: { minItems: 1e9, type: 'array' } }),
      JSON.stringify({ id: 2, schema: { type: 'string', minLength: 2, maxLength: 1 } }),
      JSON.stringify({ id: 3, schema: {}, draft: 'draft99' }),
      JSON.stringify({ id: 4 }),
      'not json',
    ];
    expect(lines.map((line) => answerBatchLine(line, options))).toEqual([
      { id: 1, refused: { keyword: 'minItems', pointer: '#/minItems', reason: 'over 10000 items' } },
      {
        id: 2,
        refused: {
          keyword: 'unsatisfiable',
          pointer: '#',
          reason: 'minLength at #/minLength and maxLength at #/maxLength contradict each other',
        },
      },
      { id: 3, refused: { keyword: 'draft', pointer: '#/draft', reason: 'unknown draft "draft99"' } },
      { id: 4, refused: { keyword: 'batch', pointer: '#/schema', reason: 'the line has no schema' } },
      { id: null, refused: { keyword: 'batch', pointer: '#', reason: 'the line is not a JSON object' } },
    ]);
  });

  it.each([
    ['{"const":9007199254740993}', 'const', '#/const'],
    ['{"items":{"enum":[1,{"a":[-9007199254740993]}]}}', 'enum', '#/items/enum/1/a/0'],
    ['{"type":"integer","minimum":9007199254740993}', 'minimum', '#/minimum'],
  ])('refuses what reading has rounded, where a value would show it: %s', (schema, keyword, pointer) => {
    const reason = expect.stringContaining('has no exact double');
    expect(answerBatchLine(`{"id":1,"schema":${schema}}`, options)).toEqual({
      id: 1,
      refused: { keyword, pointer, reason },
    });
  });

  it.each([
    '{"const":9007199254740992}',
    '{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}',
    '{"properties":{"enum":{"maximum":9007199254740993}},"description":"9007199254740993"}',
    '{"default":9007199254740993}',
  ])('and nothing where none does: %s', (schema) => {
    expect(answerBatchLine(`{"id":1,"schema":${schema}}`, options)).toMatchObject({ id: 1, values: { length: 4 } });
  });

  it('says why nothing breaks a schema, as an empty list says nothing', () => {
    const negative = { ...options, negative: true };
    const lines = [
      { schema: true },
      { schema: {} },
      { schema: { type: ['string', 'number', 'boolean', 'object', 'array', 'null'] } },
    ];
    const reason = 'no value breaks this schema at a single keyword: ';
    expect(lines.map((line, id) => answerBatchLine(JSON.stringify({ id, ...line }), negative))).toEqual([
      { id: 0, refused: { keyword: 'negative', pointer: '#', reason: `${reason}it allows every value` } },
      { id: 1, refused: { keyword: 'negative', pointer: '#', reason: `${reason}it allows every value` } },
      {
        id: 2,
        refused: {
          keyword: 'negative',
          pointer: '#/type',
          reason: `${reason}no value breaks it while its siblings hold`,
        },
      },
    ]);
  });

  it.each([
    '{"multipleOf":5e-324,"minimum":1,"maximum":1e308}',
    '{"multipleOf":1e308,"minimum":5e-324}',
    '{"multipleOf":1e-300}',
  ])('serves or refuses steps at the ends of doubles: %s', (bounds) => {
    const line = `{"id":1,"schema":{"type":"number",${bounds.slice(1)}}`;
    const answer = answerBatchLine(line, options);
    expect(isObject(answer) && ('values' in answer || 'refused' in answer)).toBe(true);
  });

  it.each(['unevaluatedProperties', 'unevaluatedItems'])(
    'refuses a schema that applies itself, watched by %s',
    (word) => {
      const answer = answerBatchLine(JSON.stringify({ id: 1, schema: { $ref: '#', [word]: false } }), options);
      expect(answer).toMatchObject({ id: 1, refused: { keyword: '$ref' } });
    },
  );

  it('samples a schema inside a document', () => {
    const schemas = openSchemas({ components: { schemas: { A: { const: 1 } } } }, { dialect: 'openapi-3.1' });
    const result = sample(schemas, '#/components/schemas/A', 'any', { ...options, count: 2 });
    expect(result.kind === 'values' ? [...result.values] : result).toEqual([1, 1]);
  });

  it('knows the names of drafts', () => {
    expect(['draft-04', 'draft4', '7', 'draft2020-12', '2019-09', 'openapi-3.0', '5'].map(dialectNamed)).toEqual([
      'draft-04',
      'draft-04',
      'draft-07',
      '2020-12',
      '2019-09',
      'openapi-3.0',
      undefined,
    ]);
  });
});
