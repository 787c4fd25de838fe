import { sanitize } from '../events/sanitize.ts';
import { atEdge, type Editor, type EditorMove, emptyEditor, insert, move, remove } from './editor.ts';
import type { View } from './view.ts';

const MOVES: Record<string, EditorMove> = {
  left: 'left',
  right: 'right',
  'ctrl+left': 'wordLeft',
  'alt+left': 'wordLeft',
  'alt+b': 'wordLeft',
  'ctrl+right': 'wordRight',
  'alt+right': 'wordRight',
  'alt+f': 'wordRight',
  home: 'lineStart',
  'ctrl+a': 'lineStart',
  end: 'lineEnd',
  'ctrl+e': 'lineEnd',
};

const REMOVES: Record<string, EditorMove> = {
  backspace: 'left',
  delete: 'right',
  'ctrl+w': 'wordLeft',
  'alt+backspace': 'wordLeft',
  'alt+d': 'wordRight',
  'ctrl+k': 'lineEnd',
  'ctrl+u': 'lineStart',
};

/** The view after a key in the prompt that is no command. */
export function promptKey(view: View, name: string, input: string): View {
  const { editor } = view;
  const moveTo = MOVES[name];
  if (moveTo !== undefined) return edited(view, move(editor, moveTo));
  const cutTo = REMOVES[name];
  if (cutTo !== undefined) return edited(view, remove(editor, cutTo));
  if (name === 'up') return atEdge(editor, 'up') ? recall(view, -1) : edited(view, move(editor, 'up'));
  if (name === 'down') return atEdge(editor, 'down') ? recall(view, 1) : edited(view, move(editor, 'down'));
  if (name === 'ctrl+p') return recall(view, -1);
  if (name === 'ctrl+n') return recall(view, 1);
  const isText = input !== '' && !name.startsWith('ctrl+') && !name.startsWith('alt+');
  return isText ? edited(view, insert(editor, sanitize(input, { multiline: true }))) : view;
}

/** The view after a paste; it goes into the prompt as it is, line breaks included. */
export function promptPaste(view: View, text: string): View {
  const clean = sanitize(text.replaceAll(/\r\n?/g, '\n'), { multiline: true });
  return { ...edited(view, insert(view.editor, clean)), focus: 'prompt' };
}

/** The view after its prompt was sent. */
export function promptSent(view: View): View {
  const text = view.editor.text.trim();
  const history = text === '' || view.history.at(-1) === text ? view.history : [...view.history, text];
  return { ...view, editor: emptyEditor, history, historyAt: history.length, draft: '', message: '' };
}

function edited(view: View, editor: Editor): View {
  return { ...view, editor, message: '' };
}

function recall(view: View, step: 1 | -1): View {
  const at = view.historyAt + step;
  if (at < 0 || at > view.history.length) return view;
  const draft = view.historyAt === view.history.length ? view.editor.text : view.draft;
  const text = at === view.history.length ? draft : (view.history[at] ?? '');
  return { ...view, editor: { text, cursor: text.length }, historyAt: at, draft };
}
