import { reviewCounts } from '../session/review.ts';
import { listHeight } from './content.ts';
import { diffLines } from './panes/diff.ts';
import { promptLines } from './panes/prompt.ts';
import { shownProperties } from './panes/properties.ts';
import { specRows } from './panes/spec.ts';
import { streamLength } from './panes/stream.ts';
import { geometryOf, type Scene } from './scene.ts';

/** How far the pane in front can scroll and select, and how many of its rows are visible. */
export function boundsOf(scene: Scene): { cursor: number; scroll: number; page: number } {
  const { snapshot, view } = scene;
  const prompt = promptLines(view.editor, {
    width: scene.size.columns,
    focused: false,
    placeholder: '',
    maxRows: Math.max(1, scene.size.rows - 8),
  });
  const geometry = geometryOf(scene, prompt.lines.length);
  const { width, height } = geometry.inside;
  switch (view.pane) {
    case 'agent': {
      const total = streamLength(snapshot.state.transcript, snapshot.tail, {
        width,
        height,
        scroll: 0,
        verbose: view.verbose,
      });
      return { cursor: 0, scroll: Math.max(0, total - height), page: height };
    }
    case 'spec':
      return {
        cursor: Math.max(0, specRows(snapshot.state, view.folds, height).length - 1),
        scroll: Number.MAX_SAFE_INTEGER,
        page: height,
      };
    case 'properties': {
      const all = geometry.layout === 'single';
      const count = shownProperties(snapshot.state, all).length;
      return {
        cursor: Math.max(0, count - 1),
        scroll: Number.MAX_SAFE_INTEGER,
        page: all ? listHeight(height) : height,
      };
    }
    case 'diff':
      return {
        cursor: Math.max(0, reviewCounts(snapshot.state).total - 1),
        scroll: Math.max(0, diffLines(snapshot.state, { width, height, scroll: 0, cursor: 0 }).below),
        page: height,
      };
    case 'lineage':
      return {
        cursor: Math.max(0, scene.lineage.length - 1),
        scroll: Number.MAX_SAFE_INTEGER,
        page: Math.max(1, height - 1),
      };
    default:
      return view.pane satisfies never;
  }
}
