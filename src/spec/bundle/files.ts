/** The files that a contract may refer to: those under one folder, by their paths in it. */

export type FileText =
  | { kind: 'text'; text: string }
  /** Nothing is there. */
  | { kind: 'none' }
  /** Something is there that is not read: too large, not text, a link out of the folder. */
  | { kind: 'refused'; message: string };

/** Reads files by path: relative to the folder, with `/`, without `.` and `..`. */
export interface Files {
  read(path: string): FileText;
}

/** Files that are at hand as texts. */
export function filesOf(texts: ReadonlyMap<string, string>): Files {
  return {
    read(path) {
      const text = texts.get(path);
      return text === undefined ? { kind: 'none' } : { kind: 'text', text };
    },
  };
}

/** The texts of a contract and its files, the contract first. */
export interface BundleText {
  path: string;
  text: string;
}

const HEAD = '%plumb-bundle ';

/**
 * Several files as one text, so that a record of a contract holds all of it. A line that no file begins a line with
 * stands before each.
 */
export function joinTexts(texts: readonly BundleText[]): string {
  let mark = '%file';
  while (texts.some(({ text }) => `\n${text}`.includes(`\n${mark} `))) mark += '-';
  return `${HEAD}${mark}\n${texts.map(({ path, text }) => `${mark} ${JSON.stringify(path)}\n${text}\n`).join('')}`;
}

/** Undoes {@link joinTexts}; undefined for any other text. */
export function splitTexts(text: string): BundleText[] | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  const end = text.indexOf('\n');
  const mark = text.slice(HEAD.length, end);
  const texts = `\n${text.slice(end + 1)}`.split(`\n${mark} `).slice(1);
  const files = texts.map((part, index) => {
    const line = part.indexOf('\n');
    // The last part still ends in the line end that was added.
    const body = part.slice(line + 1);
    return { path: pathIn(part.slice(0, line)), text: index === texts.length - 1 ? body.slice(0, -1) : body };
  });
  return files.length > 0 && files.every(({ path }) => path !== '') ? files : undefined;
}

function pathIn(text: string): string {
  try {
    const path: unknown = JSON.parse(text);
    return typeof path === 'string' ? path : '';
  } catch {
    return '';
  }
}
