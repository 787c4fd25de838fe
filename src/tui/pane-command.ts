import { hunksOf, pendingHunks } from '../session/review.ts';
import { boundsOf } from './bounds.ts';
import type { Command } from './keymap.ts';
import { diffDocument } from './panes/diff.ts';
import { specRows } from './panes/spec.ts';
import { geometryOf, type Scene } from './scene.ts';
import { cycleFocus, moveBy, type PaneName, showPane, type View } from './view.ts';

const SHOW: Partial<Record<Command, PaneName>> = {
  showAgent: 'agent',
  showSpec: 'spec',
  showProperties: 'properties',
  showDiff: 'diff',
  showLineage: 'lineage',
};

/** The view after a command that only changes what is shown; null where the command is of another kind. */
export function paneCommand(scene: Scene, command: Command): View | null {
  const { view } = scene;
  const pane = SHOW[command];
  if (pane !== undefined) return showPane(view, pane);
  switch (command) {
    case 'help':
      return { ...view, help: !view.help, helpScroll: 0 };
    case 'focusNext':
    case 'focusPrevious':
      return cycleFocus(view, command === 'focusNext' ? 1 : -1, scene.replay === null, stops(scene));
    case 'focusPrompt':
      return scene.replay === null ? { ...view, focus: 'prompt' } : view;
    case 'zoom':
      return { ...view, zoom: !view.zoom, scroll: { ...view.scroll, properties: 0 } };
    case 'verbose':
      return { ...view, verbose: !view.verbose };
    case 'toggle':
      return toggled(scene);
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown':
    case 'top':
    case 'bottom':
      return moved(scene, command);
    case 'nextHunk':
      return atHunk(scene, view.cursor.diff + 1);
    case 'previousHunk':
      return atHunk(scene, view.cursor.diff - 1);
    case 'nextPending':
      return nextPending(scene);
    default:
      return null;
  }
}

/** The view with a hunk selected and its title in sight. */
export function atHunk(scene: Scene, wanted: number): View {
  const { view } = scene;
  const { hunkAt } = diffDocument(scene.snapshot.state, geometryOf(scene, 1).inside.width);
  const cursor = Math.max(0, Math.min(hunkAt.length - 1, wanted));
  const row = hunkAt[cursor] ?? 0;
  return {
    ...view,
    cursor: { ...view.cursor, diff: cursor },
    scroll: { ...view.scroll, diff: Math.max(0, Math.min(row - 1, boundsOf(scene).scroll)) },
  };
}

function stops(scene: Scene): PaneName[] {
  const hasChange = scene.snapshot.state.change.files.length > 0;
  return ['agent', 'spec', 'properties', ...(hasChange ? (['diff'] as const) : [])];
}

function nextPending(scene: Scene): View {
  const { state } = scene.snapshot;
  const rows = hunksOf(state);
  const pending = new Set(pendingHunks(state).map(({ hunk }) => hunk.id));
  const here = scene.view.cursor.diff;
  for (let step = 1; step <= rows.length; step += 1) {
    const at = (here + step) % rows.length;
    const row = rows[at];
    if (row !== undefined && pending.has(row.hunk.id)) return atHunk(scene, at);
  }
  return { ...scene.view, message: 'every hunk is decided; m merges what is accepted' };
}

function moved(scene: Scene, command: 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom'): View {
  if (scene.view.help) {
    const step = { up: -1, down: 1, pageUp: -10, pageDown: 10, top: -80, bottom: 80 }[command];
    return { ...scene.view, helpScroll: Math.max(0, Math.min(80, scene.view.helpScroll + step)) };
  }
  const bounds = boundsOf(scene);
  const page = Math.max(1, bounds.page - 1);
  const far = Math.max(bounds.cursor, bounds.scroll === Number.MAX_SAFE_INTEGER ? 0 : bounds.scroll) + 1;
  const rows = { up: -1, down: 1, pageUp: -page, pageDown: page, top: -far, bottom: far }[command];
  return moveBy(scene.view, rows, bounds, bounds.page);
}

function toggled(scene: Scene): View {
  const { view, snapshot } = scene;
  const rows = specRows(snapshot.state, view.folds, geometryOf(scene, 1).inside.height);
  const at = Math.min(view.cursor.spec, rows.length - 1);
  const row = rows.slice(0, at + 1).findLast((candidate) => candidate.kind === 'group');
  if (row === undefined) return view;
  return {
    ...view,
    folds: { ...view.folds, [row.group.id]: !row.open },
    cursor: { ...view.cursor, spec: rows.indexOf(row) },
  };
}
