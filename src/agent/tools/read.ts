import { boundText, failed, integer, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Reads a text file of the checkout. */
export const readTool: Tool = {
  name: 'read',
  description: 'Reads a text file. Returns its text, or the lines asked for.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', description: 'Path relative to the repository root.' },
      from: { type: 'integer', description: 'First line, counted from 1.' },
      lines: { type: 'integer', description: 'Number of lines.' },
    },
    required: ['path'],
    additionalProperties: false,
  },
  title: (input) => `read ${text(input, 'path')}`,
  run(input, { turn }) {
    const file = turn.workspace.read(text(input, 'path'));
    if (file.kind === 'refused') return failed(file.reason);
    const all = file.value.split('\n');
    const from = Math.max(1, integer(input, 'from') ?? 1);
    const part = all.slice(from - 1, from - 1 + (integer(input, 'lines') ?? all.length));
    return { ok: true, summary: `${part.length} of ${all.length} lines`, output: boundText(part.join('\n')) };
  },
};
