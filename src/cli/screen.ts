/**
 * A session on the terminal. The screen comes first, so that a person sees at once that something happens; the session
 * behind it is attached when it is open.
 */
import type { EventType } from '../events/index.ts';
import { lineage, LINEAGE_EVENTS, type LineageRow } from '../lineage/lineage.ts';
import { createStore, type SessionStore } from '../session/store.ts';
import type { Io } from './io.ts';
import { paneRows } from './lineage-pane.ts';
import type { LiveSession } from './open-session.ts';

export interface Screen {
  /** What it shows; the session appends to it. */
  store: SessionStore;
  /** Settles when the engineer left, or after `close`. */
  closed: Promise<void>;
  /** Turns the engineer's intents over to the session from now on. */
  attach(live: LiveSession): void;
  close(): Promise<void>;
}

/** Opens the screen with nothing behind it yet. */
export async function openScreen(io: Io): Promise<Screen> {
  const { openSession } = await import('../tui/session-app.tsx');
  const store = createStore({ now: Date.now });
  store.live({
    type: 'status',
    text: 'opening the session: reading the spec, making the checkout, testing the sandbox',
  });
  const leave = new AbortController();
  let attached: { live: LiveSession; versions: LineageRow[] } | null = null;
  const closed = openSession({
    store,
    dispatch: async (intent) => {
      if (attached !== null) return attached.live.runtime.dispatch(intent);
      if (intent.type === 'quit') return { kind: 'done' };
      return { kind: 'refused', message: 'the session is still being opened' };
    },
    host: process,
    now: Date.now,
    signal: AbortSignal.any([io.signal, leave.signal]),
    lineage: () =>
      attached === null ? [] : paneRows(attached.versions, attached.live.spec.semanticDigest, Date.now()),
  });
  return {
    store,
    closed,
    attach(live) {
      const now = { live, versions: readVersions(live) };
      attached = now;
      store.live({ type: 'status', text: '' });
      // Asked for at each frame; the log is read again only after what can change a lineage.
      live.runtime.onEvent((event) => {
        if (CHANGES_LINEAGE.has(event.type)) now.versions = readVersions(live);
      });
    },
    async close() {
      leave.abort();
      await closed;
    },
  };
}

const CHANGES_LINEAGE: ReadonlySet<EventType> = new Set(['specVersionRecorded', 'rolledBack', 'sessionEnded']);

function readVersions({ log, spec }: LiveSession): LineageRow[] {
  return lineage(spec.name, log.eventsOfSpec(spec.name, LINEAGE_EVENTS), []);
}
