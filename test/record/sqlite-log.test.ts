/** The log through its own door and through SQLite's: what is appended is what is read, for ever, by everybody. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Event, EventBody } from '../../src/events/index.ts';
import { openLog, type SqliteLog } from '../../src/record/sqlite-log.ts';
import { sampleSession, SECOND_TREE, SEMANTIC_DIGEST, SPEC_TEXT } from '../support/sample-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const APPENDER = join(import.meta.dirname, 'append-until-killed.ts');
const START = Date.UTC(2026, 10, 23);

function open(file: string, env: Record<string, string> = {}): SqliteLog {
  let tick = START;
  const log = openLog(file, { now: () => (tick += 1000), random: Math.random, env });
  onTestFinished(() => log.close());
  return log;
}

function record(log: SqliteLog, bodies: readonly EventBody[] = sampleSession()): string {
  const session = log.newSession();
  for (const body of bodies) log.append(session, body);
  return session;
}

test('what append returned is what another opening reads back, whatever JSON it holds', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file);
  const session = log.newSession();
  // Through JSON once, since fast-check draws -0.
  const value = fc.jsonValue({ stringUnit: 'binary' });
  const large = fc.string({
    minLength: 9_000,
    maxLength: 12_000,
    unit: fc.constantFrom('a', 'ß', '\ud800', '\0', '\n', '"'),
  });
  const returned: Event[] = [];
  fc.assert(
    fc.property(value, fc.oneof({ weight: 9, arbitrary: fc.string({ unit: 'binary' }) }, large), (input, title) => {
      returned.push(
        log.append(session, {
          type: 'toolRequested',
          call: 'c',
          tool: 't',
          input: JSON.parse(JSON.stringify(input)),
          title,
        }),
      );
    }),
    { numRuns: 150 },
  );
  returned.push(
    log.append(session, {
      type: 'toolRequested',
      call: 'c',
      tool: 't',
      input: JSON.parse('{"__proto__": {"x": [-0, 1e400]}}'),
      title: '',
    }),
  );
  expect(open(file).read(session)).toEqual(returned);
});

test('large members lie in blobs, once for the same content, and the reader does not notice', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file);
  const first = record(log);
  record(log);
  const loaded = log.read(first).find((event) => event.type === 'specLoaded');
  expect(loaded?.type === 'specLoaded' && loaded.text).toBe(SPEC_TEXT);
  const db = new SqliteDatabase(file, { readonly: true });
  expect(
    db.prepare("SELECT count(*) AS n, max(length(body)) < 1000 AS short FROM event WHERE type = 'specLoaded'").get(),
  ).toEqual({ n: 2, short: 1 });
  expect(db.prepare('SELECT count(*) FROM blob').pluck().get()).toBe(1);
  db.close();
});

test('SQLite itself refuses to change or delete an event or a blob, or to leave a gap', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  record(open(file));
  const db = new SqliteDatabase(file);
  onTestFinished(() => void db.close());
  expect(() => db.exec("UPDATE event SET body = '{}' WHERE seq = 3")).toThrow('append-only');
  expect(() => db.exec('DELETE FROM event WHERE seq = 3')).toThrow('append-only');
  expect(() => db.exec('DELETE FROM blob')).toThrow('append-only');
  expect(() => db.exec("UPDATE blob SET zstd = x''")).toThrow('append-only');
  expect(() =>
    db.exec(
      'INSERT INTO event SELECT session, seq + 1000, id || 1, type, v, at, actor_kind, actor_name, body, large, prev_hash, hash FROM event',
    ),
  ).toThrow('no gaps');
});

test('who gets around that is found out: the event and what is wrong with it are named', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file);
  const session = record(log);
  const db = new SqliteDatabase(file);
  onTestFinished(() => void db.close());
  db.exec(
    "DROP TRIGGER event_is_append_only_update; UPDATE event SET body = json_set(body, '$.text', 'Accept overdrafts') WHERE type = 'promptSubmitted'",
  );
  expect(() => log.read(session)).toThrow('at event 3 the hash is');
  expect(log.inspect(session).broken).toMatchObject({ seq: 3, what: 'hash' });
  db.exec('DROP TRIGGER event_is_append_only_delete; DELETE FROM event WHERE seq = 2');
  expect(log.inspect(session).broken).toMatchObject({ seq: 2, what: 'seq', got: '3' });
});

test('a range is read without the rest, and is checked against the event before it', () => {
  const log = open(join(temporaryFolder(), 'plumb.db'));
  const session = record(log);
  expect(log.read(session, { fromSeq: 4, toSeq: 6 }).map(({ seq }) => seq)).toEqual([4, 5, 6]);
  expect(log.read(session, { fromSeq: 99 })).toEqual([]);
  expect(log.latest(session)?.hash).toBe(log.read(session).at(-1)?.hash);
  expect(() => log.read('0000000000')).toThrow('There is no session 0000000000');
});

test('a session has one writer at a time, and a dead writer is none', async () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const first = open(file);
  const second = open(file);
  const session = record(first);
  expect(() => second.append(session, { type: 'agentNoted', text: 'me too' })).toThrow(`process ${process.pid} on`);
  expect(() => second.lease(session)).toThrow('plumb replay');
  expect(second.read(session).length).toBe(first.read(session).length);
  first.close();
  expect(second.append(session, { type: 'agentNoted', text: 'my turn' }).seq).toBe(sampleSession().length + 1);
  second.release(session);

  const child = spawn(process.execPath, [APPENDER, file, session, '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(() => second.lease(session)).toThrow(`process ${child.pid} on`);
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
  expect(() => second.lease(session)).not.toThrow();
});

test('two processes begin and write one new file at once, and both records are whole', async () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const counts = await Promise.all(['first00000', 'second0000'].map((session) => appendAWhile(file, session, 60)));
  const log = open(file);
  expect(log.notices).toEqual([]);
  expect(log.read('first00000').length).toBeGreaterThanOrEqual(counts[0] ?? 0);
  expect(log.read('second0000').length).toBeGreaterThanOrEqual(counts[1] ?? 0);
});

/** Appends in a process of its own until so many events are acknowledged, kills it, and returns how many were. */
function appendAWhile(file: string, session: string, enough: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [APPENDER, file, session, '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1;
      if (lines >= enough) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () =>
      lines >= enough ? resolve(lines) : reject(new Error(`${session} stopped after ${lines} events`)),
    );
  });
}

test('secrets of the environment are gone before they are written, from blobs too', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file, { MY_API_KEY: 'correct-horse' });
  const session = log.newSession();
  const event = log.append(session, { type: 'promptSubmitted', text: 'use correct-horse' });
  expect(event).toMatchObject({ text: 'use ‹redacted:MY_API_KEY›' });
  const dirty = log.putBlob('{"key":"correct-horse"}');
  const clean = log.putBlob(Buffer.from([0, 255, 1]));
  expect(log.getBlob(dirty)).toEqual({ bytes: Buffer.from('{"key":"‹redacted:MY_API_KEY›"}'), exact: false });
  expect(log.getBlob(clean)).toEqual({ bytes: Buffer.from([0, 255, 1]), exact: true });
  expect(log.getBlob('00'.repeat(32))).toBeUndefined();
  log.close();
  expect(new SqliteDatabase(file).serialize().includes('correct-horse')).toBe(false);
});

test('a damaged blob is named instead of shown', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file);
  const hash = log.putBlob('hello');
  const db = new SqliteDatabase(file);
  db.exec("DROP TRIGGER blob_is_append_only_update; UPDATE blob SET zstd = x'00'");
  db.close();
  expect(() => log.getBlob(hash)).toThrow(`Blob ${hash.slice(0, 12)} is damaged`);
});

test('listeners hear of an event after it can be read, until they stop', () => {
  const log = open(join(temporaryFolder(), 'plumb.db'));
  const session = log.newSession();
  const heard: number[] = [];
  const stop = log.onAppend((event) => heard.push(log.read(session).findIndex((stored) => stored.hash === event.hash)));
  log.append(session, { type: 'agentNoted', text: 'one' });
  log.append(session, { type: 'agentNoted', text: 'two' });
  stop();
  log.append(session, { type: 'agentNoted', text: 'three' });
  expect(heard).toEqual([0, 1]);
});

test('sessions are listed newest first with what their events say', () => {
  const log = open(join(temporaryFolder(), 'plumb.db'));
  const finished = record(log);
  const running = record(log, sampleSession({ spec: 'ach' }).slice(0, 13));
  expect(log.sessions().map(({ id }) => id)).toEqual([running, finished]);
  expect(log.sessions()[1]).toEqual({
    id: finished,
    spec: 'vacation-balance',
    agent: 'claude',
    model: 'claude-sonnet-5-5',
    started_at: log.read(finished)[0]?.at,
    last_at: log.read(finished).at(-1)?.at,
    events: sampleSession().length,
    rounds: 2,
    verdict: 'pass',
    ended: 'passed',
    semantic_digest: SEMANTIC_DIGEST,
    tokens: 4173,
    usd_micros: 2343,
    unpriced: 0,
  });
  expect(log.sessions({ limit: 1 })[0]).toMatchObject({ verdict: null, ended: null, rounds: 1 });
  expect(log.specs()).toEqual(['ach', 'vacation-balance']);
  expect(log.sessionsLike(finished.slice(0, 8))).toContain(finished);
  expect(log.sessionsLike('%')).toEqual(expect.arrayContaining([finished, running]));
});

test('search finds words and beginnings of words without their accents, and no query can break it', () => {
  const log = open(join(temporaryFolder(), 'plumb.db'));
  const session = record(log);
  for (const search of ['zurich', 'überdrafts', 'refuse over', 'OVERDRAFTS', 'server.js'])
    expect([search, log.sessions({ search }).map(({ id }) => id)]).toEqual([
      search,
      search === 'überdrafts' ? [] : [session],
    ]);
  for (const search of ['"', '*', 'NEAR(', "' OR 1=1", 'text: AND', '']) expect(log.sessions({ search })).toEqual([]);
});

test('the views answer without the program', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = open(file);
  const session = record(log);
  const db = new SqliteDatabase(file, { readonly: true });
  onTestFinished(() => void db.close());
  expect(
    db
      .prepare(
        'SELECT session, requests, input_tokens, cache_write_tokens, cache_read_tokens, output_tokens, usd_micros, unpriced, estimated FROM cost_by_session',
      )
      .all(),
  ).toEqual([
    {
      session,
      requests: 1,
      input_tokens: 100,
      cache_write_tokens: 23,
      cache_read_tokens: 4000,
      output_tokens: 50,
      usd_micros: 2343,
      unpriced: 0,
      estimated: 0,
    },
  ]);
  expect(db.prepare('SELECT round, verdict, partial FROM verdicts ORDER BY seq').all()).toEqual([
    { round: 1, verdict: 'fail', partial: 0 },
    { round: 2, verdict: 'pass', partial: 0 },
  ]);
  expect(db.prepare('SELECT property, seed, path FROM counterexamples').all()).toEqual([
    { property: 'no-overdraft', seed: 7, path: '12:0' },
  ]);
  expect(db.prepare('SELECT spec, code_tree, verdict FROM spec_versions').all()).toEqual([
    { spec: 'vacation-balance', code_tree: SECOND_TREE, verdict: 'pass' },
  ]);
  expect(db.prepare('SELECT day, usd_micros FROM cost_by_day').all()).toEqual([
    { day: '2026-11-23', usd_micros: 2343 },
  ]);
});
