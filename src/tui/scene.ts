import type { Snapshot } from '../session/store.ts';
import type { Context } from './keymap.ts';
import type { LineageRow } from './panes/lineage.ts';
import type { PaneName, View } from './view.ts';

/** Size of the terminal in cells. */
export interface Size {
  columns: number;
  rows: number;
}

/** The bar of a replay: where it stands in the record. */
export interface ReplayBar {
  index: number;
  total: number;
  elapsedMs: number;
  totalMs: number;
  playing: boolean;
  speed: number;
  /** The event at this place, in words. */
  label: string;
  marks: readonly { index: number; glyph: string; word: string }[];
  /** Digits typed after `g`; null while nothing is asked. */
  goTo: string | null;
}

/** All that a frame is made of. */
export interface Scene {
  snapshot: Snapshot;
  view: View;
  size: Size;
  lineage: readonly LineageRow[];
  /** Null in a live session. */
  replay: ReplayBar | null;
}

/** Columns from which three panes stand side by side. */
const WIDE = 110;
/** Rows from which the diff shares the body with the columns. */
const TALL = 34;

/** How the body is divided, and the inside of the pane in front. */
export interface Geometry {
  layout: 'columns' | 'split' | 'single';
  /** Rows between the header and the meters. */
  body: number;
  promptRows: number;
  /** Rows of the columns in a split body. */
  upper: number;
  widths: { spec: number; agent: number; properties: number };
  /** Inside of the pane in front, without its frame. */
  inside: { width: number; height: number };
}

/** Divides the screen. Every part is at least zero and together they are exactly the terminal. */
export function geometryOf(scene: Pick<Scene, 'view' | 'size' | 'replay'>, promptRows: number): Geometry {
  const { view, size } = scene;
  const bottom = scene.replay === null ? 2 + promptRows : 4;
  const body = Math.max(0, size.rows - 1 - bottom);
  const wide = size.columns >= WIDE && body >= 12;
  const column = view.pane === 'agent' || view.pane === 'spec' || view.pane === 'properties';
  const layout =
    wide && column && !view.zoom
      ? 'columns'
      : wide && view.pane === 'diff' && !view.zoom && size.rows >= TALL
        ? 'split'
        : 'single';
  const upper = layout === 'split' ? Math.floor(body * 0.45) : body;
  const side = Math.max(30, Math.min(46, Math.floor(size.columns * 0.28)));
  const widths = { spec: side, properties: side, agent: size.columns - 2 * side };
  if (layout === 'columns') {
    const width = widths[view.pane === 'spec' || view.pane === 'properties' ? view.pane : 'agent'];
    return { layout, body, promptRows, upper, widths, inside: { width: width - 4, height: Math.max(0, body - 2) } };
  }
  if (layout === 'split') {
    return {
      layout,
      body,
      promptRows,
      upper,
      widths,
      inside: { width: size.columns - 4, height: Math.max(0, body - upper - 3) },
    };
  }
  const framed = wide
    ? { width: size.columns - 4, height: Math.max(0, body - 2) }
    : { width: size.columns - 2, height: Math.max(0, body - 1) };
  const review = view.pane === 'diff' ? 1 : 0;
  return {
    layout,
    body,
    promptRows,
    upper,
    widths,
    inside: { ...framed, height: Math.max(0, framed.height - review) },
  };
}

/** True where the frame of a pane is drawn; narrow screens show tabs instead. */
export function isWide(size: Size, body: number): boolean {
  return size.columns >= WIDE && body >= 12;
}

/** The contexts of a key press, most special first. */
export function contextsOf(
  scene: Pick<Scene, 'view' | 'replay'> & { snapshot: Pick<Snapshot, 'approval'> },
): Context[] {
  const { view, replay, snapshot } = scene;
  if (snapshot.approval !== null && replay === null) return ['approval'];
  if (view.help) return ['help'];
  if (view.focus === 'prompt') return ['prompt', 'any'];
  const special: Partial<Record<PaneName, Context>> = { diff: 'diff', properties: 'properties', spec: 'spec' };
  const own = special[view.pane];
  const pane: Context[] = own === undefined ? ['pane', 'any'] : [own, 'pane', 'any'];
  return replay === null ? pane : ['replay', ...pane];
}
