import { failed, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Replaces one exact piece of a file. */
export const editTool: Tool = {
  name: 'edit',
  description:
    'Replaces a piece of a file. `old_text` must occur in the file exactly once, character for character; give enough of the lines around it.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path relative to the repository root.' },
      old_text: { type: 'string', description: 'The text that stands there now.' },
      new_text: { type: 'string', description: 'The text that is to stand there.' },
    },
    required: ['path', 'old_text', 'new_text'],
    additionalProperties: false,
  },
  title: (input) => `edit ${text(input, 'path')}`,
  run(input, { turn }) {
    const path = text(input, 'path');
    const old = text(input, 'old_text');
    const file = turn.workspace.read(path);
    if (file.kind === 'refused') return failed(file.reason);
    if (old === '') return failed('`old_text` is empty; use write to create a file');
    if (old === text(input, 'new_text')) return failed('`old_text` and `new_text` are the same text');
    const at = file.value.indexOf(old);
    if (at < 0) return failed(`\`old_text\` does not occur in ${path}; read the file and give its text exactly`);
    if (file.value.includes(old, at + 1)) {
      return failed(`\`old_text\` occurs more than once in ${path}; give more of the lines around it`);
    }
    const next = file.value.slice(0, at) + text(input, 'new_text') + file.value.slice(at + old.length);
    const written = turn.workspace.write(path, next);
    if (written.kind === 'refused') return failed(written.reason);
    const line = file.value.slice(0, at).split('\n').length;
    return { ok: true, summary: `line ${line}`, output: `edited ${path} at line ${line}`, changed: true };
  },
};
