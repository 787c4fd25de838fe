/** `plumb sessions` and `plumb replay` as a person, a pipe and a program meet them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import { logFile } from '../../src/cli/stored-log.ts';
import type { EventBody } from '../../src/events/index.ts';
import { openLog } from '../../src/record/sqlite-log.ts';
import { captureIo } from '../support/captured-io.ts';
import { sampleSession } from '../support/sample-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function plumb(cwd: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo(cwd);
  const code = await runCli(argv, io);
  return { code, out: out(), err: err() };
}

function repositoryWith(...sessions: EventBody[][]): { folder: string; ids: string[] } {
  const folder = temporaryFolder();
  let tick = Date.UTC(2026, 10, 23);
  const log = openLog(logFile(folder), { now: () => (tick += 1000), random: Math.random });
  const ids = sessions.map((bodies) => {
    const id = log.newSession();
    for (const body of bodies) log.append(id, body);
    return id;
  });
  log.close();
  return { folder, ids };
}

test('without a session the list says how to get one, and nothing is written', async () => {
  const folder = temporaryFolder();
  expect(await plumb(folder, 'sessions')).toEqual({ code: 0, out: expect.stringContaining('plumb demo'), err: '' });
  expect(await plumb(folder, 'sessions', '--json')).toEqual({
    code: 0,
    out: '{"format":"plumbline.sessions/1","sessions":[]}\n',
    err: '',
  });
  expect(await plumb(folder, 'replay', 'abc')).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringContaining('plumb open'),
  });
  expect(() => readFileSync(join(folder, '.plumb', 'plumb.db'))).toThrow('ENOENT');
});

test('the list is aligned and found from a folder below', async () => {
  const { folder, ids } = repositoryWith(sampleSession(), sampleSession({ spec: 'ach' }).slice(0, 4));
  mkdirSync(join(folder, 'services', 'x'), { recursive: true });
  const { code, out } = await plumb(join(folder, 'services', 'x'), 'sessions');
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[1]).toContain(`${ids[1]}`);
  expect(lines[1]).toContain('– none (not ended)');
  expect(lines[2]).toMatch(
    new RegExp(
      `^${ids[0]}  2026-11-2\\d \\d\\d:\\d\\d  vacation-balance @ a1a1a1a1a1a1  claude-sonnet-5-5 +2  ✓ pass +\\$0\\.002$`,
    ),
  );
  expect(lines[0]?.indexOf('VERDICT')).toBe(lines[2]?.indexOf('✓'));
  expect((await plumb(folder, 'sessions', '--search', 'ach')).out).not.toContain(ids[0]);
});

test('replay prints an instant, and wrong arguments say what is right', async () => {
  const { folder, ids } = repositoryWith(sampleSession());
  const id = ids[0] ?? '';
  const whole = await plumb(folder, 'replay', id.slice(0, 9));
  expect(whole).toMatchObject({ code: 0, err: '' });
  expect(whole.out).toContain('✗ no-overdraft failed: POST /requests {"minutes":1}');
  expect(whole.out).toContain('✓ pass: 1 of 1 properties hold');
  const early = await plumb(folder, 'replay', id, '--at', '4');
  expect(early.out).toContain('event 4');
  expect(early.out).not.toContain('no-overdraft failed');
  expect(JSON.parse((await plumb(folder, 'replay', id, '--at', '4', '--json')).out)).toMatchObject({
    session: id,
    seq: 4,
    of: 21,
    events: { length: 4 },
  });
  for (const argv of [
    ['replay'],
    ['replay', id, '--at', '22'],
    ['replay', id, '--at', 'x'],
    ['replay', id, '--export', 'pdf'],
    ['replay', id, '--out', 'x'],
    ['replay', id, id],
    ['replay', id, '--nope'],
  ])
    expect([argv, (await plumb(folder, ...argv)).code]).toEqual([argv, 2]);
  expect(await plumb(folder, 'replay', '0000')).toMatchObject({
    code: 3,
    err: expect.stringContaining('plumb sessions'),
  });
});

test('an export opens where there is no log, and verifies there', async () => {
  const { folder, ids } = repositoryWith(sampleSession());
  const id = ids[0] ?? '';
  const elsewhere = temporaryFolder();
  const file = join(elsewhere, 'sessions', 'demo.plumb.json');
  expect(await plumb(folder, 'replay', id, '--export', 'json', '--out', file)).toMatchObject({ code: 0, out: '' });
  expect(await plumb(folder, 'replay', id, '--export', 'json', '--out', file)).toMatchObject({
    code: 4,
    err: expect.stringContaining('there already'),
  });
  expect((await plumb(folder, 'replay', id, '--export', 'json')).out).toBe(readFileSync(file, 'utf8'));
  const verified = await plumb(elsewhere, 'replay', 'sessions/demo.plumb.json', '--verify', '--json');
  expect(verified.code).toBe(0);
  expect(JSON.parse(verified.out)).toMatchObject({
    format: 'plumbline.replay-verify/1',
    verdict: 'pass',
    events: 21,
    findings: [],
  });
  expect((await plumb(elsewhere, 'replay', 'sessions/demo.plumb.json')).out).toContain('every property holds');
  expect((await plumb(folder, 'replay', id, '--export', 'md')).out).toContain(`# Session ${id}`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('Refuse overdrafts', 'Accept overdrafts'));
  expect(await plumb(elsewhere, 'replay', 'sessions/demo.plumb.json', '--verify')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not whole: at event 3'),
  });
  expect(await plumb(elsewhere, 'replay', 'sessions/none.json')).toMatchObject({ code: 3 });
});

test('verify tells a changed record, a false claim and an unreadable log apart', async () => {
  const claims = sampleSession().filter((body) => body.type !== 'propertyDecided');
  const { folder, ids } = repositoryWith(sampleSession(), claims);
  expect(await plumb(folder, 'replay', ids[0] ?? '', '--verify')).toMatchObject({
    code: 0,
    out: expect.stringContaining('✓ whole: 21 events'),
  });
  expect(await plumb(folder, 'replay', ids[1] ?? '', '--verify')).toMatchObject({
    code: 1,
    out: expect.stringContaining('only 0 of 1 properties were decided'),
  });
  const db = new SqliteDatabase(logFile(folder));
  db.exec(
    `DROP TRIGGER event_is_append_only_update; UPDATE event SET at = at + 1 WHERE seq = 5 AND session = '${ids[0]}'`,
  );
  db.close();
  expect(await plumb(folder, 'replay', ids[0] ?? '', '--verify')).toMatchObject({
    code: 1,
    out: expect.stringContaining('the chain is broken: at event 5'),
  });
  expect(await plumb(folder, 'replay', ids[0] ?? '')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('--verify'),
  });
});

test('the log of a repository is its own, not that of a folder around it', () => {
  const { folder } = repositoryWith(sampleSession());
  const inner = join(folder, '.plumb', 'demo');
  mkdirSync(join(inner, '.git'), { recursive: true });
  mkdirSync(join(inner, 'services'));
  expect(logFile(join(inner, 'services'))).toBe(join(inner, '.plumb', 'plumb.db'));
  expect(logFile(join(folder, '.plumb'))).toBe(join(folder, '.plumb', 'plumb.db'));
});
