/** Formats are asserted, so a wrong verdict blames a correct service: the official optional tests decide, all of them. */
import addFormats from 'ajv-formats';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../../src/verify/arbitrary.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';
import { DRAFTS, groupsOf, hasSuite, missingSuite } from './suite.ts';

const FORMATS = [
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'email',
  'idn-email',
  'hostname',
  'idn-hostname',
  'ipv4',
  'ipv6',
  'uri',
  'url',
  'uri-reference',
  'iri',
  'iri-reference',
  'uri-template',
  'uuid',
  'json-pointer',
  'json-pointer-uri-fragment',
  'relative-json-pointer',
  'regex',
  'byte',
];

describe('formats', () => {
  for (const dialect of DRAFTS) {
    it.skipIf(!hasSuite)(`agree with the suite for ${dialect}${hasSuite ? '' : `: ${missingSuite}`}`, () => {
      let count = 0;
      const wrong: string[] = [];
      for (const { file, schema, tests } of groupsOf(dialect, 'optional/format')) {
        const schemas = createSchemas(schema, { dialect });
        for (const { data, valid, description } of tests) {
          count++;
          if ((schemas.validate('#', data, 'any').length === 0) !== valid) wrong.push(`${file} ${description}`);
        }
      }
      expect(count).toBeGreaterThan(200);
      expect(wrong).toEqual([]);
    });
  }

  const ajv = new Ajv({ strict: false, logger: false });
  addFormats.default(ajv);

  for (const format of FORMATS) {
    it(`draws ${format} that ajv takes too, of many kinds, also within lengths`, () => {
      const judge = ajv.compile({ type: 'string', format });
      const values = fc.sample(jsonSchema({ type: 'string', format }), { numRuns: 400, seed: 5 });
      expect(values.filter((value) => !judge(value))).toEqual([]);
      expect(new Set(values).size).toBeGreaterThan(15);
      const short = fc.sample(jsonSchema({ type: 'string', format, maxLength: 40, minLength: 1 }), { numRuns: 60 });
      expect(short.filter((value) => !judge(value) || String(value).length > 40 || value === '')).toEqual([]);
    });
  }

  it('draws the forms that are easily forgotten', () => {
    const drawn = (format: string): string[] =>
      fc.sample(jsonSchema({ type: 'string', format }), { numRuns: 800, seed: 1 }).map(String);
    expect(drawn('date')).toContain('2024-02-29');
    expect(drawn('date-time').some((text) => text.includes(':60Z'))).toBe(true);
    expect(drawn('ipv6')).toEqual(expect.arrayContaining(['::', '::ffff:192.0.2.1']));
    expect(drawn('hostname').some((text) => text.startsWith('xn--'))).toBe(true);
    expect(drawn('idn-hostname').some((text) => /[^ -~]/.test(text))).toBe(true);
    expect(drawn('idn-email').some((text) => /[^ -~]/.test(text))).toBe(true);
    expect(drawn('iri').some((text) => /[^ -~]/.test(text))).toBe(true);
    expect(drawn('uuid').some((text) => /[A-F]/.test(text))).toBe(true);
  });

  it('leaves them out of what is sent to a service, which may read dates with what its language has', () => {
    const made = createSchemas({ format: 'date-time', type: 'string' }, { dialect: '2020-12' }).generator(
      '#',
      'request',
    );
    if (made.kind !== 'generator') throw new Error(JSON.stringify(made));
    expect(fc.sample(made.arbitrary, { numRuns: 800, seed: 1 }).filter((text) => String(text).includes(':60'))).toEqual(
      [],
    );
  });
});
