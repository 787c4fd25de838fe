/**
 * The tables and views of `plumb.db`, as the list of steps that led to them. A step that was released never changes;
 * a new shape is a new step at the end. The views are there so that `sqlite3 .plumb/plumb.db` answers questions
 * without the program; times are epoch milliseconds, money is micro-dollars.
 */
import type { Database } from 'better-sqlite3';

/** One step; it runs inside a transaction. */
export interface Migration {
  name: string;
  up: (db: Database) => void;
}

/** Marks the file as Plumbline's (`PLMB`), see https://www.sqlite.org/pragma.html#pragma_application_id. */
export const APPLICATION_ID = 0x504c4d42;

export const MIGRATIONS: readonly Migration[] = [
  { name: 'events, blobs, leases', up: (db) => db.exec(TABLES) },
  { name: 'views', up: (db) => db.exec(VIEWS) },
];

const TABLES = `
-- body: the event without its envelope; members that are in blobs are null there, and large maps their name to a hash.
CREATE TABLE event (
  session TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  v INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'agent', 'system')),
  actor_name TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  large TEXT CHECK (large IS NULL OR json_valid(large)),
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_by_type ON event (type, session, seq);

-- hash: SHA-256 of the original bytes; stored_hash: of what is kept, which differs where a secret was taken out.
CREATE TABLE blob (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  stored_hash TEXT NOT NULL CHECK (length(stored_hash) = 64),
  size INTEGER NOT NULL,
  zstd BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who writes a session now. The only table whose rows change.
CREATE TABLE lease (
  session TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process_started TEXT NOT NULL,
  host TEXT NOT NULL,
  heartbeat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE event_text USING fts5 (session UNINDEXED, seq UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2");

CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_contiguous BEFORE INSERT ON event
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM event WHERE session = NEW.session), 0)
BEGIN SELECT RAISE(ABORT, 'the sequence of a session has no gaps'); END;
CREATE TRIGGER blob_is_append_only_update BEFORE UPDATE ON blob BEGIN SELECT RAISE(ABORT, 'blobs are append-only'); END;
CREATE TRIGGER blob_is_append_only_delete BEFORE DELETE ON blob BEGIN SELECT RAISE(ABORT, 'blobs are append-only'); END;
`;

const VIEWS = `
CREATE VIEW cost_by_session AS
SELECT session,
  count(*) AS requests,
  sum(body ->> '$.usage.inputTokens') AS input_tokens,
  sum((body ->> '$.usage.cacheWrite5mTokens') + (body ->> '$.usage.cacheWrite1hTokens')) AS cache_write_tokens,
  sum(body ->> '$.usage.cacheReadTokens') AS cache_read_tokens,
  sum(body ->> '$.usage.outputTokens') AS output_tokens,
  coalesce(sum(body ->> '$.usdMicros'), 0) AS usd_micros,
  sum((body ->> '$.usdMicros') IS NULL) AS unpriced,
  sum(body ->> '$.estimated') AS estimated
FROM event WHERE type = 'budgetSettled' GROUP BY session;

CREATE VIEW cost_by_day AS
SELECT date(at / 1000, 'unixepoch') AS day, count(*) AS requests, coalesce(sum(body ->> '$.usdMicros'), 0) AS usd_micros
FROM event WHERE type = 'budgetSettled' GROUP BY day;

-- partial: only some clauses were asked for, so the verdict is not the code's.
CREATE VIEW verdicts AS
SELECT f.session, f.seq, f.at, s.body ->> '$.round' AS round, s.body ->> '$.semanticDigest' AS semantic_digest,
  s.body ->> '$.tree' AS code_tree, f.body ->> '$.verdict' AS verdict, f.body ->> '$.cases' AS cases,
  s.body ->> '$.seed' AS seed, f.body ->> '$.durationMs' AS duration_ms,
  (s.body -> '$.clauses') IS NOT NULL AS partial
FROM event f JOIN event s ON s.type = 'verificationStarted' AND s.session = f.session
  AND s.body ->> '$.verification' = f.body ->> '$.verification'
WHERE f.type = 'verificationFinished';

CREATE VIEW counterexamples AS
SELECT session, seq, at, body ->> '$.property.id' AS property, body ->> '$.property.clause' AS clause,
  body ->> '$.counterexample.seed' AS seed, body ->> '$.counterexample.path' AS path,
  body ->> '$.counterexample.actual' AS actual, body ->> '$.counterexample.expected' AS expected
FROM event WHERE type = 'counterexampleFound';

CREATE VIEW spec_versions AS
SELECT body ->> '$.spec' AS spec, body ->> '$.semanticDigest' AS semantic_digest,
  body ->> '$.documentDigest' AS document_digest, body ->> '$.codeTree' AS code_tree,
  body ->> '$.verdict' AS verdict, at, actor_name AS author, session, seq
FROM event WHERE type = 'specVersionRecorded';

CREATE VIEW spec_sessions AS
SELECT DISTINCT coalesce(body ->> '$.name', body ->> '$.spec') AS spec, session
FROM event WHERE type IN ('specLoaded', 'specVersionRecorded', 'rolledBack');

CREATE VIEW session_list AS
SELECT s.session AS id, s.body ->> '$.spec' AS spec, s.body ->> '$.agent.kind' AS agent, s.body ->> '$.agent.model' AS model,
  s.at AS started_at,
  (SELECT at FROM event l WHERE l.session = s.session ORDER BY seq DESC LIMIT 1) AS last_at,
  (SELECT max(seq) FROM event l WHERE l.session = s.session) AS events,
  (SELECT count(*) FROM event r WHERE r.type = 'roundStarted' AND r.session = s.session) AS rounds,
  coalesce(
    (SELECT body ->> '$.verdict' FROM event e WHERE e.type = 'sessionEnded' AND e.session = s.session
      AND NOT EXISTS (SELECT 1 FROM event r WHERE r.type = 'sessionResumed' AND r.session = s.session AND r.seq > e.seq)
      ORDER BY seq DESC LIMIT 1),
    (SELECT verdict FROM verdicts e WHERE e.session = s.session AND NOT partial ORDER BY seq DESC LIMIT 1)) AS verdict,
  (SELECT body ->> '$.reason' FROM event e WHERE e.type = 'sessionEnded' AND e.session = s.session
    AND NOT EXISTS (SELECT 1 FROM event r WHERE r.type = 'sessionResumed' AND r.session = s.session AND r.seq > e.seq)
    ORDER BY seq DESC LIMIT 1) AS ended,
  (SELECT body ->> '$.semanticDigest' FROM event e WHERE e.type = 'specLoaded' AND e.session = s.session
    ORDER BY seq DESC LIMIT 1) AS semantic_digest,
  coalesce(c.input_tokens + c.cache_write_tokens + c.cache_read_tokens + c.output_tokens, 0) AS tokens,
  coalesce(c.usd_micros, 0) AS usd_micros, coalesce(c.unpriced, 0) AS unpriced
FROM event s LEFT JOIN cost_by_session c ON c.session = s.session
WHERE s.type = 'sessionStarted' AND s.seq = (SELECT min(seq) FROM event m WHERE m.type = 'sessionStarted' AND m.session = s.session);
`;
