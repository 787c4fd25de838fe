/** Where the files of the service go, so that the start command finds them and a package of the user's is left alone. */
import type { CoderTurn } from '../coder.ts';

/** Path in the workspace to text. */
export function placeFiles(
  { codeFolder, start, workspace }: Pick<CoderTurn, 'codeFolder' | 'start' | 'workspace'>,
  service: Record<string, string>,
): Record<string, string> {
  const own = workspace.read(join(codeFolder, 'package.json'));
  const isForeign = own.kind === 'ok' && own.value !== service['package.json'];
  const inner = isForeign ? join(codeFolder, 'service') : codeFolder;
  const files: Record<string, string> = {};
  for (const [name, text] of Object.entries(service)) files[join(inner, name)] = text;
  const entry = entryOf(start);
  const isOwnEntry = entry === 'server.js' && !isForeign;
  if (!isOwnEntry) files[join(codeFolder, entry)] = loader(entry, isForeign ? 'service/server.js' : 'server.js');
  return files;
}

/** The file that the start command runs, relative to the code folder; `server.js` where it does not say. */
function entryOf(start: string): string {
  const named = /(?:^|\s)(?:\.\/)?([\w-][\w./-]*\.[cm]?js)(?:\s|$)/.exec(start)?.[1];
  return named === undefined || named.includes('..') ? 'server.js' : named;
}

/** Starts the service from another place; `import()` works in both module systems. */
function loader(entry: string, target: string): string {
  const up = '../'.repeat(entry.split('/').length - 1);
  return `// Starts the service.\nimport('${up === '' ? './' : up}${target}');\n`;
}

function join(folder: string, name: string): string {
  return folder === '' || folder === '.' ? name : `${folder}/${name}`;
}
