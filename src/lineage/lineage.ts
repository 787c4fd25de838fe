/**
 * The versions of a spec, with the code that was made for them and what was found out about the pair. Everything here
 * is computed from recorded events and from what git says; nothing here reads a log, a disk or a clock.
 */
import type { Event, EventOf, Verdict } from '../events/index.ts';

/** A version that git holds: one commit that changed the contract. */
export interface GitVersion {
  commit: string;
  /** Epoch milliseconds. */
  at: number;
  author: string;
  semanticDigest: string;
  documentDigest: string;
}

/** One (spec version, code tree) pair; newest first in a lineage. */
export interface LineageRow {
  spec: string;
  /** 64 hex digits. */
  semanticDigest: string;
  documentDigest: string;
  /** Hash of the snapshot; null for a version that only git knows, which no code was made for. */
  codeTree: string | null;
  /** When the pair was last recorded, epoch milliseconds. */
  at: number;
  author: string;
  session: string | null;
  /** Sequence number of the event that recorded it. */
  seq: number | null;
  origin: 'session' | 'rollback' | 'git';
  /** The latest verdict on the pair; null where it was never verified. */
  verdict: Verdict | null;
  /** The session whose verification gave the verdict. */
  verifiedIn: string | null;
  /** Of the latest verification of the whole spec. */
  properties: { passed: number; total: number } | null;
  /** True where the latest verdict on this very pair is a pass. */
  knownGood: boolean;
  /** Commit that holds the code; for a version of git's alone, the commit of the contract. */
  commit: string | null;
  /** Spent in the session up to this version and since the one before; null where a reply had no price. */
  costUsdMicros: number | null;
}

/** The event types that a lineage is made of. */
export const LINEAGE_EVENTS = [
  'specLoaded',
  'verificationStarted',
  'propertyDecided',
  'verificationFinished',
  'changeApplied',
  'budgetSettled',
  'specVersionRecorded',
  'rolledBack',
  'sessionEnded',
] as const satisfies readonly Event['type'][];

/**
 * The lineage of one spec, newest first. `events` are those of {@link LINEAGE_EVENTS}, each session's in order; a
 * verification of only some clauses decides nothing here. A pair that was recorded again is one row, with the latest
 * time and the sum of its cost; going back to it is a row of its own.
 */
export function lineage(spec: string, events: Iterable<Event>, git: readonly GitVersion[] = []): LineageRow[] {
  const sessions = Map.groupBy(events, (event) => event.session);
  const inTime = [...sessions.values()]
    .flatMap((own) => sessionRows(spec, own))
    .sort((a, b) => a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0));
  const verdicts = new Map(inTime.filter((row) => row.verdict !== null).map((row) => [pairOf(row), row]));
  const recorded = new Map<string, LineageRow>();
  for (const row of inTime) {
    const key = [row.documentDigest, row.codeTree, row.origin === 'rollback' ? row.session : ''].join(' ');
    recorded.set(key, merged(recorded.get(key), row));
  }
  const known = new Set(inTime.map((row) => row.documentDigest));
  // The oldest commit of a text is the one that made the version; later ones came back to it.
  const oldest = new Map(git.toSorted((a, b) => b.at - a.at).map((version) => [version.documentDigest, version]));
  const fromGit = [...oldest.values()].filter((version) => !known.has(version.documentDigest));
  return [
    ...[...recorded.values()].map((row) => judged(row, verdicts.get(pairOf(row)))),
    ...fromGit.map((version) => gitRow(spec, version)),
  ].sort((a, b) => b.at - a.at || (b.seq ?? 0) - (a.seq ?? 0));
}

function merged(before: LineageRow | undefined, row: LineageRow): LineageRow {
  if (before === undefined) return row;
  const unpriced = before.costUsdMicros === null || row.costUsdMicros === null;
  const costUsdMicros = unpriced ? null : (before.costUsdMicros ?? 0) + (row.costUsdMicros ?? 0);
  return { ...row, commit: row.commit ?? before.commit, costUsdMicros };
}

/** The latest verdict on the pair holds for every row of it, wherever it was given. */
function judged(row: LineageRow, latest: LineageRow | undefined): LineageRow {
  if (latest === undefined) return row;
  const { verdict, properties, verifiedIn } = latest;
  return { ...row, verdict, properties, verifiedIn, knownGood: verdict === 'pass' };
}

function pairOf(row: { semanticDigest: string; codeTree: string | null }): string {
  return `${row.semanticDigest} ${row.codeTree ?? ''}`;
}

interface Verified {
  verdict: Verdict;
  properties: { passed: number; total: number };
}

function sessionRows(spec: string, events: readonly Event[]): LineageRow[] {
  const rows: LineageRow[] = [];
  const started = new Map<string, EventOf<'verificationStarted'>>();
  const passed = new Map<string, number>();
  const verified = new Map<string, Verified>();
  const commits = new Map<string, string>();
  let loaded: EventOf<'specLoaded'> | undefined;
  let rolledBack: EventOf<'rolledBack'> | undefined;
  let cost: number | null = 0;

  const row = (event: Event, version: { semanticDigest: string; documentDigest: string; codeTree: string }): void => {
    const found = verified.get(pairOf(version));
    // Only what was verified counts: a recorded version merely claims its verdict.
    const verdict = found?.verdict ?? null;
    const { semanticDigest, documentDigest, codeTree } = version;
    rows.push({
      spec,
      semanticDigest,
      documentDigest,
      codeTree,
      at: event.at,
      author: event.by.name,
      session: event.session,
      seq: event.seq,
      origin: rolledBack === undefined ? 'session' : 'rollback',
      verdict,
      verifiedIn: found === undefined ? null : event.session,
      properties: found?.properties ?? null,
      knownGood: verdict === 'pass',
      commit: commits.get(codeTree) ?? rolledBack?.commit ?? null,
      costUsdMicros: cost,
    });
    cost = 0;
  };

  for (const event of events) {
    switch (event.type) {
      case 'specLoaded':
        loaded = event;
        break;
      case 'verificationStarted':
        if (event.clauses === undefined) started.set(event.verification, event);
        break;
      case 'propertyDecided':
        if (event.verdict === 'pass') passed.set(event.verification, (passed.get(event.verification) ?? 0) + 1);
        break;
      case 'verificationFinished': {
        const start = started.get(event.verification);
        if (start === undefined) break;
        const properties = { passed: passed.get(event.verification) ?? 0, total: start.properties.length };
        verified.set(pairOf({ semanticDigest: start.semanticDigest, codeTree: start.tree }), {
          verdict: event.verdict,
          properties,
        });
        break;
      }
      case 'changeApplied':
        if (event.commit !== null) commits.set(event.tree, event.commit);
        break;
      case 'budgetSettled':
        cost = cost === null || event.usdMicros === null ? null : cost + event.usdMicros;
        break;
      case 'rolledBack':
        if (event.spec === spec) rolledBack = event;
        break;
      case 'specVersionRecorded':
        if (event.spec === spec) row(event, event);
        break;
      case 'sessionEnded':
        // A session that did not pass records no version; its last state is still worth a row.
        if (event.verdict !== 'pass' && event.codeTree !== null && loaded?.name === spec)
          row(event, {
            semanticDigest: loaded.semanticDigest,
            documentDigest: loaded.documentDigest,
            codeTree: event.codeTree,
          });
        break;
      default:
    }
  }
  return rows;
}

function gitRow(spec: string, version: GitVersion): LineageRow {
  return {
    spec,
    semanticDigest: version.semanticDigest,
    documentDigest: version.documentDigest,
    codeTree: null,
    at: version.at,
    author: version.author,
    session: null,
    seq: null,
    origin: 'git',
    verdict: null,
    verifiedIn: null,
    properties: null,
    knownGood: false,
    commit: version.commit,
    costUsdMicros: null,
  };
}
