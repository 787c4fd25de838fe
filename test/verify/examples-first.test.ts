/** The spec's own examples come first, those of one name together, and what cannot be served is said by name. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { verify } from '../../src/verify/index.ts';
import { specOf } from '../spec/specs.ts';

const person = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
};
const { spec } = specOf({
  openapi: '3.1.0',
  info: { title: 'People', version: '1' },
  paths: {
    '/people/{team}': {
      post: {
        operationId: 'join',
        parameters: [
          {
            name: 'team',
            in: 'path',
            required: true,
            schema: { type: 'string', minLength: 3 },
            examples: { anna: { value: 'engineering' }, otto: { value: 'sales' }, broken: { value: 'x' } },
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: person,
              examples: {
                anna: { value: { name: 'Anna', age: 30 } },
                otto: { value: { name: 'Otto' } },
                broken: { value: { name: 7 } },
              },
            },
            'application/cbor': { schema: person },
          },
        },
        responses: {
          204: { description: 'Joined.' },
          400: { description: 'Refused.' },
          415: { description: 'Refused.' },
        },
      },
    },
  },
});

test('named examples are combined by name, invalid ones are left out, and an unserved media type is told', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      if (request.method === 'POST') seen.push(`${request.url} ${text}`);
      if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
      if (request.headers['content-type'] !== 'application/json') return void response.writeHead(415).end();
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch {
        body = undefined;
      }
      const { name, age = 1 } = (body ?? {}) as { name?: unknown; age?: unknown };
      const good =
        typeof name === 'string' && Number.isInteger(age) && (request.url ?? '').length >= '/people/abc'.length;
      response.writeHead(good ? 204 : 400).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const report = await verify({ spec, subject: { kind: 'url', url }, runs: 10, seed: 5 });
  expect(report.properties.filter((one) => one.verdict !== 'pass')).toEqual([]);
  expect(seen.slice(0, 2).toSorted()).toEqual([
    '/people/engineering {"name":"Anna","age":30}',
    '/people/sales {"name":"Otto"}',
  ]);
  expect(seen.filter((one) => one.startsWith('/people/x ') && one.endsWith('{"name":7}'))).toEqual([]);
  expect(report.warnings).toEqual([
    'join: bodies of application/cbor cannot be written: no serialisation of its schema is known',
  ]);
  expect(report.coverage.mediaTypes).toEqual({ covered: 1, total: 2 });
});
