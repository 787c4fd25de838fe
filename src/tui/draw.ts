import { isBusy } from '../session/decide.ts';
import { clauseCounts, clauseGroups } from '../session/clauses.ts';
import type { State } from '../session/state.ts';
import { propertyCounts } from '../session/properties.ts';
import { reviewCounts } from '../session/review.ts';
import { beside, blankLine, fitLine, fitLines, type Line, span } from './line.ts';
import { pane } from './pane.ts';
import { approvalLines } from './panes/approval.ts';
import { diffLines, reviewLine } from './panes/diff.ts';
import { headerLine } from './panes/header.ts';
import { helpLines } from './panes/help.ts';
import { hintLine } from './panes/hints.ts';
import { lineageLines } from './panes/lineage.ts';
import { metersLine } from './panes/meters.ts';
import { promptLines } from './panes/prompt.ts';
import { propertyColumn, propertyDocument, propertyLine, shownProperties } from './panes/properties.ts';
import { replayLines } from './panes/replay-bar.ts';
import { emptySpecLines, specLine, specRows } from './panes/spec.ts';
import { streamLength, streamLines } from './panes/stream.ts';
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
  const { lines } = content(view.pane, scene, size.columns - 2, Math.max(0, geometry.body - 1), true);
  return fitLines([tabLine(scene), ...lines.map((line): Line => [span(' '), ...line])], size.columns, geometry.body);
}

function columnLines(scene: Scene, geometry: Geometry, height: number): Line[] {
  const columns = (['spec', 'agent', 'properties'] as const).map((name) =>
    paneLines(name, scene, geometry.widths[name], height, false),
  );
  return beside(...columns);
}

function paneLines(name: PaneName, scene: Scene, width: number, height: number, whole: boolean): Line[] {
  const { lines, above, below, note } = content(name, scene, width - 4, Math.max(0, height - 2), whole);
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

interface Content {
  lines: Line[];
  above: number;
  below: number;
  note: string;
}

/** The inside of a pane. `whole` is true where it is alone in its rows. */
function content(name: PaneName, scene: Scene, width: number, height: number, whole: boolean): Content {
  const { snapshot, view } = scene;
  const { state, tail } = snapshot;
  const focused = view.focus === 'pane' && view.pane === name;
  switch (name) {
    case 'agent':
      if (state.transcript.length === 0 && tail.blocks.length === 0 && tail.status === '') {
        return { lines: emptyStream(state), above: 0, below: 0, note: '' };
      }
      return {
        ...streamLines(state.transcript, tail, { width, height, scroll: view.scroll.agent, verbose: view.verbose }),
        note: view.scroll.agent > 0 ? 'scrolled, end follows' : '',
      };
    case 'spec': {
      const rows = specRows(state, view.folds, height);
      if (rows.length === 0) return { lines: emptySpecLines(), above: 0, below: 0, note: '' };
      const cursor = Math.min(view.cursor.spec, rows.length - 1);
      const from = windowFrom(view.scroll.spec, focused ? cursor : -1, rows.length, height);
      const lines = rows
        .slice(from, from + height)
        .map((row, index) => specLine(row, width, focused && from + index === cursor));
      return { lines, above: from, below: Math.max(0, rows.length - from - height), note: '' };
    }
    case 'properties':
      return whole
        ? propertyScreen(scene, width, height, focused)
        : {
            lines: propertyColumn(state, { width, height, cursor: view.cursor.properties, focused }),
            above: 0,
            below: 0,
            note: '',
          };
    case 'diff': {
      const title = reviewLine(state, view.cursor.diff, width);
      const rest = diffLines(state, {
        width,
        height: Math.max(0, height - 1),
        scroll: view.scroll.diff,
        cursor: view.cursor.diff,
      });
      return { ...rest, lines: [title, ...rest.lines], note: '' };
    }
    case 'lineage':
      return {
        lines: fitLines(lineageLines(scene.lineage, width, focused ? view.cursor.lineage : -1), width, height),
        above: 0,
        below: Math.max(0, scene.lineage.length + 1 - height),
        note: '',
      };
    default:
      return name satisfies never;
  }
}

/** Rows of the property list when it shares the pane with the selected property. */
function listHeight(height: number): number {
  return Math.max(1, Math.floor(height * 0.4));
}

function propertyScreen(scene: Scene, width: number, height: number, focused: boolean): Content {
  const { view, snapshot } = scene;
  const rows = shownProperties(snapshot.state, true);
  const selected = rows[Math.min(view.cursor.properties, rows.length - 1)];
  if (selected === undefined)
    return {
      lines: propertyColumn(snapshot.state, { width, height, cursor: 0, focused }),
      above: 0,
      below: 0,
      note: '',
    };
  const cursor = rows.indexOf(selected);
  const list = view.zoom ? 0 : Math.min(rows.length, listHeight(height));
  const from = windowFrom(view.scroll.properties, cursor, rows.length, Math.max(1, list));
  const document = propertyDocument(selected, width);
  const room = Math.max(0, height - list - (list > 0 ? 1 : 0));
  const offset = view.zoom ? Math.max(0, Math.min(view.scroll.properties, document.length - room)) : 0;
  const lines = [
    ...(list > 0
      ? rows.slice(from, from + list).map((row, index) => propertyLine(row, width, from + index === cursor))
      : []),
    ...(list > 0 ? [[span('─'.repeat(width), 'dim')]] : []),
    ...document.slice(offset, offset + room),
  ];
  return {
    lines,
    above: view.zoom ? offset : from,
    below: Math.max(0, document.length - offset - room),
    note: `${cursor + 1} of ${rows.length}`,
  };
}

function windowFrom(scroll: number, cursor: number, length: number, height: number): number {
  const from = Math.max(0, Math.min(scroll, length - height));
  if (cursor < 0) return from;
  if (cursor < from) return cursor;
  return cursor >= from + height ? cursor - height + 1 : from;
}

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

function emptyStream(state: State): Line[] {
  if (state.spec.clauses.length === 0) return [[], [span('no session yet', 'dim')]];
  const { total } = clauseCounts(state);
  const operations = clauseGroups(state).filter(({ id }) => !id.startsWith('#')).length;
  const errors = state.spec.findings.filter(({ severity }) => severity === 'error').length;
  return [
    [],
    [span(`${operations} operations and ${total} clauses are loaded.`)],
    errors === 0
      ? [span('The spec has no errors; enter starts to implement it.', 'dim')]
      : [span(`The spec has ${errors} errors; they stand in the spec pane.`, 'bad')],
  ];
}
