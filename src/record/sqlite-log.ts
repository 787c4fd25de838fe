/**
 * The event log in SQLite: the one place where what happened becomes durable. It appends and reads; it never changes or
 * deletes an event, and it never acts on one.
 */
import type { Database, Statement } from 'better-sqlite3';
import { describeBreak, GENESIS_HASH, hashOf, verifyChain, type ChainBreak } from '../events/chain.ts';
import { eventId, newSessionId } from '../events/ids.ts';
import type { Actor, Event, EventBody } from '../events/index.ts';
import { createBlobs, type Blob, type Blobs } from './blobs.ts';
import { openDatabase, suspectDamage } from './database.ts';
import { EVENT_VERSION, fromRow, toRow, type EventRow } from './event-row.ts';
import { createLeases, HEARTBEAT_MS, type Leases } from './lease.ts';
import { LogFault, toLogFault } from './log-fault.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { searchQuery, searchText } from './search-text.ts';

export interface LogOptions {
  /** Epoch milliseconds. */
  now: () => number;
  /** From 0 to below 1. */
  random: () => number;
  /** Whose secret variables are redacted; default: none, only what looks like a secret. */
  env?: Readonly<Record<string, string | undefined>>;
  /** How long a write waits for another process; default 5,000. */
  busyTimeoutMs?: number;
}

/** One row of the view `session_list`. */
export interface SessionRow {
  id: string;
  spec: string;
  agent: string;
  model: string | null;
  started_at: number;
  last_at: number;
  events: number;
  rounds: number;
  verdict: string | null;
  /** Reason of its end; null while it runs or after a crash. */
  ended: string | null;
  semantic_digest: string | null;
  tokens: number;
  usd_micros: number;
  /** Replies that had no price. */
  unpriced: number;
}

const SYSTEM: Actor = { kind: 'system', name: 'plumb' };

/** Opens or creates the log (usually `.plumb/plumb.db`). Throws {@link LogFault}. */
export function openLog(file: string, options: LogOptions): SqliteLog {
  try {
    return new SqliteLog(file, options);
  } catch (error) {
    throw toLogFault(error, file);
  }
}

/** An open log; close it. Its methods throw {@link LogFault} and nothing else for faults of the environment. */
export class SqliteLog {
  readonly file: string;
  /** What the user should be told about the opening: a file set aside, a backup made. */
  readonly notices: readonly string[];
  readonly #db: Database;
  readonly #options: LogOptions;
  readonly #redactor: Redactor;
  readonly #blobs: Blobs;
  readonly #leases: Leases;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #insert: Statement<[EventRow]>;
  readonly #insertText: Statement<[string, number, string]>;
  readonly #last: Statement<[string], { seq: number; hash: string }>;
  readonly #range: Statement<[string, number, number], EventRow>;

  constructor(file: string, options: LogOptions) {
    const { db, notices } = openDatabase(file, options);
    this.file = file;
    this.notices = notices;
    this.#db = db;
    this.#options = options;
    this.#redactor = createRedactor(options.env ?? {});
    this.#blobs = createBlobs(db);
    this.#leases = createLeases(db, `${process.pid}-${options.random().toString(36).slice(2)}`, options.now);
    this.#insert = db.prepare(
      `INSERT INTO event (session, seq, id, type, v, at, actor_kind, actor_name, body, large, prev_hash, hash)
       VALUES (@session, @seq, @id, @type, @v, @at, @actor_kind, @actor_name, @body, @large, @prev_hash, @hash)`,
    );
    this.#insertText = db.prepare('INSERT INTO event_text (session, seq, text) VALUES (?, ?, ?)');
    this.#last = db.prepare('SELECT seq, hash FROM event WHERE session = ? ORDER BY seq DESC LIMIT 1');
    this.#range = db.prepare('SELECT * FROM event WHERE session = ? AND seq BETWEEN ? AND ? ORDER BY seq');
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** An id that no session has yet. */
  newSession(): string {
    for (;;) {
      const id = newSessionId(this.#options.now, this.#options.random);
      if (this.#do(() => this.#last.get(id)) === undefined) return id;
    }
  }

  /** Makes this log the session's only writer, or throws {@link LogFault} `leased`. `append` does it by itself. */
  lease(session: string): void {
    this.#do(() => this.#db.transaction(() => this.#leases.hold(session)).immediate());
  }

  /** Lets another process write the session. */
  release(session: string): void {
    this.#do(() => this.#leases.release(session));
  }

  /**
   * Appends one fact: when this returns it is on disk, and listeners have been told. The event that is returned is the
   * one that is read back: secrets replaced, and as JSON holds it.
   */
  append(session: string, body: EventBody, by: Actor = SYSTEM): Event {
    const event = this.#do(() => this.#db.transaction(() => this.#appendLocked(session, body, by)).immediate());
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  /** Events in order, whole: throws {@link LogFault} `damaged` at a gap or a broken chain, `missing` without the session. */
  read(session: string, range: { fromSeq?: number; toSeq?: number } = {}): Event[] {
    const from = Math.max(1, range.fromSeq ?? 1);
    return this.#do(() => {
      const before = this.#range.get(session, from - 1, from - 1);
      const rows = this.#range.all(session, from, range.toSeq ?? Number.MAX_SAFE_INTEGER);
      if (rows.length === 0 && this.#last.get(session) === undefined)
        throw new LogFault('missing', `There is no session ${session} in ${this.file}. List them with: plumb sessions`);
      const events = rows.map((row) => fromRow(row, this.#blobs));
      const broken = verifyChain(events, before);
      if (broken !== null)
        throw new LogFault('damaged', `The record of session ${session} is not whole: ${describeBreak(broken)}.`);
      return events;
    });
  }

  /**
   * Events in order with the first break of their chain, for a reader who wants to know what is wrong. A row that
   * cannot be decoded at all is a break of the kind `hash`.
   */
  inspect(session: string): { events: Event[]; broken: ChainBreak | null } {
    return this.#do(() => {
      const events: Event[] = [];
      for (const row of this.#range.iterate(session, 1, Number.MAX_SAFE_INTEGER)) {
        try {
          events.push(fromRow(row, this.#blobs));
        } catch (error) {
          const got = error instanceof Error ? error.message : String(error);
          return { events, broken: verifyChain(events) ?? { seq: row.seq, what: 'hash', expected: row.hash, got } };
        }
      }
      return { events, broken: verifyChain(events) };
    });
  }

  /** The newest sessions first; `search` wants every word somewhere in one event. */
  sessions(filter: { limit?: number; search?: string } = {}): SessionRow[] {
    const limit = filter.limit ?? 100;
    return this.#do(() => {
      if (filter.search === undefined)
        return this.#db
          .prepare<[number], SessionRow>('SELECT * FROM session_list ORDER BY started_at DESC, id DESC LIMIT ?')
          .all(limit);
      const query = searchQuery(filter.search);
      if (query === null) return [];
      return this.#db
        .prepare<[string, number], SessionRow>(
          `SELECT * FROM session_list WHERE id IN (SELECT session FROM event_text WHERE event_text MATCH ?)
           ORDER BY started_at DESC, id DESC LIMIT ?`,
        )
        .all(query, limit);
    });
  }

  /** Sessions whose id begins with a prefix, at most three: enough to tell one from several. */
  sessionsLike(prefix: string): string[] {
    const like = `${prefix.toLowerCase().replace(/[^0-9a-z]/g, '')}%`;
    return this.#do(() =>
      this.#db
        .prepare<[string], string>('SELECT DISTINCT session FROM event WHERE session LIKE ? LIMIT 3')
        .pluck()
        .all(like),
    ) as string[];
  }

  /** Sequence number and hash of the last event; undefined where the session has none. */
  latest(session: string): { seq: number; hash: string } | undefined {
    return this.#do(() => this.#last.get(session));
  }

  /**
   * Events of some types from every session that concerns a spec, by session and in order; the chain is not checked,
   * since it covers whole sessions only.
   */
  eventsOfSpec(spec: string, types: readonly EventBody['type'][]): Event[] {
    const marks = types.map(() => '?').join(', ');
    return this.#do(() =>
      this.#db
        .prepare<string[], EventRow>(
          `SELECT * FROM event WHERE session IN (SELECT session FROM spec_sessions WHERE spec = ?) AND type IN (${marks})
           ORDER BY session, seq`,
        )
        .all(spec, ...types)
        .map((row) => fromRow(row, this.#blobs)),
    );
  }

  /** Names of the specs that were worked on, in alphabetical order. */
  specs(): string[] {
    return this.#do(() =>
      this.#db.prepare<[], string>('SELECT DISTINCT spec FROM spec_sessions ORDER BY spec').pluck().all(),
    );
  }

  /** Keeps bytes, without the secrets that they hold; returns the SHA-256 of the bytes as given. */
  putBlob(bytes: Uint8Array | string): string {
    const original = Buffer.from(bytes);
    const text = original.toString('utf8');
    const redacted = this.#redactor.text(text);
    const kept = redacted === text ? original : Buffer.from(redacted);
    return this.#do(() => this.#db.transaction(() => this.#blobs.put(original, kept)).immediate());
  }

  /** Undefined where there is none. */
  getBlob(hash: string): Blob | undefined {
    return this.#do(() => this.#blobs.get(hash));
  }

  /** Calls back after each commit of this log; returns how to stop that. */
  onAppend(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Gives up its leases and closes the file; safe to call twice. */
  close(): void {
    if (!this.#db.open) return;
    clearInterval(this.#heartbeat);
    try {
      this.#leases.release();
    } catch {
      // A lease of a dead process is stale anyway, and closing must work on a full disk.
    }
    this.#db.close();
  }

  #appendLocked(session: string, body: EventBody, by: Actor): Event {
    this.#leases.hold(session);
    const last = this.#last.get(session) ?? { seq: 0, hash: GENESIS_HASH };
    const seq = last.seq + 1;
    // Through JSON, so that what is hashed, returned and read back is the same value.
    const plain = JSON.parse(JSON.stringify(this.#redactor.body(body))) as EventBody;
    const unhashed = {
      id: eventId(session, seq),
      session,
      seq,
      at: Math.floor(this.#options.now()),
      by,
      v: EVENT_VERSION,
      prevHash: last.hash,
      ...plain,
    };
    const event: Event = { ...unhashed, hash: hashOf(last.hash, unhashed) };
    this.#insert.run(toRow(event, this.#blobs));
    const text = searchText(event);
    if (text.trim() !== '') this.#insertText.run(session, seq, text);
    return event;
  }

  #beat(): void {
    try {
      this.#leases.beat();
    } catch {
      // The next append meets the same fault and reports it.
    }
  }

  #do<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const fault = toLogFault(error, this.file);
      if (fault !== error && fault.kind === 'damaged') suspectDamage(this.file);
      throw fault;
    }
  }
}
