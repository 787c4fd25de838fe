import { sanitize, toSafeJson } from '../../events/sanitize.ts';
import type { SessionRow } from '../../record/sqlite-log.ts';
import { formatUsd } from '../../session/format.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { EXIT, type Io } from '../io.ts';
import { withLog } from '../stored-log.ts';
import { table } from '../table.ts';

const MOST_SESSIONS = 10_000;

/** `plumb sessions [--search TEXT] [--limit N] [--json]`: the recorded sessions, newest first. */
export async function sessionsCommand(args: string[], io: Io): Promise<number> {
  const parsed = readArguments(args, {
    search: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (parsed.kind === 'usage' || parsed.value.positionals.length > 0) {
    io.stderr(
      `plumb sessions: ${parsed.kind === 'usage' ? parsed.message : 'takes no name; to search: --search TEXT'}\n`,
    );
    return EXIT.usage;
  }
  const limit = wholeNumber(parsed.value.flags, 'limit', 1, MOST_SESSIONS);
  if (limit.kind === 'usage') {
    io.stderr(`plumb sessions: ${limit.message}\n`);
    return EXIT.usage;
  }
  const search = typeof parsed.value.flags['search'] === 'string' ? parsed.value.flags['search'] : null;
  const show = (rows: SessionRow[]): number => {
    if (parsed.value.flags['json'] === true)
      io.stdout(`${toSafeJson({ format: 'plumbline.sessions/1', sessions: rows.map(toJson) })}\n`);
    else io.stdout(rows.length === 0 ? emptyText(search) : listText(rows));
    return EXIT.pass;
  };
  return withLog(io, 'sessions', {
    work: (log) => show(log.sessions({ limit: limit.value ?? 50, ...(search === null ? {} : { search }) })),
    none: () => show([]),
  });
}

function listText(rows: readonly SessionRow[]): string {
  const head = ['SESSION', 'WHEN', 'SPEC', 'AGENT', 'ROUNDS', 'VERDICT', 'COST'];
  const lines = rows.map((row) => [
    row.id,
    localTime(row.started_at),
    sanitize(`${row.spec}${row.semantic_digest === null ? '' : ` @ ${row.semantic_digest.slice(0, 12)}`}`),
    sanitize(row.model ?? row.agent),
    String(row.rounds),
    verdictText(row),
    costText(row),
  ]);
  return `${table([head, ...lines], [4, 6])}\nnext: plumb replay ${rows[0]?.id ?? 'ID'}\n`;
}

function verdictText(row: SessionRow): string {
  const verdict = { pass: '✓ pass', fail: '✗ fail', error: '! error' }[row.verdict ?? ''] ?? '– none';
  return row.ended === null ? `${verdict} (not ended)` : verdict;
}

function costText(row: SessionRow): string {
  const usd = formatUsd(row.usd_micros);
  return row.unpriced > 0 ? `${row.usd_micros > 0 ? `${usd} + ` : ''}unpriced` : usd;
}

/** `2026-11-23 14:05`, in the machine's time zone. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function emptyText(search: string | null): string {
  return search === null
    ? 'There are no sessions here yet. Start one with: plumb open SPEC, plumb run SPEC, or plumb demo\n'
    : `No session holds ${JSON.stringify(sanitize(search))}. All of them: plumb sessions\n`;
}

function toJson(row: SessionRow): Record<string, string | number | null> {
  return {
    id: row.id,
    spec: row.spec,
    semanticDigest: row.semantic_digest,
    agent: row.agent,
    model: row.model,
    startedAt: row.started_at,
    lastAt: row.last_at,
    events: row.events,
    rounds: row.rounds,
    verdict: row.verdict,
    ended: row.ended,
    tokens: row.tokens,
    usdMicros: row.usd_micros,
    unpriced: row.unpriced,
  };
}
