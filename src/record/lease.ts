/**
 * One writer at a time for a session: a row names the process that writes it. A lease is stale, and may be taken over,
 * when its process is gone; on another machine, where that cannot be seen, when its heartbeat has stopped.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Database, Statement } from 'better-sqlite3';
import { LogFault } from './log-fault.ts';

/** How often a holder tells that it lives, in ms. */
export const HEARTBEAT_MS = 15_000;
const STALE_AFTER_MS = 4 * HEARTBEAT_MS;

interface LeaseRow {
  session: string;
  owner: string;
  pid: number;
  process_started: string;
  host: string;
  heartbeat_at: number;
}

export interface Leases {
  /** Takes or keeps the lease. Call it inside an IMMEDIATE transaction. Throws {@link LogFault} `leased`. */
  hold(session: string): void;
  beat(): void;
  release(session?: string): void;
}

/** Leases held by one open log; `owner` tells two logs of one process apart. */
export function createLeases(db: Database, owner: string, now: () => number): Leases {
  const select: Statement<[string], LeaseRow> = db.prepare('SELECT * FROM lease WHERE session = ?');
  const put = db.prepare(
    `INSERT INTO lease (session, owner, pid, process_started, host, heartbeat_at)
     VALUES (@session, @owner, @pid, @process_started, @host, @heartbeat_at)
     ON CONFLICT (session) DO UPDATE SET owner = excluded.owner, pid = excluded.pid,
       process_started = excluded.process_started, host = excluded.host, heartbeat_at = excluded.heartbeat_at`,
  );
  const beat = db.prepare('UPDATE lease SET heartbeat_at = ? WHERE owner = ?');
  const releaseOne = db.prepare('DELETE FROM lease WHERE owner = ? AND session = ?');
  const releaseAll = db.prepare('DELETE FROM lease WHERE owner = ?');
  const self = { owner, pid: process.pid, process_started: startOf(process.pid), host: hostname() };
  return {
    hold(session) {
      const row = select.get(session);
      if (row?.owner === owner) return;
      if (row !== undefined && isLive(row, now()))
        throw new LogFault(
          'leased',
          `Session ${session} is being written by another plumb (process ${row.pid} on ${row.host}). Close it first, or look at the session with: plumb replay ${session}`,
        );
      put.run({ ...self, session, heartbeat_at: now() });
    },
    beat: () => void beat.run(now(), owner),
    release: (session) => void (session === undefined ? releaseAll.run(owner) : releaseOne.run(owner, session)),
  };
}

function isLive(row: LeaseRow, at: number): boolean {
  if (row.host !== hostname()) return at - row.heartbeat_at < STALE_AFTER_MS;
  try {
    process.kill(row.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const started = startOf(row.pid);
  return row.process_started === '' || started === '' || started === row.process_started;
}

/**
 * When a process started, in clock ticks since boot, so that a reused pid is not taken for its predecessor; '' where
 * there is no /proc, `gone` for a process that is dead but not yet waited for.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets that may hold spaces; the state is field 3, the start field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
