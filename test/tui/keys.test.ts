/** Keys become view changes and intents by one table. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/session/intent.ts';
import { createStore } from '../../src/session/store.ts';
import { keyName } from '../../src/tui/key-name.ts';
import { commandFor, keymap } from '../../src/tui/keymap.ts';
import { createPlayer } from '../../src/tui/replay-app.tsx';
import { createController } from '../../src/tui/session-app.tsx';
import { createViewStore } from '../../src/tui/view-store.ts';
import { initialView } from '../../src/tui/view.ts';
import { stampedEvents } from '../support/stamped-events.ts';
import { vacationSession } from '../support/vacation-session.ts';
import { virtualTerminal } from '../support/virtual-terminal.ts';

function session(upTo: Parameters<typeof vacationSession>[0]) {
  const intents: Intent[] = [];
  const viewStore = createViewStore(initialView);
  const terminal = virtualTerminal(120, 40);
  const controller = createController(
    {
      store: createStore({ events: stampedEvents(vacationSession(upTo)), now: () => 0 }),
      dispatch: (intent) => {
        intents.push(intent);
        return Promise.resolve({ kind: 'done' });
      },
      now: () => 0,
      host: terminal.host,
    },
    viewStore,
  );
  controller.resize({ columns: 120, rows: 40 });
  const press = (...names: string[]): void => {
    for (const name of names) controller.key(name, name.length === 1 ? name : '');
  };
  return { intents, viewStore, press, controller, terminal };
}

describe('the table', () => {
  it('gives no key two meanings in one context', () => {
    const seen = keymap.flatMap(({ context, keys }) => keys.map((key) => `${context} ${key}`));
    expect(seen.filter((key, index) => seen.indexOf(key) !== index)).toEqual([]);
  });

  it('takes the most special context that knows the key', () => {
    expect(commandFor(['diff', 'pane', 'any'], 'y')).toBe('acceptHunk');
    expect(commandFor(['pane', 'any'], 'y')).toBeNull();
    expect(commandFor(['approval'], 'tab')).toBeNull();
  });

  it('names keys as a person would', () => {
    const none = {
      upArrow: false,
      downArrow: false,
      leftArrow: false,
      rightArrow: false,
      pageDown: false,
      pageUp: false,
      home: false,
      end: false,
      return: false,
      escape: false,
      ctrl: false,
      shift: false,
      tab: false,
      backspace: false,
      delete: false,
      meta: false,
      super: false,
      hyper: false,
      capsLock: false,
      numLock: false,
    };
    expect(keyName('c', { ...none, ctrl: true })).toBe('ctrl+c');
    expect(keyName('', { ...none, tab: true, shift: true })).toBe('shift+tab');
    expect(keyName('', { ...none, return: true, meta: true })).toBe('alt+enter');
    expect(keyName('A', { ...none, shift: true })).toBe('A');
    expect(keyName('\n', none)).toBe('ctrl+j');
  });
});

describe('a live session', () => {
  it('letters are typed while the prompt has the focus, and mean something in a pane', () => {
    const { press, viewStore, intents } = session('passing');
    press('d', 'q');
    expect(viewStore.get().editor.text).toBe('dq');
    press('tab', 'd');
    expect(viewStore.get()).toMatchObject({ focus: 'pane', pane: 'diff', zoom: false });
    press('d');
    expect(viewStore.get().zoom).toBe(true);
    expect(intents).toEqual([]);
  });

  it('reviews hunk by hunk', () => {
    const { press, intents, viewStore } = session('passing');
    press('tab', 'd', 'y', 'n', '[', 'u', 'a', 'm');
    expect(intents).toEqual([
      { type: 'acceptHunk', hunk: 'h2a' },
      { type: 'rejectHunk', hunk: 'h2b' },
      { type: 'reopenHunk', hunk: 'h2b' },
      { type: 'acceptAll' },
      { type: 'applyAccepted' },
    ]);
    expect(viewStore.get().cursor.diff).toBe(1);
  });

  it('esc goes back before it stops', () => {
    const { press, intents, viewStore } = session('working');
    press('tab', 'z', 'esc', 'esc');
    expect(viewStore.get()).toMatchObject({ focus: 'prompt', zoom: false });
    expect(intents).toEqual([]);
    press('esc');
    expect(intents).toEqual([{ type: 'stop' }]);
  });

  it('a prompt typed in one piece with its enter is sent; one with line breaks inside keeps them', () => {
    const { controller, intents } = session('loaded');
    controller.key('add a\rlimit\r', 'add a\rlimit\r');
    expect(intents).toEqual([{ type: 'submitPrompt', text: 'add a\nlimit' }]);
  });

  it('keys that arrive in one piece mean what they mean one by one', () => {
    const { controller, viewStore } = session('passing');
    controller.key('hi\t4', 'hi\t4');
    expect(viewStore.get()).toMatchObject({ focus: 'pane', pane: 'diff', editor: { text: 'hi' } });
  });

  it('a prompt stays in the editor while the agent works', () => {
    const { press, viewStore, intents } = session('working');
    press('h', 'i', 'enter');
    expect(viewStore.get().editor.text).toBe('hi');
    expect(intents).toEqual([{ type: 'submitPrompt', text: 'hi' }]);
  });

  it('? lists the keys only where it is no text', () => {
    const { press, viewStore } = session('loaded');
    press('?');
    expect(viewStore.get().help).toBe(true);
    press('?', 'w', '?');
    expect(viewStore.get()).toMatchObject({ help: false, editor: { text: 'w?' } });
  });

  it('copies the reproducer through the terminal', () => {
    const { press, viewStore, terminal } = session('failing');
    press('tab', 'p', 'c');
    const copied = /\]52;c;([\w+/=]+)/.exec(terminal.bytes())?.[1] ?? '';
    expect(Buffer.from(copied, 'base64').toString()).toContain('curl -s -X POST "$BASE/employees"');
    expect(viewStore.get().message).toBe('reproducer sent to the terminal’s clipboard');
  });

  it('scrolling stops at both ends', () => {
    const { press, viewStore } = session('failing');
    press('tab', 'end', 'pagedown');
    expect(viewStore.get().scroll.agent).toBe(0);
    press('home', 'up', 'up');
    const top = viewStore.get().scroll.agent;
    press('pageup');
    expect(viewStore.get().scroll.agent).toBe(top);
    press('d', 'd', 'G');
    expect(viewStore.get().scroll.diff).toBeGreaterThanOrEqual(0);
  });

  it('folds and unfolds the selected operation', () => {
    const { press, viewStore } = session('failing');
    press('tab', '2', 'space');
    expect(viewStore.get().folds).toEqual({ createEmployee: true });
    press('down', 'enter');
    expect(viewStore.get().folds).toEqual({ createEmployee: false });
  });
});

describe('a replay', () => {
  const events = stampedEvents(vacationSession('passing'));
  function replay(at?: number) {
    const viewStore = createViewStore({ ...initialView, focus: 'pane' });
    const player = createPlayer(events, viewStore, at === undefined ? {} : { at });
    const press = (...names: string[]): void => {
      for (const name of names) player.key(name, name.length === 1 ? name : '');
    };
    return { player, press, seq: () => player.store.snapshot().state.seq };
  }

  it('opens at the end, or where it is asked to', () => {
    expect(replay().seq()).toBe(events.length);
    expect(replay(7).seq()).toBe(7);
  });

  it('steps by event, round and verdict, and stays inside', () => {
    const { press, seq } = replay();
    press('right');
    expect(seq()).toBe(events.length);
    press('left');
    expect(seq()).toBe(events.length - 1);
    press('home', 'left');
    expect(seq()).toBe(1);
    press(']');
    expect(events[seq() - 1]?.type).toBe('verificationFinished');
    press(']');
    expect(events[seq() - 1]?.type).toBe('verificationFinished');
    press('[');
    press('h');
    expect(events[seq() - 1]?.type).toBe('roundStarted');
  });

  it('goes to an event by its number', () => {
    const { press, seq, player } = replay();
    press('g', '1', '2');
    expect(
      player.scene({ snapshot: player.store.snapshot(), view: initialView, size: { columns: 80, rows: 24 } }).replay
        ?.goTo,
    ).toBe('12');
    press('enter');
    expect(seq()).toBe(12);
    press('g', '9', 'esc');
    expect(seq()).toBe(12);
  });

  it('plays by itself until the end', async () => {
    const { press, seq, player } = replay(events.length - 2);
    press('+', '+', '+', '+', 'space');
    for (let tries = 0; tries < 200 && seq() < events.length; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    player.stop();
    expect(seq()).toBe(events.length);
  });

  it('shows an empty record without falling over', () => {
    const player = createPlayer([], createViewStore(initialView), {});
    player.key('right', '');
    expect(player.store.snapshot().state.seq).toBe(0);
  });
});
