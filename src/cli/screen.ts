/** A session on the terminal: gives the screen its store and turns its intents over to the runtime. */
import type { EventType } from '../events/index.ts';
import { lineage, LINEAGE_EVENTS, type LineageRow } from '../lineage/lineage.ts';
import type { Io } from './io.ts';
import { EXIT } from './io.ts';
import { exitCodeOf } from './headless.ts';
import { paneRows } from './lineage-pane.ts';
import type { LiveSession } from './open-session.ts';
import type { SessionRequest } from './session-request.ts';

/** Shows the session until the engineer leaves; then the exit code of its last turn, 0 where there was none. */
export async function runOnScreen(
  live: LiveSession,
  request: SessionRequest,
  io: Io,
  options: { startAtOnce: boolean },
): Promise<number> {
  const { runtime, spec } = live;
  const { openSession } = await import('../tui/session-app.tsx');
  // Asked for at each frame; the log is read again only after what can change a lineage.
  let versions = readVersions(live);
  const unsubscribe = runtime.onEvent((event) => {
    if (CHANGES_LINEAGE.has(event.type)) versions = readVersions(live);
  });
  const screen = openSession({
    store: runtime.store,
    dispatch: (intent) => runtime.dispatch(intent),
    host: process,
    now: Date.now,
    signal: io.signal,
    lineage: () => paneRows(versions, spec.semanticDigest, Date.now()),
  });
  if (options.startAtOnce) void runtime.startTurn(request.prompt).catch(() => {});
  await screen;
  unsubscribe();
  await runtime.stop('the engineer left');
  const { result } = runtime;
  if (io.signal.aborted) return EXIT.interrupted;
  return result === null ? EXIT.pass : exitCodeOf(result);
}

const CHANGES_LINEAGE: ReadonlySet<EventType> = new Set(['specVersionRecorded', 'rolledBack', 'sessionEnded']);

function readVersions({ log, spec }: LiveSession): LineageRow[] {
  return lineage(spec.name, log.eventsOfSpec(spec.name, LINEAGE_EVENTS), []);
}
