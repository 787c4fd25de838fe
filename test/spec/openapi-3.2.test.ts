import { expect, test } from 'vitest';
import { rulesOf, specOf } from './specs.ts';

const text = `
openapi: 3.2.0
$self: https://api.example/contract.yaml
info: { title: New, version: '1' }
jsonSchemaDialect: https://spec.openapis.org/oas/3.2/dialect/2025-09-17
tags: [{ name: a, parent: b, kind: nav }, { name: b }]
security: [{ 'https://api.example/contract.yaml#/components/x-shared/key': [] }]
webhooks: { shipped: { post: { responses: { '200': { description: D. } } } } }
paths:
  /search:
    servers: [{ url: https://search.example/v2 }]
    query:
      operationId: search
      requestBody: { content: { application/json: { $ref: '#/components/mediaTypes/Filter' } } }
      callbacks: { done: { '{$request.body#/url}': { post: {} } } }
      responses:
        '200':
          summary: Found.
          content:
            application/jsonl: { itemSchema: { $ref: '#/components/schemas/Hit' } }
    additionalOperations:
      COPY: { operationId: copy, security: [], responses: { '204': { description: D. } } }
      get: { responses: {} }
  /find:
    get:
      operationId: find
      servers: [{ url: https://search.example/v2 }]
      parameters:
        - { name: q, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
        - { name: c, in: cookie, style: cookie, schema: { type: array, items: { type: string } } }
      responses:
        default:
          description: D.
          content:
            multipart/mixed:
              itemSchema: { type: object }
              prefixEncoding: [{ contentType: application/json }]
              itemEncoding: { contentType: text/plain }
              examples:
                one: { dataValue: [1] }
                two: { serializedValue: '[2]' }
                three: { externalValue: https://files.example/three }
components:
  x-shared: { key: { type: apiKey, in: header, name: X-Key } }
  mediaTypes: { Filter: { schema: { type: object }, examples: { a: { serializedValue: '{"a":1}' } } } }
  schemas: { Hit: { type: object } }
`;

// The newest edition has places that older readers do not know; what they say must be read or be named as not covered.
test('what OpenAPI 3.2 added is read, or named', () => {
  const { spec, findings } = specOf(text);
  const paths = '#/paths';
  expect(rulesOf(findings)).toEqual([`method-shape ${paths}/~1search/additionalOperations/get`]);
  const [search, copy, find] = spec.operations;
  expect(spec.operations.map(({ id, method, basePath }) => [id, method, basePath])).toEqual([
    ['search', 'query', '/v2'],
    ['copy', 'copy', '/v2'],
    ['find', 'get', '/v2'],
  ]);
  expect(search?.requestBody?.content).toEqual([
    {
      type: 'application/json',
      name: 'application/json',
      pointer: '#/components/mediaTypes/Filter',
      schema: '#/components/mediaTypes/Filter/schema',
      encoding: {},
      examples: [{ a: 1 }],
    },
  ]);
  expect(search?.responses[0]?.content[0]?.itemSchema).toBe(
    `${paths}/~1search/query/responses/200/content/application~1jsonl/itemSchema`,
  );
  expect(copy?.security).toEqual([]);
  expect(find?.parameters.map(({ in: place, style, explode }) => [place, style, explode])).toEqual([
    ['query', 'querystring', false],
    ['cookie', 'cookie', true],
  ]);
  const mixed = `${paths}/~1find/get/responses/default/content/multipart~1mixed`;
  const part = { headers: [], encoding: {} };
  expect(find?.responses[0]?.content[0]).toEqual({
    type: 'multipart/mixed',
    name: 'multipart/mixed',
    pointer: mixed,
    itemSchema: `${mixed}/itemSchema`,
    encoding: {},
    prefixEncoding: [{ ...part, pointer: `${mixed}/prefixEncoding/0`, contentType: 'application/json' }],
    itemEncoding: { ...part, pointer: `${mixed}/itemEncoding`, contentType: 'text/plain' },
    examples: [[1]],
  });
  expect(spec.securitySchemes).toEqual([
    {
      name: 'https://api.example/contract.yaml#/components/x-shared/key',
      pointer: '#/components/x-shared/key',
      type: 'apiKey',
      in: 'header',
      parameterName: 'X-Key',
    },
  ]);
  expect(spec.notCovered.map(({ what, pointer }) => [what, pointer])).toEqual([
    ['webhook shipped', '#/webhooks/shipped'],
    ['callback done of search', `${paths}/~1search/query/callbacks/done`],
    ['server search.example of find', `${paths}/~1find/get/servers`],
  ]);
});

test('a method of 3.2 means nothing in an older document', () => {
  const { spec } = specOf(text.replace('3.2.0', '3.1.0').replace('in: querystring', 'in: query'));
  expect(spec.operations.map(({ id }) => id)).toEqual(['find']);
});

test('a contract of webhooks only is not ready, and says why', () => {
  const { findings } = specOf(
    "openapi: 3.1.0\ninfo: { title: W, version: '1' }\nwebhooks: { a: { post: { responses: { '200': { description: D. } } } } }\n",
  );
  expect(findings.map(({ message }) => message)).toEqual([
    'the contract has webhooks only, which the service sends, so nothing could be checked',
  ]);
});
