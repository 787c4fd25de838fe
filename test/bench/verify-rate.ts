/**
 * Cases a second against a trivial service of this machine, and the share of the requests that autocannon sends to the
 * same service, which parses no answer and draws no input: `node test/bench/verify-rate.ts [RUNS] [WORKERS]`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { specFromText } from '../../src/spec/load.ts';
import { verify } from '../../src/verify/index.ts';
import { report as reportFigure } from './figure.ts';

const SERVICE = `
const answer = JSON.stringify({ id: '0b8ad3d4-1f6e-4a7e-9c39-5c6d0a1b2c3d', name: 'x' });
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(answer);
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

const CONTRACT = `
openapi: 3.0.3
info: { title: Trivial, version: 1.0.0 }
paths:
  /things:
    post:
      operationId: make
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties: { name: { type: string, maxLength: 20 }, size: { type: integer, minimum: 0, maximum: 9 } }
      responses:
        '201': { description: Made., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
  /things/{id}:
    get:
      operationId: look
      parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
      responses:
        '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
components:
  schemas:
    Thing:
      type: object
      required: [id, name]
      properties: { id: { type: string, format: uuid }, name: { type: string } }
`;

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon/autocannon.js');
const SECONDS = 3;
const BODY = '{"name":"x","size":3}';

/** Requests a second of autocannon with as many connections as the engine has. */
function loadOf(url: string, post: boolean): number {
  const body = post ? ['-m', 'POST', '-H', 'content-type=application/json', '-b', BODY] : [];
  const printed = execFileSync(process.execPath, [AUTOCANNON, '-j', '-c', '16', '-d', String(SECONDS), ...body, url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (JSON.parse(printed) as { requests: { average: number } }).requests.average;
}

const folder = mkdtempSync(join(tmpdir(), 'plumb-rate-'));
writeFileSync(join(folder, 'server.cjs'), SERVICE);
const read = specFromText(CONTRACT, { file: join(folder, 'openapi.yaml'), name: 'trivial' });
if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
const service = spawn(process.execPath, [join(folder, 'server.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [port] = (await once(service.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${String(port).trim()}`;
  const runs = Number(process.argv[2] ?? 60_000);
  for (const [path, clause] of [
    ['/things', '#/paths/~1things/post'],
    ['/things/0b8ad3d4-1f6e-4a7e-9c39-5c6d0a1b2c3d', '#/paths/~1things~1{id}/get'],
  ] as const) {
    const peer = loadOf(url + path, path === '/things');
    const before = process.cpuUsage();
    const report = await verify({
      spec: read.spec,
      subject: { kind: 'url', url },
      clauses: [`${clause}/responses`],
      runs,
      skipObjectives: true,
    });
    const { user, system } = process.cpuUsage(before);
    const requests = Object.values(report.latency).reduce((sum, one) => sum + one.samples, 0);
    const requestsPerSecond = (requests * 1000) / report.durationMs;
    const what = `cases against a trivial service, ${clause} (${report.verdict})`;
    reportFigure({ figure: what, value: report.casesPerSecond, unit: '/s', limit: { atLeast: 2000 } });
    reportFigure({
      figure: `requests of it beside those of autocannon, ${clause}`,
      value: requestsPerSecond / peer,
      unit: 'of it',
      limit: { atLeast: 1 / 3 },
      peer: `${Math.round(requestsPerSecond)}/s, autocannon ${Math.round(peer)}/s`,
    });
    const cpuMicros = Math.round((user + system) / requests);
    reportFigure({ figure: `our own processor time for a request, ${clause}`, value: cpuMicros, unit: 'µs' });
  }
} finally {
  service.kill();
  rmSync(folder, { recursive: true, force: true });
}
