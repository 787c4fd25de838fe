/** Opens `plumb.db`: durable, shared by several processes, migrated, and never in the way when it is damaged. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { LogFault, toLogFault } from './log-fault.ts';
import { APPLICATION_ID, MIGRATIONS, type Migration } from './schema.ts';

export interface OpenedDatabase {
  db: Database;
  /** What the user should know: a damaged file was set aside, a backup was made. */
  notices: string[];
}

/** How long a writer waits for another one, in ms. It blocks the event loop, hence not longer. */
const BUSY_TIMEOUT_MS = 5_000;

export interface DatabaseOptions {
  /** Epoch milliseconds. */
  now: () => number;
  /** Default 5,000. */
  busyTimeoutMs?: number;
  /** Default: those of `schema.ts`. */
  migrations?: readonly Migration[];
}

/** Larger files (bytes) are not read through at every start, which takes 5 ms a megabyte. */
const LARGEST_CHECKED_FILE = 4 * 1024 * 1024;

/** Opens or creates the database. Throws {@link LogFault}. */
export function openDatabase(file: string, options: DatabaseOptions): OpenedDatabase {
  const notices: string[] = [];
  try {
    prepareFolder(dirname(file));
    try {
      return { db: openWhole(file, options, notices), notices };
    } catch (error) {
      if (toLogFault(error, file).kind !== 'damaged') throw error;
      notices.push(quarantine(file, options.now()));
      return { db: openWhole(file, options, notices), notices };
    }
  } catch (error) {
    throw toLogFault(error, file);
  }
}

function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ignore = join(folder, '.gitignore');
  if (basename(folder) === '.plumb' && !existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function openWhole(file: string, options: DatabaseOptions, notices: string[]): Database {
  const db = new SqliteDatabase(file, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS });
  try {
    db.pragma('journal_mode = WAL');
    // WAL lowers the default to NORMAL, which may lose the last commits when the power fails.
    db.pragma('synchronous = FULL');
    db.pragma('fullfsync = 1');
    db.pragma('foreign_keys = ON');
    const suspected = existsSync(suspicionOf(file));
    if (suspected || statSync(file).size <= LARGEST_CHECKED_FILE) check(db, file);
    if (suspected) rmSync(suspicionOf(file), { force: true });
    migrate(db, file, options, notices);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Makes the next opening read the whole file: SQLite met a damaged page in it. */
export function suspectDamage(file: string): void {
  try {
    writeFileSync(suspicionOf(file), '');
  } catch {
    // The fault itself is reported; where nothing can be written, nothing can be set aside either.
  }
}

function suspicionOf(file: string): string {
  return `${file}.suspected`;
}

function check(db: Database, file: string): void {
  const result: unknown = db.pragma('quick_check(1)', { simple: true });
  if (result !== 'ok') throw new LogFault('damaged', `${file} is damaged: ${String(result)}`);
}

function migrate(db: Database, file: string, options: DatabaseOptions, notices: string[]): void {
  const { now, migrations = MIGRATIONS } = options;
  const seen = db.transaction(() => knownVersion(db, file))();
  if (seen > migrations.length)
    throw new LogFault(
      'newer',
      `${file} was written by a newer plumb (version ${seen}; this one knows ${migrations.length}). Update plumb; nothing was changed.`,
    );
  if (seen === migrations.length) return;
  if (seen > 0) {
    const backup = unusedName(`${file}.v${seen}-backup`);
    db.prepare('VACUUM INTO ?').run(backup);
    notices.push(`The database was brought to a new version; the old one is kept as ${backup}.`);
  }
  db.transaction(() => {
    // Another process may have migrated between our look and our lock.
    const from = versionOf(db);
    db.exec(
      'CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    );
    const record = db.prepare('INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)');
    for (const [index, migration] of migrations.entries()) {
      if (index < from) continue;
      migration.up(db);
      record.run(index + 1, migration.name, now());
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** The recorded version; 0 for an empty file. A count of rows, since a bare number in the header records no history. */
function versionOf(db: Database): number {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").get();
  if (table === undefined) return 0;
  return Number(db.prepare('SELECT coalesce(max(version), 0) FROM migration').pluck().get());
}

/** Like {@link versionOf}, but refuses a database that is not ours; one transaction, so that it sees one state. */
function knownVersion(db: Database, file: string): number {
  const version = versionOf(db);
  const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (version === 0 && tables > 0)
    throw new LogFault('other', `${file} is a database of another program. Move it away, or name another folder.`);
  return version;
}

function quarantine(file: string, at: number): string {
  rmSync(suspicionOf(file), { force: true });
  const stamp = new Date(at).toISOString().replace(/[:.]/g, '-');
  const aside = unusedName(`${file}.damaged-${stamp}`);
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return `${file} was damaged. It is kept as ${aside} and a new one was begun; sqlite3's .recover may read what is left of it.`;
}

function unusedName(name: string): string {
  if (!existsSync(name)) return name;
  for (let n = 2; ; n++) if (!existsSync(`${name}-${n}`)) return `${name}-${n}`;
}
