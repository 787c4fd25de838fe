import { cut, widthOf } from '../session/wrap.ts';
import { printable } from './printable.ts';

/** Text under edit. `cursor` is a UTF-16 index at a grapheme's boundary. */
export interface Editor {
  text: string;
  cursor: number;
}

export const emptyEditor: Editor = { text: '', cursor: 0 };

const graphemes = new Intl.Segmenter();
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Inserts at the cursor. */
export function insert({ text, cursor }: Editor, addition: string): Editor {
  return { text: text.slice(0, cursor) + addition + text.slice(cursor), cursor: cursor + addition.length };
}

export type EditorMove =
  'left' | 'right' | 'wordLeft' | 'wordRight' | 'lineStart' | 'lineEnd' | 'up' | 'down' | 'start' | 'end';

/** Moves the cursor; up and down go by written lines and keep the column where they can. */
export function move(editor: Editor, how: EditorMove): Editor {
  return { text: editor.text, cursor: target(editor, how) };
}

/** Removes what lies between the cursor and where the move would take it. */
export function remove(editor: Editor, how: EditorMove): Editor {
  const to = target(editor, how);
  const from = Math.min(to, editor.cursor);
  return { text: editor.text.slice(0, from) + editor.text.slice(Math.max(to, editor.cursor)), cursor: from };
}

/** True where up (or down) would leave the text, so that the history takes over. */
export function atEdge({ text, cursor }: Editor, direction: 'up' | 'down'): boolean {
  return direction === 'up' ? !text.slice(0, cursor).includes('\n') : !text.slice(cursor).includes('\n');
}

function target({ text, cursor }: Editor, how: EditorMove): number {
  switch (how) {
    case 'left':
      return cursor - lastLength(text.slice(Math.max(0, cursor - 64), cursor));
    case 'right':
      return cursor + firstLength(text.slice(cursor, cursor + 64));
    case 'wordLeft':
      return wordBefore(text, cursor);
    case 'wordRight':
      return wordAfter(text, cursor);
    case 'lineStart':
      return lineStart(text, cursor);
    case 'lineEnd':
      return lineEnd(text, cursor);
    case 'up': {
      const start = lineStart(text, cursor);
      if (start === 0) return 0;
      return atColumn(text, lineStart(text, start - 1), widthOf(text.slice(start, cursor)));
    }
    case 'down': {
      const end = lineEnd(text, cursor);
      if (end === text.length) return text.length;
      return atColumn(text, end + 1, widthOf(text.slice(lineStart(text, cursor), cursor)));
    }
    case 'start':
      return 0;
    case 'end':
      return text.length;
    default:
      return how satisfies never;
  }
}

function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

function atColumn(text: string, start: number, column: number): number {
  let cells = 0;
  for (const { segment, index } of graphemes.segment(text.slice(start, lineEnd(text, start)))) {
    if (cells >= column) return start + index;
    cells += widthOf(segment);
  }
  return lineEnd(text, start);
}

function lastLength(text: string): number {
  let length = 0;
  for (const { segment } of graphemes.segment(text)) length = segment.length;
  return length;
}

function firstLength(text: string): number {
  for (const { segment } of graphemes.segment(text)) return segment.length;
  return 0;
}

function wordBefore(text: string, cursor: number): number {
  let found = 0;
  for (const { index, isWordLike } of words.segment(text.slice(0, cursor))) if (isWordLike === true) found = index;
  return found;
}

function wordAfter(text: string, cursor: number): number {
  for (const { segment, index, isWordLike } of words.segment(text.slice(cursor))) {
    if (isWordLike === true) return cursor + index + segment.length;
  }
  return text.length;
}

/** The text as rows of at most a width in cells, and where the cursor stands in them. */
export function editorRows({ text, cursor }: Editor, width: number): { rows: string[]; row: number; column: number } {
  const rows: string[] = [''];
  let cells = 0;
  let row = 0;
  let column = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const isBreak = segment === '\n';
    const shown = isBreak ? '' : cut(printable(segment), width);
    const size = widthOf(shown);
    if (!isBreak && cells + size > width) {
      rows.push('');
      cells = 0;
    }
    if (index === cursor) {
      row = rows.length - 1;
      column = cells;
    }
    if (isBreak) {
      rows.push('');
      cells = 0;
    } else {
      rows[rows.length - 1] += shown;
      cells += size;
    }
  }
  if (cursor >= text.length) {
    if (cells >= width) {
      rows.push('');
      cells = 0;
    }
    row = rows.length - 1;
    column = cells;
  }
  return { rows, row, column };
}
