import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { driftCommand } from '../../../src/cli/commands/drift.ts';
import type { DriftItem } from '../../../src/events/index.ts';
import { captureIo } from '../../support/captured-io.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const contract = `openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: /v1 }]
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        "200":
          description: orders
          headers: { x-total: { schema: { type: integer } } }
          content:
            application/json:
              schema: { type: object, properties: { items: { type: array, items: { $ref: "#/components/schemas/Order" } } } }
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 9 } }]
      responses:
        "200": { description: one, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
        "404": { description: none }
components:
  schemas:
    Order:
      allOf:
        - { type: object, required: [id], properties: { id: { type: integer }, labels: { type: object, additionalProperties: true } } }
        - { type: object, properties: { note: { type: string } } }
`;

function written(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'openapi.yaml'), contract);
  return folder;
}

async function serving(
  answer: (path: string) => { status: number; headers?: Record<string, string>; body?: unknown },
): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const { status, headers, body } = answer(request.url ?? '/');
    response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, close: () => void server.close() };
}

const briefly = (items: DriftItem[]): string[] =>
  items.map(({ kind, operation, name }) => `${kind} ${operation ?? '-'} ${name}`);

// The service answers within its contract, and yet does things that nobody wrote down: each is named, and nothing else.
test('drift names undocumented fields, headers, statuses and routes of a running service', async () => {
  const order = { id: 1, labels: { any: 1 }, note: '', debug: true };
  let asked = 0;
  const service = await serving((path) => {
    if (path.startsWith('/v1/orders/')) {
      if (++asked % 3 === 0) return { status: 410 };
      return {
        status: 200,
        headers: { 'x-trace': 'a', etag: '"1"' },
        body: { ...order, links: { self: '/v1/orders/1', audit: '/v1/audit/17' } },
      };
    }
    if (path !== '/v1/orders') return { status: 404 };
    const next = { href: '/v1/orders/export' };
    return {
      status: 200,
      headers: { 'x-total': '1', link: '</v1/reports/2024>; rel="related"' },
      body: { items: [order], next },
    };
  });
  const io = captureIo(written());
  expect(await driftCommand(['openapi.yaml', '--url', service.url, '--runs', '20', '--json'], io.io)).toBe(1);
  service.close();
  const { drift } = JSON.parse(io.out()) as { drift: DriftItem[] };
  expect(briefly(drift).toSorted()).toEqual(
    [
      'field getOrder 200 /debug',
      'field getOrder 200 /links',
      'field listOrders 200 /items/*/debug',
      'field listOrders 200 /next',
      'header getOrder x-trace',
      'route - /v1/reports/{id}',
      'status getOrder 410',
    ].toSorted(),
  );
});

test('a service that does only what is written has no drift, and one that does not answer is undecided', async () => {
  const order = { id: 1, note: '' };
  const service = await serving((path) =>
    path === '/v1/orders'
      ? { status: 200, headers: { 'x-total': '1' }, body: { items: [order] } }
      : { status: 200, body: order },
  );
  const io = captureIo(written());
  expect(await driftCommand(['openapi.yaml', '--url', service.url, '--runs', '10'], io.io)).toBe(0);
  expect(io.out()).toMatch(/^no drift; \d+ exchanges with http:\/\/127\.0\.0\.1:\d+\n$/);
  service.close();
  const gone = captureIo(written());
  expect(await driftCommand(['openapi.yaml', '--url', service.url, '--runs', '10'], gone.io)).toBe(3);
});

const entry = (method: string, url: string, status: number, body?: unknown): object => ({
  request: { method, url },
  response: {
    status,
    headers: [{ name: 'Content-Type', value: 'application/json' }],
    content: { mimeType: 'application/json', text: JSON.stringify(body) },
  },
});

// Traffic shows what a run never asks for: routes and methods that the contract does not have.
test('drift reads recorded traffic', async () => {
  const folder = written();
  const api = 'https://api.test';
  const entries = [
    entry('GET', `${api}/v1/orders/1`, 200, { id: 1 }),
    entry('PATCH', `${api}/v1/orders/1`, 200, { id: 1 }),
    entry('GET', `${api}/v1/internal/77?x=1`, 200, {}),
    entry('GET', `${api}/v1/nothing`, 404, {}),
    entry('GET', 'https://elsewhere.test/pixel', 200, {}),
    entry('OPTIONS', `${api}/v1/orders`, 204),
    { request: {}, response: {} },
  ];
  writeFileSync(join(folder, 'a.har'), JSON.stringify({ log: { entries } }));
  const io = captureIo(folder);
  expect(await driftCommand(['openapi.yaml', '--har', 'a.har', '--json'], io.io)).toBe(1);
  const found = JSON.parse(io.out()) as { drift: DriftItem[]; answers: number; warnings: string[] };
  expect(briefly(found.drift)).toEqual(['route - GET /v1/internal/{id}', 'method - PATCH /orders/{id}']);
  expect([found.answers, found.warnings]).toEqual([5, ['1 entry without a usable URL or status skipped']]);

  const text = captureIo(folder);
  await driftCommand(['openapi.yaml', '--har', 'a.har'], text.io);
  expect(text.out()).toContain('openapi.yaml:15:3  #/paths/~1orders~1{id}');
  writeFileSync(join(folder, 'b.har'), JSON.stringify({ log: { entries: [entries[4]] } }));
  for (const har of ['b.har', 'absent.har', 'openapi.yaml'])
    expect(await driftCommand(['openapi.yaml', '--har', har], captureIo(folder).io)).toBe(3);
});

// What a recorder leaves out, cuts or adds must not make drift look like none.
test('drift reads archives as recorders really write them, and says what it could not look at', async () => {
  const folder = written();
  const url = 'https://api.test/v1/orders/1';
  const typed = (text: string): object => ({
    request: { method: 'GET', url },
    response: { status: 200, content: { mimeType: 'application/json; charset=utf-8', text } },
  });
  const entries = [typed('{"id":1,"debug":true}'), typed('{"id":1,"de'), typed('{"id":'), null, 7, { request: [] }];
  writeFileSync(join(folder, 'a.har'), `\uFEFF${JSON.stringify({ log: { entries } })}`);
  const io = captureIo(folder);
  expect(await driftCommand(['openapi.yaml', '--har', 'a.har', '--json'], io.io)).toBe(1);
  const found = JSON.parse(io.out()) as { drift: DriftItem[]; warnings: string[] };
  expect([briefly(found.drift), found.warnings]).toEqual([
    ['field getOrder 200 /debug'],
    ['3 entries without a usable URL or status skipped', '2 bodies of JSON not looked at, being cut or broken'],
  ]);
});

test('a service that never answers as documented is undecided, with what it answered instead', async () => {
  const service = await serving(() => ({ status: 302, headers: { location: '/elsewhere' } }));
  const io = captureIo(written());
  expect(await driftCommand(['openapi.yaml', '--url', service.url, '--runs', '5'], io.io)).toBe(3);
  service.close();
  expect(
    io
      .err()
      .split('\n')
      .findLast((line) => line !== ''),
  ).toMatchInlineSnapshot(
    `"plumb drift: no operation answered as documented, so nothing is known: no case could be made: listOrders answered 302"`,
  );
});
