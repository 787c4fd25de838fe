/**
 * The live session on a terminal: a pure view of state, live tail and view state. It does no I/O of its own; what a
 * person asks for goes out as intents.
 */
import { printable } from './printable.ts';
import { cost } from '../session/cost.ts';
import { isBusy } from '../session/decide.ts';
import { formatUsd, shortDigest } from '../session/format.ts';
import type { Intent } from '../session/intent.ts';
import { hunksOf } from '../session/review.ts';
import type { State } from '../session/state.ts';
import type { Snapshot, Store } from '../session/store.ts';
import { verdictText } from '../session/verdict-text.ts';
import type { Host } from './host.ts';
import { type Command, commandFor } from './keymap.ts';
import { atHunk, paneCommand } from './pane-command.ts';
import type { LineageRow } from './panes/lineage.ts';
import { shownProperties } from './panes/properties.ts';
import { promptKey, promptPaste, promptSent } from './prompt-keys.ts';
import { contextsOf, type Scene, type Size } from './scene.ts';
import { openScreen } from './screen.tsx';
import { themeFor, type ThemeName, themes } from './theme.ts';
import { createViewStore, type ViewStore } from './view-store.ts';
import { initialView, type View } from './view.ts';

/** What the runtime answers to an intent. */
export type Answer = { kind: 'done' } | { kind: 'refused'; message: string };

export interface SessionOptions {
  store: Store;
  /** Gives an intent to the runtime; a refusal is shown. */
  dispatch(intent: Intent): Promise<Answer>;
  /** `process`, or streams that stand in for it. */
  host: Host;
  /** Epoch milliseconds. */
  now(): number;
  /** Versions of the spec, newest first; asked for each frame that shows them. */
  lineage?: () => readonly LineageRow[];
  /** Prompts of earlier sessions, oldest first. */
  history?: readonly string[];
  /** Default: by NO_COLOR and COLORFGBG. */
  theme?: ThemeName;
  /** Closes the screen. */
  signal?: AbortSignal;
}

/** Shows a session until the engineer leaves. Never rejects for what the session does. */
export async function openSession(options: SessionOptions): Promise<void> {
  const history = options.history ?? [];
  const viewStore = createViewStore({ ...initialView, history, historyAt: history.length });
  const controller = createController(options, viewStore);
  const screen = openScreen(
    {
      store: options.store,
      viewStore,
      theme: themes[options.theme ?? themeFor(options.host.env)],
      scene: controller.scene,
      onKey: controller.key,
      onPaste: controller.paste,
      onSize: controller.resize,
    },
    options.host,
    options.signal,
  );
  controller.onQuit(screen.close);
  await screen.closed;
  options.host.stdout.write(`${farewell(options.store.snapshot().state)}\n`);
}

/** What stays readable in the terminal once the screen is gone. */
function farewell(state: State): string {
  const { spec, version, session } = state.header;
  const { usdMicros } = cost(state);
  const spent = usdMicros > 0 ? `, ${formatUsd(usdMicros)}` : '';
  return printable(`${spec} @ ${shortDigest(version)}  ${verdictText(state)}; session ${session}${spent}`);
}

export interface Controller {
  scene(base: Pick<Scene, 'snapshot' | 'view' | 'size'>): Scene;
  key(name: string, input: string): void;
  paste(text: string): void;
  resize(size: Size): void;
  onQuit(quit: () => void): void;
}

/** A second Ctrl-C within this time leaves. */
const QUIT_WITHIN_MS = 2_000;
/** An approval can be given only after it could be read: keys typed ahead must not run a command. */
const READ_MS = 500;

/** Turns keys into view changes and intents. Holds no session state. */
export function createController(
  options: Pick<SessionOptions, 'store' | 'dispatch' | 'now' | 'lineage' | 'host'>,
  viewStore: ViewStore,
): Controller {
  const { store, now } = options;
  let size: Size = { columns: 80, rows: 24 };
  let quit = (): void => {};
  let interruptedAt = Number.NEGATIVE_INFINITY;
  let asked: { call: string; at: number } | null = null;

  store.subscribe(() => {
    const { approval } = store.snapshot();
    if (approval === null) asked = null;
    else if (asked?.call !== approval.call) asked = { call: approval.call, at: now() };
  });

  const sceneNow = (snapshot: Snapshot, view: View): Scene => ({
    snapshot,
    view,
    size,
    lineage: view.pane === 'lineage' ? (options.lineage?.() ?? []) : [],
    replay: null,
  });
  const current = (): Scene => sceneNow(store.snapshot(), viewStore.get());
  const change = (patch: Partial<View>): void => viewStore.set({ ...viewStore.get(), ...patch });
  const say = (message: string): void => change({ message });

  const dispatch = (intent: Intent): void => {
    void options.dispatch(intent).then(
      (answer) => (answer.kind === 'refused' ? say(answer.message) : undefined),
      (error: unknown) => say(error instanceof Error ? error.message : String(error)),
    );
  };

  const leave = (): void => {
    dispatch({ type: 'quit' });
    quit();
  };

  const onHunk = (type: 'acceptHunk' | 'rejectHunk' | 'reopenHunk'): void => {
    const scene = current();
    const row = hunksOf(scene.snapshot.state)[scene.view.cursor.diff];
    if (row === undefined) return say('there is no hunk to decide');
    dispatch({ type, hunk: row.hunk.id });
    if (type !== 'reopenHunk') viewStore.set(atHunk(scene, scene.view.cursor.diff + 1));
  };

  const perform = (command: Command): void => {
    const scene = current();
    const { view, snapshot } = scene;
    const shown = paneCommand({ ...scene, view: { ...view, message: '' } }, command);
    if (shown !== null) return viewStore.set(shown);
    switch (command) {
      case 'submit':
        dispatch({ type: 'submitPrompt', text: view.editor.text });
        if (!isBusy(snapshot.state)) viewStore.set({ ...promptSent(view), scroll: { ...view.scroll, agent: 0 } });
        return;
      case 'newline':
        return viewStore.set(promptKey(view, 'newline', '\n'));
      case 'escape':
        if (view.focus === 'pane')
          return change(view.zoom ? { zoom: false, message: '' } : { focus: 'prompt', pane: 'agent', message: '' });
        if (isBusy(snapshot.state)) return dispatch({ type: 'stop' });
        return change({ message: '' });
      case 'interrupt':
        if (now() - interruptedAt < QUIT_WITHIN_MS) return leave();
        interruptedAt = now();
        if (isBusy(snapshot.state)) dispatch({ type: 'stop' });
        return say(
          isBusy(snapshot.state) ? 'stopping; ctrl+c again leaves' : 'ctrl+c again leaves; the session stays recorded',
        );
      case 'quit':
        return view.focus === 'prompt' && view.editor.text !== ''
          ? viewStore.set(promptKey(view, 'delete', ''))
          : leave();
      case 'stop':
        return dispatch({ type: 'stop' });
      case 'resume':
        return dispatch({ type: 'resume' });
      case 'acceptHunk':
      case 'rejectHunk':
      case 'reopenHunk':
        return onHunk(command);
      case 'acceptAll':
      case 'rejectAll':
      case 'applyAccepted':
        return dispatch({ type: command });
      case 'approve':
        if (snapshot.approval === null) return;
        if (asked === null || now() - asked.at < READ_MS) return say('read the command first, then y');
        return dispatch({ type: 'approveCommand', call: snapshot.approval.call });
      case 'refuse':
        if (snapshot.approval !== null) dispatch({ type: 'refuseCommand', call: snapshot.approval.call });
        return;
      case 'copyReproducer':
        return say(copyReproducer(scene, options.host));
      default:
        return;
    }
  };

  /** Keys that were typed ahead, or come through a pipe, arrive as one piece. A last return sends, others break lines. */
  const pieces = (input: string): void => {
    const parts = input.match(/[^\t\r\n]+|[\t\r\n]/g) ?? [];
    for (const [index, part] of parts.entries()) {
      const inPrompt = contextsOf(current()).includes('prompt');
      if (part === '\t') key('tab', '');
      else if (part === '\r') key(inPrompt && index < parts.length - 1 ? 'ctrl+j' : 'enter', '');
      else if (part === '\n') key('ctrl+j', '');
      else if (inPrompt) viewStore.set(promptKey(viewStore.get(), part, part));
      else for (const character of part) key(character === ' ' ? 'space' : character, character);
    }
  };

  const key = (name: string, input: string): void => {
    const scene = current();
    const { view } = scene;
    const inPrompt = view.focus === 'prompt' && !view.help && scene.snapshot.approval === null;
    if (input.length > 1 && name === input && [...input].length > 1) return pieces(input);
    if (inPrompt && name === '?' && view.editor.text === '') return perform('help');
    const command = commandFor(contextsOf(scene), name);
    if (command !== null) return perform(command);
    if (inPrompt) viewStore.set(promptKey(view, name, input));
  };

  return {
    scene: ({ snapshot, view }) => sceneNow(snapshot, view),
    key,
    paste(text) {
      if (store.snapshot().approval === null) viewStore.set(promptPaste(viewStore.get(), text));
    },
    resize(next) {
      size = next;
    },
    onQuit(next) {
      quit = next;
    },
  };
}

const MAX_COPY = 50_000;

/** Asks the terminal to put the selected reproducer on the clipboard (OSC 52); says what happened. */
function copyReproducer({ snapshot, view, size }: Scene, host: Host): string {
  const all = view.zoom || size.columns < 110;
  const rows = shownProperties(snapshot.state, all);
  const row = rows[Math.min(view.cursor.properties, rows.length - 1)];
  const reproducer = row?.state.counterexample?.reproducer;
  if (reproducer === undefined) return 'this property has no counterexample';
  if (reproducer.length > MAX_COPY)
    return 'the reproducer is too long for the clipboard; plumb replay --export md has it';
  host.stdout.write(`\u001b]52;c;${Buffer.from(reproducer).toString('base64')}\u0007`);
  return 'reproducer sent to the terminal’s clipboard';
}
