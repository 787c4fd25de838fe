/** Cases a second against a trivial service of this machine, in one process; the goal is 2,000. */
import { mkdtempSync, writeFileSync } from 'node:fs';
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
}).listen(process.env.PORT, '127.0.0.1');`;

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

const folder = mkdtempSync(join(tmpdir(), 'plumb-rate-'));
writeFileSync(join(folder, 'server.cjs'), SERVICE);
const read = specFromText(CONTRACT, { file: join(folder, 'openapi.yaml'), name: 'trivial' });
if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
for (const clause of ['#/paths/~1things/post', '#/paths/~1things~1{id}/get']) {
  const before = process.cpuUsage();
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'command', start: 'node server.cjs', cwd: folder },
    clauses: [`${clause}/responses`],
    runs: Number(process.argv[2] ?? 10_000),
    skipObjectives: true,
  });
  const requests = Object.values(report.latency).reduce((sum, one) => sum + one.samples, 0);
  const { user, system } = process.cpuUsage(before);
  const perCore = Math.round((report.cases * 1e6) / (user + system));
  const what = `cases against a trivial service, ${clause} (${report.verdict})`;
  reportFigure({ figure: what, value: report.casesPerSecond, unit: '/s', limit: { atLeast: 2000 } });
  const requestsPerSecond = Math.round((requests * 1000) / report.durationMs);
  reportFigure({ figure: `requests of it, ${clause}`, value: requestsPerSecond, unit: '/s' });
  reportFigure({ figure: `cases for each second of our own processor time, ${clause}`, value: perCore, unit: '/s' });
}
