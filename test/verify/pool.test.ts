/** Calls that must be refused share what they need, which hides nothing of what they show. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { PropertyResult } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Rooms, version: "1" }
paths:
  /rooms:
    post:
      operationId: open
      responses: { "201": { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Room' } } } }, "409": { description: full } }
  /rooms/{room}:
    parameters: [{ name: room, in: path, required: true, schema: { type: integer } }]
    patch:
      operationId: change
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [seats], properties: { seats: { type: integer, maximum: 120 } } } } }
      responses: { "200": { description: done }, "400": { description: invalid }, "404": { description: unknown } }
components:
  schemas: { Room: { type: object, required: [id], properties: { id: { type: integer } } } }
`;

/** Verifies a hotel that takes up to so many seats, and has no further rooms as soon as one has too many. */
async function propertiesOf(
  most: number,
  clauses?: string[],
): Promise<{ properties: PropertyResult[]; opened: number }> {
  let opened = 0;
  let isFull = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, body?: unknown): void => {
        response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      };
      if (request.url === '/rooms' && request.method === 'POST')
        return isFull ? answer(409) : answer(201, { id: ++opened });
      if (request.method !== 'PATCH' || !/^\/rooms\/\d+$/.test(request.url ?? '')) return answer(404);
      const seats = seatsIn(Buffer.concat(chunks).toString());
      if (
        seats === undefined ||
        seats > most ||
        !(request.headers['content-type'] ?? '').startsWith('application/json')
      )
        return answer(400);
      if (Number(request.url?.split('/')[2]) > opened) return answer(404);
      isFull ||= seats > 120;
      return answer(200);
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(CONTRACT, { file: '/memory/rooms.yaml', name: 'rooms' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const subject = { kind: 'url', url: `http://127.0.0.1:${address.port}` } as const;
  const { properties } = await verify({
    spec: read.spec,
    subject,
    seed: 1,
    runs: 20,
    ...(clauses === undefined ? {} : { clauses }),
  });
  return { properties: properties.filter(({ kind }) => kind === 'rejection'), opened };
}

function seatsIn(text: string): number | undefined {
  try {
    const { seats } = JSON.parse(text) as { seats?: unknown };
    return Number.isSafeInteger(seats) ? Number(seats) : undefined;
  } catch {
    return undefined;
  }
}

test('what was accepted and had to be refused is told though nothing else can be made to show it once more', async () => {
  const { properties } = await propertiesOf(121);
  const failing = properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  expect(failing).toEqual(['rejection change body/seats maximum']);
});

test('all refusals of an operation need but one of what it is called on', async () => {
  const schema = '#/paths/~1rooms~1{room}/patch/requestBody/content/application~1json/schema';
  const { properties, opened } = await propertiesOf(120, [schema]);
  const verdicts = properties.map(({ verdict }) => verdict);
  expect({ verdicts: [...new Set(verdicts)], opened }).toEqual({ verdicts: ['pass'], opened: 1 });
  expect(verdicts.length).toBeGreaterThan(3);
});
