/**
 * Memory over a long run, and for a large contract: `node test/bench/verify-memory.ts [CASES] [OPERATIONS]`. What is
 * kept of a case must not grow with the number of cases.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { specFromText } from '../../src/spec/load.ts';
import type { Spec } from '../../src/spec/model.ts';
import { verify } from '../../src/verify/index.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { prepare } from '../../src/verify/run/prepare.ts';
import { createRunner } from '../../src/verify/wire/execute.ts';
import { createKeyring } from '../../src/verify/wire/keyring.ts';
import { report as reportFigure } from './figure.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function specOf(document: object): Spec {
  const read = specFromText(JSON.stringify(document), { file: '/memory/openapi.json', name: 'memory' });
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  return read.spec;
}

const thing = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', maxLength: 20 }, size: { type: 'integer', minimum: 0, maximum: 9 } },
};
const json = { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } };

function documentWith(paths: object): object {
  return {
    openapi: '3.0.3',
    info: { title: 'Memory', version: '1.0.0' },
    paths,
    components: { schemas: { Thing: thing } },
  };
}

const cases = Number(process.argv[2] ?? 100_000);
const operations = Number(process.argv[3] ?? 1000);

// The answer says nothing of what was sent, so that the service keeps nothing either.
const server =
  'require("http").createServer((q, a) => q.resume().on("end", () => a.writeHead(201, { "content-type": "application/json" }).end("{\\"name\\":\\"x\\"}"))).listen(process.env.PORT, "127.0.0.1")';
const make = { operationId: 'make', requestBody: { required: true, content: json } };
const responses = { 201: { description: 'Made.', content: json } };
let early: number | undefined;
let late = 0;
const report = await verify({
  spec: specOf(documentWith({ '/things': { post: { ...make, responses } } })),
  subject: { kind: 'command', start: `node -e '${server}'`, cwd: process.cwd() },
  clauses: ['#/paths/~1things/post/responses'],
  runs: cases,
  workers: 1,
  skipObjectives: true,
  onEvent(event) {
    if (event.type !== 'progress') return;
    if (event.cases >= cases / 10) early ??= heapMb();
    if (event.cases === cases) late = heapMb();
  },
});
reportFigure({
  figure: `heap that ${report.cases} cases took beyond a tenth of them (${report.verdict})`,
  value: late - (early ?? late),
  unit: 'MB',
  limit: { atMost: 20 },
});

const large = specOf(
  documentWith(
    Object.fromEntries(
      Array.from({ length: operations / 2 }, (_, index) => [
        `/things${index}`,
        {
          get: {
            operationId: `list${index}`,
            parameters: ['a', 'b', 'c', 'd'].map((name) => ({
              name,
              in: 'query',
              schema: { type: 'integer', minimum: 1, maximum: 50 },
            })),
            responses: { 200: { description: 'All.', content: json } },
          },
          post: { ...make, operationId: `make${index}`, responses },
        },
      ]),
    ),
  ),
);
const before = heapMb();
const startedAt = performance.now();
const runner = createRunner({
  send: () => Promise.resolve({ kind: 'fault', message: 'nothing is sent', ms: 0 }),
  wire: large,
  timeoutMs: 1,
});
const { selection } = prepare({
  options: { spec: large },
  createSchemas,
  runner,
  keyring: createKeyring(large, {}, 1),
  seed: 1,
  today: '2026-11-25',
});
const ms = performance.now() - startedAt;
const held = heapMb() - before;
const what = `${selection.active.length} properties of a contract with ${operations} operations`;
reportFigure({ figure: `heap of ${what}`, value: held, unit: 'MB', limit: { atMost: 500 } });
reportFigure({ figure: `time to derive ${what}`, value: ms / 1000, unit: 's' });
