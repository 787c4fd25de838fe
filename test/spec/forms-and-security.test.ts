import { expect, test } from 'vitest';
import { specOf } from './specs.ts';

const text = `
openapi: 3.1.0
info: { title: Files, version: '1' }
servers: [{ url: https://api.example/v1 }]
paths:
  /files:
    servers: [{ url: https://upload.example/up }]
    post:
      operationId: upload
      deprecated: true
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object }
            encoding:
              meta: { contentType: application/json, headers: { X-Part: { schema: { type: integer } }, content-type: {} } }
              tags: { style: pipeDelimited, allowReserved: true }
              plain: { contentType: text/plain }
      responses:
        '200':
          description: Done.
          headers:
            X-State: { explode: true, content: { application/json: { schema: { type: object } } } }
components:
  securitySchemes:
    login:
      type: oauth2
      flows:
        authorizationCode: { authorizationUrl: /in, tokenUrl: /token, scopes: { read: '', write: '' } }
        x-note: {}
    token: { type: http, scheme: Bearer, bearerFormat: JWT }
    open: { type: openIdConnect, openIdConnectUrl: 'https://id.example/.well-known/openid-configuration' }
`;

// Serialisers and security checks know only the model: what the document says about parts and credentials must be in it.
test('encodings of parts, headers by content, and the details of security schemes are read', () => {
  const { spec } = specOf(text);
  const [upload] = spec.operations;
  const media = '#/paths/~1files/post/requestBody/content/multipart~1form-data';
  expect(upload?.basePath).toBe('/up');
  expect(upload?.deprecated).toBe(true);
  expect(upload?.requestBody?.content[0]?.encoding).toEqual({
    meta: {
      pointer: `${media}/encoding/meta`,
      contentType: 'application/json',
      headers: [
        {
          name: 'x-part',
          required: false,
          pointer: `${media}/encoding/meta/headers/X-Part`,
          schema: `${media}/encoding/meta/headers/X-Part/schema`,
        },
      ],
      encoding: {},
    },
    tags: {
      pointer: `${media}/encoding/tags`,
      headers: [],
      style: 'pipeDelimited',
      explode: false,
      allowReserved: true,
      encoding: {},
    },
    plain: { pointer: `${media}/encoding/plain`, contentType: 'text/plain', headers: [], encoding: {} },
  });
  const header = '#/paths/~1files/post/responses/200/headers/X-State';
  expect(upload?.responses[0]?.headers).toEqual([
    {
      name: 'x-state',
      required: false,
      pointer: header,
      schema: `${header}/content/application~1json/schema`,
      explode: true,
      contentType: 'application/json',
    },
  ]);
  const scheme = (name: string) => ({ name, pointer: `#/components/securitySchemes/${name}` });
  expect(spec.securitySchemes).toEqual([
    {
      ...scheme('login'),
      type: 'oauth2',
      flows: { authorizationCode: { authorizationUrl: '/in', tokenUrl: '/token', scopes: ['read', 'write'] } },
    },
    { ...scheme('token'), type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    {
      ...scheme('open'),
      type: 'openIdConnect',
      openIdConnectUrl: 'https://id.example/.well-known/openid-configuration',
    },
  ]);
});

// Nobody may take a pass for more than it says: which scopes a credential has, and client certificates, are not tried.
test('scopes and mutualTLS are told as not covered, and a scheme without scopes is not', () => {
  const { spec } = specOf({
    openapi: '3.1.0',
    info: { title: 'a', version: '1' },
    security: [{ login: ['read', 'write'] }, { certificate: [] }, { key: [] }],
    paths: { '/a': { get: { responses: { '200': { description: 'a' }, '401': { description: 'b' } } } } },
    components: {
      securitySchemes: {
        login: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: 'https://a', scopes: { read: '', write: '' } } },
        },
        certificate: { type: 'mutualTLS' },
        key: { type: 'apiKey', in: 'header', name: 'k' },
      },
    },
  });
  expect(spec.notCovered.map(({ what, pointer }) => [what, pointer])).toEqual([
    ['scopes read, write of login', '#/components/securitySchemes/login'],
    ['mutualTLS (certificate)', '#/components/securitySchemes/certificate'],
  ]);
});
