/** A recorded session on a terminal: the session screen at an instant, and the bar of its time. No network, no effects. */
import type { Event } from '../events/index.ts';
import { eventLine } from '../session/event-line.ts';
import { quietTail } from '../session/live-tail.ts';
import { GLYPH } from '../session/marks.ts';
import type { Snapshot, Store } from '../session/store.ts';
import { createTimeline, type Timeline } from '../session/timeline.ts';
import type { Host } from './host.ts';
import { type Command, commandFor } from './keymap.ts';
import { paneCommand } from './pane-command.ts';
import type { LineageRow } from './panes/lineage.ts';
import { contextsOf, type ReplayBar, type Scene, type Size } from './scene.ts';
import { openScreen } from './screen.tsx';
import { themeFor, type ThemeName, themes } from './theme.ts';
import { createViewStore, type ViewStore } from './view-store.ts';
import { initialView } from './view.ts';

export interface ReplayOptions {
  /** `process`, or streams that stand in for it. */
  host: Host;
  theme?: ThemeName;
  lineage?: readonly LineageRow[];
  /** Sequence number to open at; default the last. */
  at?: number;
  signal?: AbortSignal;
}

/** Shows a recorded session until the reader leaves. */
export async function openReplay(events: readonly Event[], options: ReplayOptions): Promise<void> {
  const viewStore = createViewStore({ ...initialView, focus: 'pane' });
  const player = createPlayer(events, viewStore, options);
  const screen = openScreen(
    {
      store: player.store,
      viewStore,
      theme: themes[options.theme ?? themeFor(options.host.env)],
      scene: player.scene,
      onKey: player.key,
      onPaste: () => {},
      onSize: player.resize,
    },
    options.host,
    options.signal,
  );
  player.onQuit(screen.close);
  try {
    await screen.closed;
  } finally {
    player.stop();
  }
}

export interface Player {
  store: Store;
  scene(base: Pick<Scene, 'snapshot' | 'view' | 'size'>): Scene;
  key(name: string, input: string): void;
  resize(size: Size): void;
  onQuit(quit: () => void): void;
  stop(): void;
}

/** Longest and shortest pause between two events while playing, at single speed. */
const LONGEST_MS = 1_500;
const SHORTEST_MS = 40;

/** Holds the place in the record and turns keys into moves. */
export function createPlayer(
  events: readonly Event[],
  viewStore: ViewStore,
  options: Pick<ReplayOptions, 'at' | 'lineage'>,
): Player {
  const timeline = createTimeline(events);
  const listeners = new Set<() => void>();
  let size: Size = { columns: 80, rows: 24 };
  let quit = (): void => {};
  const wanted = options.at === undefined ? -1 : events.findIndex(({ seq }) => seq >= (options.at ?? 0));
  let index = wanted < 0 ? Math.max(0, events.length - 1) : wanted;
  let speed = 1;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let goTo: string | null = null;
  let snapshot = snapshotAt(timeline, index);

  const publish = (): void => {
    snapshot = snapshotAt(timeline, index);
    for (const listener of listeners) listener();
  };
  const moveTo = (next: number): void => {
    index = Math.max(0, Math.min(events.length - 1, next));
    publish();
  };
  const pause = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const play = (): void => {
    const here = events[index];
    const next = events[index + 1];
    if (here === undefined || next === undefined) {
      pause();
      return publish();
    }
    const gap = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, next.at - here.at)) / speed;
    timer = setTimeout(() => {
      index += 1;
      play();
      publish();
    }, gap);
  };

  const bar = (): ReplayBar => {
    const event = events[index];
    const first = events[0]?.at ?? 0;
    return {
      index,
      total: events.length,
      elapsedMs: (event?.at ?? first) - first,
      totalMs: (events.at(-1)?.at ?? first) - first,
      playing: timer !== null,
      speed,
      label: event === undefined ? 'nothing was recorded' : labelOf(event),
      marks: timeline.marks,
      goTo,
    };
  };
  const scene = (base: Pick<Scene, 'snapshot' | 'view' | 'size'>): Scene => ({
    ...base,
    lineage: options.lineage ?? [],
    replay: bar(),
  });

  const perform = (command: Command): void => {
    switch (command) {
      case 'eventBack':
      case 'eventForward':
        pause();
        return moveTo(timeline.next(index, command === 'eventBack' ? -1 : 1, 'event'));
      case 'turnBack':
      case 'turnForward':
        pause();
        return moveTo(timeline.next(index, command === 'turnBack' ? -1 : 1, 'round'));
      case 'verdictBack':
      case 'verdictForward':
        pause();
        return moveTo(timeline.next(index, command === 'verdictBack' ? -1 : 1, 'verdict'));
      case 'firstEvent':
        return moveTo(0);
      case 'lastEvent':
        return moveTo(events.length - 1);
      case 'goTo':
        goTo = '';
        return publish();
      case 'play':
        if (timer === null) {
          if (index === events.length - 1) index = 0;
          play();
        } else pause();
        return publish();
      case 'faster':
      case 'slower':
        speed = Math.max(0.25, Math.min(16, command === 'faster' ? speed * 2 : speed / 2));
        return publish();
      case 'quit':
      case 'interrupt':
        return quit();
      case 'escape':
        return viewStore.set({ ...viewStore.get(), zoom: false, pane: 'agent' });
      default: {
        const shown = paneCommand(scene({ snapshot, view: viewStore.get(), size }), command);
        if (shown !== null) viewStore.set(shown);
      }
    }
  };

  const typeGoTo = (name: string): void => {
    if (/^\d$/.test(name)) goTo = (goTo ?? '') + name;
    else if (name === 'backspace') goTo = (goTo ?? '').slice(0, -1);
    else {
      const seq = Number(goTo);
      const found = events.findIndex((event) => event.seq >= seq);
      if (name === 'enter' && goTo !== '') index = found < 0 ? events.length - 1 : found;
      goTo = null;
    }
    publish();
  };

  const key = (name: string, input: string): void => {
    if (input.length > 1 && name === input && [...input].length > 1) {
      for (const character of input)
        key(character === ' ' ? 'space' : character === '\r' ? 'enter' : character, character);
      return;
    }
    if (goTo !== null) return typeGoTo(name);
    const command = commandFor(contextsOf(scene({ snapshot, view: viewStore.get(), size })), name);
    if (command !== null) perform(command);
  };

  return {
    store: {
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      snapshot: () => snapshot,
    },
    scene,
    key,
    resize(next) {
      size = next;
    },
    onQuit(next) {
      quit = next;
    },
    stop: pause,
  };
}

function snapshotAt(timeline: Timeline, index: number): Snapshot {
  const state = timeline.stateAt(index);
  return { state, tail: quietTail, approval: null, at: state.at };
}

function labelOf(event: Event): string {
  const line = eventLine(event, { clock: () => '' });
  if (line !== null) return line.replace(/^\[\] /, '');
  if (event.type === 'propertyDecided') return `${GLYPH[event.verdict]} ${event.property.id}, ${event.cases} cases`;
  return event.type.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
