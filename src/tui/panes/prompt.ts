import { type Editor, editorRows } from '../editor.ts';
import { fitLine, type Line, span } from '../line.ts';

const MAX_ROWS = 6;

export interface PromptRows {
  lines: Line[];
  /** Where the terminal's cursor belongs, from the prompt's first row; null without focus. */
  cursor: { x: number; y: number } | null;
}

/** The prompt under edit; grows to six rows and then scrolls with the cursor. */
export function promptLines(
  editor: Editor,
  options: { width: number; focused: boolean; placeholder: string; maxRows?: number },
): PromptRows {
  const { width, focused, placeholder } = options;
  const most = Math.max(1, Math.min(MAX_ROWS, options.maxRows ?? MAX_ROWS));
  const mark = span(' › ', focused ? 'accent' : 'dim', focused);
  if (editor.text === '') {
    return { lines: [fitLine([mark, span(placeholder, 'dim')], width)], cursor: focused ? { x: 3, y: 0 } : null };
  }
  const { rows, row, column } = editorRows(editor, Math.max(2, width - 5));
  const from = Math.max(0, Math.min(row - most + 1, rows.length - most));
  const lines = rows
    .slice(from, from + most)
    .map((text, index) => fitLine([index + from === 0 ? mark : span('   '), span(text)], width));
  return { lines, cursor: focused ? { x: 3 + column, y: row - from } : null };
}
