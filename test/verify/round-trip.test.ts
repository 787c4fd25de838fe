/** What is sent is read back as it was meant, by readers that know nothing of how it was written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/events/index.ts';
import type { MediaType } from '../../src/spec/model.ts';
import { bodyOf } from '../../src/verify/wire/body.ts';
import { pairsOf, pathText, simpleText } from '../../src/verify/wire/styles.ts';
import { readBody } from '../../src/verify/wire/read-body.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { specOf } from '../spec/specs.ts';

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('', ' ', 'a,b', 'a.b', '|', ';', '=', '&', '%20', '+', '[x]', '/', '..'),
);
const list = fc.array(scalar, { maxLength: 4 });
const record = fc.dictionary(fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a', 'b', 'c')), scalar, {
  maxKeys: 4,
});
const value = fc.oneof(scalar, list, record);

/** All scalars are texts on the wire. */
function texts(drawn: JsonValue): JsonValue {
  if (Array.isArray(drawn)) return drawn.map(texts);
  if (typeof drawn === 'object' && drawn !== null)
    return Object.fromEntries(Object.entries(drawn).map(([key, item]) => [key, texts(item)]));
  return String(drawn);
}

const isList = (drawn: JsonValue): drawn is JsonValue[] => Array.isArray(drawn);
const isRecord = (drawn: JsonValue): drawn is JsonObject =>
  typeof drawn === 'object' && drawn !== null && !isList(drawn);
const d = decodeURIComponent;

/** The members of `a,1,b,2` or `a=1,b=2`. */
function members(parts: string[], explode: boolean): JsonObject {
  const pairs = explode
    ? parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)])
    : parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []));
  return Object.fromEntries(pairs.map(([key, text]) => [d(key ?? ''), d(text ?? '')]));
}

/** Reads a path segment, knowing what kind of value it holds (RFC 6570 §3.2.5 to §3.2.7). */
function readPath(style: string, explode: boolean, like: JsonValue, text: string): JsonValue {
  if (style === 'matrix') {
    const parts = text.slice(1).split(';');
    if (explode && isList(like)) return parts.map((part) => d(part.replace(/^n=?/, '')));
    if (explode && isRecord(like)) return members(parts, true);
    const rest = text.replace(/^;n=?/, '');
    return isList(like) ? rest.split(',').map(d) : isRecord(like) ? members(rest.split(','), false) : d(rest);
  }
  const rest = style === 'label' ? text.slice(1) : text;
  const separator = style === 'label' && explode ? '.' : ',';
  if (isList(like)) return rest.split(separator).map(d);
  return isRecord(like) ? members(rest.split(separator), explode) : d(rest);
}

const paths = ['simple', 'label', 'matrix'].flatMap((style) =>
  [true, false].map((explode) => [style, explode] as const),
);

test.each(paths)('a path parameter of style %s, explode %s, is read back', (style, explode) => {
  fc.assert(
    fc.property(value, (drawn) => {
      const text = pathText('n', { style, explode }, drawn);
      if (text === undefined) return;
      expect(text).not.toMatch(/[/?#]/);
      expect(readPath(style, explode, drawn, text)).toEqual(texts(drawn));
    }),
    { numRuns: 400, seed: 1 },
  );
});

const SEPARATORS: Record<string, string> = {
  spaceDelimited: '%20',
  pipeDelimited: '%7C',
  tabDelimited: '%09',
  form: ',',
};

/** Reads a query as a service would that knows the style: separators are looked for before anything is decoded. */
function readQuery(style: string, explode: boolean, like: JsonValue, query: string): JsonValue {
  const pairs = new URLSearchParams(query);
  if (style === 'deepObject' && isRecord(like))
    return Object.fromEntries([...pairs].map(([key, text]) => [/^n\[(.*)\]$/s.exec(key)?.[1] ?? key, text]));
  if (explode && isList(like)) return pairs.getAll('n');
  if (explode && isRecord(like) && style === 'form') return Object.fromEntries(pairs);
  if (!isList(like) && !isRecord(like)) return pairs.get('n') ?? '';
  const raw = query.slice(query.indexOf('=') + 1);
  const parts = raw.split(SEPARATORS[style] ?? ',');
  return isList(like) ? parts.map(d) : members(parts, false);
}

const queries = ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'].flatMap((style) =>
  [true, false].map((explode) => [style, explode] as const),
);

test.each(queries)('a query parameter of style %s, explode %s, is read back', (style, explode) => {
  let read = 0;
  fc.assert(
    fc.property(value, (drawn) => {
      const pairs = pairsOf('n', { style, explode }, drawn);
      // Nothing at all is how an empty list or object looks.
      if (pairs === undefined || pairs.length === 0) return;
      read++;
      expect(readQuery(style, explode, drawn, pairs.join('&'))).toEqual(texts(drawn));
    }),
    { numRuns: 400, seed: 1 },
  );
  expect(read).toBeGreaterThan(50);
});

test('a header is read back, and neither null nor what nests is ever said', () => {
  fc.assert(
    fc.property(list, fc.boolean(), (drawn, explode) => {
      const text = simpleText({ style: 'simple', explode }, drawn);
      if (text !== undefined) expect(text.split(',')).toEqual(texts(drawn));
    }),
  );
  for (const nested of [null, [null], [[1]], { a: {} }, { a: [1] }, { a: null }])
    expect([
      pathText('n', { style: 'simple', explode: false }, nested),
      pairsOf('n', { style: 'form', explode: true }, nested),
    ]).toEqual([undefined, undefined]);
});

test('lists in a list are read back by the separators of their depths, or not said at all', () => {
  const style = { style: 'pipeDelimited', explode: false, innerSeparators: [',', ' '] };
  const cell = fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom('a', 'b', '1', '2', '3', ',', ' ', '|') });
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.array(cell, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 3,
      }),
      (drawn) => {
        const text = pairsOf('n', style, drawn)?.[0];
        if (text === undefined) return;
        read++;
        const outer = decodeURIComponent(text.slice(2)).split('|');
        expect(outer.map((rows) => rows.split(',').map((row) => row.split(' ')))).toEqual(drawn);
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
  expect(read).toBeGreaterThan(50);
});

const item = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    size: { type: 'integer' },
    ok: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    note: { type: 'string', xml: { attribute: true, name: 'remark' } },
  },
};
const { spec } = specOf({
  openapi: '3.2.0',
  info: { title: 'Things', version: '1' },
  paths: {
    '/things': {
      post: {
        operationId: 'make',
        requestBody: {
          content: {
            'application/xml': { schema: { $ref: '#/components/schemas/Thing' } },
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Thing' } },
            'application/x-ndjson': { itemSchema: { $ref: '#/components/schemas/Thing' } },
            'application/json-seq': { itemSchema: { $ref: '#/components/schemas/Thing' } },
            'application/yaml': { schema: { $ref: '#/components/schemas/Thing' } },
            'text/plain': { schema: { type: 'string' } },
          },
        },
        responses: { 201: { description: 'Made.' } },
      },
    },
  },
  components: { schemas: { Thing: item } },
});
const schemas = createSchemas(spec.document, { dialect: spec.dialect, literals: [] });
const media = (type: string): MediaType => {
  const found = spec.operations[0]?.requestBody?.content.find((one) => one.type === type);
  if (found === undefined) throw new Error(`the contract has ${type}`);
  return found;
};

// What is written by one room is read by the other; a value that may look like another is not written at all.
describe('a body', () => {
  const thing = fc.record(
    {
      name: fc.string({ unit: 'binary', maxLength: 8 }),
      size: fc.integer(),
      ok: fc.boolean(),
      tags: fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      note: fc.string({ minLength: 1, maxLength: 6 }),
    },
    { requiredKeys: ['name'] },
  );
  test.each(['application/xml', 'application/x-www-form-urlencoded'])('of %s is read back', (type) => {
    let read = 0;
    fc.assert(
      fc.property(thing, (drawn) => {
        const body = bodyOf(spec, media(type), drawn);
        if (body === undefined) return;
        read++;
        const answer = { kind: 'answer' as const, status: 200, headers: {}, text: String(body.content), ms: 0 };
        expect(readBody({ document: spec, schemas }, media(type), type, answer)).toEqual({
          kind: 'value',
          value: drawn,
        });
      }),
      { numRuns: 300, seed: 2 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test.each(['application/x-ndjson', 'application/json-seq'])('of %s is read back item by item', (type) => {
    fc.assert(
      fc.property(fc.array(thing, { minLength: 1, maxLength: 3 }), (drawn) => {
        const text = String(bodyOf(spec, media(type), drawn)?.content);
        const answer = { kind: 'answer' as const, status: 200, headers: {}, text, ms: 0 };
        const read = readBody({ document: spec, schemas }, media(type), type, answer);
        expect(read.kind === 'items' && read.items.map((one) => one.value)).toEqual(drawn);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test('of YAML is JSON, and one of text is the text', () => {
    expect(bodyOf(spec, media('application/yaml'), { a: 1 })).toEqual({ type: 'application/yaml', content: '{"a":1}' });
    expect(bodyOf(spec, media('text/plain'), 'é')).toEqual({ type: 'text/plain', content: 'é' });
    expect(bodyOf(spec, media('text/plain'), ['é'])).toBe(undefined);
  });
});
