import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonParts } from '../../src/cli/reports/json-parts.ts';
import { toSafeJson } from '../../src/events/sanitize.ts';

// A large report is written a part at a time, and whoever reads it must not notice.
test('the parts of an object are its JSON text', () => {
  const text = fc.string({ unit: 'binary' });
  const member = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.array(text), text);
  fc.assert(
    fc.property(fc.dictionary(text, member), (value) => {
      expect([...jsonParts(value)].join('')).toBe(toSafeJson(value));
    }),
  );
  const long = { list: Array.from({ length: 3000 }, (_, index) => ({ text: `\u202e${'x'.repeat(50)}${index}` })) };
  const parts = [...jsonParts(long)];
  expect({ text: parts.join(''), isCut: parts.length > 1 }).toEqual({ text: toSafeJson(long), isCut: true });
});
