import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import type { VerifyReport } from '../../src/events/index.ts';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const contract = (path: string, schema: string): string => `openapi: 3.1.0
info: { title: Odd, version: "1" }
paths:
  ${JSON.stringify(path)}:
    get:
      operationId: look
      responses:
        "200":
          description: ok
          headers: { "X%41": { required: true, schema: { type: string } } }
          content: { application/json: { schema: ${schema} } }
`;

interface Told {
  report: VerifyReport;
  asked: Set<string>;
}

async function told(path: string, schema: string, body: string, headers: Record<string, string> = {}): Promise<Told> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    asked.add(request.url ?? '');
    const known = request.method === 'GET';
    response.writeHead(known ? 200 : 405, { ...headers, allow: 'GET', 'content-type': 'application/json' });
    response.end(known ? body : '{}');
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(contract(path, schema), { file: '/memory/odd.yaml', name: 'odd' });
  if (read.kind !== 'spec') throw new Error('the contract is read');
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'url', url: `http://127.0.0.1:${address.port}` },
    runs: 4,
  });
  server.close();
  return { report, asked };
}

const verdicts = ({ report }: Told): Record<string, string> =>
  Object.fromEntries(report.properties.map(({ id, verdict }) => [id, verdict]));

// What a percent sign hides must not pass unseen: the path is asked, its answer and its header are judged.
test('paths and headers with percent signs are checked', async () => {
  const good = await told('/st%C3%A4dte', '{ type: string }', '"a"', { 'X%41': 'b' });
  expect([good.report.verdict, [...good.asked].filter((path) => path !== '/')]).toEqual(['pass', ['/st%C3%A4dte']]);
  expect(verdicts(await told('/st%C3%A4dte', '{ type: string }', '1', { 'X%41': 'b' }))).toMatchObject({
    'conformance look': 'fail',
  });
  expect(verdicts(await told('/st%C3%A4dte', '{ type: string }', '"a"'))).toMatchObject({ 'conformance look': 'fail' });
});

// JSON.parse keeps the last of two, others the first: both readings may fit the schema, and only one is meant.
test('a name that stands twice in an object is a warning with its place, and one in two objects is none', async () => {
  const twice = await told('/a', '{}', '[{"a":1,"b":[{"c\\u0064":1},{"d":2,"cd":3,"cd":{}}]}]', { 'X%41': 'b' });
  expect([twice.report.verdict, twice.report.warnings]).toEqual([
    'pass',
    ['look answered an object with the name /0/b/1/cd twice; readers take one or the other (RFC 8259 §4)'],
  ]);
  const once = await told('/a', '{}', '[{"a":"a","b":{"a":"\\"b\\":","b":[["a","a"],"b"]}},{"a":1,"":{"":""}}]', {
    'X%41': 'b',
  });
  expect([once.report.verdict, once.report.warnings]).toEqual(['pass', []]);
});

test('what a path says literally is escaped on the wire', async () => {
  const spaced = await told('/my towns/\u00e4', '{ type: string }', '"a"', { 'X%41': 'b' });
  expect([spaced.report.verdict, [...spaced.asked].filter((path) => path !== '/')]).toEqual([
    'pass',
    ['/my%20towns/%C3%A4'],
  ]);
});

// A service is not to blame for what its contract keeps us from judging, and an answer that cannot be followed is told.
test('what cannot be checked is undecided, and an answer of 20,000 levels is a finding', async () => {
  const slow = await told('/a', '{ type: string, pattern: "^(?!(a+)+$).*$" }', JSON.stringify(`${'a'.repeat(40)}b`), {
    'X%41': 'b',
  });
  expect(slow.report.verdict).toBe('error');
  expect(verdicts(slow)).toMatchObject({ 'conformance look': 'error' });
  const deep = await told('/a', '{}', '['.repeat(20_000) + ']'.repeat(20_000), { 'X%41': 'b' });
  expect(deep.report.verdict).toBe('fail');
  expect(JSON.stringify(deep.report)).toContain('nested deeper than 500 levels');
});
