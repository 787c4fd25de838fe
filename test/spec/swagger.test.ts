import { expect, test } from 'vitest';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { rulesOf, specOf } from './specs.ts';

const text = `
swagger: '2.0'
info: { title: Pets, version: '1' }
host: pets.example
basePath: /v1/
schemes: [https]
consumes: [application/json]
produces: [application/json, application/xml]
security: [{ key: [] }]
parameters:
  Limit: { name: limit, in: query, type: integer, minimum: 1, maximum: 9, default: 3 }
responses:
  Gone: { description: Gone., schema: { $ref: '#/definitions/Problem' } }
securityDefinitions:
  key: { type: apiKey, in: query, name: token }
  basic: { type: basic }
  login: { type: oauth2, flow: accessCode, authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: { read: '' } }
paths:
  /pets/{id}:
    parameters:
      - { name: id, in: path, required: true, type: integer, format: int64 }
      - { name: body, in: body, schema: { type: string } }
    put:
      operationId: putPet
      security: []
      parameters:
        - { $ref: '#/parameters/Limit' }
        - { name: tags, in: query, type: array, items: { type: string, enum: [a, b] }, collectionFormat: multi }
        - { name: piped, in: query, type: array, items: { type: integer }, collectionFormat: pipes }
        - { name: X-Ids, in: header, type: array, items: { type: string }, collectionFormat: tsv }
        - { name: Authorization, in: header, type: string }
        - { name: pet, in: body, required: true, schema: { $ref: '#/definitions/Pet' } }
      responses:
        200:
          description: Put.
          schema: { $ref: '#/definitions/Pet' }
          headers: { X-Left: { type: integer } }
          examples: { application/json: { name: Rex } }
        410: { $ref: '#/responses/Gone' }
        default: { description: Anything. }
  /files:
    post:
      operationId: upload
      produces: []
      parameters:
        - { name: file, in: formData, type: file, required: true }
        - { name: count, in: formData, type: integer, required: true, maximum: 5, minimum: 1 }
        - { name: labels, in: formData, type: array, items: { type: string }, collectionFormat: csv }
      responses: { 200: { description: The file., schema: { type: file } } }
definitions:
  Pet:
    type: object
    discriminator: kind
    required: [name]
    properties:
      name: { type: string }
      owner: { type: string, x-nullable: true }
      age: { type: integer, minimum: 0, exclusiveMinimum: true }
  Problem: { type: object }
`;

// Documents of the older version are common; they are read as they are written, and their clauses are the user's own.
test('a Swagger 2.0 document is read into the model of OpenAPI 3', () => {
  const { spec, findings } = specOf(text);
  expect(rulesOf(findings)).toEqual([]);
  const put = '#/paths/~1pets~1{id}/put';
  expect({ version: spec.version, dialect: spec.dialect, basePath: spec.basePath }).toEqual({
    version: '2.0',
    dialect: 'swagger-2.0',
    basePath: '/v1',
  });
  const [putPet, upload] = spec.operations;
  const none = { required: false, allowReserved: false, examples: [] };
  const parameter = (pointer: string) => ({ ...none, pointer, schema: pointer });
  expect(putPet?.security).toEqual([]);
  expect(putPet?.parameters).toEqual([
    {
      ...parameter('#/paths/~1pets~1{id}/parameters/0'),
      name: 'id',
      in: 'path',
      required: true,
      style: 'simple',
      explode: false,
    },
    { ...parameter('#/parameters/Limit'), name: 'limit', in: 'query', style: 'form', explode: false },
    { ...parameter(`${put}/parameters/1`), name: 'tags', in: 'query', style: 'form', explode: true },
    { ...parameter(`${put}/parameters/2`), name: 'piped', in: 'query', style: 'pipeDelimited', explode: false },
    { ...parameter(`${put}/parameters/3`), name: 'X-Ids', in: 'header', style: 'tabDelimited', explode: false },
  ]);
  expect(putPet?.requestBody).toEqual({
    pointer: `${put}/parameters/5`,
    required: true,
    content: [
      {
        type: 'application/json',
        name: 'application/json',
        pointer: `${put}/parameters/5`,
        schema: `${put}/parameters/5/schema`,
        encoding: {},
        examples: [],
      },
    ],
  });
  const answer = `${put}/responses/200`;
  expect(putPet?.responses[0]).toEqual({
    status: '200',
    description: 'Put.',
    pointer: answer,
    content: [
      {
        type: 'application/json',
        name: 'application/json',
        pointer: answer,
        schema: `${answer}/schema`,
        encoding: {},
        examples: [{ name: 'Rex' }],
      },
      {
        type: 'application/xml',
        name: 'application/xml',
        pointer: answer,
        schema: `${answer}/schema`,
        encoding: {},
        examples: [],
      },
    ],
    headers: [
      { name: 'x-left', required: false, pointer: `${answer}/headers/X-Left`, schema: `${answer}/headers/X-Left` },
    ],
    links: [],
  });
  expect(putPet?.responses[1]?.content.map(({ schema }) => schema)).toEqual([
    '#/responses/Gone/schema',
    '#/responses/Gone/schema',
  ]);
  expect(putPet?.responses[2]?.content).toEqual([]);
  expect(upload?.security).toEqual([{ key: [] }]);
  expect(upload?.responses[0]?.content).toEqual([
    {
      type: '*/*',
      name: '*/*',
      pointer: '#/paths/~1files/post/responses/200',
      encoding: {},
      examples: [],
    },
  ]);
  expect(spec.securitySchemes).toEqual([
    { name: 'key', pointer: '#/securityDefinitions/key', type: 'apiKey', in: 'query', parameterName: 'token' },
    { name: 'basic', pointer: '#/securityDefinitions/basic', type: 'http', scheme: 'basic' },
    {
      name: 'login',
      pointer: '#/securityDefinitions/login',
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: 'https://a.example',
          tokenUrl: 'https://t.example',
          scopes: ['read'],
        },
      },
    },
  ]);
});

test('form fields make one body whose parts are the fields', () => {
  const { spec } = specOf(text);
  const [media] = spec.operations[1]?.requestBody?.content ?? [];
  const fields = '#/paths/~1files/post/parameters';
  expect(spec.operations[1]?.requestBody).toMatchObject({ pointer: `${fields}/0`, required: true });
  expect(media?.type).toBe('multipart/form-data');
  expect(media?.encoding).toEqual({
    file: { pointer: `${fields}/0`, contentType: 'application/octet-stream', headers: [], encoding: {} },
    labels: {
      pointer: `${fields}/2`,
      style: 'form',
      explode: false,
      allowReserved: false,
      headers: [],
      encoding: {},
    },
  });
  const schemas = createSchemas(spec.document, { dialect: spec.dialect });
  const clauses = (value: Parameters<typeof schemas.validate>[1]) =>
    schemas.validate(media?.schema ?? '', value, 'request').map(({ clause }) => clause);
  expect(clauses({ file: 'x', count: 5, labels: ['a'] })).toEqual([]);
  expect(clauses({ file: 'x', count: 6 })).toEqual([`${fields}/1/maximum`]);
  expect(clauses({ count: 5 })).toEqual([`${media?.schema}/required`]);
});

test('what is derived for forms is in no digest', () => {
  const { spec } = specOf(text);
  const without = specOf(text.replaceAll('formData', 'query').replaceAll('type: file', 'type: string'));
  expect(Object.keys(spec.document)).toContain('x-plumb-forms');
  expect(Object.keys(without.spec.document)).not.toContain('x-plumb-forms');
  expect(specOf(JSON.parse(JSON.stringify({ ...spec.document, 'x-plumb-forms': undefined }))).spec.semanticDigest).toBe(
    spec.semanticDigest,
  );
});

test('the dialect knows x-nullable and the boolean bounds of draft 4, and no nullable', () => {
  const { spec } = specOf(text);
  const schemas = createSchemas(spec.document, { dialect: spec.dialect });
  const valid = (value: Parameters<typeof schemas.validate>[1]) =>
    schemas.validate('#/definitions/Pet', value, 'response').length === 0;
  expect([{ name: 'a', owner: null }, { name: null }, { name: 'a', age: 0 }, { name: 'a', age: 1 }].map(valid)).toEqual(
    [true, false, false, true],
  );
});
