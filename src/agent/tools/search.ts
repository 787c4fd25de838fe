import { boundText, failed, text } from './tool.ts';
import type { Tool } from './tool.ts';

/** Paths that a listing holds at most. */
const LIST_LIMIT = 1000;
/** Lines that a search returns at most. */
const MATCH_LIMIT = 200;

/** Lists the files of the checkout. */
export const listTool: Tool = {
  name: 'list',
  description: 'Lists the files of the repository, ignored ones left out.',
  inputSchema: {
    type: 'object',
    properties: { folder: { type: 'string', description: 'Only files below this folder.' } },
    required: [],
    additionalProperties: false,
  },
  title: (input) => `list ${text(input, 'folder')}`.trim(),
  run(input, { turn }) {
    const folder = text(input, 'folder').replace(/^\.?\/+|\/+$/g, '');
    const all = turn.workspace.list(LIST_LIMIT * 10);
    const paths = folder === '' || folder === '.' ? all : all.filter((path) => path.startsWith(`${folder}/`));
    const shown = paths.slice(0, LIST_LIMIT);
    const rest = paths.length > shown.length ? `\n… and ${paths.length - shown.length} more` : '';
    const output = shown.length === 0 ? 'no files' : boundText(shown.join('\n') + rest);
    return { ok: true, summary: `${paths.length} files`, output };
  },
};

/** Searches the files of the checkout. */
export const searchTool: Tool = {
  name: 'search',
  description: 'Searches the files for a regular expression. Returns `path:line: text`.',
  inputSchema: {
    type: 'object',
    properties: {
      pattern: { type: 'string', description: 'A regular expression.' },
      glob: { type: 'string', description: 'Only files that match this glob, such as `services/**`.' },
    },
    required: ['pattern'],
    additionalProperties: false,
  },
  title: (input) => `search ${text(input, 'pattern')}`,
  run(input, { turn }) {
    const glob = text(input, 'glob');
    const limits = { limit: MATCH_LIMIT, ...(glob === '' ? {} : { glob }) };
    const found = turn.workspace.search(text(input, 'pattern'), limits);
    if (found.kind === 'refused') return failed(found.reason);
    const output = found.value.length === 0 ? 'no match' : boundText(found.value.join('\n'));
    return { ok: true, summary: `${found.value.length} lines`, output };
  },
};
