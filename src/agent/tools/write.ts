import { failed, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Writes a whole file. */
export const writeTool: Tool = {
  name: 'write',
  description: 'Creates a file or replaces its whole text. Only files that may be written (see the rules).',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path relative to the repository root.' },
      content: { type: 'string', description: 'The whole text of the file.' },
    },
    required: ['path', 'content'],
    additionalProperties: false,
  },
  title: (input) => `write ${text(input, 'path')}`,
  run(input, { turn }) {
    const path = text(input, 'path');
    const content = text(input, 'content');
    const before = turn.workspace.read(path);
    if (before.kind === 'ok' && before.value === content) {
      return { ok: true, summary: 'unchanged', output: `${path} already has exactly this text; nothing was written` };
    }
    const written = turn.workspace.write(path, content);
    if (written.kind === 'refused') return failed(written.reason);
    const lines = content.split('\n').length;
    const summary = `${before.kind === 'ok' ? 'replaced' : 'created'}, ${lines} lines`;
    return { ok: true, summary, output: `wrote ${path} (${lines} lines)`, changed: true };
  },
};
