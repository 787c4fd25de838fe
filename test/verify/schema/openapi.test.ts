/** OpenAPI's own ways: nullable, boolean bounds, read and write only, discriminators, and real documents. */
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { at, isObject } from '../../../src/events/index.ts';
import type { JsonValue } from '../../../src/events/index.ts';
import type { Direction } from '../../../src/verify/schema-port.ts';
import type { Schemas } from '../../../src/verify/schema-port.ts';
import { createSchemas } from '../../../src/verify/schema/index.ts';

const document: JsonValue = {
  openapi: '3.0.3',
  components: {
    schemas: {
      User: {
        type: 'object',
        required: ['id', 'name', 'password'],
        additionalProperties: false,
        properties: {
          id: { allOf: [{ $ref: '#/components/schemas/Id' }], readOnly: true },
          name: { type: 'string', minLength: 1, nullable: true },
          password: { type: 'string', writeOnly: true },
          age: {
            type: 'integer',
            format: 'int32',
            minimum: 0,
            exclusiveMinimum: true,
            maximum: 3,
            exclusiveMaximum: true,
          },
        },
      },
      Id: { type: 'string', format: 'uuid' },
      Pet: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
        discriminator: { propertyName: 'kind', mapping: { feline: '#/components/schemas/Cat' } },
      },
      Cat: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' }, lives: { type: 'integer' } } },
      Dog: {
        type: 'object',
        required: ['kind'],
        properties: { kind: { type: 'string' }, tricks: { type: 'integer' } },
      },
      Event: {
        type: 'object',
        required: ['type'],
        properties: { type: { type: 'string' } },
        discriminator: { propertyName: 'type', mapping: { made: '#/components/schemas/Made' } },
      },
      Made: {
        allOf: [
          { $ref: '#/components/schemas/Event' },
          { type: 'object', required: ['by'], properties: { by: { type: 'string' } } },
        ],
      },
    },
  },
};

const schemas = createSchemas(document, { dialect: 'openapi-3.0' });

function draw(name: string, direction: Direction): JsonValue[] {
  const made = schemas.generator(`#/components/schemas/${name}`, direction);
  if (made.kind !== 'generator') throw new Error(JSON.stringify(made));
  return fc.sample(made.arbitrary, { numRuns: 100, seed: 3 });
}

function members(values: JsonValue[], name: string): (JsonValue | undefined)[] {
  return values.map((value) => (isObject(value) ? value[name] : undefined));
}

describe('OpenAPI', () => {
  it('leaves out what does not travel in a direction', () => {
    const sent = draw('User', 'request');
    expect(members(sent, 'id').every((id) => id === undefined)).toBe(true);
    expect(members(sent, 'password').every((text) => typeof text === 'string')).toBe(true);
    const received = draw('User', 'response');
    expect(members(received, 'id').every((id) => typeof id === 'string')).toBe(true);
    expect(members(received, 'password').every((text) => text === undefined)).toBe(true);
    expect(schemas.validate('#/components/schemas/User', sent[0] ?? null, 'request')).toEqual([]);
    expect(schemas.validate('#/components/schemas/User', sent[0] ?? null, 'response').length).toBeGreaterThan(0);
  });

  it('knows nullable and boolean exclusive bounds', () => {
    const values = draw('User', 'request');
    expect(members(values, 'name')).toContain(null);
    expect([...new Set(members(values, 'age'))].sort()).toEqual([1, 2, undefined]);
  });

  it('tags what a discriminator tells apart', () => {
    const kinds = members(draw('Pet', 'any'), 'kind');
    expect([...new Set(kinds)].sort()).toEqual(['Dog', 'feline']);
    const pet = '#/components/schemas/Pet';
    expect(schemas.validate(pet, { kind: 'feline', lives: 9 }, 'any')).toEqual([]);
    expect(schemas.validate(pet, { kind: 'feline', lives: 'nine' }, 'any').map(({ clause }) => clause)).toEqual([
      '#/components/schemas/Cat/properties/lives/type',
    ]);
    const made = draw('Event', 'any');
    expect(members(made, 'type').every((type) => type === 'made')).toBe(true);
    expect(members(made, 'by').every((by) => typeof by === 'string')).toBe(true);
  });

  it('takes the names of a family of schemas for tags, in Swagger 2.0 and where nothing is mapped', () => {
    const extending = (base: string, name: string) => ({
      allOf: [{ $ref: base }, { type: 'object', required: [name], properties: { [name]: { type: 'integer' } } }],
    });
    const animal = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };
    const swagger = createSchemas(
      {
        swagger: '2.0',
        definitions: {
          Animal: { ...animal, discriminator: 'kind' },
          Cat: extending('#/definitions/Animal', 'lives'),
          Lion: extending('#/definitions/Cat', 'mane'),
          House: { type: 'object', required: ['pet'], properties: { pet: { $ref: '#/definitions/Animal' } } },
        },
      },
      { dialect: 'swagger-2.0' },
    );
    const of = (schemas: Schemas, pointer: string): JsonValue[] => {
      const made = schemas.generator(pointer, 'request');
      return made.kind === 'generator' ? fc.sample(made.arbitrary, { numRuns: 60, seed: 3 }) : [made.kind];
    };
    const animals = of(swagger, '#/definitions/Animal');
    expect([...new Set(members(animals, 'kind'))].sort()).toEqual(['Animal', 'Cat', 'Lion']);
    const shape = (value: JsonValue) =>
      isObject(value) ? [value['kind'], 'lives' in value, 'mane' in value].join() : '';
    const shapes = new Set(animals.map(shape));
    expect([shapes.has('Cat,false,false'), shapes.has('Lion,true,false'), shapes.has('Lion,true,true')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(new Set(members(of(swagger, '#/definitions/Lion'), 'kind'))).toEqual(new Set(['Lion']));
    const pets = members(of(swagger, '#/definitions/House'), 'pet').filter((pet) => pet !== undefined);
    expect(new Set(members(pets, 'kind'))).toEqual(new Set(['Animal', 'Cat', 'Lion']));
    // A contract that lists tags of its own means those.
    const Own = { ...animal, properties: { kind: { enum: ['a'] } }, discriminator: { propertyName: 'kind' } };
    const listed = createSchemas(
      { components: { schemas: { Own, Child: extending('#/components/schemas/Own', 'x') } } },
      { dialect: 'openapi-3.0' },
    );
    expect(new Set(members(of(listed, '#/components/schemas/Own'), 'kind'))).toEqual(new Set(['a']));
  });

  it('knows what holds where no tag is known (OpenAPI 3.2)', () => {
    const branch = (name: string) => ({
      type: 'object',
      required: [name],
      properties: { [name]: { type: 'integer' } },
    });
    const document = {
      components: {
        schemas: {
          Any: {
            oneOf: ['A', 'B'].map((name) => ({ $ref: `#/components/schemas/${name}` })),
            discriminator: { propertyName: 'tag', defaultMapping: 'B' },
          },
          A: branch('a'),
          B: branch('b'),
        },
      },
    };
    const own = createSchemas(document, { dialect: 'openapi-3.1' });
    const made = own.generator('#/components/schemas/Any', 'request');
    if (made.kind !== 'generator') throw new Error(made.reason);
    const values = fc.sample(made.arbitrary, { numRuns: 60, seed: 3 });
    const tags = new Set(values.map((value) => (isObject(value) ? (value['tag'] ?? 'none') : '')));
    expect([tags.has('A'), tags.has('B'), tags.has('none')]).toEqual([true, true, true]);
    expect(values.every((value) => isObject(value) && (value['tag'] === 'A' ? 'a' in value : 'b' in value))).toBe(true);
    const errors = (value: JsonValue) => own.validate('#/components/schemas/Any', value, 'any').length;
    expect([{ b: 1 }, { tag: 'other', b: 1 }, { tag: 'A', a: 1 }].map(errors)).toEqual([0, 0, 0]);
    expect([{ a: 1 }, { tag: 'other', a: 1 }, { tag: 'A', b: 1 }].every((value) => errors(value) > 0)).toBe(true);
  });

  it('draws for every schema that the operations of the example documents use', () => {
    const folder = fileURLToPath(new URL('../../../node_modules/@readme/oas-examples', import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^3\.[01]\/json\/.*\.json$/.test(name),
    );
    expect(files.length).toBeGreaterThan(60);
    let count = 0;
    const refused = new Set<string>();
    const invalid: string[] = [];
    for (const file of files) {
      const example: JsonValue = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const dialect = isObject(example) && String(example['openapi']).startsWith('3.1') ? 'openapi-3.1' : 'openapi-3.0';
      const own = createSchemas(example, { dialect });
      for (const pointer of schemaPointers(example, '#')) {
        count++;
        const direction = pointer.includes('/responses/') ? 'response' : 'request';
        const made = own.generator(pointer, direction);
        if (made.kind !== 'generator') {
          refused.add(`${made.kind} ${file}`);
          continue;
        }
        for (const value of fc.sample(made.arbitrary, { numRuns: 3, seed: 7 })) {
          if (own.validate(pointer, value, direction).length > 0) invalid.push(`${file} ${pointer}`);
        }
        // Every eighth: breaking takes longer than drawing.
        const broken = count % 8 === 0 ? own.negatives(pointer, direction) : [];
        for (const { arbitrary } of broken) {
          const [value] = fc.sample(arbitrary, { numRuns: 1, seed: 7 });
          if (own.validate(pointer, value ?? null, direction).length === 0) invalid.push(`negative ${file} ${pointer}`);
        }
        if (made.rejected > 0) invalid.push(`rejected ${file} ${pointer}`);
      }
    }
    expect(count).toBeGreaterThan(1_000);
    expect(invalid).toEqual([]);
    // Each of these contradicts itself: text that is an integer, a node that requires its parent, equal alternatives.
    expect([...refused].sort()).toEqual([
      'unsatisfiable 3.0/json/circular-request-bodies.json',
      'unsatisfiable 3.0/json/readme-legacy.json',
      'unsatisfiable 3.0/json/schema-types.json',
      'unsatisfiable 3.1/json/schema-types.json',
    ]);
  });
});

function* schemaPointers(value: JsonValue, pointer: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* schemaPointers(item, at(pointer, index));
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === 'schema' && !pointer.includes('/example')) yield at(pointer, name);
      else if (pointer !== '#/components' || name !== 'schemas') yield* schemaPointers(member, at(pointer, name));
    }
  }
}
