/** Whatever a service answers, or does not, `send` returns a value that says what happened. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SubjectAnswer, SubjectRequest } from '../../../src/verify/model.ts';
import { createSender } from '../../../src/verify/subject/send.ts';

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function exchange(url: string, request: Partial<SubjectRequest> = {}): Promise<SubjectAnswer> {
  const sender = createSender(url);
  const answer = await sender.send({ method: 'GET', path: '/', headers: {}, ...request });
  await sender.close();
  return answer;
}

async function http(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  return listening(createServer(handle));
}

async function tcp(handle: (socket: Socket) => void): Promise<string> {
  return listening(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => handle(socket));
      onTestFinished(() => void socket.destroy());
    }),
  );
}

function fault(answer: SubjectAnswer): string {
  return answer.kind === 'fault' ? answer.message : `no fault but ${answer.status}`;
}

describe('an answer', () => {
  it('carries status, joined headers, text and JSON; the request goes out as it was given', async () => {
    const seen: unknown[] = [];
    const url = await http((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers['x-a'], Buffer.concat(body).toString('latin1')]);
        response.writeHead(201, { 'Content-Type': 'application/problem+json; charset=utf-8', 'X-List': ['a', 'b'] });
        response.end('{"n":1}');
      });
    });
    const answer = await exchange(`${url}/base/`, {
      method: 'DELETE',
      path: '/x%2F?q=%ff',
      headers: { 'X-A': '1' },
      body: new Uint8Array([0xff, 0x00, 0x7b]),
    });
    expect(answer).toMatchObject({ kind: 'answer', status: 201, text: '{"n":1}', json: { n: 1 } });
    expect(answer.kind === 'answer' && answer.headers['x-list']).toBe('a, b');
    expect(seen).toEqual([['DELETE', '/base/x%2F?q=%ff', '1', '\xff\0{']]);
  });

  it('is not followed where it redirects, and not parsed where it is no JSON', async () => {
    const url = await http((_request, response) => {
      response.writeHead(302, { location: '/elsewhere', 'content-type': 'application/json' }).end('{');
    });
    const answer = await exchange(url);
    expect(answer).toMatchObject({ kind: 'answer', status: 302, text: '{' });
    expect(answer).not.toHaveProperty('json');
  });

  it('is unpacked where the service compresses unasked', async () => {
    const url = await http((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(gzipSync('[1]'));
    });
    expect(await exchange(url)).toMatchObject({ text: '[1]', json: [1] });
  });

  it('of 16 requests at once all arrive on kept connections', async () => {
    let connections = 0;
    const server = createServer((request, response) => response.end(request.url));
    server.on('connection', () => (connections += 1));
    const sender = createSender(await listening(server));
    const answers: SubjectAnswer[] = [];
    for (let round = 0; round < 20; round++) {
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 16 }, (_, n) => sender.send({ method: 'GET', path: `/${round}/${n}`, headers: {} })),
        )),
      );
    }
    await sender.close();
    expect(answers.map((answer) => (answer.kind === 'answer' ? answer.text : answer.message))).toEqual(
      Array.from({ length: 320 }, (_, n) => `/${Math.floor(n / 16)}/${n % 16}`),
    );
    expect(connections).toBeLessThanOrEqual(16);
  });
});

describe('a fault', () => {
  it.each<[string, string, (socket: Socket) => void]>([
    ['a reset', 'connection reset', (socket) => socket.resetAndDestroy()],
    ['an end without an answer', 'connection closed before the answer was complete', (socket) => socket.end()],
    ['garbage', 'malformed HTTP answer', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    [
      'a body cut short',
      'connection closed before the answer was complete',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    ],
    [
      'broken compression',
      'malformed answer: its content encoding does not hold',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc'),
    ],
    ['silence', 'no answer in 200 ms', () => {}],
    [
      'headers that drip',
      'no answer in 200 ms',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('a: b\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'a body that drips',
      'answer not complete in 200 ms',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const timer = setInterval(() => socket.write('1\r\nx\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('names %s', async (_name, message, handle) => {
    const answer = await exchange(await tcp(handle), { timeoutMs: 200 });
    expect(fault(answer)).toContain(message);
  });

  it('ends an answer without end at 4 MiB', async () => {
    const url = await http((_request, response) => {
      const pump = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) continue;
      };
      response.on('drain', pump);
      pump();
    });
    expect(fault(await exchange(url))).toBe('answer longer than 4194304 bytes');
  });

  it('says that nothing listens, that a request cannot be sent, and that it was interrupted', async () => {
    const closed = await listening(createTcpServer());
    const url = await http(() => {});
    const dead = createTcpServer();
    const deadUrl = await listening(dead);
    await new Promise((resolve) => dead.close(resolve));
    expect(closed).not.toBe(deadUrl);
    expect(fault(await exchange(deadUrl))).toBe('connection refused');
    expect(fault(await exchange(url, { headers: { 'x-a': 'line\nbreak' } }))).toContain('request cannot be sent');
    const sender = createSender(url);
    const interrupt = new AbortController();
    const pending = sender.send({ method: 'GET', path: '/', headers: {} }, interrupt.signal);
    setTimeout(() => interrupt.abort(), 20);
    expect(fault(await pending)).toBe('interrupted');
    expect(fault(await sender.send({ method: 'GET', path: '/', headers: {} }, interrupt.signal))).toBe('interrupted');
    await sender.close();
  });
});
