/** Services that break HTTP, or never come to an end: the verdict is fail or error with a clear line, in bounded time. */
import { expect, test } from 'vitest';
import { verify } from '../../src/verify/index.ts';
import { specOf } from '../spec/specs.ts';

const { spec } = specOf({
  openapi: '3.1.0',
  info: { title: 'Five', version: '1' },
  paths: {
    '/five': {
      get: {
        operationId: 'five',
        // With something to say it has as many cases as are asked for, so that connections are used again.
        parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
        responses: { 200: { description: 'Five.', content: { 'application/json': { schema: { type: 'integer' } } } } },
      },
    },
  },
});

/** A server on sockets; `requests` counts those of a connection, `all` those of the process. */
const onSockets = (body: string): string => `
  let all = 0;
  require('node:net').createServer((socket) => {
    let requests = 0;
    socket.on('error', () => {});
    const ok = () => socket.write('HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: 1\\r\\n\\r\\n5');
    socket.on('data', (data) => {
      requests++;
      all++;
      if (!String(data).startsWith('GET')) return void socket.end('HTTP/1.1 405 No\\r\\nallow: GET\\r\\ncontent-length: 0\\r\\n\\r\\n');
      ${body}
    });
  }).listen(process.env.PORT, '127.0.0.1');`;

const HEAD = 'HTTP/1.1 200 OK\\\\r\\\\ncontent-type: application/json\\\\r\\\\n';

async function said(body: string): Promise<{ verdict: string; lines: string[] }> {
  const script = onSockets(body.replaceAll('\\\\', '\\')).replaceAll("'", `'\\''`);
  const subject = { kind: 'command' as const, start: `node -e '${script}'`, cwd: process.cwd() };
  const report = await verify({ spec, subject, runs: 40, timeMs: 3000, seed: 1 });
  const lines = report.properties.flatMap((one) => one.counterexample?.actual ?? one.reason ?? []);
  return { verdict: report.verdict, lines: [...lines, ...report.warnings] };
}

test('a kept connection that is closed now and then is no fault', async () => {
  expect(await said('if (requests > 15) socket.destroy(); else ok();')).toEqual({ verdict: 'pass', lines: [] });
});

test.each<[string, string, string]>([
  ['drops every third request', 'if (all % 3 === 0) socket.destroy(); else ok();', 'onnection'],
  [
    'serves one request a connection and drops the next',
    'if (requests > 1) socket.destroy(); else ok();',
    'closed the connection of',
  ],
  ['drops every connection', 'socket.destroy();', 'connection'],
  [
    'never stops',
    `socket.write('${HEAD}\\\\r\\\\n'); const pump = () => { while (!socket.destroyed && socket.write('1'.repeat(65536))); }; socket.on('drain', pump); pump();`,
    'answer longer than 4194304 bytes',
  ],
  [
    'drips for ever',
    `socket.write('${HEAD}transfer-encoding: chunked\\\\r\\\\n\\\\r\\\\n'); setInterval(() => socket.write('1\\\\r\\\\n5\\\\r\\\\n'), 50);`,
    'not complete in',
  ],
  [
    'lies about the length',
    `socket.end('${HEAD}content-length: 9\\\\r\\\\n\\\\r\\\\n5');`,
    'connection closed before the answer was complete',
  ],
  ['lies about the type', `socket.write('${HEAD}content-length: 3\\\\r\\\\n\\\\r\\\\n<a>');`, '200 <a>'],
  ['speaks no HTTP', "socket.end('220 smtp ready\\\\r\\\\n');", 'malformed HTTP answer'],
  [
    'floods with interim answers',
    "setInterval(() => socket.write('HTTP/1.1 102 Processing\\\\r\\\\n\\\\r\\\\n'.repeat(100)), 1);",
    'no answer in',
  ],
  ['has headers without end', `socket.write('${HEAD}x: ' + 'y'.repeat(100000));`, 'headers too long'],
  [
    'redirects for ever',
    "socket.write('HTTP/1.1 302 Found\\\\r\\\\nlocation: /five\\\\r\\\\ncontent-length: 0\\\\r\\\\n\\\\r\\\\n');",
    '302',
  ],
])('a service that %s does not pass, and it is said why', async (_name, body, line) => {
  const { verdict, lines } = await said(body);
  expect(verdict).not.toBe('pass');
  expect(lines.join('\n')).toContain(line);
});
