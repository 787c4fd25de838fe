/** Opening never loses data: old files are migrated from a copy, damaged ones are set aside, strange ones are left alone. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/record/database.ts';
import { LogFault, toLogFault } from '../../src/record/log-fault.ts';
import { MIGRATIONS } from '../../src/record/schema.ts';
import { openLog } from '../../src/record/sqlite-log.ts';
import { sampleSession } from '../support/sample-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const now = (): number => Date.UTC(2026, 10, 23);

function openForTest(file: string) {
  return openLog(file, { now, random: Math.random, busyTimeoutMs: 200 });
}

function faultOf(work: () => unknown): LogFault {
  try {
    work();
  } catch (error) {
    if (error instanceof LogFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a new log makes its folder, hides it from git, and is as durable as SQLite can be', () => {
  const folder = join(temporaryFolder(), 'deep', '.plumb');
  const { db, notices } = openDatabase(join(folder, 'plumb.db'), { now });
  expect(notices).toEqual([]);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  expect(statSync(folder).mode & 0o077).toBe(0);
  expect(['journal_mode', 'synchronous', 'busy_timeout'].map((name) => db.pragma(name, { simple: true }))).toEqual([
    'wal',
    2,
    5000,
  ]);
  expect(db.prepare('SELECT version, name, applied_at FROM migration').all()).toEqual(
    MIGRATIONS.map(({ name }, index) => ({ version: index + 1, name, applied_at: now() })),
  );
  db.close();
});

test('an older database is migrated, and the original is kept beside it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'plumb.db');
  const log = openForTest(file);
  const session = log.newSession();
  for (const body of sampleSession()) log.append(session, body);
  log.close();
  const newer = [
    ...MIGRATIONS,
    {
      name: 'a note',
      up: (db: InstanceType<typeof SqliteDatabase>) => void db.exec('CREATE TABLE note (text TEXT) STRICT'),
    },
  ];
  const { db, notices } = openDatabase(file, { now, migrations: newer });
  expect(notices).toEqual([expect.stringContaining(`plumb.db.v${MIGRATIONS.length}-backup`)]);
  expect(db.prepare('SELECT count(*) FROM note').pluck().get()).toBe(0);
  expect(db.prepare('SELECT count(*) FROM event').pluck().get()).toBe(sampleSession().length);
  db.close();
  const backup = openForTest(join(folder, `plumb.db.v${MIGRATIONS.length}-backup`));
  expect(backup.read(session).length).toBe(sampleSession().length);
  backup.close();
  expect(faultOf(() => openForTest(file))).toMatchObject({
    kind: 'newer',
    message: expect.stringContaining('Update plumb'),
  });
});

test('a migration that fails leaves the database as it was', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  openForTest(file).close();
  const failing = [
    ...MIGRATIONS,
    {
      name: 'broken',
      up: (db: InstanceType<typeof SqliteDatabase>) => void db.exec('CREATE TABLE half (x); SELECT nonsense'),
    },
  ];
  expect(() => openDatabase(file, { now, migrations: failing })).toThrow('nonsense');
  const log = openForTest(file);
  expect(log.sessions()).toEqual([]);
  log.close();
});

test.each([
  [
    'overwritten from its beginning',
    (file: string) => writeFileSync(file, 'this is not a database, and long enough to look like none'.repeat(200)),
  ],
  [
    'overwritten in its middle',
    (file: string) => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 4096, bytes.length);
      writeFileSync(file, bytes);
    },
  ],
  ['cut short', (file: string) => truncateSync(file, 10_000)],
])('a database that was %s is set aside with a message, never deleted', (_, damage) => {
  const folder = temporaryFolder();
  const file = join(folder, 'plumb.db');
  const before = openForTest(file);
  const session = before.newSession();
  for (const body of sampleSession()) before.append(session, body);
  before.close();
  damage(file);
  const damaged = readFileSync(file);
  const log = openForTest(file);
  expect(log.notices).toEqual([expect.stringContaining('was damaged. It is kept as')]);
  expect(log.sessions()).toEqual([]);
  expect(log.append(log.newSession(), { type: 'agentNoted', text: 'on we go' }).seq).toBe(1);
  log.close();
  const aside = readdirSync(folder).filter((name) => name.startsWith('plumb.db.damaged-'));
  expect(aside.length).toBeGreaterThan(0);
  expect(aside.some((name) => readFileSync(join(folder, name)).equals(damaged))).toBe(true);
});

test('damage in a file too large to be read through at the start is met, told, and set aside at the next start', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'plumb.db');
  const before = openForTest(file);
  const session = before.newSession();
  before.append(session, { type: 'agentNoted', text: 'small' });
  for (let n = 0; n < 60; n++) before.putBlob(randomBytes(100_000));
  before.close();
  const bytes = readFileSync(file);
  expect(bytes.length).toBeGreaterThan(5_000_000);
  bytes.fill(0xa5, 4096 * 30, bytes.length);
  writeFileSync(file, bytes);
  const log = openForTest(file);
  expect(log.notices).toEqual([]);
  const fault = faultOf(() => {
    for (let n = 0; n < 60; n++) log.putBlob(randomBytes(100_000));
  });
  expect(fault).toMatchObject({ kind: 'damaged', message: expect.stringContaining('Start plumb again') });
  log.close();
  const next = openForTest(file);
  expect(next.notices).toEqual([expect.stringContaining('was damaged')]);
  next.close();
  openForTest(file).close();
  expect(readdirSync(folder).filter((name) => name.includes('damaged-')).length).toBe(1);
});

test('the database of another program is refused and left as it is', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const other = new SqliteDatabase(file);
  other.exec('CREATE TABLE customers (name TEXT)');
  other.close();
  expect(faultOf(() => openForTest(file))).toMatchObject({
    kind: 'other',
    message: expect.stringContaining('another program'),
  });
  expect(new SqliteDatabase(file).prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['customers']);
});

test('a place that cannot be written is a clear message', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'plumb.db'));
  expect(faultOf(() => openForTest(join(folder, 'plumb.db')))).toMatchObject({
    kind: 'readOnly',
    message: expect.stringContaining('Check the rights'),
  });
});

test('a full disk is a clear message, and what was acknowledged before it stays', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const { db } = openDatabase(file, { now });
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
  const fault = faultOf(() => {
    try {
      const insert = db.prepare('INSERT INTO blob (hash, stored_hash, size, zstd) VALUES (?, ?, 1, zeroblob(4000))');
      for (let n = 0; n < 100; n++) insert.run(String(n).padStart(64, '0'), '0'.repeat(64));
    } catch (error) {
      throw toLogFault(error, file);
    }
  });
  expect(fault).toMatchObject({
    kind: 'diskFull',
    message: expect.stringContaining('Free some space and resume the session'),
  });
  db.close();
  const log = openForTest(file);
  expect(log.notices).toEqual([]);
  log.close();
});

test('a database that another process holds is busy, not damaged', () => {
  const file = join(temporaryFolder(), 'plumb.db');
  const log = openForTest(file);
  const holder = new SqliteDatabase(file);
  holder.exec('BEGIN IMMEDIATE');
  expect(faultOf(() => log.append('busy000000', { type: 'agentNoted', text: 'x' }))).toMatchObject({ kind: 'busy' });
  holder.exec('ROLLBACK');
  expect(log.append('busy000000', { type: 'agentNoted', text: 'x' }).seq).toBe(1);
  holder.close();
  log.close();
});
