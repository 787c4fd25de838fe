import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { specFromText } from '../../../src/spec/load.ts';
import { verify } from '../../../src/verify/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumb-code-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SERVICE = `import { createServer } from 'node:http';
interface Answer {
  size: number;
}
function double(size: number): Answer {
  return { size: size * 2 };
}
function triple(size: number): Answer {
  return { size: size * 3 };
}
createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const size = Number(url.searchParams.get('size') ?? 'none');
  const answer = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (url.pathname === '/secret') {
    answer(200, { size: 0 });
  } else if (!Number.isInteger(size) || size < 0 || size > 9) {
    answer(400, { message: 'size' });
  } else if (url.pathname === '/double') {
    answer(200, double(size));
  } else {
    answer(200, triple(size));
  }
}).listen(Number(process.env['PORT']), '127.0.0.1');
`;

const operation = (id: string) => `
  /${id}:
    get:
      operationId: ${id}
      parameters: [{ name: size, in: query, required: true, schema: { type: integer, minimum: 0, maximum: 9 } }]
      responses:
        '200': { description: It., content: { application/json: { schema: { type: object, required: [size], properties: { size: { type: integer } } } } } }
        '400': { description: Not it., content: { application/json: { schema: { type: object } } } }
`;
const read = specFromText(
  `openapi: 3.1.0\ninfo: { title: Sizes, version: 1.0.0 }\npaths:${operation('double')}${operation('triple')}`,
  { file: join(folder, 'openapi.yaml'), name: 'sizes' },
);

const aboutCode = (warnings: string[]) => warnings.filter((warning) => /code|lines/.test(warning));

// The clauses of an operation must name its code and not another's, also where a shell and npm stand in between.
test('which code the properties execute, by clause, and which none does', async () => {
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  writeFileSync(join(folder, 'server.ts'), SERVICE);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "scripts": { "start": "true && node server.ts" } }');
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'command', start: 'npm start --silent', cwd: folder },
    runs: 10,
    coverage: true,
    code: { root: folder, includes: (path) => path.endsWith('.ts') },
  });
  const { verdict, coverage } = report;
  const warnings = aboutCode(report.warnings);
  expect({ verdict, warnings, lines: coverage.codeLines, functions: coverage.codeFunctions }).toEqual({
    verdict: 'pass',
    warnings: [],
    lines: { covered: 18, total: 19 },
    functions: { covered: 4, total: 4 },
  });
  expect(report.code?.files).toEqual([{ file: 'server.ts', lines: 19, covered: 18, unspecified: [[18, 18]] }]);
  const linesOf = (clause: string) => report.code?.clauses[clause]?.[0]?.lines.flat();
  expect(linesOf('#/paths/~1double/get/parameters/0/schema/maximum')).toEqual([11, 17, 19, 20]);
  expect(linesOf('#/paths/~1double/get')).toEqual([5, 6, 11, 17, 19, 19, 21, 22]);
  expect(linesOf('#/paths/~1triple/get')).toEqual([8, 17, 19, 19, 21, 21, 23, 24]);
});

test('a subject that does not run on Node is verified all the same, and the report says what is missing', async () => {
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  writeFileSync(join(folder, 'server.ts'), SERVICE);
  const report = await verify({
    spec: read.spec,
    subject: { kind: 'command', start: 'env -u NODE_OPTIONS node server.ts', cwd: folder },
    runs: 5,
    coverage: true,
    code: { root: folder, includes: () => true },
  });
  expect({ verdict: report.verdict, code: report.code, warnings: aboutCode(report.warnings) }).toEqual({
    verdict: 'pass',
    code: undefined,
    warnings: ['code coverage needs a service that runs on Node 20 or newer; no process of this one does'],
  });
});
