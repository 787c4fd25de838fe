import { expect, test } from 'vitest';
import { rulesOf, specOf } from './specs.ts';

const text = `
openapi: 3.0.3
info: { title: Shop, version: '1' }
servers: [{ url: 'https://{host}/api/{v}/', variables: { host: { default: x.example }, v: { default: v2 } } }]
security: [{ key: [] }]
paths:
  /items/{id}:
    summary: Items
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: lang, in: query, schema: { type: string }, example: de }
    get:
      operationId: getItem
      security: []
      parameters:
        - { name: lang, in: query, required: true, style: pipeDelimited, schema: { type: array, items: { type: string } } }
        - { name: Accept, in: header, schema: { type: string } }
        - { $ref: '#/components/parameters/Trace' }
        - name: filter
          in: query
          content: { application/json: { schema: { type: object }, example: { a: 1 } } }
      responses:
        200:
          description: Found.
          headers:
            Content-Type: { schema: { type: string } }
            X-Left: { required: true, schema: { type: integer } }
          content:
            Application/JSON; charset=utf-8:
              schema: { $ref: '#/components/schemas/Item' }
              examples: { one: { value: { id: a } }, two: { $ref: '#/components/examples/Two' } }
          links:
            again: { operationId: getItem, parameters: { id: $response.body#/id } }
            byRef: { operationRef: '#/paths/~1items/post' }
            lost: { operationId: none }
        4xx: { $ref: '#/components/responses/Bad' }
        default: { description: Other. }
  /items:
    post:
      requestBody: { $ref: '#/components/requestBodies/New' }
      x-objective: { p99: 1.5s, rate: 60/min, critical: true }
      responses: { '201': { description: Made. } }
components:
  schemas: { Item: { type: object } }
  parameters: { Trace: { name: X-Trace, in: header, schema: { type: string } } }
  examples: { Two: { value: { id: b } } }
  responses: { Bad: { description: Wrong., content: { application/json: {} } } }
  requestBodies: { New: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } } } }
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    basic: { type: http, scheme: Basic }
`;

const get = '#/paths/~1items~1{id}/get';

test('an operation is read with everything that it inherits and refers to', () => {
  const { spec, findings } = specOf(text);
  expect(rulesOf(findings)).toEqual([`link-target ${get}/responses/200/links/lost`]);
  expect(spec.basePath).toBe('/api/v2');
  expect(spec.operations[0]).toEqual({
    id: 'getItem',
    method: 'get',
    path: '/items/{id}',
    pointer: get,
    summary: '',
    security: [],
    invariants: [],
    parameters: [
      {
        name: 'id',
        in: 'path',
        required: true,
        pointer: '#/paths/~1items~1{id}/parameters/0',
        schema: '#/paths/~1items~1{id}/parameters/0/schema',
        style: 'simple',
        explode: false,
        allowReserved: false,
        examples: [],
      },
      {
        name: 'lang',
        in: 'query',
        required: true,
        pointer: `${get}/parameters/0`,
        schema: `${get}/parameters/0/schema`,
        style: 'pipeDelimited',
        explode: false,
        allowReserved: false,
        examples: [],
      },
      {
        name: 'X-Trace',
        in: 'header',
        required: false,
        pointer: '#/components/parameters/Trace',
        schema: '#/components/parameters/Trace/schema',
        style: 'simple',
        explode: false,
        allowReserved: false,
        examples: [],
      },
      {
        name: 'filter',
        in: 'query',
        required: false,
        pointer: `${get}/parameters/3`,
        schema: `${get}/parameters/3/content/application~1json/schema`,
        style: 'form',
        explode: true,
        allowReserved: false,
        contentType: 'application/json',
        media: {
          type: 'application/json',
          name: 'application/json',
          pointer: `${get}/parameters/3/content/application~1json`,
          schema: `${get}/parameters/3/content/application~1json/schema`,
          encoding: {},
          examples: [{ a: 1 }],
        },
        examples: [{ a: 1 }],
      },
    ],
    responses: [
      {
        status: '200',
        description: 'Found.',
        pointer: `${get}/responses/200`,
        content: [
          {
            type: 'application/json',
            name: 'Application/JSON; charset=utf-8',
            encoding: {},
            pointer: `${get}/responses/200/content/Application~1JSON; charset=utf-8`,
            schema: `${get}/responses/200/content/Application~1JSON; charset=utf-8/schema`,
            examples: [{ id: 'a' }, { id: 'b' }],
          },
        ],
        headers: [
          {
            name: 'x-left',
            required: true,
            pointer: `${get}/responses/200/headers/X-Left`,
            schema: `${get}/responses/200/headers/X-Left/schema`,
          },
        ],
        links: [
          {
            name: 'again',
            pointer: `${get}/responses/200/links/again`,
            operation: 'getItem',
            parameters: { id: '$response.body#/id' },
          },
          { name: 'byRef', pointer: `${get}/responses/200/links/byRef`, operation: 'POST /items', parameters: {} },
        ],
      },
      {
        status: '4XX',
        description: 'Wrong.',
        pointer: `${get}/responses/4xx`,
        content: [
          {
            type: 'application/json',
            name: 'application/json',
            pointer: '#/components/responses/Bad/content/application~1json',
            encoding: {},
            examples: [],
          },
        ],
        headers: [],
        links: [],
      },
      {
        status: 'default',
        description: 'Other.',
        pointer: `${get}/responses/default`,
        content: [],
        headers: [],
        links: [],
      },
    ],
  });
});

test('an operation without an id is named by its route, and takes the security of the root', () => {
  const { spec } = specOf(text);
  expect(spec.operations[1]).toMatchObject({
    id: 'POST /items',
    security: [{ key: [] }],
    requestBody: {
      pointer: '#/paths/~1items/post/requestBody',
      required: true,
      content: [
        { type: 'application/json', schema: '#/components/requestBodies/New/content/application~1json/schema' },
      ],
    },
    objective: { pointer: '#/paths/~1items/post/x-objective', p99Ms: 1500, ratePerSecond: 1, critical: true },
  });
  expect(spec.securitySchemes).toEqual([
    { name: 'key', pointer: '#/components/securitySchemes/key', type: 'apiKey', in: 'header', parameterName: 'X-Key' },
    { name: 'basic', pointer: '#/components/securitySchemes/basic', type: 'http', scheme: 'basic' },
  ]);
});

test('clauses come in the order of the document', () => {
  expect(specOf(text).spec.clauses.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
    'operation getItem',
    'parameter id (path)',
    'parameter lang (query)',
    'parameter X-Trace (header)',
    'parameter filter (query)',
    'response 200 Found',
    'response 4XX Wrong',
    'response default Other',
    'operation POST /items',
    'requestBody body',
    'response 201 Made',
    'objective p99 1500 ms at 1/s',
  ]);
});

test.each([
  ['{ p99: 200 }', '/p99'],
  ['{ p99: 0ms }', '/p99'],
  ['{ rate: 1/s }', '/p99'],
  ['{ p99: 5ms, rate: 100 }', '/rate'],
  ['{ p99: 5ms, critical: yes please }', '/critical'],
  ['{ p99: 5ms, p95: 1ms }', '/p95'],
  ['5ms', ''],
])('the objective %s is refused where it is wrong', (objective, place) => {
  const { findings } = specOf(
    `openapi: 3.1.0\npaths: { /a: { get: { x-objective: ${objective}, responses: { 200: { description: a } } } } }`,
  );
  expect(rulesOf(findings)).toEqual([`objective-shape #/paths/~1a/get/x-objective${place}`]);
});

test.each([
  ['paths: []', ['wrong-shape #/paths', 'no-operation #/paths']],
  ['paths: { a: {} }', ['path-shape #/paths/a', 'no-operation #/paths']],
  [
    'paths: { "/a/{x}": { get: { responses: {} } }, "/a/{y}": { get: { responses: {} } } }',
    ['path-ambiguous #/paths/~1a~1{y}'],
  ],
  [
    'paths: { /a: { get: { operationId: x, responses: {} }, put: { operationId: x, responses: {} } } }',
    ['duplicate-operation #/paths/~1a/put'],
  ],
  ['paths: { /a: { get: null } }', ['wrong-shape #/paths/~1a/get', 'no-operation #/paths']],
  ['paths: { /a: { get: { responses: { 2000: {} } } } }', ['status-shape #/paths/~1a/get/responses/2000']],
  ['paths: { /a: { get: { parameters: {}, responses: {} } } }', ['wrong-shape #/paths/~1a/get/parameters']],
  ['paths: { /a: { get: { parameters: [1], responses: {} } } }', ['wrong-shape #/paths/~1a/get/parameters/0']],
  [
    'paths: { /a: { get: { parameters: [{ name: b, in: body }], responses: {} } } }',
    ['parameter-shape #/paths/~1a/get/parameters/0'],
  ],
  [
    'paths: { /a: { get: { parameters: [{ name: b, in: query }, { name: b, in: query }], responses: {} } } }',
    ['duplicate-parameter #/paths/~1a/get/parameters/1'],
  ],
])('%s is told by rule and place', (paths, expected) => {
  expect(rulesOf(specOf(`openapi: 3.1.0\n${paths}\n`).findings)).toEqual(expected);
});
