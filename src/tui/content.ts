import { clauseCounts, clauseGroups } from '../session/clauses.ts';
import type { State } from '../session/state.ts';
import { fitLines, type Line, span } from './line.ts';
import { diffLines, reviewLine } from './panes/diff.ts';
import { lineageLines } from './panes/lineage.ts';
import { propertyColumn, propertyDocument, propertyLine, shownProperties } from './panes/properties.ts';
import { emptySpecLines, specLine, specRows } from './panes/spec.ts';
import { streamLines } from './panes/stream.ts';
import type { Scene } from './scene.ts';
import type { PaneName } from './view.ts';

/** The visible rows of a pane, and what is hidden of it. */
export interface Content {
  lines: Line[];
  above: number;
  below: number;
  note: string;
}

/** The inside of a pane. `whole` is true where it is alone in its rows. */
export function content(name: PaneName, scene: Scene, width: number, height: number, whole: boolean): Content {
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
export function listHeight(height: number): number {
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
