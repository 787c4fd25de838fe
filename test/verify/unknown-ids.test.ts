/** An id that nobody has made must be one: what a service counts in short texts may well be there. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const SEEDS = 120;

const contract = (pattern: string): string => `openapi: 3.1.0
info: { title: Zoo, version: "1" }
paths:
  /animals:
    post:
      operationId: add
      responses: { "201": { description: made, content: { application/json: { schema: { $ref: '#/components/schemas/Animal' } } } } }
  /animals/{animal}:
    get:
      operationId: look
      parameters: [{ name: animal, in: path, required: true, schema: { type: string, pattern: '${pattern}' } }]
      responses:
        "200": { description: it, content: { application/json: { schema: { $ref: '#/components/schemas/Animal' } } } }
        "404": { description: none }
components:
  schemas: { Animal: { type: object, required: [id], properties: { id: { type: string } } } }
`;

/** Verdicts of the property on a zoo in which every animal with up to three characters after `an_` is there. */
async function verdicts(pattern: string): Promise<string[]> {
  let made = 0;
  const server = createServer((request, response) => {
    const answer = (status: number, body?: unknown): void => {
      response.writeHead(status, body === undefined ? { allow: 'GET' } : { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const [, id] = /^\/animals\/(an_[a-z0-9]+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/animals' && request.method === 'POST')
      return answer(201, { id: `an_${(++made).toString(36)}` });
    if (id === undefined) return answer(404);
    if (request.method !== 'GET') return answer(405);
    return id.length <= 6 ? answer(200, { id }) : answer(404);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(contract(pattern), { file: '/memory/zoo.yaml', name: 'zoo' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const { spec } = read;
  const subject = { kind: 'url', url: `http://127.0.0.1:${address.port}` } as const;
  const clauses = ['#/paths/~1animals~1{animal}/get/responses/404'];
  const found: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { properties } = await verify({ spec, subject, seed, runs: 300, clauses });
    found.push(...properties.filter(({ id }) => id === 'rejection look unknown id').map(({ verdict }) => verdict));
  }
  return found;
}

test('an unknown id is so long that nobody has counted up to it, or it is not asked for', async () => {
  expect(await verdicts('^an_[a-z0-9]{1,12}$')).toEqual(Array.from({ length: SEEDS }, () => 'pass'));
  expect(await verdicts('^an_[a-z0-9]{1,3}$')).toEqual([]);
});
