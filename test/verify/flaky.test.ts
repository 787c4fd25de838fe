/** What comes and goes by chance must not pass because it stayed away when it was tried again. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import type { VerifyReport } from '../../src/events/index.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Flaky, version: "1" }
paths:
  /a:
    get:
      operationId: look
      parameters: [{ name: n, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 9 } }]
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: integer } } } }
        "400": { description: bad }
        "405": { description: no }
`;

const answer = (request: IncomingMessage, response: ServerResponse, headers: Record<string, string>): void => {
  const n = new URL(request.url ?? '', 'http://x').searchParams.get('n');
  const status = request.method !== 'GET' ? 405 : /^\d$/.test(n ?? '') ? 200 : 400;
  response.writeHead(status, { allow: 'GET', 'content-type': 'application/json', ...headers });
  response.end(status === 200 ? n : undefined);
};

async function verified(handle: (request: IncomingMessage, response: ServerResponse, index: number) => void) {
  let index = 0;
  const server = createServer((request, response) => handle(request, response, ++index));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(CONTRACT, { file: '/memory/flaky.yaml', name: 'flaky' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  return verify({ spec: read.spec, subject: { kind: 'url', url: `http://127.0.0.1:${address.port}` }, runs: 160 });
}

const told = ({ verdict, warnings }: VerifyReport): [string, string[]] => [verdict, warnings];

test('a service that drops a new connection now and then is undecided', async () => {
  const dropped = new Set<string | undefined>();
  const report = await verified((request, response, index) => {
    // The same call is not dropped again, however many come in between.
    const drops = index % 37 === 0 && !dropped.has(request.url);
    if (drops) dropped.add(request.url);
    if (drops) request.socket.destroy();
    else answer(request, response, { connection: 'close' });
  });
  expect(told(report)).toEqual([
    'error',
    [expect.stringMatching(/^\d+ cases lost the connection \(.+\), and did not when run again alone: .* by chance/)],
  ]);
});

test('so is one that drops a kept connection now and then', async () => {
  const report = await verified((request, response, index) => {
    if (index % 17 === 0) request.socket.destroy();
    else answer(request, response, {});
  });
  expect(told(report)).toEqual(['error', [expect.stringMatching(/closed the connection of|lost the connection/)]]);
});

test('a service that ends connections in good order passes', async () => {
  const report = await verified((request, response, index) =>
    answer(request, response, index % 5 === 0 ? { connection: 'close' } : {}),
  );
  expect(told(report)).toEqual(['pass', []]);
});
