/** A session on the terminal: gives the screen its store and turns its intents over to the runtime. */
import { lineage, LINEAGE_EVENTS } from '../lineage/lineage.ts';
import type { Io } from './io.ts';
import { EXIT } from './io.ts';
import { exitCodeOf } from './headless.ts';
import { ago } from './ago.ts';
import type { LiveSession } from './open-session.ts';
import type { SessionRequest } from './session-request.ts';

/** Shows the session until the engineer leaves; then the exit code of its last turn, 0 where there was none. */
export async function runOnScreen(
  live: LiveSession,
  request: SessionRequest,
  io: Io,
  options: { startAtOnce: boolean },
): Promise<number> {
  const { runtime, log, spec } = live;
  const { openSession } = await import('../tui/session-app.tsx');
  let known: { seq: number; rows: ReturnType<typeof versions> } | null = null;
  const versions = () =>
    lineage(spec.name, log.eventsOfSpec(spec.name, LINEAGE_EVENTS), []).map((row) => ({
      semanticDigest: row.semanticDigest,
      when: ago(row.at, Date.now()),
      author: row.author,
      verdict: row.verdict,
      knownGood: row.knownGood,
      usdMicros: row.costUsdMicros,
      current: row.semanticDigest === spec.semanticDigest,
    }));
  const screen = openSession({
    store: runtime.store,
    dispatch: (intent) => runtime.dispatch(intent),
    host: process,
    now: Date.now,
    signal: io.signal,
    // Asked for at each frame; the log is read again only when something was appended.
    lineage: () => {
      const { seq } = runtime.store.state();
      if (known?.seq !== seq) known = { seq, rows: versions() };
      return known.rows;
    },
  });
  if (options.startAtOnce) void runtime.startTurn(request.prompt).catch(() => {});
  await screen;
  await runtime.stop('the engineer left');
  const { result } = runtime;
  if (io.signal.aborted) return EXIT.interrupted;
  return result === null ? EXIT.pass : exitCodeOf(result);
}
