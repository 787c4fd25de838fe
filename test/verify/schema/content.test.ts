/** Texts that hold something else: drawn values keep what the schema says of it, and nothing is blamed for not doing so. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/events/index.ts';
import { jsonSchema, tryJsonSchema } from '../../../src/verify/arbitrary.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';

const inner: JsonObject = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 }, tags: { type: 'array', items: { enum: ['a', 'b'] } } },
  additionalProperties: false,
};
const fits = new Ajv2020().compile(inner);
const json = { type: 'string', contentMediaType: 'application/json' };

function texts(schema: JsonValue, dialect: '2020-12' | 'draft-07' = '2020-12'): string[] {
  return fc.sample(jsonSchema(schema, { dialect }), { numRuns: 60, seed: 3 }).map(String);
}

it('draws JSON of the schema of the content, encoded or not, as long as it must be', () => {
  const plain = texts({ ...json, contentSchema: inner });
  const encoded = texts({ ...json, contentSchema: inner, contentEncoding: 'base64', minLength: 40 });
  const decoded = encoded.map((text) => Buffer.from(text, 'base64').toString());
  expect([...plain, ...decoded].filter((text) => !fits(JSON.parse(text)))).toEqual([]);
  expect(encoded.filter((text) => text.length < 40)).toEqual([]);
  expect(new Set(plain).size).toBeGreaterThan(20);
  const structured = texts({ type: 'string', contentMediaType: 'application/problem+json; charset=utf-8' }, 'draft-07');
  expect(() => structured.map((text) => JSON.parse(text) as JsonValue)).not.toThrow();
});

it('draws bytes in the encoding that is named, and shrinks them to such', () => {
  for (const [contentEncoding, form] of [
    ['base64', /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/],
    ['base16', /^(?:[\da-f]{2})*$/],
    ['base64url', /^[\w-]*$/],
  ] as const) {
    const schema = { type: 'string', contentEncoding, contentMediaType: 'image/png' };
    expect(texts(schema).filter((text) => !form.test(text))).toEqual([]);
    const long = fc.check(
      fc.property(jsonSchema({ ...schema, minLength: 4 }), (value) => form.test(String(value)) && String(value) === ''),
      { seed: 1 },
    );
    expect(String(long.counterexample?.[0])).toMatch(form);
  }
});

it('is a remark: what does not keep it is valid, and what cannot be kept is not in the way', () => {
  const schemas = createSchemas({ ...json, contentSchema: inner }, { dialect: '2020-12' });
  expect(schemas.validate('#', '{', 'any')).toEqual([]);
  expect(texts({ ...json, pattern: '^[a-z]+$' }).filter((text) => !/^[a-z]+$/.test(text))).toEqual([]);
  expect(texts({ ...json, contentSchema: inner, maxLength: 3 }).filter((text) => text.length > 3)).toEqual([]);
  // Nobody can be asked for what is none of the encodings that we know.
  expect(tryJsonSchema({ type: 'string', contentEncoding: 'x-own' }, { dialect: '2020-12' }).kind).toBe('generator');
  expect(tryJsonSchema({ not: json, type: 'string' }, { dialect: '2020-12' }).kind).toBe('unsatisfiable');
});
