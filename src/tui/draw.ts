import { isBusy } from '../session/decide.ts';
import { propertyCounts } from '../session/properties.ts';
import { reviewCounts } from '../session/review.ts';
import { content } from './content.ts';
import { beside, blankLine, fitLine, fitLines, type Line, span } from './line.ts';
import { insideHeight, insideWidth, pane } from './pane.ts';
import { approvalLines } from './panes/approval.ts';
import { headerLine } from './panes/header.ts';
import { helpLines } from './panes/help.ts';
import { hintLine } from './panes/hints.ts';
import { metersLine } from './panes/meters.ts';
import { promptLines } from './panes/prompt.ts';
import { replayLines } from './panes/replay-bar.ts';
import { contextsOf, type Geometry, geometryOf, isWide, type Scene } from './scene.ts';
import type { PaneName } from './view.ts';

/** A whole frame: exactly as many rows and cells as the terminal has. */
export interface Drawn {
  lines: Line[];
  /** Where the terminal's own cursor belongs; null hides it. */
  cursor: { x: number; y: number } | null;
}

/** Draws a scene. Pure; costs O(visible). */
export function draw(scene: Scene): Drawn {
  const { snapshot, view, size } = scene;
  const { columns, rows } = size;
  const asking = snapshot.approval !== null && scene.replay === null;
  const prompt = promptLines(view.editor, {
    width: columns,
    focused: view.focus === 'prompt' && !view.help && !asking && scene.replay === null,
    placeholder: placeholder(scene),
    maxRows: Math.max(1, rows - 8),
  });
  const geometry = geometryOf(scene, prompt.lines.length);
  const body = view.help
    ? helpBody(scene, geometry)
    : asking
      ? askingBody(scene, geometry)
      : bodyLines(scene, geometry);
  const head = [headerLine(snapshot.state, columns), ...body, metersLine(snapshot, columns)];
  const hint = hintLine(contextsOf(scene), { message: view.message, busy: isBusy(snapshot.state), width: columns });
  const bottom = scene.replay === null ? [...prompt.lines, hint] : [...replayLines(scene.replay, columns), hint];
  return {
    lines: fitLines([...head, ...bottom], columns, rows),
    cursor:
      prompt.cursor === null || scene.replay !== null
        ? null
        : { x: Math.min(columns - 1, prompt.cursor.x), y: Math.min(rows - 1, head.length + prompt.cursor.y) },
  };
}

function bodyLines(scene: Scene, geometry: Geometry): Line[] {
  const { view, size } = scene;
  if (geometry.layout === 'columns') return columnLines(scene, geometry, geometry.body);
  if (geometry.layout === 'split') {
    return [
      ...columnLines(scene, geometry, geometry.upper),
      ...paneLines('diff', scene, size.columns, geometry.body - geometry.upper, true),
    ];
  }
  if (isWide(size, geometry.body)) return paneLines(view.pane, scene, size.columns, geometry.body, true);
  const { lines } = content(view.pane, scene, Math.max(1, size.columns - 2), Math.max(0, geometry.body - 1), true);
  return fitLines([tabLine(scene), ...lines.map((line): Line => [span(' '), ...line])], size.columns, geometry.body);
}

function columnLines(scene: Scene, geometry: Geometry, height: number): Line[] {
  const columns = (['spec', 'agent', 'properties'] as const).map((name) =>
    paneLines(name, scene, geometry.widths[name], height, false),
  );
  return beside(...columns);
}

function paneLines(name: PaneName, scene: Scene, width: number, height: number, whole: boolean): Line[] {
  const { lines, above, below, note } = content(name, scene, insideWidth(width), insideHeight(height), whole);
  const focused = scene.view.focus === 'pane' && scene.view.pane === name;
  return pane(lines, { title: TITLES[name], width, height, focused, above, below, note });
}

const TITLES: Record<PaneName, string> = {
  agent: 'Agent',
  spec: 'Spec',
  properties: 'Properties',
  diff: 'Diff',
  lineage: 'Lineage',
};

function tabLine(scene: Scene): Line {
  const { snapshot, view, size } = scene;
  const { fail } = propertyCounts(snapshot.state);
  const { pending } = reviewCounts(snapshot.state);
  const notes: Partial<Record<PaneName, string>> = {
    properties: fail > 0 ? ` ✗${fail}` : '',
    diff: pending > 0 ? ` ·${pending}` : '',
  };
  const tabs = (['agent', 'spec', 'properties', 'diff', 'lineage'] as const).flatMap((name, index): Line => {
    const label = ` ${index + 1} ${TITLES[name]}${notes[name] ?? ''} `;
    return [
      name === view.pane
        ? { text: label, tone: view.focus === 'pane' ? 'accent' : 'plain', bold: true, inverse: true }
        : span(label, 'dim'),
      span(' '),
    ];
  });
  return fitLine(tabs, size.columns);
}

/** The keys; scrolls where they do not fit. */
function helpBody(scene: Scene, geometry: Geometry): Line[] {
  const { columns } = scene.size;
  const room = Math.max(0, geometry.body - 2);
  const lines = helpLines(helpContexts(scene), columns - 4);
  const above = Math.max(0, Math.min(scene.view.helpScroll, lines.length - room));
  const below = Math.max(0, lines.length - above - room);
  const height = geometry.body;
  if (height < 3) return Array.from({ length: height }, () => blankLine(columns));
  return pane(lines.slice(above), { title: 'Keys', width: columns, height, focused: true, above, below });
}

/** The approval stands at the bottom of the body, over what was there. */
function askingBody(scene: Scene, geometry: Geometry): Line[] {
  const { approval } = scene.snapshot;
  const { columns } = scene.size;
  if (approval === null) return bodyLines(scene, geometry);
  const frame = approvalLines(approval, columns, geometry.body);
  const behind = bodyLines(scene, geometry).slice(0, Math.max(0, geometry.body - frame.length));
  return fitLines([...behind, ...frame], columns, geometry.body);
}

function helpContexts(scene: Scene): Parameters<typeof helpLines>[0] {
  return scene.replay === null
    ? ['prompt', 'any', 'pane', 'diff', 'properties', 'spec', 'approval']
    : ['replay', 'pane', 'properties', 'spec'];
}

function placeholder({ snapshot }: Scene): string {
  if (isBusy(snapshot.state)) return 'the agent works; esc stops it';
  if (snapshot.state.outcome.activity === 'ended') return 'another prompt, or tab and d for the diff';
  return 'say what to do, or press enter to implement the spec';
}
