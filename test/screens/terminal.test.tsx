/** The screen on a real terminal emulator: what is drawn piece by piece is what a full draw would give. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/session/intent.ts';
import { createStore } from '../../src/session/store.ts';
import { openSession } from '../../src/tui/session-app.tsx';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';
import { type VirtualTerminal, virtualTerminal } from '../support/virtual-terminal.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const opened: AbortController[] = [];

afterEach(() => {
  for (const abort of opened.splice(0)) abort.abort();
});

function open(terminal: VirtualTerminal, upTo: Parameters<typeof vacationSession>[0] = 'failing') {
  const abort = new AbortController();
  opened.push(abort);
  const intents: Intent[] = [];
  const store = createStore({ events: stampedEvents(vacationSession(upTo)), now: Date.now, frameMs: 5 });
  const closed = openSession({
    store,
    dispatch: (intent) => {
      intents.push(intent);
      return Promise.resolve({ kind: 'done' });
    },
    host: terminal.host,
    now: Date.now,
    signal: abort.signal,
  });
  return { store, intents, closed, abort };
}

describe('the session screen on a terminal', () => {
  it('opens on the alternate screen, fills it, and gives the terminal back', async () => {
    const terminal = virtualTerminal(120, 40);
    const { closed, abort } = open(terminal);
    await pause(150);
    expect(terminal.alternate()).toBe(true);
    const screen = await terminal.screen();
    expect(screen[0]).toContain('vacation-balance');
    expect(screen.at(-1)).toContain('tab panes');
    abort.abort();
    await closed;
    await terminal.screen();
    expect(terminal.alternate()).toBe(false);
    expect(terminal.bytes().endsWith('\u001b[?25h')).toBe(true);
    expect(terminal.bytes()).toContain('\u001b[?2004l');
    expect(terminal.bytes()).not.toContain('\u001b[2J');
    expect(terminal.bytes()).not.toContain('\u001b[3J');
  });
});
