import { failed, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Removes a file. */
export const removeTool: Tool = {
  name: 'remove',
  description: 'Removes a file. Only files that may be written (see the rules).',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string', description: 'Path relative to the repository root.' } },
    required: ['path'],
    additionalProperties: false,
  },
  title: (input) => `remove ${text(input, 'path')}`,
  run(input, { turn }) {
    const path = text(input, 'path');
    const removed = turn.workspace.remove(path);
    if (removed.kind === 'refused') return failed(removed.reason);
    return { ok: true, summary: 'removed', output: `removed ${path}`, changed: true };
  },
};
