/** A few values hold every edge of every member, so that they can all be tried first. */
import { expect, it } from 'vitest';
import { createSchemas } from '../../../src/verify/schema/index.ts';

it('tries all edges of all members at once, then leaves members out', () => {
  const schema = {
    type: 'object',
    required: ['size', 'day'],
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 9 },
      name: { type: 'string', minLength: 2, maxLength: 3 },
      kind: { enum: ['a', 'b', 'c'] },
      day: { type: 'string', format: 'date' },
    },
  };
  const made = createSchemas(schema, { dialect: '2020-12' }).generator('#', 'any');
  if (made.kind !== 'generator') throw new Error(made.reason);
  const edges = made.edges as { [name: string]: string | number | undefined }[];
  const held = (name: string): unknown[] => [...new Set(edges.map((one) => one[name]))];
  expect(held('size')).toEqual(expect.arrayContaining([1, 2, 8, 9]));
  expect(held('name')).toEqual(expect.arrayContaining([undefined, 'aa', 'aaa', '  ']));
  expect(held('kind')).toEqual(expect.arrayContaining([undefined, 'a', 'b', 'c']));
  expect(held('day')).toEqual(expect.arrayContaining(['2024-02-29', '2000-02-29', '2023-12-31', '2024-01-01']));
  // Not their product, and not one call for each of them.
  expect(edges.length).toBeLessThan(16);
  expect(made.boundaries.length).toBeGreaterThan(edges.length);
});

it('tries edges one at a time where they do not go together', () => {
  const schema = {
    type: 'object',
    required: ['from', 'to'],
    properties: { from: { enum: [1, 2] }, to: { enum: [1, 2] } },
    not: { properties: { from: { const: 1 }, to: { const: 1 } } },
  };
  const made = createSchemas(schema, { dialect: '2020-12' }).generator('#', 'any');
  if (made.kind !== 'generator') throw new Error(made.reason);
  expect(new Set(made.edges.map((one) => JSON.stringify(one)))).toEqual(
    new Set(['{"from":1,"to":2}', '{"from":2,"to":1}', '{"from":2,"to":2}']),
  );
});
