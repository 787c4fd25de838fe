/** Finds a recorded session by what a person types: the id or its beginning in the log, or the file of a bundle. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ChainBreak } from '../events/chain.ts';
import type { Event } from '../events/index.ts';
import { LINEAGE_EVENTS } from '../lineage/lineage.ts';
import { loadBundle } from '../record/session-bundle.ts';
import type { SqliteLog } from '../record/sqlite-log.ts';

export interface RecordedSession {
  /** The id, or the file. */
  name: string;
  events: Event[];
  /** Where its chain stops being whole; only for a session of the log, since a broken bundle is not opened. */
  broken: ChainBreak | null;
  /** Events that the lineage of a spec is made of, from as many sessions as are known. */
  ofSpec: (spec: string) => Event[];
  blob: (hash: string) => { bytes: Buffer; exact: boolean } | undefined;
}

export type Found = { kind: 'session'; session: RecordedSession } | { kind: 'broken' | 'missing'; message: string };

/** True where the name means a file: it is there, or looks like a path. */
export function isFileName(name: string, cwd: string): boolean {
  return /[/\\]|\.json$/.test(name) || existsSync(resolve(cwd, name));
}

export function sessionOfFile(name: string, cwd: string): Found {
  const result = loadBundle(resolve(cwd, name));
  if (result.kind !== 'bundle')
    return { kind: result.kind === 'broken' ? 'broken' : 'missing', message: result.message };
  const { events, blobs } = result.bundle;
  const blob = (hash: string): { bytes: Buffer; exact: boolean } | undefined => {
    const bytes = blobs.get(hash);
    return bytes === undefined ? undefined : { bytes, exact: true };
  };
  return { kind: 'session', session: { name, events, broken: null, ofSpec: () => events, blob } };
}

export function sessionOfLog(name: string, log: SqliteLog): Found {
  const matches = log.sessionsLike(name);
  const [id] = matches;
  if (id === undefined)
    return { kind: 'missing', message: `there is no session ${JSON.stringify(name)}; list them with: plumb sessions` };
  if (matches.length > 1 && !matches.includes(name))
    return {
      kind: 'missing',
      message: `${JSON.stringify(name)} is the beginning of several sessions (${matches.join(', ')}); type more of it`,
    };
  const { events, broken } = log.inspect(matches.includes(name) ? name : id);
  return {
    kind: 'session',
    session: {
      name: id,
      events,
      broken,
      ofSpec: (spec) => log.eventsOfSpec(spec, LINEAGE_EVENTS),
      blob: (hash) => log.getBlob(hash),
    },
  };
}
