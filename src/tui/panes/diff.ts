import type { FileChange, Hunk } from '../../events/index.ts';
import { printable } from '../printable.ts';
import { memoize } from '../../session/memoize.ts';
import { hunksOf, reviewCounts } from '../../session/review.ts';
import type { State } from '../../session/state.ts';
import { cut } from '../../session/wrap.ts';
import { blankLine, fitLine, type Line, span, spread, type Tone } from '../line.ts';

/** One row of the change; text is raw, sanitised when it is drawn. */
type DiffRow =
  | { kind: 'file'; file: FileChange }
  | { kind: 'hunk'; index: number; hunk: Hunk }
  | {
      kind: 'unified';
      hunk: number;
      sign: ' ' | '+' | '-';
      oldLine: number | null;
      newLine: number | null;
      text: string;
    }
  | { kind: 'pair'; hunk: number; left: Side | null; right: Side | null };

interface Side {
  line: number;
  sign: ' ' | '+' | '-';
  text: string;
}

export interface DiffDocument {
  rows: DiffRow[];
  /** Row of each hunk's title. */
  hunkAt: number[];
}

const unified = memoize((files: FileChange[]) => build(files, unifiedRows));
// A file that is only there on one side needs no second one.
const split = memoize((files: FileChange[]) =>
  build(files, (hunk, index, file) => (file.kind === 'modified' ? pairRows : unifiedRows)(hunk, index)),
);

/** Side by side needs this many cells. */
const SPLIT_FROM = 100;

/** The change as rows: side by side where it is wide, unified where it is narrow. Built once per change. */
export function diffDocument(state: State, width: number): DiffDocument {
  return width >= SPLIT_FROM ? split(state.change.files) : unified(state.change.files);
}

/** The review's title row. */
export function reviewLine(state: State, cursor: number, width: number): Line {
  const hunks = hunksOf(state);
  const { accepted, rejected, pending } = reviewCounts(state);
  const at = Math.min(cursor, Math.max(0, hunks.length - 1));
  const here = hunks[at];
  const words = width >= 100;
  return spread(
    [span('review  ', 'dim'), span(printable(here?.file.path ?? ''), 'plain', true)],
    [
      span(`  hunk ${hunks.length === 0 ? 0 : at + 1} of ${hunks.length}`),
      span(`  ✓ ${accepted}${words ? ' accepted' : ''}`, accepted > 0 ? 'good' : 'dim'),
      span(`  ✗ ${rejected}${words ? ' rejected' : ''}`, rejected > 0 ? 'bad' : 'dim'),
      span(`  · ${pending} open`, pending > 0 ? 'accent' : 'dim'),
    ],
    width,
    12,
  );
}

/** The visible rows of the change. */
export function diffLines(
  state: State,
  options: { width: number; height: number; scroll: number; cursor: number },
): { lines: Line[]; above: number; below: number } {
  const { width, height } = options;
  const document = diffDocument(state, width);
  if (document.rows.length === 0) return { lines: emptyDiff(state), above: 0, below: 0 };
  const from = Math.max(0, Math.min(options.scroll, document.rows.length - height));
  const visible = document.rows.slice(from, from + height);
  const selected = Math.min(options.cursor, document.hunkAt.length - 1);
  return {
    lines: visible.map((row) => diffLine(row, state, selected, width)),
    above: from,
    below: Math.max(0, document.rows.length - from - height),
  };
}

function emptyDiff(state: State): Line[] {
  return state.change.change === ''
    ? [[span('the agent has changed nothing yet', 'dim')]]
    : [
        [span('this change has no text to review', 'dim')],
        ...state.change.files.map((file): Line => [span(`${file.kind} `, 'dim'), span(printable(file.path))]),
      ];
}

function diffLine(row: DiffRow, state: State, selected: number, width: number): Line {
  switch (row.kind) {
    case 'file':
      return fitLine(
        spread(
          [
            span(`${row.file.kind.padEnd(9)}`, 'dim'),
            span(printable(row.file.path), 'plain', true),
            ...(row.file.binary === true ? [span('  not text', 'warn')] : []),
          ],
          [span(` +${row.file.additions} `, 'added'), span(`−${row.file.deletions} `, 'removed')],
          width,
        ),
        width,
      );
    case 'hunk': {
      const decision = state.change.decisions[row.hunk.id];
      const here = row.index === selected;
      const [text, tone]: [string, Tone] =
        decision === 'accepted'
          ? ['✓ accepted', 'good']
          : decision === 'rejected'
            ? ['✗ rejected', 'bad']
            : ['· undecided', 'dim'];
      return spread(
        [
          span(here ? '▌' : ' ', 'accent', true),
          span(`hunk ${row.index + 1}  line ${row.hunk.newStart}`, here ? 'accent' : 'dim', here),
        ],
        [span(` ${text} `, tone)],
        width,
      );
    }
    case 'unified': {
      const number = String(row.newLine ?? row.oldLine ?? '').padStart(5);
      return [
        span(row.hunk === selected ? '▌' : ' ', 'accent', true),
        span(`${number} `, 'dim'),
        span(`${row.sign === '-' ? '−' : row.sign} ${cut(clean(row.text), Math.max(1, width - 9))}`, TONE[row.sign]),
      ];
    }
    case 'pair': {
      const half = Math.floor((width - 4) / 2);
      return [
        span(row.hunk === selected ? '▌' : ' ', 'accent', true),
        ...sideSpans(row.left, half),
        span(' │ ', 'dim'),
        ...sideSpans(row.right, width - 4 - half),
      ];
    }
    default:
      return row satisfies never;
  }
}

const TONE: Record<' ' | '+' | '-', Tone> = { ' ': 'plain', '+': 'added', '-': 'removed' };

function sideSpans(side: Side | null, width: number): Line {
  if (side === null) return blankLine(width);
  const sign = side.sign === '-' ? '−' : side.sign;
  return fitLine(
    [span(`${String(side.line).padStart(5)} `, 'dim'), span(`${sign} ${clean(side.text)}`, TONE[side.sign])],
    width,
  );
}

function clean(text: string): string {
  return printable(text.replaceAll('\t', '    '));
}

function build(files: FileChange[], rowsOf: (hunk: Hunk, index: number, file: FileChange) => DiffRow[]): DiffDocument {
  const rows: DiffRow[] = [];
  const hunkAt: number[] = [];
  for (const file of files) {
    rows.push({ kind: 'file', file });
    for (const hunk of file.hunks) {
      const index = hunkAt.length;
      hunkAt.push(rows.length);
      rows.push({ kind: 'hunk', index, hunk }, ...rowsOf(hunk, index, file));
    }
  }
  return { rows, hunkAt };
}

function unifiedRows(hunk: Hunk, index: number): DiffRow[] {
  let oldLine = hunk.oldStart;
  let newLine = hunk.newStart;
  return hunk.lines.map((line): DiffRow => {
    const sign = signOf(line);
    const row: DiffRow = {
      kind: 'unified',
      hunk: index,
      sign,
      oldLine: sign === '+' ? null : oldLine,
      newLine: sign === '-' ? null : newLine,
      text: line.slice(1),
    };
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
    return row;
  });
}

function pairRows(hunk: Hunk, index: number): DiffRow[] {
  const rows: DiffRow[] = [];
  let oldLine = hunk.oldStart;
  let newLine = hunk.newStart;
  let removed: Side[] = [];
  let added: Side[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      rows.push({ kind: 'pair', hunk: index, left: removed[at] ?? null, right: added[at] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of hunk.lines) {
    const sign = signOf(line);
    const text = line.slice(1);
    if (sign === '-') removed.push({ line: oldLine, sign, text });
    else if (sign === '+') added.push({ line: newLine, sign, text });
    else {
      flush();
      rows.push({
        kind: 'pair',
        hunk: index,
        left: { line: oldLine, sign, text },
        right: { line: newLine, sign, text },
      });
    }
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
  }
  flush();
  return rows;
}

function signOf(line: string): ' ' | '+' | '-' {
  return line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
}
