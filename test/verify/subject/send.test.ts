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

const twice = gzipSync(gzipSync('{"n":1}'));
const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024));

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

  it('is unpacked as often as it was packed', async () => {
    const url = await http((request, response) => {
      const coding = request.url === '/all' ? Array.from({ length: 9 }, () => 'gzip').join() : 'gzip, gzip';
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
      response.end(twice);
    });
    expect(await exchange(url)).toMatchObject({ json: { n: 1 } });
    expect(fault(await exchange(url, { path: '/all' }))).toBe('an answer with more than 4 content codings');
  });

  it('with a status that is none is told in words', async () => {
    const none = await tcp((socket) => socket.end('HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n'));
    expect(fault(await exchange(none))).toBe('malformed HTTP answer (its status is below 100)');
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

  // A client must be able to read interim answers that it did not ask for (RFC 9110 §15.2).
  it.each<[string, string[]]>([
    ['of its own', ['HTTP/1.1 100 Continue\r\n\r\n', 'FINAL']],
    ['with the answer', ['HTTP/1.1 100 Continue\r\nx-a: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nFINAL']],
    ['twice', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nFINAL']],
  ])('comes after 100 Continue %s, on a kept connection too', async (_, pieces) => {
    const body = 'HTTP/1.1 100 is text here';
    const final = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
    let connections = 0;
    const url = await listening(
      createTcpServer((socket) => {
        connections++;
        socket.on('error', () => {});
        socket.on('data', (chunk: Buffer) => {
          if (!chunk.toString().endsWith('{}')) return;
          for (const [index, piece] of [...pieces, body].entries())
            setTimeout(() => socket.write(piece.replace('FINAL', final)), index * 20);
        });
      }),
    );
    const sender = createSender(url);
    const texts: unknown[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const answer = await sender.send({ method: 'POST', path: '/', headers: {}, body: '{}' });
      texts.push(answer.kind === 'answer' ? [answer.status, answer.text] : answer.message);
    }
    await sender.close();
    expect({ texts, isKept: connections < 5 }).toEqual({ texts: texts.map(() => [200, body]), isKept: true });
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

  it.each<[string, string, (socket: Socket) => void]>([
    [
      'a flood of interim answers',
      'no answer in 200 ms',
      (socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(50)), 1);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'headers without end',
      'malformed answer: headers too long',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(200_000)}`),
    ],
    [
      'a body that unpacks to more than we hold',
      'answer longer than 4194304 bytes when it is unpacked',
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
        socket.end(bomb);
      },
    ],
    [
      'two lengths that disagree',
      'malformed answer: shorter than its content-length',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'),
    ],
    [
      'a chunk size that is no number',
      'malformed HTTP answer',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    ],
    [
      'a switch of protocols',
      'connection closed before the answer was complete (bad upgrade)',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
  ])('names %s', async (_name, message, handle) => {
    const answer = await exchange(await tcp(handle), { timeoutMs: 200 });
    expect(fault(answer)).toContain(message);
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

// Closing a kept connection is a service's right, and is told from closing one that has just been opened.
describe('a connection that the service closes', () => {
  it('after it was used is not blamed: the request goes out once more, whatever its method', async () => {
    const seen: string[] = [];
    const url = await listening(
      createTcpServer((socket) => {
        let requests = 0;
        socket.on('error', () => {});
        socket.on('data', (data) => {
          requests++;
          if (requests > 1) return void socket.resetAndDestroy();
          seen.push(data.toString().split(' ')[0] ?? '');
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        });
        onTestFinished(() => void socket.destroy());
      }),
    );
    const sender = createSender(url);
    const answers: string[] = [];
    for (const method of ['GET', 'POST', 'POST', 'DELETE']) {
      const answer = await sender.send({ method, path: '/', headers: {} });
      answers.push(answer.kind === 'answer' ? answer.text : answer.message);
    }
    await sender.close();
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(seen).toEqual(['GET', 'POST', 'POST', 'DELETE']);
  });

  it('when it ends is told by how it ended, not by what the request met that went out once more', async () => {
    const server = createTcpServer((socket) => {
      let requests = 0;
      socket.on('error', () => {});
      socket.on('data', () => {
        if (++requests === 1) return void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        server.close();
        setTimeout(() => socket.resetAndDestroy(), 50);
      });
    });
    const sender = createSender(await listening(server));
    await sender.send({ method: 'GET', path: '/', headers: {} });
    // The connection is free for the next request a turn after the answer.
    await new Promise((done) => setTimeout(done, 20));
    const answer = await sender.send({ method: 'POST', path: '/', headers: {} });
    await sender.close();
    expect(fault(answer)).toBe('connection reset; sent once more: connection refused');
  });

  it('in the middle of an answer, or before any request was answered on it, is a fault', async () => {
    let connections = 0;
    const url = await tcp((socket) => {
      connections++;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
    });
    expect(fault(await exchange(url))).toContain('connection closed before the answer was complete');
    const fresh = await tcp((socket) => {
      connections++;
      socket.destroy();
    });
    expect(fault(await exchange(fresh, { method: 'POST' }))).toContain('connection closed');
    expect(connections).toBe(2);
  });
});

describe('a stream', () => {
  it('without end is an answer of what came until then', async () => {
    const url = await http((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      const timer = setInterval(() => response.write('data: 2\n\n'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const answer = await exchange(url);
    expect(answer).toMatchObject({ kind: 'answer', status: 200, partial: true });
    expect(answer.kind === 'answer' && answer.text.startsWith('data: 1\n\ndata: 2\n\n')).toBe(true);
  });

  it('that floods is cut, and one that ends is whole', async () => {
    const flood = await http((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const pump = (): void => {
        while (!response.destroyed && response.write('{}\n'.repeat(10_000))) continue;
      };
      response.on('drain', pump);
      pump();
    });
    expect(await exchange(flood)).toMatchObject({ kind: 'answer', partial: true });
    const short = await http((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{}\n');
    });
    expect(await exchange(short)).not.toHaveProperty('partial');
  });
});

describe('the bytes of an answer', () => {
  it.each<[string, string, Buffer, object]>([
    ['in a named charset are decoded', 'text/plain; charset=iso-8859-1', Buffer.from([0xe9]), { text: 'é' }],
    [
      'that are no UTF-8 are told in JSON',
      'application/json',
      Buffer.from([0x22, 0xe9, 0x22]),
      { problem: 'its bytes are not UTF-8, as JSON must be' },
    ],
    [
      'that are no UTF-8 are told in text',
      'text/plain; charset=utf-8',
      Buffer.from([0xe9]),
      { problem: 'its bytes are not UTF-8, as its content type says' },
    ],
    [
      'in no charset at all are told',
      'text/plain; charset=klingon',
      Buffer.from('a'),
      { problem: 'nobody knows its charset klingon' },
    ],
  ])('%s', async (_name, type, body, expected) => {
    const url = await http((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'set-cookie': ['a=1', 'b=2; Path=/'] }).end(body);
    });
    expect(await exchange(url)).toMatchObject({ ...expected, cookies: ['a=1', 'b=2; Path=/'] });
  });
});
