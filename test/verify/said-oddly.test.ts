/** What contracts seldom say must still be sent as they mean it: lists in lists, parameters without a value, bytes in a form. */
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';

const CONTRACT = `swagger: '2.0'
info: { title: Scans, version: '1' }
paths:
  /cells:
    get:
      operationId: sum
      parameters:
        - name: matrix
          in: query
          required: true
          type: array
          minItems: 1
          collectionFormat: pipes
          items: { type: array, minItems: 1, maxItems: 4, items: { type: integer, minimum: 0, maximum: 99 } }
        - { name: deep, in: query, type: integer, allowEmptyValue: true }
        - name: marks
          in: query
          type: array
          minItems: 1
          allowEmptyValue: true
          items: { type: string, pattern: '^[a-z]+$' }
      produces: [application/json]
      responses:
        '200': { description: Their sum., schema: { type: integer } }
        '400': { description: No matrix. }
  /scans:
    post:
      operationId: scan
      consumes: [multipart/form-data]
      produces: [application/json]
      parameters:
        - { name: page, in: formData, type: file, required: true }
        - { name: tags, in: formData, type: array, items: { type: string, pattern: '^[a-z]+$' }, collectionFormat: pipes }
      responses:
        '200': { description: How long it is., schema: { type: integer } }
        '400': { description: No scan. }
`;

interface Answer {
  status: number;
  body: string;
}

const REFUSED: Answer = { status: 400, body: '' };

/** Cells are separated by commas, rows by bars. */
function sum(url: URL, bug: string): Answer {
  const deep = url.searchParams.get('deep');
  if (deep !== null && !/^-?\d+$/.test(deep) && (deep !== '' || bug === 'empty-refused')) return REFUSED;
  const marks = url.searchParams.get('marks') ?? '';
  if (marks !== '' && !/^[a-z]+(,[a-z]+)*$/.test(marks)) return REFUSED;
  const matrix = url.searchParams.get('matrix') ?? '';
  const rows = bug === 'rows-unknown' ? [matrix.split(',')] : matrix.split('|').map((row) => row.split(','));
  const cells = rows.flat();
  if (rows.some((row) => row.length > 4) || cells.some((cell) => !/^\d{1,2}$/.test(cell))) return REFUSED;
  return { status: 200, body: String(cells.map(Number).reduce((all, cell) => all + cell, 0)) };
}

async function scan(request: IncomingMessage, bug: string): Promise<Answer> {
  const type = request.headers['content-type'] ?? '';
  const read = new Response(await buffer(request), { headers: { 'content-type': type } });
  const form = await read.formData().catch(() => undefined);
  const page = form?.get('page');
  const tags = form?.getAll('tags') ?? [];
  if (!(page instanceof File) || tags.length > 1) return REFUSED;
  if (tags.some((text) => typeof text !== 'string' || !/^[a-z]+(\|[a-z]+)*$/.test(text))) return REFUSED;
  const bytes = Buffer.from(await page.arrayBuffer());
  if (bug === 'bytes-as-text' && !Buffer.from(bytes.toString()).equals(bytes)) return { status: 500, body: '' };
  return { status: 200, body: String(bytes.length) };
}

async function failing(bug: string): Promise<string[]> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = url.pathname === '/cells' ? 'GET' : 'POST';
    void (async () => {
      const known = request.method === method && ['/cells', '/scans'].includes(url.pathname);
      const answer = known ? (method === 'GET' ? sum(url, bug) : await scan(request, bug)) : { status: 405, body: '' };
      response.writeHead(answer.status, { allow: method, 'content-type': 'application/json' }).end(answer.body);
    })();
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const read = specFromText(CONTRACT, { file: '/memory/scans.yaml', name: 'scans' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  const subject = { kind: 'url' as const, url: `http://127.0.0.1:${address.port}` };
  const report = await verify({ spec: read.spec, subject, runs: 30, seed: 5 });
  server.closeAllConnections();
  server.close();
  return report.properties.filter(({ verdict }) => verdict !== 'pass').map(({ id, reason }) => reason ?? id);
}

test.each([
  ['', []],
  ['rows-unknown', ['acceptance sum']],
  ['empty-refused', ['acceptance sum']],
  ['bytes-as-text', ['acceptance scan', 'conformance scan']],
])('a service with the bug "%s" fails %j', async (bug, expected) => {
  expect(await failing(bug)).toEqual(expected);
});
