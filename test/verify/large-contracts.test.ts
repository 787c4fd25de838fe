import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, test } from 'vitest';
import type { JsonObject, JsonValue, VerifyReport } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import { verify, type VerifyEvent, type VerifyOptions } from '../../src/verify/index.ts';
import { runVerification } from '../../src/verify/run/run.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { startSubject } from '../../src/verify/subject/index.ts';

const OPERATIONS = 8;
const FIELDS = 20;
const names = Array.from({ length: OPERATIONS }, (_, index) => `save${index}`);
const schema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['f0'],
  properties: {
    ...Object.fromEntries(
      Array.from({ length: FIELDS }, (_, index) => [`f${index}`, { type: 'integer', minimum: 0, maximum: 9 }]),
    ),
    // Nothing breaks this `maximum` alone.
    level: { enum: [1, 2], maximum: 5 },
  },
};

/** Enough operations for most of their keywords to be confirmed only when their turn comes. */
const contract: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'large', version: '1' },
  paths: Object.fromEntries(
    names.map((name) => [
      `/${name}`,
      {
        post: {
          operationId: name,
          requestBody: { required: true, content: { 'application/json': { schema } } },
          responses: {
            '200': { description: 'saved' },
            '400': { description: 'refused' },
            '415': { description: 'no' },
          },
        },
      },
    ]),
  ),
};

const servers: Server[] = [];
afterAll(() => servers.forEach((one) => one.close()));

/** A service that keeps the contract, but for one operation that takes numbers beyond the maximum of one field. */
async function serve(lax?: string): Promise<string> {
  const ajv = new Ajv2020({ strict: false });
  const fits = ajv.compile(schema);
  const fitsLax = ajv.compile({
    ...schema,
    properties: { ...(schema['properties'] as JsonObject), f7: { type: 'integer', minimum: 0 } },
  });
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      let body: JsonValue | undefined;
      try {
        body = JSON.parse(text) as JsonValue;
      } catch {
        body = undefined;
      }
      const check = request.url === `/${lax}` ? fitsLax : fits;
      const isJson = request.headers['content-type'] === 'application/json';
      const allowed = request.method === 'POST';
      response.setHeader('allow', 'POST');
      response.statusCode = !allowed ? 405 : !isJson ? 415 : body !== undefined && check(body) ? 200 : 400;
      response.end();
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function run(url: string, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  const read = specFromText(JSON.stringify(contract), { file: 'large.json', name: 'large' });
  if (read.kind !== 'spec') throw new Error(read.findings.map(({ message }) => message).join());
  return verify({ spec: read.spec, subject: { kind: 'url', url }, seed: 4, runs: 4, ...more });
}

function rejectionsOf(report: VerifyReport, operation: string): string[] {
  return report.properties
    .filter((one) => one.kind === 'rejection' && one.operation === operation)
    .map(({ id, verdict }) => `${verdict} ${id.replaceAll(operation, 'OPERATION')}`);
}

// What is confirmed at its turn must be the same as what is confirmed before the first case, and nothing more.
test('the last operations of a large contract have the properties that the first ones have', async () => {
  const told: string[] = [];
  const onEvent = (event: VerifyEvent): void => {
    if (event.type === 'started') told.push(...event.properties.map(({ id }) => id));
  };
  const report = await run(await serve(), { onEvent });
  const [first = '', ...others] = names;
  const expected = rejectionsOf(report, first);
  expect({ verdict: report.verdict, warnings: report.warnings }).toEqual({ verdict: 'pass', warnings: [] });
  expect(expected.length).toBeGreaterThan(FIELDS * 3);
  expect(expected.filter((id) => id.includes('level'))).toEqual(['pass rejection OPERATION body/level enum']);
  for (const other of others) expect(rejectionsOf(report, other)).toEqual(expected);
  // What its turn may show to be nothing was not promised.
  const ids = report.properties.map(({ id }) => id);
  expect(told.filter((id) => !ids.includes(id))).toEqual([]);
  expect(told.length).toBeLessThan(ids.length);
});

test('a bug of the last operation is found, in a shard and by a worker too', async () => {
  const last = names.at(-1) ?? '';
  const url = await serve(last);
  const failing = (report: VerifyReport): string[] =>
    report.properties.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const expected = [`rejection ${last} body/f7 maximum`];
  const clauses = [`#/paths/~1${last}`];
  expect(failing(await run(url, { clauses }))).toEqual(expected);
  const shards = [
    await run(url, { clauses, shard: { index: 1, of: 2 } }),
    await run(url, { clauses, shard: { index: 2, of: 2 } }),
  ];
  expect(shards.flatMap(failing)).toEqual(expected);
  expect(shards.flatMap((one) => rejectionsOf(one, last)).length).toBe(
    rejectionsOf(await run(url, { clauses }), last).length,
  );
  expect(failing(await run(url, { clauses, workers: 2 }))).toEqual(expected);
});

test('of a schema with very many keywords it is said that not all are broken', async () => {
  const properties = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`p${index}`, { type: 'boolean' }]));
  const body = { required: true, content: { 'application/json': { schema: { type: 'object', properties } } } };
  const paths = {
    '/wide': { post: { operationId: 'wide', requestBody: body, responses: { '200': { description: '' } } } },
  };
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'wide', version: '1' }, paths });
  const read = specFromText(text, { file: 'wide.json', name: 'wide' });
  if (read.kind !== 'spec') throw new Error('unread');
  const clauses = ['#/paths/~1wide/post/requestBody/required'];
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'url', url: await serve() },
    seed: 1,
    runs: 1,
    clauses,
  });
  expect(report.warnings).toContain(
    'of large schemas only the first keywords are broken, the outermost ones first: wide body (600 of more)',
  );
});

/** A contract of one operation that takes a body of this schema, and answers with one of the other. */
function wide(schema: JsonObject, answer?: JsonObject): Promise<VerifyReport> {
  const body = { required: true, content: { 'application/json': { schema } } };
  const content = answer === undefined ? {} : { content: { 'application/json': { schema: answer } } };
  const responses = { '200': { description: '', ...content }, '400': { description: '' } };
  const paths = { '/wide': { post: { operationId: 'wide', requestBody: body, responses } } };
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'wide', version: '1' }, paths });
  const read = specFromText(text, { file: 'wide.json', name: 'wide' });
  if (read.kind !== 'spec') throw new Error('unread');
  // Nothing listens there: what is derived is all that is asked.
  return verify({ spec: read.spec, subject: { kind: 'url', url: 'http://127.0.0.1:1' }, seed: 1, runs: 1 });
}

function required(count: number): JsonObject {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, true])) };
}

// What a very wide schema demands took minutes to derive, before the first case and whatever the time given.
test('of a schema that demands very many members a share of them is left out, and said to be', async () => {
  const report = await wide(required(2_000));
  expect(report.warnings).toEqual([
    'of large schemas only the first keywords are broken, the outermost ones first: wide body (102 of more)',
  ]);
});

test('an object of more members than a value may have is refused by name', async () => {
  const { properties } = await wide(required(10_001));
  expect(properties.find(({ id }) => id === 'acceptance wide')).toMatchObject({
    verdict: 'error',
    reason:
      'cannot generate values for required at #/paths/~1wide/post/requestBody/content/application~1json/schema/required: over 10000 properties',
  });
});

test('where the keywords of answers are too many to count, the report says so', async () => {
  const properties = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`p${index}`, { type: 'null' }]));
  const report = await wide({ type: 'null' }, { properties });
  expect(report.warnings).toEqual([
    'the coverage of keywords counts only the first, outermost keywords of the answers of 1 of 1 operations, as there are too many: wide',
  ]);
  expect((await wide({ type: 'null' }, { properties: { p0: { type: 'null' } } })).warnings).toEqual([]);
});

// Deriving takes of the time, too: what it did not suffice for is named, and never passes.
test('operations that there was no time to look at are said to be left out', async () => {
  const responses = { '200': { description: 'Yes.' } };
  const paths = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`/o${index}`, { get: { operationId: `o${index}`, responses } }]),
  );
  const read = specFromText(JSON.stringify({ ...contract, paths }), { file: 'large.json', name: 'large' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  let nowMs = 0;
  const report = await runVerification(
    { spec: read.spec, subject: { kind: 'url', url: await serve() }, timeMs: 100_000 },
    // A second passes whenever somebody looks at the clock.
    { createSchemas, startSubject, seed: 4, today: '2026-11-26', now: () => (nowMs += 1000) },
  );
  const unseen = report.properties.filter(({ reason }) => reason === 'not looked at: the time given is over');
  expect([report.verdict, unseen.length, unseen.at(-1)?.id]).toEqual(['error', 99, 'acceptance o119']);
  expect(report.warnings).toContain(
    'the time given was over before any property was derived of 99 of 120 operations; give more of it',
  );
});

const WIDTH = 150;

/** Takes any few of very many query parameters, each with a bound of its own, but for one that is not looked at. */
async function ofManyParameters(lax?: number): Promise<VerifyReport> {
  const parameters = Array.from({ length: WIDTH }, (_, index) => ({
    name: `p${index}`,
    in: 'query',
    required: index === 3,
    schema: { type: 'integer', maximum: index },
  }));
  const responses = { '200': { description: 'Found.' }, '400': { description: 'No.' } };
  const text = JSON.stringify({
    ...contract,
    paths: { '/a': { get: { operationId: 'find', parameters, responses } } },
  });
  const server = createServer(({ method, url }, response) => {
    const asked = [...new URL(url ?? '/', 'http://localhost').searchParams];
    const fits = asked.every(([name, value]) => {
      const index = Number(name.slice(1));
      return /^-?\d+$/.test(value) && (Number(value) <= index || index === lax);
    });
    const isWhole = asked.some(([name]) => name === 'p3');
    response.writeHead(method !== 'GET' ? 405 : fits && isWhole ? 200 : 400, { allow: 'GET' }).end();
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  const read = specFromText(text, { file: 'wide.json', name: 'wide' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return verify({ spec: read.spec, subject: { kind: 'url', url }, seed: 4, runs: 10 });
}

// All at once they would fit into no URL, and nothing could be sent.
test('of very many parameters each is broken, a few at a time', async () => {
  const failing = ({ properties }: VerifyReport): string[] =>
    properties.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id);
  const [correct, found] = [await ofManyParameters(), await ofManyParameters(140)];
  expect([failing(correct), failing(found)]).toEqual([[], ['rejection find query p140 maximum']]);
  expect(correct.properties.filter(({ kind }) => kind === 'rejection').length).toBeGreaterThanOrEqual(2 * WIDTH);
});
