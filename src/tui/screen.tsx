import { render, useCursor, useInput, usePaste, useWindowSize, type Instance } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import type { Store } from '../session/store.ts';
import { draw } from './draw.ts';
import { Frame } from './frame.tsx';
import { guardTerminal, type Host } from './host.ts';
import { keyName } from './key-name.ts';
import type { Scene, Size } from './scene.ts';
import type { Theme } from './theme.ts';
import type { ViewStore } from './view-store.ts';

/** What a screen is made of: where its picture comes from, and who gets its keys. */
export interface ScreenOptions {
  store: Store;
  viewStore: ViewStore;
  theme: Theme;
  /** Adds what is neither state nor view: lineage, the replay's bar. */
  scene(base: Pick<Scene, 'snapshot' | 'view' | 'size'>): Scene;
  onKey(name: string, input: string): void;
  onPaste(text: string): void;
  onSize(size: Size): void;
  /** Columns of the terminal right now. */
  columnsNow(): number;
}

/** The root: it alone subscribes and reads input; everything below is a pure function of the scene. */
export function Screen({
  store,
  viewStore,
  theme,
  scene,
  onKey,
  onPaste,
  onSize,
  columnsNow,
}: ScreenOptions): ReactElement {
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  const view = useSyncExternalStore(viewStore.subscribe, viewStore.get);
  const size = useWindowSize();
  const { setCursorPosition } = useCursor();
  onSize(size);
  useInput((input, key) => {
    if (key.eventType !== 'release') onKey(keyName(input, key), input);
  });
  usePaste(onPaste);
  const drawn = draw(scene({ snapshot, view, size }));
  setCursorPosition(drawn.cursor ?? undefined);
  return <Frame lines={drawn.lines} columns={size.columns} theme={theme} columnsNow={columnsNow} />;
}

/** Frames a second at most: a key is drawn within one frame of its press. */
const MAX_FPS = 60;

const RESIZE_RESTS_MS = 60;
const HOME_AND_ERASE_DOWN = '\u001b[H\u001b[J';

export interface OpenScreen {
  close(): void;
  /** Settles when the screen is gone and the terminal is as it was. */
  closed: Promise<void>;
}

/** Puts a screen on the terminal's alternate buffer until it is closed, and gives the terminal back however that ends. */
export function openScreen(options: Omit<ScreenOptions, 'columnsNow'>, host: Host, signal?: AbortSignal): OpenScreen {
  const tree = (): ReactElement => <Screen {...options} columnsNow={() => host.stdout.columns} />;
  const instance: Instance = render(tree(), {
    stdin: host.stdin,
    stdout: host.stdout,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    concurrent: true,
    maxFps: MAX_FPS,
    exitOnCtrlC: false,
    // What a library prints goes above the screen instead of into it; a test runner's console cannot be patched.
    patchConsole: typeof globalThis.console.Console === 'function',
  });
  // A terminal that changes its height may scroll, and Ink's cursor-relative drawing then misses its rows: once the size
  // rests, the frame is drawn anew from the top.
  let resizing: ReturnType<typeof setTimeout> | undefined;
  const redraw = (): void => {
    instance.clear();
    host.stdout.write(HOME_AND_ERASE_DOWN);
    instance.rerender(tree());
  };
  const onResize = (): void => {
    clearTimeout(resizing);
    resizing = setTimeout(redraw, RESIZE_RESTS_MS);
  };
  host.stdout.on('resize', onResize);
  const close = (): void => {
    clearTimeout(resizing);
    host.stdout.off('resize', onResize);
    // tmux 3.3 leaves rows of a resized alternate screen behind on the main one unless the cursor is at its top.
    instance.clear();
    instance.unmount();
  };
  const unguard = guardTerminal(host, close);
  signal?.addEventListener('abort', close, { once: true });
  const closed = (async () => {
    try {
      await instance.waitUntilExit();
    } finally {
      unguard();
      signal?.removeEventListener('abort', close);
    }
  })();
  if (signal?.aborted === true) close();
  return { close, closed };
}
