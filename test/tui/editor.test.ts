/** The prompt's editor: the cursor always stands between two graphemes, and what is drawn is what was typed. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { widthOf } from '../../src/session/wrap.ts';
import { type Editor, editorRows, type EditorMove, emptyEditor, insert, move, remove } from '../../src/tui/editor.ts';
import { promptKey, promptPaste, promptSent } from '../../src/tui/prompt-keys.ts';
import { initialView } from '../../src/tui/view.ts';

const MOVES: EditorMove[] = [
  'left',
  'right',
  'wordLeft',
  'wordRight',
  'lineStart',
  'lineEnd',
  'up',
  'down',
  'start',
  'end',
];
const graphemes = new Intl.Segmenter();

const step = fc.oneof(
  fc.constantFrom('a', ' ', '漢', '👩‍👩‍👧', 'é', '\n', 'word ').map((text) => (editor: Editor) => insert(editor, text)),
  fc.constantFrom(...MOVES).map((how) => (editor: Editor) => move(editor, how)),
  fc.constantFrom(...MOVES).map((how) => (editor: Editor) => remove(editor, how)),
);
const edited = fc
  .array(step, { maxLength: 60 })
  .map((steps) => steps.reduce((editor, apply) => apply(editor), emptyEditor));

it('keeps the cursor at a grapheme’s boundary', () => {
  fc.assert(
    fc.property(edited, ({ text, cursor }) => {
      const boundaries = [...graphemes.segment(text)].map(({ index }) => index);
      expect([...boundaries, text.length]).toContain(cursor);
    }),
    { numRuns: 500 },
  );
});

it('draws within the width, with the cursor inside', () => {
  fc.assert(
    fc.property(edited, fc.integer({ min: 2, max: 20 }), (editor, width) => {
      const { rows, row, column } = editorRows(editor, width);
      for (const text of rows) expect(widthOf(text)).toBeLessThanOrEqual(width);
      expect(row).toBeLessThan(rows.length);
      expect(column).toBeLessThanOrEqual(width);
    }),
    { numRuns: 500 },
  );
});

it('removes words, lines and whole graphemes', () => {
  const at = (text: string): Editor => ({ text, cursor: text.length });
  expect(remove(at('one two'), 'wordLeft')).toEqual({ text: 'one ', cursor: 4 });
  expect(remove(at('a👩‍👩‍👧'), 'left')).toEqual({ text: 'a', cursor: 1 });
  expect(remove({ text: 'one\ntwo', cursor: 5 }, 'lineEnd')).toEqual({ text: 'one\nt', cursor: 5 });
  expect(move({ text: '漢字ab\nxyz', cursor: 7 }, 'up').cursor).toBe(1);
});

it('up and down go through the history and come back to what was being typed', () => {
  const view = { ...initialView, history: ['first', 'second'], historyAt: 2, editor: { text: 'dra', cursor: 3 } };
  const up = promptKey(promptKey(view, 'up', ''), 'up', '');
  expect(up.editor.text).toBe('first');
  expect(promptKey(promptKey(up, 'down', ''), 'down', '').editor.text).toBe('dra');
});

it('a sent prompt joins the history once', () => {
  const sent = promptSent({ ...initialView, editor: { text: ' go ', cursor: 4 } });
  expect([sent.history, sent.editor.text]).toEqual([['go'], '']);
  expect(promptSent({ ...sent, editor: { text: 'go', cursor: 2 } }).history).toEqual(['go']);
});

it('a paste keeps its lines and loses its escape sequences', () => {
  expect(promptPaste(initialView, 'a\r\nb\rc\u001b[201~\u0000').editor.text).toBe('a\nb\nc␀');
});
