import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const contract = `openapi: 3.1.0
info: { title: Based, version: "1" }
servers: [{ url: "https://api.example.com/v1" }]
paths:
  /things:
    get: { operationId: list, responses: { "200": { description: ok } } }
`;

/** Verifies a service that serves `/things` under a prefix, at a URL that ends with another. */
async function verified(
  prefix: string,
  suffix: string,
  { status = 200, ...more }: { workers?: number; status?: number } = {},
): Promise<VerifyReport> {
  const server = createServer((request, response) => {
    const isThere = request.url === `${prefix}/things`;
    response.statusCode = !isThere ? 404 : request.method === 'GET' ? status : 405;
    response.setHeader('allow', 'GET');
    response.end();
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(contract, { file: '/memory/based.yaml', name: 'based' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  const url = `http://127.0.0.1:${address.port}${suffix}`;
  const report = await verify({ spec: read.spec, subject: { kind: 'url', url }, seed: 1, runs: 6, ...more });
  return { ...report, warnings: report.warnings.map((one) => one.replace(`:${address.port}`, '')) };
}

// A service that is run by itself is often given by its root, whatever path the contract's server has.
test('a service is found below the path of its server, at the root, or not at all', async () => {
  const told = async (prefix: string, suffix: string, more = {}): Promise<unknown> => {
    const { verdict, warnings } = await verified(prefix, suffix, more);
    return [verdict, warnings];
  };
  const moved =
    "GET http://127.0.0.1/v1/things is answered with 404, and without /v1, the path of the contract's server, with 200: " +
    'all is asked for without it; correct servers in the contract, or the URL';
  expect(await told('/v1', '')).toEqual(['pass', []]);
  expect(await told('/v1', '/v1')).toEqual(['pass', []]);
  expect(await told('', '/')).toEqual(['pass', [moved]]);
  expect(await told('', '', { workers: 2 })).toEqual(['pass', [moved]]);
  expect(await told('/v2', '')).toEqual([
    'fail',
    [
      "GET http://127.0.0.1/v1/things is answered with 404, and so is it without /v1, the path of the contract's server: is the URL right?",
      'undocumented methods of /things are answered with 404 rather than 405',
    ],
  ]);
});

// A script is run against the same URL.
test.each(['', '/v1'])(
  'the path of the server comes once in a script for a URL that ends with "%s"',
  async (suffix) => {
    const { properties } = await verified('/v1', suffix, { status: 500 });
    const { counterexample } = properties.find(({ id }) => id === 'acceptance list') ?? {};
    const [, base, path] = /BASE:-(\S+)\}"[^]*"\$BASE(\/\w.*?)"/.exec(counterexample?.reproducer ?? '') ?? [];
    expect(`${base}${path}`).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/things$/);
  },
);
