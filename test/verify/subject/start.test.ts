/** A service is started, found ready, watched and ended; every way of failing is a fault that says what to do. */
import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Subject, SubjectFault, SubjectSource } from '../../../src/verify/model.ts';
import { freePort } from '../../../src/verify/subject/port.ts';
import { startSubject } from '../../../src/verify/subject/index.ts';
import { eventually, processesWith } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Command = Extract<SubjectSource, { kind: 'command' }>;

async function start(code: string, more: Partial<Command> = {}): Promise<Subject | SubjectFault> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'server.cjs'), code);
  const command = `exec '${process.execPath}' server.cjs`;
  const started = await startSubject({ kind: 'command', start: command, cwd, readyTimeoutMs: 5000, ...more });
  if (started.kind === 'fault') return started;
  onTestFinished(() => started.subject.stop());
  return started.subject;
}

function running(subject: Subject | SubjectFault): Subject {
  if ('kind' in subject) throw new Error(`${subject.message}\n${subject.output}`);
  return subject;
}

function fault(subject: Subject | SubjectFault): SubjectFault {
  if (!('kind' in subject)) throw new Error('no fault');
  return subject;
}

const ok = `require('http').createServer((q, s) => s.end('ok'))`;

describe('a subject that starts', () => {
  // Deriving the properties of a large contract takes longer than a service may take to be ready.
  it('is not blamed for the time in which we look elsewhere', async () => {
    const starting = start(`${ok}.listen(process.env.PORT, '127.0.0.1')`, { readyTimeoutMs: 1500 });
    await new Promise((done) => setTimeout(done, 30));
    const until = performance.now() + 2500;
    while (performance.now() < until);
    expect(running(await starting).baseUrl).toMatch(/^http/);
  });

  it.each(['127.0.0.1', '::1', '0.0.0.0'])('is found on the address that it listens on, %s', async (host) => {
    const subject = running(await start(`${ok}.listen(process.env.PORT, '${host}')`));
    expect(await subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({ status: 200, text: 'ok' });
    await subject.stop();
    expect(subject.output().exited).toBe('killed by SIGTERM');
  });

  it('is ready only when its path answers below 500', async () => {
    const code = `let n = 0; require('http').createServer((q, s) => { s.statusCode = ++n < 4 ? 503 : 404; s.end(String(n)) }).listen(process.env.PORT)`;
    const subject = running(await start(code, { readyPath: '/healthz' }));
    expect(await subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({ text: '5' });
  });

  it('sees no secret of ours, and what the source gives', async () => {
    process.env['PLUMB_TEST_TOKEN'] = 'token-of-the-user';
    onTestFinished(() => void delete process.env['PLUMB_TEST_TOKEN']);
    const code = `require('http').createServer((q, s) => s.end(JSON.stringify(process.env))).listen(process.env.PORT)`;
    const subject = running(await start(code, { env: { GIVEN: 'yes' } }));
    const answer = await subject.send({ method: 'GET', path: '/', headers: {} });
    const text = answer.kind === 'answer' ? answer.text : '';
    expect(JSON.parse(text)).toMatchObject({ GIVEN: 'yes' });
    expect(text).not.toContain('token-of-the-user');
  });

  it('floods its output without filling memory, and answers on', async () => {
    const code = `${ok}.listen(process.env.PORT); const line = 'x'.repeat(1000) + '\\x1b[2J\\n'; (function flood() { process.stdout.write(line.repeat(100), () => setImmediate(flood)) })()`;
    const subject = running(await start(code));
    for (let n = 0; n < 20; n++)
      expect(await subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({ status: 200 });
    const { text } = subject.output();
    expect(text.length).toBeGreaterThan(10_000);
    expect(text.length).toBeLessThanOrEqual(64 * 1024);
    expect(text).not.toContain('\x1b');
  });

  it('is noticed when it dies', async () => {
    const code = `require('http').createServer(() => { console.log('last words'); process.exit(3) }).listen(process.env.PORT)`;
    const subject = running(await start(code));
    const answer = await subject.send({ method: 'GET', path: '/', headers: {} });
    expect(answer.kind).toBe('fault');
    expect(await eventually(() => subject.output().exited !== null)).toBe(true);
    expect(subject.output()).toEqual({ text: 'last words\n', exited: 'exit code 3' });
  });

  it('gets another port when somebody took the first', async () => {
    const folder = temporaryFolder();
    const code = `const fs = require('fs'), tried = ${JSON.stringify(join(folder, 'tried'))};
      if (!fs.existsSync(tried)) { fs.writeFileSync(tried, ''); console.error('Error: listen EADDRINUSE'); process.exit(1) }
      ${ok}.listen(process.env.PORT)`;
    const subject = running(await start(code));
    expect(await subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({ status: 200 });
  });

  it.skipIf(process.platform !== 'linux')('leaves nothing behind, however it resists (needs /proc)', async () => {
    const code = `process.on('SIGTERM', () => {}); require('child_process').spawn('sleep', ['300']); ${ok}.listen(process.env.PORT)`;
    const subject = running(await start(code, { env: { PLUMB_MARK_RESISTS: '1' } }));
    expect(processesWith('PLUMB_MARK_RESISTS').length).toBeGreaterThanOrEqual(2);
    await subject.stop();
    await subject.stop();
    expect(await eventually(() => processesWith('PLUMB_MARK_RESISTS').length === 0)).toBe(true);
  });
});

describe('a subject that does not start', () => {
  it('says how it ended and what it printed', async () => {
    expect(fault(await start(`console.error('no such table'); process.exit(9)`))).toEqual({
      kind: 'fault',
      message: 'the start command ended before it was ready: exit code 9',
      output: 'no such table\n',
    });
    expect(fault(await start(`console.log('done')`)).message).toContain('exit code 0; it must stay in the foreground');
  });

  it('says that nothing listens, or what the ready path answers', async () => {
    expect(fault(await start(`setInterval(() => {}, 1000)`, { readyTimeoutMs: 300 })).message).toMatch(
      /^not ready in 300 ms: nothing listens on port \d+; does it listen on the port in the environment variable PORT\?$/,
    );
    const broken = `require('http').createServer((q, s) => { s.statusCode = 500; s.end() }).listen(process.env.PORT)`;
    expect(fault(await start(broken, { readyTimeoutMs: 1000, readyPath: '/up' })).message).toBe(
      'not ready in 1000 ms: GET /up: status 500',
    );
  });

  it('stops waiting when it is interrupted', async () => {
    const interrupt = new AbortController();
    const folder = temporaryFolder();
    setTimeout(() => interrupt.abort(), 50);
    const started = await startSubject({ kind: 'command', start: 'sleep 300', cwd: folder }, interrupt.signal);
    expect(started).toMatchObject({ kind: 'fault', message: 'interrupted while the subject started' });
  });

  it('names a folder that is not there, and an address that is no URL', async () => {
    const gone = await startSubject({ kind: 'command', start: 'true', cwd: '/nowhere/at/all' });
    expect(gone).toMatchObject({ kind: 'fault', message: expect.stringContaining('could not start') });
    const wrap = () => Promise.reject(new Error('no sandbox\nat all'));
    expect(await startSubject({ kind: 'command', start: 'true', cwd: '/', wrap })).toMatchObject({
      message: 'cannot prepare the subject: no sandbox␊at all',
    });
    expect(await startSubject({ kind: 'url', url: 'ftp://x' })).toMatchObject({ kind: 'fault' });
  });

  it('names an address where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}/v1`;
    expect(await startSubject({ kind: 'url', url })).toMatchObject({
      kind: 'fault',
      message: expect.stringMatching(/^nothing answers at http:.*ECONNREFUSED.*is it running\?$/),
    });
  });
});

describe('a subject at a URL', () => {
  it('is used as it is, and not stopped', async () => {
    const server = createServer((socket) => {
      // A probe hangs up without reading the answer.
      socket.on('error', () => {});
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const started = await startSubject({ kind: 'url', url: `http://127.0.0.1:${port}/` });
    if (started.kind === 'fault') throw new Error(started.message);
    expect(started.subject.baseUrl).toBe(`http://127.0.0.1:${port}`);
    expect(await started.subject.send({ method: 'GET', path: '/', headers: {} })).toMatchObject({ status: 204 });
    await started.subject.stop();
    expect(server.listening).toBe(true);
  });
});
