import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/events/index.ts';
import { contract, rulesOf, specOf } from './specs.ts';

function withSchemas(schemas: JsonObject) {
  return specOf(contract({}, { components: { schemas: { Withdrawal: {}, ...schemas } } }));
}

test('references are followed through chains and recursion, and never copied', () => {
  const { spec, findings } = withSchemas({
    Tree: {
      type: 'object',
      properties: { left: { $ref: '#/components/schemas/Tree' }, 'a/b': { $ref: '#/components/schemas/Alias' } },
    },
    Alias: { $ref: '#/components/schemas/Tree' },
  });
  expect(findings).toEqual([]);
  expect(spec.follow('#/components/schemas/Tree/properties/a~1b')).toBe('#/components/schemas/Tree');
  expect(spec.follow('#/components/schemas/Tree')).toBe('#/components/schemas/Tree');
  expect(spec.follow('#/components/schemas/None')).toBeUndefined();
});

test.each([
  ['https://example.com/a.json', 'external-reference'],
  ['http://169.254.169.254/latest', 'external-reference'],
  ['../../etc/passwd', 'external-reference'],
  ['file:///etc/passwd', 'external-reference'],
  ['other.yaml#/X', 'external-reference'],
  ['#/components/schemas/None', 'dangling-reference'],
  ['#nothing', 'dangling-reference'],
])('the reference %j is refused by name', (ref, rule) => {
  const { findings } = withSchemas({ A: { properties: { x: { $ref: ref } } } });
  expect(rulesOf(findings)).toEqual([`${rule} #/components/schemas/A/properties/x/$ref`]);
  expect(findings[0]?.message).toContain(JSON.stringify(ref));
});

test('a circle of bare references means nothing', () => {
  const { spec, findings } = withSchemas({
    A: { $ref: '#/components/schemas/B' },
    B: { $ref: '#/components/schemas/A' },
  });
  expect(rulesOf(findings)).toEqual([
    'circular-reference #/components/schemas/A/$ref',
    'circular-reference #/components/schemas/B/$ref',
  ]);
  expect(spec.follow('#/components/schemas/A')).toBeUndefined();
});

test('data that looks like a reference is data', () => {
  const { findings } = withSchemas({
    A: {
      properties: { $ref: { type: 'string' } },
      default: { $ref: '#/x' },
      enum: [{ $ref: 'http://x/' }],
      example: { $ref: 'y' },
      'x-vendor': { $ref: 'z' },
    },
  });
  expect(findings).toEqual([]);
});

test('identifiers and anchors of JSON Schema 2020-12 are resolved inside the document', () => {
  const { spec, findings } = withSchemas({
    A: {
      $id: 'https://example.com/a',
      $anchor: 'top',
      $defs: { inner: { $anchor: 'here', type: 'string' } },
      properties: { x: { $ref: '#/$defs/inner' }, y: { $ref: '#here' } },
    },
    B: {
      properties: {
        x: { $ref: 'https://example.com/a' },
        y: { $ref: 'https://example.com/a#here' },
        z: { $ref: 'https://example.com/a#/$defs/inner' },
      },
    },
  });
  expect(findings).toEqual([]);
  const inner = '#/components/schemas/A/$defs/inner';
  expect(spec.follow('#/components/schemas/A/properties/x')).toBe(inner);
  expect(spec.follow('#/components/schemas/A/properties/y')).toBe(inner);
  expect(spec.follow('#/components/schemas/B/properties/x')).toBe('#/components/schemas/A');
  expect(spec.follow('#/components/schemas/B/properties/y')).toBe(inner);
  expect(spec.follow('#/components/schemas/B/properties/z')).toBe(inner);
});

test('long chains cost as much as their links', () => {
  const links = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`s${i}`, { $ref: `#/components/schemas/s${i + 1}` }]),
  );
  const { spec, findings } = withSchemas({ ...links, s20000: { type: 'string' } });
  expect(findings).toEqual([]);
  expect(spec.follow('#/components/schemas/s0')).toBe('#/components/schemas/s20000');
});
