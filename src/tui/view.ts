import { type Editor, emptyEditor } from './editor.ts';

export type PaneName = 'agent' | 'spec' | 'properties' | 'diff' | 'lineage';

export const PANES: readonly PaneName[] = ['agent', 'spec', 'properties', 'diff', 'lineage'];

/** What nobody would want replayed: focus, scroll, folds, the prompt under edit. */
export interface View {
  /** Where keys go. A replay has no prompt. */
  focus: 'prompt' | 'pane';
  pane: PaneName;
  /** The pane has the whole body even where there is room for more. */
  zoom: boolean;
  help: boolean;
  /** First visible row of the keys. */
  helpScroll: number;
  /** Thinking and tool output are shown whole. */
  verbose: boolean;
  /** First visible row; for the agent pane rows above the newest, 0 follows the stream. */
  scroll: Record<PaneName, number>;
  /** The selected row of spec, properties, hunks and lineage. */
  cursor: Record<PaneName, number>;
  /** Groups of the spec whose folding was chosen by hand. */
  folds: Record<string, boolean>;
  editor: Editor;
  history: readonly string[];
  /** Place in the history; its length stands for the text that is not sent yet. */
  historyAt: number;
  /** What was typed before the history was opened. */
  draft: string;
  /** One line of answer to the last key; empty for none. */
  message: string;
}

export const initialView: View = {
  focus: 'prompt',
  pane: 'agent',
  zoom: false,
  help: false,
  helpScroll: 0,
  verbose: false,
  scroll: { agent: 0, spec: 0, properties: 0, diff: 0, lineage: 0 },
  cursor: { agent: 0, spec: 0, properties: 0, diff: 0, lineage: 0 },
  folds: {},
  editor: emptyEditor,
  history: [],
  historyAt: 0,
  draft: '',
  message: '',
};

/** The view with a pane in front. */
export function showPane(view: View, pane: PaneName): View {
  const again = view.pane === pane && view.focus === 'pane';
  return { ...view, pane, focus: 'pane', zoom: again ? !view.zoom : false, help: false };
}

/** The view after tab: prompt, then each pane, then the prompt again. */
export function cycleFocus(view: View, step: 1 | -1, hasPrompt: boolean, panes: readonly PaneName[]): View {
  const stops: (PaneName | 'prompt')[] = hasPrompt ? ['prompt', ...panes] : [...panes];
  const here = stops.indexOf(view.focus === 'prompt' ? 'prompt' : view.pane);
  const next = stops[(Math.max(0, here) + step + stops.length) % stops.length] ?? 'agent';
  return next === 'prompt'
    ? { ...view, focus: 'prompt', zoom: false, pane: 'agent' }
    : { ...view, focus: 'pane', pane: next, zoom: false };
}

/** Moves the selection or the scroll of a pane, within its bounds. */
export function moveBy(view: View, rows: number, bounds: { cursor: number; scroll: number }, page: number): View {
  const { pane } = view;
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  if (pane === 'agent' || pane === 'diff' || (pane === 'properties' && view.zoom)) {
    const sign = pane === 'agent' ? -1 : 1;
    return { ...view, scroll: { ...view.scroll, [pane]: clamp(view.scroll[pane] + sign * rows, bounds.scroll) } };
  }
  const cursor = clamp(view.cursor[pane] + rows, bounds.cursor);
  // The selected row stays visible.
  const scroll = clamp(view.scroll[pane], cursor);
  return {
    ...view,
    cursor: { ...view.cursor, [pane]: cursor },
    scroll: { ...view.scroll, [pane]: cursor >= scroll + page ? cursor - page + 1 : scroll },
  };
}
