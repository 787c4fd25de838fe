/** The files that a script was made of, with where their lines stand in it. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { posix, relative } from 'node:path';
import { type CodeLine, codeLines, lineStarts, placeOf } from './lines.ts';
import { parseCode } from './syntax.ts';

/** Code of one file; offsets are in the text of the script. */
export interface Original {
  file: string;
  lines: CodeLine[];
  functions: number[];
  /** True where the script is the file itself, so that offsets in the one are offsets in the other. */
  plain: boolean;
}

/** What V8 compiled, without the name that Node writes under it when it has stripped the types. */
export function withoutName(compiled: string): string {
  return compiled.replace(/(?:\n\n)?\/\/# sourceURL=[^\n]*\s*$/, '');
}

export interface OriginalsOptions {
  /** Absolute folder that paths are relative to. */
  root: string;
  /** The text of a file, without a byte order mark. */
  read: (file: string) => string | undefined;
}

/** Reads a script: as its own file where that is what was compiled, else through its source map. */
export function originalsOf(
  script: string,
  compiled: string,
  { root, read }: OriginalsOptions,
): Original[] | { problem: string } {
  const syntax = parseCode(script, compiled);
  const own = read(script);
  const map = sourceMapOf(script, compiled, read);
  // Stripped types leave spaces, so that the file itself can be read where the compiled text cannot: nothing has moved.
  const isOwn = own !== undefined && (own === compiled || (map === undefined && isStripped(own, compiled)));
  if (isOwn && map === undefined) {
    const read = parseCode(script, own);
    return 'problem' in read
      ? read
      : [{ file: script, lines: codeLines(own, read), functions: read.functions, plain: true }];
  }
  if ('problem' in syntax) return syntax;
  if (map === undefined) return { problem: 'it is transformed while it is loaded, and no source map says how' };
  const starts = lineStarts(compiled);
  const originals = new Map<string, { lines: Map<number, CodeLine>; functions: number[] }>();
  const placed = (offset: number): { original: ReturnType<typeof originals.get>; line: number } | undefined => {
    const { line, column } = placeOf(starts, offset);
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined;
    const file = sourceFile(root, script, entry.originalSource);
    if (file === undefined) return undefined;
    let original = originals.get(file);
    if (original === undefined) originals.set(file, (original = { lines: new Map(), functions: [] }));
    return { original, line: entry.originalLine + 1 };
  };
  for (const { offsets } of codeLines(compiled, syntax))
    for (const offset of offsets) {
      const place = placed(offset);
      if (place?.original === undefined) continue;
      const known = place.original.lines.get(place.line);
      if (known === undefined)
        place.original.lines.set(place.line, { line: place.line, offsets: [offset], bodies: [] });
      else known.offsets.push(offset);
    }
  for (const offset of syntax.functions) {
    const place = placed(offset);
    place?.original?.functions.push(offset);
    place?.original?.lines.get(place.line)?.bodies.push(offset);
  }
  return [...originals].map(([file, { lines, functions }]) => ({
    file,
    lines: [...lines.values()].toSorted((a, b) => a.line - b.line),
    functions,
    plain: false,
  }));
}

function isStripped(own: string, compiled: string): boolean {
  if (own.length !== compiled.length) return false;
  for (let index = 0; index < own.length; index++)
    if (own[index] !== compiled[index] && compiled[index] !== ' ' && compiled[index] !== ';') return false;
  return true;
}

function sourceMapOf(
  script: string,
  compiled: string,
  read: (file: string) => string | undefined,
): SourceMap | undefined {
  const url = [...compiled.matchAll(/^[ \t]*\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (url === undefined) return undefined;
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(url);
  const text =
    inline === null
      ? read(posix.join(posix.dirname(script), decoded(url)))
      : inline[1] === undefined
        ? decoded(inline[2] ?? '')
        : Buffer.from(inline[2] ?? '', 'base64').toString('utf8');
  if (text === undefined) return undefined;
  try {
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A source as a path relative to the root; undefined for what lies outside or is no file. */
function sourceFile(root: string, script: string, source: string): string | undefined {
  const bare = source.replace(/^webpack:\/\/[^/]*\//, '').replace(/^file:\/\//, '');
  if (/^[a-z][a-z+.-]*:/i.test(bare)) return undefined;
  const path = bare.startsWith('/') ? relative(root, bare) : posix.join(posix.dirname(script), bare);
  return path.startsWith('..') || path.includes('node_modules/') ? undefined : path;
}
